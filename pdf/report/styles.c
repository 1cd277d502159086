/* Colours and signs. Every text colour has a contrast of at least 4.5 on the backgrounds it stands
 * on (tests/unit checks it); a sign and a word always go with a colour. */
#include <string.h>

#include "pdf/report/report_int.h"

#define RGB(hex)                                                                                   \
    {                                                                                              \
        ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex)&255) / 255.0               \
    }

const struct draw_colour ink = RGB(0x1B242E), muted = RGB(0x4E5A67), faint = RGB(0x8A95A1),
                         rule = RGB(0xD3DAE1), stripe = RGB(0xF5F7F9), white = RGB(0xFFFFFF),
                         green = RGB(0x1B6B43), red = RGB(0xA6231B), amber = RGB(0x8A5200),
                         grey = RGB(0x55606C), green_pale = RGB(0xE6F2EB), red_pale = RGB(0xFBEAE8),
                         amber_pale = RGB(0xFBF1DF), grey_pale = RGB(0xEDF0F3);

struct style style_of(enum draw_face face, double size, struct draw_colour colour)
{
    return (struct style){face, size, size * (size > 14 ? 1.2 : 1.36), colour};
}

enum answer point_answer(const struct jv *point)
{
    const char *s = jv_get_text(point, "answer");

    if (s == NULL)
        return ANSWER_EMPTY;
    return strcmp(s, "Oui") == 0   ? ANSWER_YES
           : strcmp(s, "Non") == 0 ? ANSWER_NO
           : strcmp(s, "N/A") == 0 ? ANSWER_NA
                                   : ANSWER_EMPTY;
}

const char *answer_word(const struct report *r, enum answer a)
{
    static const char *const ids[] = {"report.answer.yes", "report.answer.no", "report.answer.na",
                                      "report.answer.empty"};

    return type_text(r, ids[a]);
}

struct draw_colour answer_colour(enum answer a)
{
    return a == ANSWER_YES ? green : a == ANSWER_NO ? red : a == ANSWER_NA ? grey : amber;
}

struct draw_colour answer_pale(enum answer a)
{
    return a == ANSWER_YES  ? green_pale
           : a == ANSWER_NO ? red_pale
           : a == ANSWER_NA ? grey_pale
                            : amber_pale;
}

void answer_sign(struct report *r, enum answer a, double x, double y, double size,
                 struct draw_colour colour)
{
    static const double check[] = {.06, .47, .19, .60, .40, .38, .82, .84, .95, .72, .40, .14};
    static const double cross[] = {.12, .24, .24, .12, .50, .38, .76, .12, .88, .24, .62, .50,
                                   .88, .76, .76, .88, .50, .62, .24, .88, .12, .76, .38, .50};
    double xy[24];
    const double *shape = a == ANSWER_YES ? check : cross;
    size_t n = a == ANSWER_YES ? 6 : 12;

    if (a == ANSWER_NA) {
        draw_fill(r->d, colour, x + .12 * size, y + .40 * size, .76 * size, .20 * size);
        return;
    }
    if (a == ANSWER_EMPTY) { /* an exclamation mark */
        draw_fill(r->d, colour, x + .40 * size, y + .36 * size, .20 * size, .58 * size);
        draw_fill(r->d, colour, x + .40 * size, y + .06 * size, .20 * size, .20 * size);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        xy[2 * i] = x + shape[2 * i] * size;
        xy[2 * i + 1] = y + shape[2 * i + 1] * size;
    }
    draw_polygon(r->d, colour, xy, n);
}

bool point_is_high(const struct jv *point)
{
    const char *s = jv_get_text(point, "severity");

    return s != NULL && strcmp(s, "Haute") == 0;
}

struct draw_colour severity_colour(const char *severity)
{
    if (severity != NULL && strcmp(severity, "Haute") == 0)
        return red;
    return severity != NULL && strcmp(severity, "Moyenne") == 0 ? amber : grey;
}

const char *severity_id(const char *severity)
{
    if (severity != NULL && strcmp(severity, "Haute") == 0)
        return "report.severity.high";
    if (severity != NULL && strcmp(severity, "Moyenne") == 0)
        return "report.severity.medium";
    return "report.severity.of";
}

char *severity_say(struct report *r, const char *severity)
{
    return type_say(r, severity_id(severity), severity != NULL ? severity : "?", NULL);
}

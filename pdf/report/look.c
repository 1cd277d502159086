/* The look as data (docs/look.md): "paraphe-look" version 1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const struct draw_colour house_primary = {0x17 / 255.0, 0x32 / 255.0, 0x4D / 255.0},
                                house_accent = {0x0B / 255.0, 0x72 / 255.0, 0x85 / 255.0};

static double linear(double v)
{
    return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Contrast with white (WCAG 2.1, "contrast ratio"). */
static double contrast(struct draw_colour c)
{
    return 1.05 / (0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b) + 0.05);
}

static int colour_read(const struct jv *look, const char *key, struct draw_colour *out,
                       struct err *e)
{
    const char *s = jv_get_text(look, key);
    unsigned char rgb[3];

    if (s == NULL)
        return 0;
    if (*s != '#' || strlen(s) != 7 || strspn(s + 1, "0123456789abcdefABCDEF") != 6)
        return err_set(e, ERR_USAGE, "err.report.look-colour", key, NULL);
    for (size_t i = 0; i < 3; i++) {
        char two[3] = {s[1 + 2 * i], s[2 + 2 * i], '\0'};
        rgb[i] = (unsigned char)strtoul(two, NULL, 16);
    }
    *out = (struct draw_colour){rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0};
    if (contrast(*out) < 4.5)
        return err_set(e, ERR_USAGE, "err.report.look-contrast", key, s, NULL);
    return 0;
}

/* A field's name is a part of a PDF name without a dot (ISO 32000-1, 12.7.3.2); ours are letters
 * and digits. */
static bool name_good(const char *s)
{
    return s != NULL && *s != '\0' && strlen(s) <= 60 &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
               strlen(s);
}

static int fields_read(struct look *look, const struct jv *list, struct err *e)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        const char *name = jv_get_text(jv_at(list, i), "name"),
                   *label = jv_get_text(jv_at(list, i), "label");

        if (!name_good(name) || label == NULL || *label == '\0' || look->nfields == LOOK_FIELDS_MAX)
            return err_set(e, ERR_USAGE, "err.report.look-field", NULL);
        for (size_t k = 0; k < look->nfields; k++) {
            if (strcmp(look->fields[k].name, name) == 0)
                return err_set(e, ERR_USAGE, "err.report.look-field", NULL);
        }
        look->fields[look->nfields++] = (struct look_field){name, label};
    }
    return 0;
}

int look_read(struct report *r, const struct jv *look, const void *logo, size_t nlogo,
              struct err *e)
{
    const struct jv *notes = jv_get(look, "notes");
    unsigned columns = 0, rows = 0;

    r->look.primary = house_primary;
    r->look.accent = house_accent;
    if (look != NULL && !jv_is_null(look)) {
        const char *format = jv_get_text(look, "format");
        if (format == NULL || strcmp(format, "paraphe-look") != 0 ||
            jv_get_int(look, "version", 0) != 1)
            return err_set(e, ERR_USAGE, "err.report.look-format", NULL);
    }
    if (colour_read(look, "primary", &r->look.primary, e) != 0 ||
        colour_read(look, "accent", &r->look.accent, e) != 0 ||
        fields_read(&r->look, jv_get(look, "signatures"), e) != 0)
        return -1;
    r->look.firm = jv_get_text(look, "firm");
    r->look.address = jv_get_text(look, "address");
    for (size_t i = 0; i < jv_count(notes) && r->look.nnotes < LOOK_NOTES_MAX; i++) {
        if (jv_str(jv_at(notes, i)) != NULL)
            r->look.notes[r->look.nnotes++] = jv_str(jv_at(notes, i));
    }
    if (nlogo == 0 || r->d == NULL)
        return 0;
    if (draw_image_add(r->d, logo, nlogo, &r->look.logo, &columns, &rows, e) != 0)
        return err_wrap(e, "err.report.look-logo", NULL);
    r->look.has_logo = true;
    r->look.logo_ratio = (double)columns / (double)rows;
    return 0;
}

/* The identity of a test in two columns of label and value. */
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static bool filled(const struct jv *field)
{
    const char *v = jv_get_text(field, "value");

    return v != NULL && *v != '\0';
}

/* Returns the height; nothing is drawn without a list. */
static double fact(struct report *r, struct draw_elem *list, const struct jv *field, double x,
                   double width, double y)
{
    struct style l = style_of(DRAW_REGULAR, 7.8, muted), v = style_of(DRAW_BOLD, 9.2, ink);
    struct draw_elem *item = list != NULL ? draw_elem_add(r->d, list, "LI") : NULL;
    char *texts[2] = {type_set(r, jv_get_text(field, "label"), NULL, NULL),
                      type_date(r, jv_get_text(field, "value"))};
    double from = y;

    for (size_t i = 0; i < 2; i++) {
        struct para p;
        para_make(r, &p, i == 0 ? &l : &v, width, texts[i]);
        if (p.nlines > 0 && list != NULL) {
            draw_begin(r->d, draw_elem_add(r->d, item, i == 0 ? "Lbl" : "LBody"));
            para_draw(r, &p, 0, p.nlines, x, y);
            draw_end(r->d);
        }
        y -= para_height(&p);
        para_free(&p);
    }
    return from - y;
}

double facts_columns(struct report *r, double top, double floor, size_t value_max, double gap,
                     bool draw, size_t *left_out)
{
    const struct jv *fields = jv_get(r->grid, "fields");
    struct draw_elem *list = draw ? draw_elem_add(r->d, r->section, "L") : NULL;
    double between = 26, width = (r->right - r->left - between) / 2, y[2] = {top, top};
    size_t count = 0, done = 0, none = 0;

    left_out = left_out != NULL ? left_out : &none;
    for (size_t i = 0; i < jv_count(fields); i++)
        count += filled(jv_at(fields, i));
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        size_t column = done >= (count + 1) / 2;

        if (!filled(f))
            continue;
        done++;
        double x = r->left + (column ? width + between : 0);
        if (strlen(jv_get_text(f, "value")) > value_max ||
            y[column] - fact(r, NULL, f, x, width, y[column]) < floor) {
            *left_out += 1;
            continue;
        }
        y[column] -= fact(r, list, f, x, width, y[column]) + gap;
    }
    return y[0] < y[1] ? y[0] : y[1];
}

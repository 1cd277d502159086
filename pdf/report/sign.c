/* The page of signatures: one box for each field of the look, the auditor's when it names none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const double box_height = 96;

static void box_draw(struct report *r, const char *name, char *label_take)
{
    struct style s = style_of(DRAW_BOLD, 10, ink), small = style_of(DRAW_REGULAR, 8.2, muted);
    double w = 300, h = box_height;
    struct draw_elem *elem;

    page_need(r, h + 40);
    put_para(r, r->section, "H2", &s, r->left, r->right - r->left, 3,
             label_take != NULL ? strdup(label_take) : NULL);
    draw_artifact(r->d, "Layout");
    draw_fill(r->d, stripe, r->left, r->y - h, w, h);
    draw_frame(r->d, faint, 0.7, r->left, r->y - h, w, h);
    draw_end(r->d);
    draw_signature_field(r->d, r->section, name, label_take != NULL ? label_take : name, r->left,
                         r->y - h, w, h);
    elem = draw_elem_add(r->d, r->section, "P");
    char *said = type_say(r, "report.sign.field", name, NULL);
    draw_begin(r->d, elem);
    line_draw(r, &small, ALIGN_LEFT, r->left, r->y - h - 11, w, said);
    draw_end(r->d);
    free(said);
    free(label_take);
    r->y -= h + 30;
}

/* What is signed, in one list. */
static void recap_draw(struct report *r)
{
    const struct style label = style_of(DRAW_REGULAR, 8, muted),
                       value = style_of(DRAW_BOLD, 9.4, ink);
    char revision[24];

    snprintf(revision, sizeof revision, "%lld", (long long)r->revision);
    char *items[4][2] = {
        {type_say(r, "report.sign.what", NULL), report_name(r)},
        {type_say(r, "report.sign.result", NULL), result_sentence(r)},
        {type_say(r, "report.digest.reference", NULL),
         type_say(r, "report.digest.reference-said", r->reference, revision, NULL)},
        {type_say(r, "report.digest.sha", NULL), type_set(r, r->form_sha256, NULL, NULL)}};
    struct draw_elem *list = draw_elem_add(r->d, r->section, "L");
    for (size_t i = 0; i < 4; i++) {
        struct draw_elem *item = draw_elem_add(r->d, list, "LI");
        put_para(r, item, "Lbl", &label, r->left, r->right - r->left, 0, items[i][0]);
        put_para(r, item, "LBody", &value, r->left, r->right - r->left, 6, items[i][1]);
    }
    r->y -= 10;
}

void part_signatures(struct report *r)
{
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    const char *auditor = field_value(r, "auditor");
    double width;

    part_begin(r, "report.sign", false);
    width = r->right - r->left;
    if (r->draft) {
        put_para(r, r->section, "P", &body, r->left, width, 6,
                 type_say(r, "report.sign.draft", NULL));
        return;
    }
    put_para(r, r->section, "P", &body, r->left, width, 6, type_say(r, "report.sign.about", NULL));
    put_para(r, r->section, "P", &body, r->left, width, 14, type_say(r, "report.foot.faith", NULL));
    recap_draw(r);
    if (r->look.nfields == 0)
        box_draw(r, "Signature1",
                 auditor != NULL ? type_say(r, "report.sign.auditor-name", auditor, NULL)
                                 : type_say(r, "report.sign.auditor", NULL));
    for (size_t i = 0; i < r->look.nfields; i++)
        box_draw(r, r->look.fields[i].name, type_set(r, r->look.fields[i].label, NULL, NULL));
}

/* Numbers for an update where the file refers to objects that it lacks: such a reference means null
 * (7.3.10), and an object of that number would change what is seen. */
#include "pdf/file/pdf_internal.h"
#include "pdf/file/pdf_update.h"
#include "pdf/file/pdf_update_internal.h"

enum {
    DEPTH_MAX = 128,   /* as the reader */
    FARTHEST = 1 << 16 /* behind the file's own numbers: what lies farther is not met */
};

static void look(const struct pdf_value *v, uint32_t limit, uint32_t *next, int depth)
{
    const struct pdf_value *dict = pdf_dict_of(v);
    uint32_t num = pdf_ref_of(v).num;

    if (depth > DEPTH_MAX)
        return;
    if (num >= *next && num < limit)
        *next = num + 1;
    for (size_t i = 0; dict != NULL && i < pdf_count(dict); i++)
        look(&pdf_entry_at(dict, i)->value, limit, next, depth + 1);
    for (size_t i = 0; pdf_is(v, PDF_ARRAY) && i < pdf_count(v); i++)
        look(pdf_at(v, i), limit, next, depth + 1);
}

void pdf_update_avoid(struct pdf_update *u)
{
    struct pdf *pdf = u->pdf;
    uint32_t own = pdf_object_limit(pdf, PDF_LATEST), limit = u->next + FARTHEST;

    look(pdf_trailer(pdf, PDF_LATEST), limit, &u->next, 0);
    for (uint32_t num = 1; num < own; num++) {
        struct pdf_place place = pdf_place_of(pdf, num, PDF_LATEST);
        struct pdf_value *v = NULL;
        /* what cannot be read refers to nothing */
        if (place.kind != PDF_PLACE_FREE &&
            pdf_load(pdf, (struct pdf_ref){num, place.kind == PDF_PLACE_FILE ? place.gen : 0},
                     PDF_LATEST, &v, NULL) == 0)
            look(v, limit, &u->next, 0);
        pdf_value_free(v);
    }
}

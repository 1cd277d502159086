/* The folder of a test of deposits, and the table of places that the program comes with; included
 * after all other headers. */
#ifndef PARAPHE_TESTS_UNIT_SUBMIT_PLACES_H
#define PARAPHE_TESTS_UNIT_SUBMIT_PLACES_H

static char top[64];

/* NULL when there is no place, or the table is none. */
static inline struct jv *places_in_top(void)
{
    struct buf text = BUF_INIT(100000);
    struct jv *table = NULL;

    /* in memory where possible: thousands of syncs */
    strcpy(top, access("/dev/shm", W_OK) == 0 ? "/dev/shm/paraphe-unit.XXXXXX"
                                              : "/tmp/paraphe-unit.XXXXXX");
    if (mkdtemp(top) != NULL &&
        file_read(SOURCE_DIR "/data/places/edc-psc.json", text.max, &text, NULL) == 0)
        table = places_parse(buf_str(&text), text.len, "places", NULL);
    buf_free(&text);
    return table;
}

#endif

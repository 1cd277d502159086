/* Every ceiling of the program in one table with its reason beside it. */
#ifndef PARAPHE_BASE_CEILINGS_H
#define PARAPHE_BASE_CEILINGS_H

#include <stddef.h>
#include <stdint.h>

/* NAME(type, value, reason) */
#define CEILING_TABLE(X)                                                                           \
    X(form_file_bytes, 32u << 20, "a form is about 40 KB; with screen shots some MB")              \
    X(form_part_bytes, 64u << 20, "RULES.md: 64 MiB a part")                                       \
    X(form_total_bytes, 256u << 20, "RULES.md: 256 MiB in all")                                    \
    X(form_parts, 4096, "a real workbook has some dozens of parts")                                \
    X(form_sheets, 256, "issue: 40 sheets; Excel itself warns above some hundreds")                \
    X(form_cells, 4000000, "a form has some thousands of cells")                                   \
    X(form_strings_bytes, 64u << 20, "the shared strings of a form are some KB")                   \
    X(xml_depth, 64, "OOXML nests about 12 deep")                                                  \
    X(json_bytes, 64u << 20, "grid.json of the largest form with 32 767-character comments")       \
    X(ruleset_bytes, 8u << 20, "a rule set is about 40 KB")                                        \
    X(config_bytes, 1u << 20, "a configuration file is a page")                                    \
    X(image_bytes, 8u << 20, "a logo")                                                             \
    X(image_pixels, 16000000, "a logo of 4000 x 4000")                                             \
    X(report_bytes, 64u << 20, "report with its attachments")                                      \
    X(report_pages, 20000, "400 points with the longest comments, all No, fill about 7 300 pages") \
    X(pdf_objects, 8388607, "ISO 32000 annex C names 8 388 607 indirect objects")                  \
    X(pdf_depth, 128, "nesting of arrays and dictionaries in one object")                          \
    X(pdf_revisions, 1024, "a file signed every day for three years")                              \
    X(pdf_object_bytes, 16u << 20, "one object without its stream data")                           \
    X(pdf_object_values, 1000000, "values in one object: /Kids or /Index of the largest files")    \
    X(pdf_cache_bytes, 64u << 20, "objects of one PDF looked at and kept")                         \
    X(pdf_packed_bytes, 32u << 20, "one decoded object stream; usual ones hold 100 objects")       \
    X(pdf_stream_bytes, 256u << 20, "one decoded xref, object or metadata stream")                 \
    X(pdf_update_bytes, 128u << 20, "one incremental update made by us")                           \
    X(cms_bytes, 4u << 20, "/Contents of one signature")                                           \
    X(certificate_bytes, 64u << 10, "one certificate")                                             \
    X(chain_length, 16, "certificates from leaf to anchor")                                        \
    X(anchors, 20000, "the EU lists hold about 5 000")                                             \
    X(http_bytes, 64u << 20, "the largest answer taken: a CRL")                                    \
    X(tst_bytes, 256u << 10, "a time-stamp answer")                                                \
    X(ocsp_bytes, 256u << 10, "an OCSP answer")                                                    \
    X(crl_bytes, 64u << 20, "a CRL; 50 MB ones exist")                                             \
    X(frame_bytes, 512u << 20, "one message between our processes")                                \
    X(token_slots, 64, "slots of one PKCS#11 module")                                              \
    X(token_objects, 512, "objects looked at on one token")                                        \
    X(signature_bytes, 16384, "one signature value from a token")                                  \
    X(inputs, 10000, "files given to one command")                                                 \
    X(journal_bytes, 64u << 20, "journal of one job")

/* Those that arrays are made of, or that end a search: constants. NAME(value, reason) */
#define CEILING_CONSTANT_TABLE(X)                                                                  \
    X(FORM_TARGET_MAX, 1024, "bytes of a part's name; real ones have some dozens")                 \
    X(FORM_CELL_UNITS_MAX, 32767, "RULES.md: UTF-16 units of a cell, as Excel counts")             \
    X(FORM_ROWS_USUAL, 10000, "RULES.md: announced rows above which a form is told")               \
    X(FORM_COLUMNS_MAX, 256, "columns in which points are looked for; a form has a dozen")         \
    X(FORM_LABEL_CELLS_MAX, 5000, "cells of a sheet looked at for labels; a form has hundreds")    \
    X(FORM_COPY_CELLS_MAX, 20000, "cells of a sheet looked at for copies of points")               \
    X(FORM_POINTS_MAX, 2000, "points of one tab of a form or of a rule set; a form has 23")        \
    X(FORM_TABLES_MAX, 24, "tables of one sheet; one for each part of a form")                     \
    X(FORM_TITLES_MAX, 12, "parts that titles on one sheet tell apart; a form has six")            \
    X(FORM_ID_BYTES_MAX, 128, "bytes of a point's identifier; longer ones give way to the row")    \
    X(FORM_ALIKE_MAX, 64, "points of one identifier compared by their wordings")                   \
    X(FORM_LOOSE_MAX, 500, "rows with answers outside all tables of a sheet that are told")        \
    X(FORM_ASIDES_MAX, 16, "runs of columns beside a table that are none")                         \
    X(FORM_HEADER_LABELS_MAX, 64, "labels of one table")                                           \
    X(FORM_SCANS_MAX, 8, "rows whose columns are told by their content")                           \
    X(FORM_TYPES_MAX, 16, "types of application to tick in a list; there are five")                \
    X(FORM_FIELD_BYTES_MAX, 2000, "a cell with label and value; labels have some dozens")          \
    X(FORM_WORD_BYTES_MAX, 4096, "texts compared without case; names of tabs have 31 characters")  \
    X(FORM_TABS_MAX, 64, "tabs of a rule set or of a grid document; a form has six")               \
    X(FORM_FIELDS_MAX, 500, "fields of a rule set or of a grid document; a form has twenty")       \
    X(FORM_JUSTIFICATIONS_MAX, 1000, "comments compared with each other; a form has 40")           \
    X(FORM_LABELS_TOLD_MAX, 100, "unknown labels that form explain names")                         \
    X(LAYOUT_LABELS_MAX, 20000, "labels of a layout file and of the one built in")                 \
    X(RULESETS_MAX, 256, "rule sets that a user keeps")

enum {
#define CEILING_CONSTANT(name, value, reason) name = (value),
    CEILING_CONSTANT_TABLE(CEILING_CONSTANT)
#undef CEILING_CONSTANT
};

struct ceilings {
#define CEILING_FIELD(name, value, reason) int64_t name;
    CEILING_TABLE(CEILING_FIELD)
#undef CEILING_FIELD
};

extern const struct ceilings ceilings;

#endif

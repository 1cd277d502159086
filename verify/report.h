/* The report of a verification: for people (HTML without scripts or outside resources, or text) and
 * for archives (XML of ETSI TS 119 102-2 V1.2.1, valid by its schema). Made from the verdict
 * JSON alone, so the same verdict gives the same bytes; it lists every object used, policy, times
 * and the program (F7). */
#ifndef PARAPHE_VERIFY_REPORT_H
#define PARAPHE_VERIFY_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;
struct jv;

/* kind: "html", "xml" or "text"; `verdicts` is an array of verdicts with sentences. */
int verdict_report(const struct jv *verdicts, const char *kind, const char *program,
                   struct buf *out, struct err *e);

/* Private to verify/: the XML, valid by the schema of ETSI TS 119 102-2 V1.2.1. report_xml.c */
void verdict_report_xml(const struct jv *verdicts, const char *program, struct buf *out);

/* Whether an earlier item of a list says the same sentence: what is true of a signature and of its
 * time-stamp is a finding for each, and is said to people once. */
bool verdict_said_before(const struct jv *list, size_t i);

#endif

/* A fault of the file itself: a finding of the first table of RULES.md, not an error of the
 * program. It travels as struct err of kind ERR_FORM whose id is the rule's name; grid/task.c turns
 * it into the finding. */
#ifndef PARAPHE_GRID_FAULT_H
#define PARAPHE_GRID_FAULT_H

struct err;

int fault_set(struct err *e, const char *rule); /* always returns -1 */

#endif

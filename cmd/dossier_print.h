/* A dossier's state for people: shared by the verbs dossier and bundle. */
#ifndef PARAPHE_CMD_DOSSIER_PRINT_H
#define PARAPHE_CMD_DOSSIER_PRINT_H

struct jv;

/* Every component with its problems and what to do, then those of the whole. */
void dossier_print(const struct jv *status);

#endif

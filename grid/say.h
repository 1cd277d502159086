/* Sentences about a grid document, which itself has none. */
#ifndef PARAPHE_GRID_SAY_H
#define PARAPHE_GRID_SAY_H

#include <stddef.h>

#include "base/text.h"

struct jv;

enum { SAY_MAX = 1024 };

/* What is wrong, and what to do. `message` and `remedy` have SAY_MAX bytes; either may be NULL. */
void say_finding(enum text_lang lang, const struct jv *finding, char *message, char *remedy);
void say_note(enum text_lang lang, const struct jv *note, char *message,
              char *remedy); /* remedy may come out empty */
/* "Application web!F14", or "formulaire" */
void say_place(enum text_lang lang, const struct jv *finding, char out[SAY_MAX]);
/* "Seuils respectés", "Formulaire à corriger : 3 anomalies"... without a final stop */
void say_outcome(enum text_lang lang, const struct jv *grid, char out[SAY_MAX]);
/* "Dépôt possible jusqu’au 22/11/2026 inclus"; "" when the date is not known */
void say_deposit(enum text_lang lang, const struct jv *grid, char out[SAY_MAX]);
/* "Jeu de règles : ..."; "" without one, which a note tells */
void say_ruleset(enum text_lang lang, const struct jv *grid, char out[SAY_MAX]);
/* "Résultat calculé d’après les règles publiées ; la décision appartient à l’ANS." */
const char *say_caveat(enum text_lang lang);

#endif

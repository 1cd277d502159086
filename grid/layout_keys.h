/* The keys of a user's layout file: one that nobody reads is a mistake that would change nothing.
 */
#ifndef PARAPHE_GRID_LAYOUT_KEYS_H
#define PARAPHE_GRID_LAYOUT_KEYS_H

struct err;
struct jv;

/* ERR_INPUT, naming the key, where it stands and those that exist. `builtin` gives the types and
 * the ids of fields; "new_types" of the file itself adds types. */
int layout_keys_check(const struct jv *doc, const struct jv *builtin, struct err *e);

#endif

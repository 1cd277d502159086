/* What `sign` tells of each document: lines for people, or JSON. */
#ifndef PARAPHE_CMD_SIGN_SAY_H
#define PARAPHE_CMD_SIGN_SAY_H

#include <stdbool.h>

struct act_sign_file;
struct cmd;
struct jv;

struct sign_say {
    const struct cmd *cmd;
    bool alone;      /* one document: its error is told by main */
    struct jv *said; /* remarks that hold for all documents and were said: an array of texts */
};
void sign_say_init(struct sign_say *s, const struct cmd *cmd, bool alone);
void sign_say_free(struct sign_say *s);
/* As each is finished, well or not. */
void sign_say_file(struct sign_say *s, const struct act_sign_file *file);
/* One that an earlier run had finished. */
void sign_say_already(struct sign_say *s, const struct act_sign_file *file);

/* Whether the remark is about one document, not about the key, a server or the machine. */
bool sign_say_of_document(const char *code);
/* Whether it was said; now it is. said: an array of texts. */
bool sign_say_before(struct jv *said, const char *code, const char *message);

#endif

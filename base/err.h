/* One way of errors: a function that can fail returns 0 or -1 and fills struct err once, where the
 * cause is known; callers may wrap it on the way up; cmd/ prints it once. */
#ifndef PARAPHE_BASE_ERR_H
#define PARAPHE_BASE_ERR_H

#include <stdbool.h>

/* The kind is the exit status of the program (docs/architecture.md, "Exit statuses"). */
enum err_kind {
    ERR_NONE = 0,
    ERR_BUG = 1,       /* bug or out of memory */
    ERR_USAGE = 2,     /* usage or configuration */
    ERR_FORM = 3,      /* the form is not a valid form */
    ERR_INPUT = 4,     /* input unreadable or over a limit */
    ERR_TOKEN = 5,     /* token absent, PIN refused, last try */
    ERR_SIGNATURE = 6, /* signature or certificate not acceptable */
    ERR_NETWORK = 7,   /* nothing was sent, or level below --min-level */
    ERR_REFUSED = 8,   /* the service refused */
    ERR_UNKNOWN = 9,   /* sent, outcome unknown */
    ERR_DISK = 10,     /* disk, permissions, damaged journal */
    ERR_NOT_PASS = 11, /* the form is complete but does not pass */
    ERR_CANCELLED = 130
};

enum { ERR_SENTENCE_MAX = 1536 };

struct err {
    enum err_kind kind;
    char id[64];      /* id of the text, stable code for programs */
    char foreign[96]; /* number of a foreign library, "CKR_PIN_INCORRECT (0xa0)"; may be empty */
    char sentence[ERR_SENTENCE_MAX]; /* in the language of the messages; without `foreign` */
};

#define ERR_INIT                                                                                   \
    {                                                                                              \
        ERR_NONE, "", "", ""                                                                       \
    }

/* Sets the error: `id` names a text of po/ (by habit "err.ROOM.what"), the arguments, const char *,
 * replace {1}, {2}... in it; end them with NULL. Always returns -1, so that `return err_set(...)`
 * works. e may be NULL. */
int err_set(struct err *e, enum err_kind kind, const char *id, ...) __attribute__((sentinel));
/* The same, keeping the number or name of a foreign library, shown in parentheses after the
 * sentence. */
int err_set_foreign(struct err *e, enum err_kind kind, const char *foreign, const char *id, ...)
    __attribute__((sentinel));
/* The same with errno's name and text as the foreign part; where there is a text "ID.missing",
 * ".forbidden", ".read-only", ".full", ".large" or ".long-name" for this errno, it is the sentence.
 */
int err_set_errno(struct err *e, enum err_kind kind, int number, const char *id, ...)
    __attribute__((sentinel));
/* Out of memory: kind ERR_BUG. Returns -1. */
int err_set_memory(struct err *e);
/* A broken promise inside the program: kind ERR_BUG; `where` names function and promise,
 * untranslated. Returns -1. */
int err_set_bug(struct err *e, const char *where);
/* Puts a prefix before the sentence: text `id` with its arguments, which should end in a colon.
 * Keeps kind and id. Returns -1. */
int err_wrap(struct err *e, const char *id, ...) __attribute__((sentinel));
/* The same with the name of the file that it is about, unless the sentence begins with it. */
int err_about(struct err *e, const char *name);
void err_clear(struct err *e);
bool err_is_set(const struct err *e);
/* Of two statuses the one that comes first in the order 1 10 2 5 9 8 7 4 6 3 11 0; 130 comes before
 * all. */
int err_status_worst(int a, int b);

#ifdef PARAPHE_SANITIZED
#include "base/err_sites.h"
#endif

#endif

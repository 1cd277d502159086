/* The pair of parent and token child: frames over a socketpair, the child's noise on a pipe, the
 * page that says which call of the driver is running. */
#ifndef PARAPHE_PKCS11_LINK_H
#define PARAPHE_PKCS11_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/ports.h"
#include "pkcs11/ck.h"
#include "pkcs11/setup.h"

struct jv;

/* Kinds of frames. */
enum {
    LINK_SETUP = 1, /* to the child; bodies are JSON; the first one, without an answer */
    LINK_LIST,
    LINK_OPEN,
    LINK_LOGIN,
    LINK_PREPARE,
    LINK_SIGN,
    LINK_WAIT,
    LINK_DONE = 100, /* from the child: the reply */
    LINK_FAILED,     /* {"kind","id","foreign","sentence","removed","refused"} */
    LINK_REMARK      /* a sentence for the person; more follows */
};
enum { LINK_BODY_MAX = 16 << 20, LINK_NOISE_MAX = 4096 };

struct link {
    pid_t pid;
    int socket, noise_fd, end_fd; /* end_fd: readable when the child has ended */
    struct ck_page *page;
    char *module;     /* path, for sentences */
    struct buf noise; /* the first bytes that the driver printed */
    bool dead;        /* killed or gone: nothing more can be asked */
    bool removed;     /* the last failure was a pulled card or reader */
    bool refused;     /* a PIN was refused, or it is not known what became of it */
    struct asker *asker;
};

/* Starts paraphe-token and tells it `setup`, which is borrowed for the call. */
int link_start(struct link *l, const struct setup *setup, struct asker *asker, struct err *e);
/* Sends a request without waiting: several children can work at the same time. */
int link_ask(struct link *l, uint32_t kind, const struct jv *body, struct err *e);
/* Waits for the reply, passing remarks to the asker; kills a child whose driver hangs. Free *reply
 * with jv_free. */
int link_reply(struct link *l, struct jv **reply, struct err *e);
int link_call(struct link *l, uint32_t kind, const struct jv *body, struct jv **reply,
              struct err *e);
/* What the last C_Sign gave is in hand, or it gave nothing. */
void link_value_over(struct link *l);
void link_dismiss(struct link *l); /* the child sees the end of its requests; link_stop follows */
void link_stop(struct link *l);    /* closes, waits a moment, kills; allowed on a zeroed link */
/* The first line that the driver printed, or NULL. */
const char *link_noise(struct link *l);

/* Child side. */
int link_child_remark(int socket, const char *sentence);

#endif

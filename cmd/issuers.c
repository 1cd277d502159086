#include "cmd/issuers.h"

#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/anchors.h"
#include "pkcs11/token.h"
#include "trust/issuer.h"

enum { SENTENCE = 1536 };

static struct jv *issuer(void *self, const struct der_list *certs, bool seal)
{
    struct issuers *i = self;
    struct trust_issuer_request r = {NULL, NULL, certs, seal, i->now};

    issuers_load(i);
    if (i->services == NULL)
        return NULL;
    r.services = i->services;
    r.expired = i->expired;
    return trust_issuer(&r);
}

void issuers_join(struct issuers *i, const struct config *config, struct asker *asker,
                  struct token_options *o)
{
    if (!anchors_any_list(config))
        return;
    i->config = config;
    i->asker = asker;
    i->now = o->now;
    o->issuer = issuer;
    o->issuer_self = i;
}

void issuers_load(struct issuers *i)
{
    struct anchor_set set = {.services = NULL};
    struct err e = ERR_INIT;
    char line[SENTENCE];

    if (i->config == NULL || i->tried)
        return;
    i->tried = true;
    if (anchors_lists(&set, i->config, i->now, &e) == 0) {
        i->services = jv_keep(set.services);
        i->expired = jv_keep(set.expired);
    } else if (i->asker != NULL && i->asker->tell != NULL) { /* nobody signs less for it */
        i->asker->tell(i->asker->self, text_say(text_lang_get(), line, sizeof line,
                                                "cmd.issuers-unread", e.sentence, NULL));
    }
    anchors_close(&set);
}

void issuers_close(struct issuers *i)
{
    jv_free(i->services);
    jv_free(i->expired);
    memset(i, 0, sizeof *i);
}

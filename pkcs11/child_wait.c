/* A card that was pulled out: which one is it that is there again? */
#include <string.h>
#include <time.h>

#include "base/jv.h"
#include "pkcs11/child.h"
#include "pkcs11/rv.h"

enum { WAIT_STEP_MS = 500, SLOTS_MAX = 64 };

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is looked for: the place in the inventory is written over while it is. */
struct wanted {
    CK_SLOT_ID slot;
    char serial[sizeof((struct inventory *)NULL)->serial];
    char label[sizeof((struct inventory *)NULL)->label];
    struct err failure; /* it may be there, and its driver not ready for it */
};

/* Serial number and label are not enough: there are drivers that give none, and then another
 * person's card would get the PIN. It must show the certificate, or hide them all and have a
 * number. */
static bool is_the_card(const struct child *c, const struct inventory *inv)
{
    const struct object *leaf = child_leaf(inv, c->leaf->sha256);
    size_t shown = 0;

    for (size_t i = 0; i < inv->certs.count; i++)
        shown += inv->certs.items[i].from_file ? 0 : 1;
    if (leaf != NULL && !leaf->from_file)
        return true;
    return inv->serial[0] != '\0' && (leaf != NULL || shown == 0);
}

/* 1: it is in this slot, and read; 0: it is not; -1: err. */
static int slot_try(struct child *c, CK_SLOT_ID slot, struct wanted *w, struct err *e)
{
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO info;
    char serial[sizeof w->serial], label[sizeof w->label];

    if (ck_slot_info(c->ck, slot, &slot_info) != CKR_OK ||
        (slot_info.flags & CKF_TOKEN_PRESENT) == 0 || ck_token_info(c->ck, slot, &info) != CKR_OK)
        return 0;
    inventory_text(info.serialNumber, sizeof info.serialNumber, serial, sizeof serial);
    inventory_text(info.label, sizeof info.label, label, sizeof label);
    if (strcmp(serial, w->serial) != 0 || strcmp(label, w->label) != 0)
        return 0;
    if (inventory_read(c->ck, slot, CK_INVALID_HANDLE, &c->wishes, c->open, e) != 0)
        return -1;
    w->failure = c->open->error;
    return !err_is_set(&w->failure) && c->open->present && is_the_card(c, c->open);
}

/* In any slot of the module, as readers change their number when they are plugged in again; first
 * in its own: a card may have two, each with its PIN, and one name. */
static int card_find(struct child *c, struct wanted *w, struct err *e)
{
    CK_SLOT_ID ids[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;

    if (ck_slots(c->ck, ids, &n) != CKR_OK)
        return 0;
    for (int own = 1; own >= 0; own--) {
        for (CK_ULONG i = 0; i < n; i++) {
            int found = (ids[i] == w->slot) == (own == 1) ? slot_try(c, ids[i], w, e) : 0;
            if (found != 0)
                return found;
        }
    }
    return 0;
}

int child_back(struct child *c, int64_t seconds, struct err *e)
{
    int64_t end = now_ms() + 1000 * seconds;
    struct wanted w = {.slot = c->open->slot};
    int found;

    memcpy(w.serial, c->open->serial, sizeof w.serial);
    memcpy(w.label, c->open->label, sizeof w.label);
    while ((found = card_find(c, &w, e)) == 0 && now_ms() < end) {
        const struct timespec step = {0, WAIT_STEP_MS * 1000000L};
        nanosleep(&step, NULL);
    }
    if (found <= 0) {
        c->open->slot = w.slot; /* it may be looked for again */
        memcpy(c->open->serial, w.serial, sizeof w.serial);
        memcpy(c->open->label, w.label, sizeof w.label);
        if (found < 0)
            return -1;
        if (!err_is_set(&w.failure) || strcmp(w.failure.id, "err.pkcs11.removed") == 0)
            return err_set(e, ERR_TOKEN, "err.pkcs11.not-back", w.label, NULL);
        *e = w.failure;
        return -1;
    }
    if (child_session(c, c->open, e) != 0)
        return -1;
    c->away = false;
    return 0;
}

int child_wait(struct child *c, const struct jv *request, struct jv **reply, struct err *e)
{
    if (c->open == NULL || c->leaf == NULL)
        return err_set_bug(e, "child: nothing is open");
    login_forget(&c->login);
    if (c->session != CK_INVALID_HANDLE)
        ck_session_close(c->ck, c->session);
    c->session = CK_INVALID_HANDLE;
    c->login.logged_in = false;
    c->key = NULL;
    c->away = true;
    return child_back(c, jv_get_int(request, "seconds", 0), e) != 0 ? -1
                                                                    : child_prepare(c, reply, e);
}

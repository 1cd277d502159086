#include "pkcs11/child.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/frame.h"
#include "base/jv.h"
#include "pkcs11/calm.h"
#include "pkcs11/link.h"
#include "pkcs11/rv.h"

enum { CHILD_BROKEN = 70, SLOTS_MAX = 64 };

static void remark(void *self, const char *sentence)
{
    (void)self;
    (void)link_child_remark(CHILD_SOCKET, sentence);
}

/* Where this slot is kept, whatever its place in the driver's list, which may change between two
 * calls: the open session belongs to a slot and not to a place. NULL when there are too many. */
static struct inventory *slot_place(struct child *c, CK_SLOT_ID id)
{
    for (size_t i = 0; i < c->nslots; i++) {
        if (c->slots[i].slot == id)
            return &c->slots[i];
    }
    if (c->nslots == SLOTS_MAX)
        return NULL;
    c->slots[c->nslots].slot = id;
    return &c->slots[c->nslots++];
}

static int slots_read(struct child *c, struct err *e)
{
    CK_ULONG n = (CK_ULONG)ceilings.token_slots;
    CK_SLOT_ID ids[SLOTS_MAX];

    if (n > sizeof ids / sizeof ids[0])
        n = sizeof ids / sizeof ids[0];
    CK_RV rv = ck_slots(c->ck, ids, &n);
    if (rv != CKR_OK)
        return rv_err(rv, "C_GetSlotList", ck_path(c->ck), e);
    if (c->slots == NULL && (c->slots = calloc(SLOTS_MAX, sizeof *c->slots)) == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < c->nslots; i++)
        c->slots[i].listed = false;
    for (CK_ULONG i = 0; i < n; i++) {
        struct inventory *inv = slot_place(c, ids[i]);
        CK_SESSION_HANDLE session =
            inv != NULL && inv == c->open ? c->session : (CK_SESSION_HANDLE)CK_INVALID_HANDLE;
        if (inv == NULL || inv->listed) /* one slot twice in the list is one slot */
            continue;
        if (inventory_read(c->ck, ids[i], session, &c->wishes, inv, e) != 0)
            return -1;
        inv->listed = true;
    }
    for (size_t i = 0; i < c->nslots; i++) {
        if (!c->slots[i].listed)
            c->slots[i].present = false;
    }
    return 0;
}

static int list(struct child *c, struct jv **reply, struct err *e)
{
    struct jv *o = jv_object(), *slots = jv_array();
    int rc = -1;

    c->key = NULL; /* the objects are read anew */
    if (slots_read(c, e) == 0) {
        for (size_t i = 0; i < c->nslots; i++) {
            if (c->slots[i].listed)
                jv_add_take(slots, inventory_json(&c->slots[i], &c->wishes));
        }
        jv_put_take(o, "module", inventory_module_json(&c->info));
        jv_put_bool(o, "matches", uri_matches_module(c->setup.uri, &c->info));
        jv_put_take(o, "slots", slots);
        slots = NULL;
        *reply = o;
        o = NULL;
        rc = 0;
    }
    jv_free(slots);
    jv_free(o);
    return rc;
}

static int registered_add(void *self, const char *path, const char *init)
{
    struct jv *o = jv_object();

    jv_put_text(o, "path", path);
    jv_put_text(o, "init", init);
    jv_add_take(self, o);
    return 0;
}

/* The child that only lists what is registered with p11-kit. */
static int registered(struct child *c, struct jv **reply, struct err *e)
{
    struct jv *o = jv_object(), *modules = jv_array();
    int rc = ck_registered(c->page, uri_module_name(c->setup.uri), registered_add, modules, e);

    jv_put_take(o, "modules", modules);
    if (rc == 0)
        *reply = o;
    else
        jv_free(o);
    return rc;
}

static int module_open(struct child *c, struct err *e)
{
    const struct token_options *o = &c->setup.options;
    struct ck_setup setup = {c->page, o->verbose ? CHILD_LOG : -1, o->timeout_s * 1000};

    if (c->ck != NULL)
        return 0;
    if (ck_open(&c->ck, c->setup.path, c->setup.init, &setup, e) != 0)
        return -1;
    CK_RV rv = ck_info(c->ck, &c->info);
    return rv == CKR_OK ? 0 : rv_err(rv, "C_GetInfo", ck_path(c->ck), e);
}

static int request_do(struct child *c, uint32_t kind, const struct jv *request, struct jv **reply,
                      struct err *e)
{
    calm_again(); /* after a signature, and after what the driver did */
    if (c->setup.path == NULL)
        return registered(c, reply, e);
    if (module_open(c, e) != 0)
        return -1;
    calm_again();
    switch (kind) {
    case LINK_LIST:
        return list(c, reply, e);
    case LINK_OPEN:
        return child_open(c, request, reply, e);
    case LINK_LOGIN:
        return child_login(c, request, reply, e);
    case LINK_PREPARE:
        return child_prepare(c, reply, e);
    case LINK_SIGN:
        return child_sign(c, request, reply, e);
    case LINK_WAIT:
        return child_wait(c, request, reply, e);
    default:
        return err_set_bug(e, "child: unknown request");
    }
}

static struct jv *failure_json(const struct err *e, bool refused)
{
    struct jv *o = jv_object();

    jv_put_int(o, "kind", (int64_t)e->kind);
    jv_put_text(o, "id", e->id);
    jv_put_text(o, "foreign", e->foreign);
    jv_put_text(o, "sentence", e->sentence);
    jv_put_bool(o, "removed", strcmp(e->id, "err.pkcs11.removed") == 0);
    jv_put_bool(o, "refused", refused);
    return o;
}

static bool answer(struct child *c, uint32_t kind, const struct buf *body)
{
    struct err e = ERR_INIT;
    struct jv *request = NULL, *reply = NULL;
    struct buf text = BUF_INIT(LINK_BODY_MAX);
    int rc = 0;

    if (body->len > 0 &&
        (request = jv_parse((const char *)body->data, body->len, "request", &e)) == NULL)
        rc = -1;
    if (rc == 0)
        rc = request_do(c, kind, request, &reply, &e);
    if (rc == 0 && jv_print(reply, false, &text, &e) != 0)
        rc = -1;
    if (rc != 0) {
        jv_free(reply);
        reply = failure_json(&e, c->login.refused);
        buf_clear(&text);
        struct err lost = ERR_INIT;
        (void)jv_print(reply, false, &text, &lost);
    }
    bool sent = frame_send(CHILD_SOCKET, rc == 0 ? LINK_DONE : LINK_FAILED, text.data, text.len,
                           NULL, 0, frame_deadline(-1)) == FRAME_OK;
    buf_free(&text);
    jv_free(request);
    jv_free(reply);
    return sent;
}

static void child_serve(struct child *c)
{
    struct buf body = BUF_INIT(LINK_BODY_MAX);
    uint32_t kind = 0;

    c->session = CK_INVALID_HANDLE;
    c->wishes =
        (struct inventory_wishes){c->setup.uri,         &c->setup.selector,    &c->setup.file_certs,
                                  c->setup.options.now, c->setup.options.seal, c->setup.with_der};
    c->login = (struct login){.source = &c->setup.pin_source,
                              .pinentry = c->setup.options.pinentry,
                              .use_last_try = c->setup.options.use_last_try,
                              .remark = remark,
                              .remark_self = c};
    while (frame_receive(CHILD_SOCKET, &kind, &body, NULL, NULL, FRAME_FOREVER) == FRAME_OK &&
           answer(c, kind, &body))
        ;
    child_close(c);
    for (size_t i = 0; i < c->nslots; i++)
        inventory_free(&c->slots[i]);
    free(c->slots);
    buf_free(&body);
    ck_close(c->ck);
}

/* The first frame; a program that somebody starts by hand has no socket and ends here. */
static int setup_receive(struct child *c)
{
    struct buf body = BUF_INIT(LINK_BODY_MAX);
    struct err e = ERR_INIT;
    uint32_t kind = 0;
    int rc = -1;

    c->page = mmap(NULL, sizeof *c->page, PROT_READ | PROT_WRITE, MAP_SHARED, CHILD_PAGE, 0);
    if (c->page != MAP_FAILED &&
        frame_receive(CHILD_SOCKET, &kind, &body, NULL, NULL, FRAME_FOREVER) == FRAME_OK &&
        kind == LINK_SETUP) {
        struct jv *json = jv_parse(buf_str(&body), body.len, "setup", &e);
        rc = json != NULL ? setup_take(&c->setup, json, &e) : -1;
    }
    buf_free(&body);
    return rc;
}

int token_child_main(void)
{
    static struct child c;
    int rc;

    /* no core file and no ptrace by others: the PIN will be in this memory */
    calm_begin();
    for (int fd = CHILD_SOCKET; fd < CHILD_FDS_END; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC); /* drivers and pinentry start programs of their own */
    rc = setup_receive(&c);
    if (rc == 0)
        child_serve(&c);
    setup_free(&c.setup);
    return rc == 0 ? 0 : CHILD_BROKEN;
}

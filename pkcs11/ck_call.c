#include "pkcs11/ck.h"

#include <fcntl.h>
#include <p11-kit/p11-kit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/file.h"
#include "pkcs11/rv.h"

enum { CAUSE_STEPS = 5, CAUSE_STEP_MS = 200, AGAIN_MS = 150, KEPT_ABOVE = 20 };

struct ck {
    CK_FUNCTION_LIST *f;
    char *path;
    struct ck_setup setup;
    pid_t pid;
    bool initialized;
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void page_enter(struct ck_page *page, const char *name, int64_t limit)
{
    if (page == NULL)
        return;
    snprintf(page->call, sizeof page->call, "%s", name);
    atomic_store(&page->limit, limit);
    atomic_store(&page->until, now_ms() + limit);
}

/* The name of the call stays, for a crash just after it. */
static void page_leave(struct ck_page *page)
{
    if (page != NULL)
        atomic_store(&page->until, 0);
}

static int64_t call_enter(const struct ck *ck, const char *name, int64_t limit)
{
    page_enter(ck->setup.page, name, limit);
    return ck->setup.log_fd >= 0 ? now_ms() : 0;
}

static CK_RV call_leave(const struct ck *ck, const char *name, int64_t since, CK_RV rv)
{
    char text[RV_TEXT_MAX];

    /* A driver that starts a process and comes back in both: there must be one only that answers,
     * asks for the PIN and sends it. */
    if (getpid() != ck->pid)
        _exit(0);
    page_leave(ck->setup.page);
    if (ck->setup.log_fd >= 0)
        dprintf(ck->setup.log_fd, "%s: %s -> %s, %lld ms\n", path_name(ck->path), name,
                rv_text(rv, text), (long long)(now_ms() - since));
    return rv;
}

/* Some drivers leave out what they cannot do: a NULL entry is "not supported". */
#define CALL_WITHIN(ck, rv, limit, name, ...)                                                      \
    do {                                                                                           \
        int64_t since_ = call_enter(ck, "C_" #name, limit);                                        \
        (rv) = (ck)->f->C_##name == NULL ? CKR_FUNCTION_NOT_SUPPORTED                              \
                                         : (ck)->f->C_##name(__VA_ARGS__);                         \
        call_leave(ck, "C_" #name, since_, rv);                                                    \
    } while (0)
#define CALL(ck, rv, name, ...) CALL_WITHIN(ck, rv, (ck)->setup.timeout_ms, name, __VA_ARGS__)

static int ck_initialize(struct ck *ck, const char *init, struct err *e)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    char *reserved = init != NULL ? strdup(init) : NULL;
    CK_RV rv;

    if (init != NULL && reserved == NULL)
        return err_set_memory(e);
    args.pReserved = reserved;
    CALL(ck, rv, Initialize, &args);
    if (rv == CKR_CANT_LOCK) { /* a driver without locks: this process has one thread only */
        args.flags = 0;
        CALL(ck, rv, Initialize, &args);
    }
    free(reserved);
    if (rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED) {
        ck->initialized = rv == CKR_OK;
        return 0;
    }
    return rv_err(rv, "C_Initialize", ck->path, e);
}

int ck_open(struct ck **out, const char *path, const char *init, const struct ck_setup *setup,
            struct err *e)
{
    struct ck *ck = calloc(1, sizeof *ck);

    if (ck == NULL || (ck->path = strdup(path)) == NULL) {
        free(ck);
        return err_set_memory(e);
    }
    ck->setup = *setup;
    ck->pid = getpid();
    p11_kit_be_quiet();
    page_enter(setup->page, "dlopen", setup->timeout_ms);
    ck->f = p11_kit_module_load(path, P11_KIT_MODULE_UNMANAGED | P11_KIT_MODULE_CRITICAL);
    page_leave(setup->page);
    if (ck->f == NULL) {
        const char *why = p11_kit_message();
        err_set_foreign(e, ERR_TOKEN, why != NULL ? why : "", "err.pkcs11.module-load", path, NULL);
        ck_close(ck);
        return -1;
    }
    if (ck_initialize(ck, init, e) != 0) {
        ck_close(ck);
        return -1;
    }
    *out = ck;
    return 0;
}

void ck_close(struct ck *ck)
{
    CK_RV rv;

    if (ck == NULL)
        return;
    if (ck->initialized)
        CALL(ck, rv, Finalize, NULL);
    if (ck->f != NULL)
        p11_kit_module_release(ck->f);
    free(ck->path);
    free(ck);
}

const char *ck_path(const struct ck *ck)
{
    return ck->path;
}

CK_RV ck_info(struct ck *ck, CK_INFO *out)
{
    CK_RV rv;

    memset(out, 0, sizeof *out);
    CALL(ck, rv, GetInfo, out);
    return rv;
}

/* A token of files fails at a question now and then while another process writes them (SoftHSM2),
 * and then the next answer is good. Only what is asked is asked again, once: a login or a signature
 * never. */
static bool ask_again(CK_RV rv, bool *asked)
{
    const struct timespec pause = {0, AGAIN_MS * 1000000L};

    if (rv != CKR_GENERAL_ERROR || *asked)
        return false;
    *asked = true;
    nanosleep(&pause, NULL);
    return true;
}

/* One call with the room that the caller has: a list that grows between two calls is no matter
 * then. */
CK_RV ck_slots(struct ck *ck, CK_SLOT_ID *out, CK_ULONG *n)
{
    CK_ULONG room = *n;
    bool asked = false;
    CK_RV rv;

    do {
        *n = room;
        CALL(ck, rv, GetSlotList, CK_FALSE, out, n);
    } while (ask_again(rv, &asked));
    if (rv == CKR_OK && *n > room)
        rv = CKR_BUFFER_TOO_SMALL;
    return rv;
}

CK_RV ck_slot_info(struct ck *ck, CK_SLOT_ID slot, CK_SLOT_INFO *out)
{
    CK_RV rv;

    memset(out, 0, sizeof *out);
    CALL(ck, rv, GetSlotInfo, slot, out);
    return rv;
}

CK_RV ck_token_info(struct ck *ck, CK_SLOT_ID slot, CK_TOKEN_INFO *out)
{
    bool asked = false;
    CK_RV rv;

    do {
        memset(out, 0, sizeof *out);
        CALL(ck, rv, GetTokenInfo, slot, out);
    } while (ask_again(rv, &asked));
    return rv;
}

CK_RV ck_mechanisms(struct ck *ck, CK_SLOT_ID slot, CK_MECHANISM_TYPE *out, CK_ULONG *n)
{
    CK_ULONG room = *n;
    CK_RV rv;

    CALL(ck, rv, GetMechanismList, slot, out, n);
    if (rv == CKR_OK && *n > room)
        rv = CKR_BUFFER_TOO_SMALL;
    return rv;
}

CK_RV ck_mechanism_info(struct ck *ck, CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
                        CK_MECHANISM_INFO *out)
{
    CK_RV rv;

    memset(out, 0, sizeof *out);
    CALL(ck, rv, GetMechanismInfo, slot, type, out);
    return rv;
}

CK_RV ck_session_open(struct ck *ck, CK_SLOT_ID slot, CK_SESSION_HANDLE *out)
{
    CK_RV rv;

    *out = CK_INVALID_HANDLE;
    CALL(ck, rv, OpenSession, slot, CKF_SERIAL_SESSION, NULL, NULL, out);
    return rv;
}

void ck_session_close(struct ck *ck, CK_SESSION_HANDLE session)
{
    CK_RV rv;

    CALL(ck, rv, CloseSession, session);
}

CK_RV ck_session_info(struct ck *ck, CK_SESSION_HANDLE session, CK_SESSION_INFO *out)
{
    CK_RV rv;

    memset(out, 0, sizeof *out);
    CALL(ck, rv, GetSessionInfo, session, out);
    return rv;
}

/* What a driver prints while it has the PIN is not looked at by anybody: some print what they send
 * to the card. */
static void mute(int kept[2])
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        kept[fd - STDOUT_FILENO] = nothing >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, KEPT_ABOVE) : -1;
        if (kept[fd - STDOUT_FILENO] >= 0)
            dup2(nothing, fd);
    }
    if (nothing >= 0)
        close(nothing);
}

static void unmute(const int kept[2])
{
    fflush(stdout); /* of the driver */
    fflush(stderr);
    for (int i = 0; i < 2; i++) {
        if (kept[i] >= 0) {
            dup2(kept[i], STDOUT_FILENO + i);
            close(kept[i]);
        }
    }
}

CK_RV ck_login(struct ck *ck, CK_SESSION_HANDLE session, CK_USER_TYPE user, const void *pin,
               size_t pin_len)
{
    int64_t limit = ck->setup.timeout_ms;
    int kept[2];
    CK_RV rv;

    if (pin == NULL && limit < CK_PAD_TIMEOUT_MS)
        limit = CK_PAD_TIMEOUT_MS;
    union { /* the interface lacks a const */
        const void *read;
        CK_UTF8CHAR *as_declared;
    } bytes = {pin};
    mute(kept);
    CALL_WITHIN(ck, rv, limit, Login, session, user, bytes.as_declared, (CK_ULONG)pin_len);
    unmute(kept);
    return rv;
}

void ck_logout(struct ck *ck, CK_SESSION_HANDLE session)
{
    CK_RV rv;

    CALL(ck, rv, Logout, session);
}

CK_RV ck_find(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
              CK_OBJECT_HANDLE *out, CK_ULONG *n)
{
    CK_ATTRIBUTE wanted = {CKA_CLASS, &class, sizeof class};
    CK_ULONG room = *n, got = 0;
    CK_RV rv, end;

    *n = 0;
    CALL(ck, rv, FindObjectsInit, session, &wanted, 1);
    if (rv != CKR_OK)
        return rv;
    do {
        got = 0;
        CALL(ck, rv, FindObjects, session, out + *n, room - *n, &got);
        if (rv != CKR_OK || got > room - *n)
            break;
        *n += got;
    } while (got > 0 && *n < room);
    CALL(ck, end, FindObjectsFinal, session);
    if (rv == CKR_OK && got > room - *n)
        rv = CKR_BUFFER_TOO_SMALL;
    return rv != CKR_OK ? rv : end;
}

static CK_RV take(struct buf *out, const unsigned char *value, size_t n)
{
    if (n > out->max - out->len)
        return CKR_BUFFER_TOO_SMALL;
    if (n > 0)
        buf_append(out, value, n);
    return out->failed ? CKR_HOST_MEMORY : CKR_OK;
}

enum { ATTRIBUTE_ROOM = 4096 };

CK_RV ck_attribute(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                   CK_ATTRIBUTE_TYPE type, struct buf *out)
{
    unsigned char some[ATTRIBUTE_ROOM];
    CK_ATTRIBUTE a = {type, some, sizeof some};
    CK_RV rv;

    /* Each call may be a dialogue with the card: mostly one is enough. */
    CALL(ck, rv, GetAttributeValue, session, object, &a, 1);
    if (rv == CKR_OK && a.ulValueLen <= sizeof some)
        return take(out, some, a.ulValueLen);
    a = (CK_ATTRIBUTE){type, NULL, 0};
    if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL)
        CALL(ck, rv, GetAttributeValue, session, object, &a, 1);
    if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE ||
        (rv == CKR_OK && a.ulValueLen == CK_UNAVAILABLE_INFORMATION))
        return CKR_OK;
    if (rv != CKR_OK || a.ulValueLen == 0)
        return rv;
    CK_ULONG room = a.ulValueLen;
    if (room > out->max - out->len || (a.pValue = buf_room(out, room)) == NULL)
        return CKR_BUFFER_TOO_SMALL;
    CALL(ck, rv, GetAttributeValue, session, object, &a, 1);
    if (rv != CKR_OK)
        return rv;
    if (a.ulValueLen > room)
        return CKR_BUFFER_TOO_SMALL;
    out->len += a.ulValueLen;
    return CKR_OK;
}

CK_RV ck_sign_init(struct ck *ck, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                   CK_OBJECT_HANDLE key)
{
    CK_MECHANISM copy = *mechanism;
    CK_RV rv;

    CALL(ck, rv, SignInit, session, &copy, key);
    return rv;
}

CK_RV ck_sign(struct ck *ck, CK_SESSION_HANDLE session, const void *data, size_t len,
              unsigned char *out, CK_ULONG *n)
{
    CK_ULONG room = *n;
    CK_RV rv;
    union {
        const void *read;
        CK_BYTE *as_declared;
    } bytes = {data};

    CALL(ck, rv, Sign, session, bytes.as_declared, (CK_ULONG)len, out, n);
    if (rv == CKR_OK && *n > room)
        rv = CKR_BUFFER_TOO_SMALL;
    return rv;
}

CK_RV ck_cause(struct ck *ck, CK_SLOT_ID slot, CK_RV rv)
{
    const struct timespec step = {0, CAUSE_STEP_MS * 1000000L};
    CK_SLOT_INFO info;

    for (int i = 0; rv_is_vague(rv) && i < CAUSE_STEPS; i++) {
        /* the slot only: a driver asked for its token would talk to a card that may be gone, and
         * wait */
        if (ck_slot_info(ck, slot, &info) != CKR_OK || (info.flags & CKF_TOKEN_PRESENT) == 0)
            return CKR_DEVICE_REMOVED;
        if ((info.flags & CKF_REMOVABLE_DEVICE) == 0)
            break;
        nanosleep(&step, NULL);
    }
    return rv;
}

/* The name of a module's file without folder, "lib" and ending, as RFC 7512's module-name has it.
 */
static bool name_matches(const char *file, const char *wanted)
{
    const char *name = path_name(file);
    size_t n = strlen(wanted);

    if (strncmp(name, "lib", 3) == 0 && strncmp(wanted, "lib", 3) != 0)
        name += 3;
    return strncmp(name, wanted, n) == 0 && (name[n] == '.' || name[n] == '\0');
}

int ck_registered(struct ck_page *page, const char *module_name,
                  int (*each)(void *self, const char *path, const char *init), void *self,
                  struct err *e)
{
    int rc = 0;

    p11_kit_be_quiet();
    page_enter(page, "p11_kit_modules_load", 60000);
    CK_FUNCTION_LIST **list = p11_kit_modules_load(NULL, P11_KIT_MODULE_UNMANAGED);
    page_leave(page);
    if (list == NULL) {
        const char *why = p11_kit_message();
        return err_set_foreign(e, ERR_TOKEN, why != NULL ? why : "", "err.pkcs11.registry", NULL);
    }
    for (size_t i = 0; rc == 0 && list[i] != NULL; i++) {
        char *path = p11_kit_module_get_filename(list[i]);
        char *init = p11_kit_config_option(list[i], "x-init-reserved");
        char *trust = p11_kit_config_option(list[i], "trust-policy");
        bool anchors = trust != NULL && strcmp(trust, "yes") == 0; /* it holds no private keys */
        if (path != NULL && !anchors && (module_name == NULL || name_matches(path, module_name)))
            rc = each(self, path, init);
        free(path);
        free(init);
        free(trust);
    }
    p11_kit_modules_release(list);
    return rc != 0 ? err_set_memory(e) : 0;
}

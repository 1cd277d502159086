#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fakes/fake.h"

struct session {
    bool used;
    struct fake_slot *slot;
    CK_OBJECT_CLASS find_class;
    size_t find_next;
    bool finding;
    const struct fake_object *key; /* of the running signature */
    CK_MECHANISM mechanism;
    CK_RSA_PKCS_PSS_PARAMS pss;
    bool context_login; /* just before: any other call takes it back */
};
static struct session sessions[SESSIONS];

void context_forget(const char *name)
{
    for (size_t i = 0; strcmp(name, "C_Sign") != 0 && i < SESSIONS; i++) {
        sessions[i].context_login = false;
        if (strcmp(name, "C_Login") != 0 && sessions[i].key != NULL && sessions[i].key->always)
            sessions[i].key = NULL; /* a card forgets the operation when something else is asked */
    }
}

static struct session *session_of(CK_SESSION_HANDLE h)
{
    return h >= 1 && h <= SESSIONS && sessions[h - 1].used ? &sessions[h - 1] : NULL;
}

static CK_RV session_check(CK_SESSION_HANDLE h, struct session **out)
{
    *out = session_of(h);
    if (*out == NULL)
        return CKR_SESSION_HANDLE_INVALID;
    return fake_present((*out)->slot) ? CKR_OK : CKR_DEVICE_REMOVED;
}

static CK_RV fake_initialize(void *args)
{
    bool loaded = fake_load(); /* first: the faults stand in the configuration */
    ENTER(C_Initialize);

    (void)args;
    memset(sessions, 0, sizeof sessions);
    return loaded ? CKR_OK : CKR_ARGUMENTS_BAD;
}

static CK_RV fake_finalize(void *reserved)
{
    ENTER(C_Finalize);
    (void)reserved;
    fake_unload();
    return CKR_OK;
}

static CK_RV fake_get_info(CK_INFO *info)
{
    ENTER(C_GetInfo);
    memset(info, 0, sizeof *info);
    info->cryptokiVersion.major = 2;
    info->cryptokiVersion.minor = 20;
    pad(info->manufacturerID, sizeof info->manufacturerID, "Paraphe tests");
    pad(info->libraryDescription, sizeof info->libraryDescription, "A faulty driver");
    return CKR_OK;
}

static CK_RV fake_open_session(CK_SLOT_ID id, CK_FLAGS flags, void *app, CK_NOTIFY notify,
                               CK_SESSION_HANDLE *out)
{
    struct fake_slot *s = slot_of(id);
    ENTER(C_OpenSession);

    (void)flags;
    (void)app;
    (void)notify;
    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    if (!fake_present(s))
        return CKR_TOKEN_NOT_PRESENT;
    for (size_t i = 0; i < SESSIONS; i++) {
        if (sessions[i].used)
            continue;
        memset(&sessions[i], 0, sizeof sessions[i]);
        sessions[i].used = true;
        sessions[i].slot = s;
        *out = i + 1;
        return CKR_OK;
    }
    return CKR_SESSION_COUNT;
}

static CK_RV fake_close_session(CK_SESSION_HANDLE h)
{
    struct session *s = session_of(h);
    bool other = false;
    ENTER(C_CloseSession);

    if (s == NULL)
        return CKR_SESSION_HANDLE_INVALID;
    s->used = false;
    for (size_t i = 0; i < SESSIONS; i++)
        other = other || (sessions[i].used && sessions[i].slot == s->slot);
    if (!other)
        s->slot->logged_in = false;
    return CKR_OK;
}

static CK_RV fake_get_session_info(CK_SESSION_HANDLE h, CK_SESSION_INFO *info)
{
    struct session *s;
    ENTER(C_GetSessionInfo);
    CK_RV rv = session_check(h, &s);

    if (rv != CKR_OK)
        return rv;
    memset(info, 0, sizeof *info);
    info->slotID = s->slot->id;
    info->state = s->slot->logged_in ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
    if (wrong(fault)) /* whoever believes it sends no PIN, or another one */
        info->state = s->slot->logged_in ? CKS_RO_PUBLIC_SESSION : CKS_RW_SO_FUNCTIONS;
    return CKR_OK;
}

static CK_RV pin_check(struct fake_slot *s, const unsigned char *pin, CK_ULONG len)
{
    bool is_pad = (s->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;

    if ((s->flags & CKF_USER_PIN_LOCKED) != 0)
        return CKR_PIN_LOCKED;
    if (pin == NULL && is_pad)
        return s->pad_cancel ? CKR_FUNCTION_CANCELED : CKR_OK;
    if (pin == NULL || (is_pad && pin != NULL))
        return CKR_ARGUMENTS_BAD;
    if (len == strlen(s->pin) && memcmp(pin, s->pin, len) == 0)
        return CKR_OK;
    s->flags |= s->after;
    return (s->flags & CKF_USER_PIN_LOCKED) != 0 && (s->after & CKF_USER_PIN_LOCKED) == 0
               ? CKR_PIN_LOCKED
               : CKR_PIN_INCORRECT;
}

static CK_RV fake_login(CK_SESSION_HANDLE h, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
    struct session *s;

    fake_log(user == CKU_CONTEXT_SPECIFIC ? "C_Login context" : "C_Login user");
    ENTER(C_Login);
    CK_RV rv = session_check(h, &s);
    if (rv != CKR_OK)
        return rv;
    if (is(fault, FAULT_PRINT)) {
        printf("VERIFY %.*s\n", (int)len, (const char *)pin);
        fprintf(stderr, "VERIFY %.*s\n", (int)len, (const char *)pin);
    }
    if (user == CKU_USER && s->slot->logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    if (user == CKU_CONTEXT_SPECIFIC && s->key == NULL)
        return CKR_OPERATION_NOT_INITIALIZED;
    rv = pin_check(s->slot, pin, len);
    if (rv == CKR_OK && user == CKU_USER)
        s->slot->logged_in = true;
    if (rv == CKR_OK && user == CKU_CONTEXT_SPECIFIC)
        s->context_login = true;
    return rv;
}

static CK_RV fake_logout(CK_SESSION_HANDLE h)
{
    struct session *s;
    ENTER(C_Logout);
    CK_RV rv = session_check(h, &s);

    if (rv == CKR_OK)
        s->slot->logged_in = false;
    return rv;
}

static CK_RV fake_find_init(CK_SESSION_HANDLE h, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
    struct session *s;
    ENTER(C_FindObjectsInit);
    CK_RV rv = session_check(h, &s);

    if (rv != CKR_OK)
        return rv;
    if (s->finding)
        return CKR_OPERATION_ACTIVE;
    if (n != 1 || wanted->type != CKA_CLASS)
        return CKR_ARGUMENTS_BAD;
    memcpy(&s->find_class, wanted->pValue, sizeof s->find_class);
    s->find_next = 0;
    s->finding = true;
    return CKR_OK;
}

static bool visible(const struct fake_slot *s, const struct fake_object *o)
{
    if ((CK_SLOT_ID)o->slot != s->id)
        return false;
    if (o->class == CKO_PRIVATE_KEY)
        return s->logged_in || s->show_always;
    return o->class != CKO_CERTIFICATE || !s->certs_login || s->logged_in;
}

static CK_RV fake_find(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *n)
{
    struct session *s;
    ENTER(C_FindObjects);
    CK_RV rv = session_check(h, &s);

    if (is(fault, FAULT_QUIET))
        return CKR_OK;
    *n = 0;
    if (rv != CKR_OK)
        return rv;
    if (!s->finding)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (is(fault, FAULT_HUGE)) {
        *n = max + 1;
        return CKR_OK;
    }
    if (wrong(fault) && max > 0) { /* one and the same, for ever */
        out[(*n)++] = 1;
        return CKR_OK;
    }
    for (; s->find_next < fake.nobjects && *n < max && *n < 2;
         s->find_next++) { /* in small pieces */
        const struct fake_object *o = &fake.objects[s->find_next];
        if (o->class == s->find_class && visible(s->slot, o))
            out[(*n)++] = s->find_next + 1;
    }
    return CKR_OK;
}

static CK_RV fake_find_final(CK_SESSION_HANDLE h)
{
    struct session *s;
    ENTER(C_FindObjectsFinal);
    CK_RV rv = session_check(h, &s);

    if (rv == CKR_OK)
        s->finding = false;
    return rv;
}

static CK_RV fake_get_attribute(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a,
                                CK_ULONG n)
{
    struct session *s;
    ENTER(C_GetAttributeValue);
    CK_RV rv = session_check(h, &s);

    if (rv != CKR_OK)
        return rv;
    if (object == 0 || object > fake.nobjects)
        return CKR_OBJECT_HANDLE_INVALID;
    for (CK_ULONG i = 0; i < n; i++) {
        CK_RV one = fake_attribute(&fake.objects[object - 1], &a[i]);
        if (rv == CKR_OK)
            rv = one;
        if (is(fault, FAULT_HUGE))
            a[i].ulValueLen = 1UL << 40;
        if (is(fault, FAULT_ZERO))
            a[i].ulValueLen = 0;
        if (wrong(fault) && a[i].pValue != NULL && a[i].ulValueLen != CK_UNAVAILABLE_INFORMATION)
            memset(a[i].pValue, 0xa5, a[i].ulValueLen);
        if (is(fault, FAULT_SHORT) && a[i].ulValueLen > 1 &&
            a[i].ulValueLen != CK_UNAVAILABLE_INFORMATION)
            a[i].ulValueLen /= 2;
    }
    return rv;
}

static CK_RV fake_sign_init(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    struct session *s;
    ENTER(C_SignInit);
    CK_RV rv = session_check(h, &s);
    bool listed = false;

    if (rv != CKR_OK)
        return rv;
    if (key == 0 || key > fake.nobjects || fake.objects[key - 1].class != CKO_PRIVATE_KEY)
        return CKR_KEY_HANDLE_INVALID;
    if (!s->slot->logged_in && (s->slot->flags & CKF_USER_PIN_INITIALIZED) != 0)
        return CKR_USER_NOT_LOGGED_IN;
    for (size_t i = 0; i < s->slot->nmechs; i++)
        listed = listed || s->slot->mechs[i] == m->mechanism;
    if (!listed)
        return CKR_MECHANISM_INVALID;
    if (fake.objects[key - 1].no_sign)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    s->key = &fake.objects[key - 1];
    s->mechanism = *m;
    if (m->ulParameterLen == sizeof s->pss) {
        memcpy(&s->pss, m->pParameter, sizeof s->pss);
        s->mechanism.pParameter = &s->pss;
    }
    return CKR_OK;
}

static CK_RV sign_allowed(const struct session *s)
{
    if (s->key == NULL)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (s->key->always && !s->context_login)
        return CKR_USER_NOT_LOGGED_IN;
    if (s->slot->raw_refuse &&
        (s->mechanism.mechanism == CKM_RSA_PKCS || s->mechanism.mechanism == CKM_ECDSA))
        return CKR_DATA_LEN_RANGE;
    return CKR_OK;
}

static CK_RV fake_sign(CK_SESSION_HANDLE h, unsigned char *data, CK_ULONG len, unsigned char *out,
                       CK_ULONG *n)
{
    struct session *s;

    fake_log("C_Sign");
    ENTER(C_Sign);
    CK_RV rv = session_check(h, &s);
    if (rv == CKR_OK)
        rv = sign_allowed(s);
    if (rv == CKR_OK && is(fault, FAULT_QUIET)) /* what was there before is no signature */
        return CKR_OK;
    if (rv == CKR_OK)
        rv = fake_make_signature(s->key, &s->mechanism, data, len, out, n);
    if (s != NULL) {
        s->key = NULL;
        s->context_login = false;
    }
    if (rv == CKR_OK && is(fault, FAULT_HUGE))
        *n = 1UL << 40;
    if (rv == CKR_OK && is(fault, FAULT_ZERO))
        *n = 0;
    if (rv == CKR_OK && is(fault, FAULT_SHORT))
        *n -= 1;
    if (rv == CKR_OK && is(fault, FAULT_WRONG))
        out[*n / 2] ^= 1;
    return rv;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);

static CK_FUNCTION_LIST functions = {
    .version = {2, 20},
    .C_Initialize = fake_initialize,
    .C_Finalize = fake_finalize,
    .C_GetInfo = fake_get_info,
    .C_GetFunctionList = C_GetFunctionList,
    .C_GetSlotList = fake_get_slot_list,
    .C_GetSlotInfo = fake_get_slot_info,
    .C_GetTokenInfo = fake_get_token_info,
    .C_GetMechanismList = fake_get_mechanism_list,
    .C_GetMechanismInfo = fake_get_mechanism_info,
    .C_OpenSession = fake_open_session,
    .C_CloseSession = fake_close_session,
    .C_GetSessionInfo = fake_get_session_info,
    .C_Login = fake_login,
    .C_Logout = fake_logout,
    .C_FindObjectsInit = fake_find_init,
    .C_FindObjects = fake_find,
    .C_FindObjectsFinal = fake_find_final,
    .C_GetAttributeValue = fake_get_attribute,
    .C_SignInit = fake_sign_init,
    .C_Sign = fake_sign,
    /* the others stay NULL, as in some drivers */
};

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    *list = &functions;
    return CKR_OK;
}

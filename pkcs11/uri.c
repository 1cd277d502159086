#include "pkcs11/uri.h"

#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "base/lazy.h"

struct uri {
    P11KitUri *u;
    bool names_token;
};

/* The programs that hand a URI on are started more often than one is read: p11-kit is opened by
 * uri_parse (docs/decisions/0022-lazy-libraries.md). */
#define P11_FUNCTIONS(X)                                                                           \
    X(p11_kit_uri_any_unrecognized)                                                                \
    X(p11_kit_uri_free)                                                                            \
    X(p11_kit_uri_get_attribute)                                                                   \
    X(p11_kit_uri_get_module_name)                                                                 \
    X(p11_kit_uri_get_module_path)                                                                 \
    X(p11_kit_uri_get_pin_source)                                                                  \
    X(p11_kit_uri_get_slot_id)                                                                     \
    X(p11_kit_uri_match_module_info)                                                               \
    X(p11_kit_uri_match_slot_info)                                                                 \
    X(p11_kit_uri_match_token_info)                                                                \
    X(p11_kit_uri_message)                                                                         \
    X(p11_kit_uri_new)                                                                             \
    X(p11_kit_uri_parse)
static struct {
#define P11_SLOT(name) __typeof__(&name) name;
    P11_FUNCTIONS(P11_SLOT)
#undef P11_SLOT
} p11;

static int library_open(struct err *e)
{
#define P11_NAME(name) #name,
    static const char *const all[] = {P11_FUNCTIONS(P11_NAME)};
#undef P11_NAME
    static struct lazy library = {.soname = PARAPHE_P11KIT_SONAME,
                                  .names = all,
                                  .n = sizeof all / sizeof all[0],
                                  .slots = &p11};

    return lazy_open(&library, e);
}

enum { ATTRIBUTES_MAX = 32, NAME_MAX_BYTES = 64 };

/* RFC 7512 2.3. `token`: it tells tokens or slots apart. */
struct attribute {
    const char *name;
    bool query, token;
};
static const struct attribute attributes[] = {
    {"token", false, true},
    {"manufacturer", false, true},
    {"serial", false, true},
    {"model", false, true},
    {"library-manufacturer", false, false},
    {"library-version", false, false},
    {"library-description", false, false},
    {"object", false, false},
    {"type", false, false},
    {"id", false, false},
    {"slot-manufacturer", false, true},
    {"slot-description", false, true},
    {"slot-id", false, true},
    {"pin-source", true, false},
    {"module-name", true, false},
    {"module-path", true, false},
};
enum { ATTRIBUTE_COUNT = sizeof attributes / sizeof attributes[0] };

static int attribute_of(const char *name, size_t n, bool query)
{
    for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (attributes[i].query == query && strlen(attributes[i].name) == n &&
            memcmp(attributes[i].name, name, n) == 0)
            return i;
    }
    return -1;
}

/* p11-kit keeps unknown query attributes as vendor ones, so the names are looked at here. */
static int names_check(const char *text, struct uri *u, struct err *e)
{
    const char *at = text + strlen("pkcs11:");
    bool query = false, seen[ATTRIBUTE_COUNT] = {false};

    while (*at != '\0') {
        size_t n = strcspn(at, query ? "&" : ";?");
        const char *equals = memchr(at, '=', n);
        char name[NAME_MAX_BYTES];
        size_t name_len = equals != NULL ? (size_t)(equals - at) : n;
        if (name_len >= sizeof name)
            name_len = sizeof name - 1;
        memcpy(name, at, name_len);
        name[name_len] = '\0';
        int i = attribute_of(at, name_len, query);
        if (strcmp(name, "pin-value") == 0)
            return err_set(e, ERR_USAGE, "err.pkcs11.uri-pin-value", NULL);
        if (n > 0 && i < 0)
            return err_set(e, ERR_USAGE, "err.pkcs11.uri-unknown", name, NULL);
        if (n > 0 && seen[i])
            return err_set(e, ERR_USAGE, "err.pkcs11.uri-twice", name, NULL);
        if (n > 0) {
            seen[i] = true;
            u->names_token = u->names_token || attributes[i].token;
        }
        at += n;
        if (*at == '?')
            query = true;
        if (*at != '\0')
            at++;
    }
    return 0;
}

static int type_check(const struct uri *u, struct err *e)
{
    const CK_ATTRIBUTE *a = p11.p11_kit_uri_get_attribute(u->u, CKA_CLASS);
    CK_OBJECT_CLASS class;

    if (a == NULL || a->pValue == NULL || a->ulValueLen != sizeof class)
        return 0;
    memcpy(&class, a->pValue, sizeof class);
    if (class == CKO_CERTIFICATE || class == CKO_PRIVATE_KEY || class == CKO_PUBLIC_KEY)
        return 0;
    return err_set(e, ERR_USAGE, "err.pkcs11.uri-type", NULL);
}

int uri_parse(const char *text, struct uri **out, struct err *e)
{
    struct uri *u = calloc(1, sizeof *u);
    int rc = -1;

    if (library_open(e) != 0)
        goto out;
    if (u == NULL || (u->u = p11.p11_kit_uri_new()) == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (text != NULL) {
        if (strncmp(text, "pkcs11:", 7) != 0) {
            err_set(e, ERR_USAGE, "err.pkcs11.uri-scheme", NULL);
            goto out;
        }
        if (names_check(text, u, e) != 0)
            goto out;
        int result = p11.p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, u->u);
        if (result != P11_KIT_URI_OK || p11.p11_kit_uri_any_unrecognized(u->u)) {
            err_set_foreign(e, ERR_USAGE,
                            result != P11_KIT_URI_OK ? p11.p11_kit_uri_message(result) : "",
                            "err.pkcs11.uri-syntax", NULL);
            goto out;
        }
        if (type_check(u, e) != 0)
            goto out;
    }
    *out = u;
    u = NULL;
    rc = 0;
out:
    uri_free(u);
    return rc;
}

void uri_free(struct uri *u)
{
    if (u == NULL)
        return;
    if (u->u != NULL)
        p11.p11_kit_uri_free(u->u);
    free(u);
}

const char *uri_module_path(const struct uri *u)
{
    return p11.p11_kit_uri_get_module_path(u->u);
}

const char *uri_module_name(const struct uri *u)
{
    return p11.p11_kit_uri_get_module_name(u->u);
}

const char *uri_pin_source(const struct uri *u)
{
    return p11.p11_kit_uri_get_pin_source(u->u);
}

bool uri_names_token(const struct uri *u)
{
    return u->names_token;
}

bool uri_matches_module(const struct uri *u, const CK_INFO *info)
{
    return p11.p11_kit_uri_match_module_info(u->u, info) == 1;
}

bool uri_matches_slot(const struct uri *u, CK_SLOT_ID id, const CK_SLOT_INFO *info)
{
    CK_SLOT_ID wanted = p11.p11_kit_uri_get_slot_id(u->u);

    if (wanted != (CK_SLOT_ID)-1 && wanted != id)
        return false;
    return p11.p11_kit_uri_match_slot_info(u->u, info) == 1;
}

bool uri_matches_token(const struct uri *u, const CK_TOKEN_INFO *info)
{
    return p11.p11_kit_uri_match_token_info(u->u, info) == 1;
}

static bool attribute_matches(const struct uri *u, CK_ATTRIBUTE_TYPE type, const void *value,
                              size_t n)
{
    const CK_ATTRIBUTE *a = p11.p11_kit_uri_get_attribute(u->u, type);

    return a == NULL || (a->ulValueLen == n && (n == 0 || memcmp(a->pValue, value, n) == 0));
}

bool uri_matches_object(const struct uri *u, const void *id, size_t id_len, const char *label)
{
    return attribute_matches(u, CKA_ID, id, id_len) &&
           (label == NULL || attribute_matches(u, CKA_LABEL, label, strlen(label)));
}

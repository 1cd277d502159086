/* A PKCS#11 module that does what its configuration says: a card that signs for real with keys from
 * files, and every fault that a driver can have. $PARAPHE_FAKE names the configuration,
 * $PARAPHE_FAKE_LOG a file that gets one line a C_Login and C_Sign ("C_Login user", "C_Login
 * context", "C_Sign").
 *
 *   slot N [label=TEXT] [serial=TEXT] [model=TEXT] [pin=DIGITS] [min=N] [max=N]
 * [flags=login,set,pad,low,final,locked,change,blank] [after=low|final|locked]  flags once a PIN
 * was wrong [mechs=NAME,NAME]         default: all that it can do [size=MIN:MAX]            of
 * every mechanism [nosign=yes]              mechanisms are listed without CKF_SIGN [show=always]
 * private keys are visible before login; certs=login: certificates only after it [gone=FILE] the
 * card is away while FILE exists [raw=refuse]              CKM_RSA_PKCS and CKM_ECDSA are listed
 * but refused, as a card that hashes itself does [cancel=yes]              the person cancels on
 * the pad cert N id=HEX [label=TEXT] file=DER [type=N] [value=garbage] key  N id=HEX file=PEM
 * [always=yes] [sign=no] [allowed=NAME,NAME] [bare=yes: no modulus] [point=raw] pub  N id=HEX
 * file=PEM fault FUNCTION rv=0xNN|hang|crash|short|huge|wrong|exit|sleep=MS|pull [from=N] [times=N]
 * the N-th call on noise stdout|stderr TEXT [repeat=N]       printed by C_Initialize %20 stands for
 * a blank.
 *
 * More faults: zero: a length of 0; quiet: CKR_OK and nothing written; quit=N: exit(N); flags=LIST:
 * C_GetTokenInfo has these flags too; other: it is another card; fork: comes back in two processes;
 * daemon: leaves a process behind that has all descriptors; meddle: changes signals, mask, folder,
 * locale, and lets others read the memory; close: closes all descriptors above 2; flood: prints for
 * ever, beside; print: C_Login prints the PIN; twice: each slot twice in the list. slot late=N: in
 * the list from the N-th time on. */
#ifndef PARAPHE_TESTS_FAKE_H
#define PARAPHE_TESTS_FAKE_H

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { SLOTS = 8, OBJECTS = 64, FAULTS = 32, MECHS = 16, TEXT_ROOM = 512, SESSIONS = 16 };

struct fake_object {
    CK_OBJECT_CLASS class;
    int slot;
    unsigned char id[64];
    size_t id_len;
    char label[64];
    unsigned char *der; /* certificate */
    size_t der_len;
    CK_ULONG cert_type;
    EVP_PKEY *key;
    bool always, no_sign, bare, raw_point;
    CK_MECHANISM_TYPE allowed[MECHS];
    size_t nallowed;
};
struct fake_slot {
    bool used;
    CK_SLOT_ID id;
    char label[64], serial[32], model[32], pin[64], gone[TEXT_ROOM];
    CK_FLAGS flags, after;
    CK_ULONG min, max, size_min, size_max;
    CK_MECHANISM_TYPE mechs[MECHS];
    size_t nmechs;
    long late;
    bool show_always, certs_login, raw_refuse, no_sign_flag, pad_cancel, logged_in;
};
enum fake_kind {
    FAULT_RV,
    FAULT_HANG,
    FAULT_CRASH,
    FAULT_SHORT,
    FAULT_HUGE,
    FAULT_WRONG,
    FAULT_EXIT,
    FAULT_SLEEP,
    FAULT_PULL,
    FAULT_ZERO,
    FAULT_QUIET,
    FAULT_QUIT,
    FAULT_FLAGS,
    FAULT_OTHER,
    FAULT_FORK,
    FAULT_DAEMON,
    FAULT_MEDDLE,
    FAULT_CLOSE,
    FAULT_FLOOD,
    FAULT_PRINT,
    FAULT_TWICE
};
struct fake_fault {
    char function[40];
    enum fake_kind kind;
    CK_RV rv;
    long from, times, calls, ms;
};
struct fake_mech {
    const char *name;
    CK_MECHANISM_TYPE type;
};
struct fake {
    struct fake_slot slots[SLOTS];
    struct fake_object objects[OBJECTS];
    size_t nobjects;
    struct fake_fault faults[FAULTS];
    size_t nfaults;
    char noise[2][TEXT_ROOM]; /* stdout, stderr */
    long noise_repeat;
};
extern struct fake fake;
extern const struct fake_mech fake_mechs[]; /* ended by NULL */

bool fake_load(void);
void fake_unload(void);
void fake_log(const char *line);
/* The fault of this call, or NULL; acts at once for those that never return. */
const struct fake_fault *fake_fault(const char *function);
/* Whether a card is in the slot now. */
bool fake_present(const struct fake_slot *s);
CK_RV fake_attribute(const struct fake_object *o, CK_ATTRIBUTE *a);
/* *n: room, then length. */
CK_RV fake_make_signature(const struct fake_object *key, const CK_MECHANISM *m,
                          const unsigned char *data, size_t len, unsigned char *out, CK_ULONG *n);

/* ---- for the C_ functions ---- */
/* Every function begins so: its fault, and the loss of a fresh context login. */
#define ENTER(name)                                                                                \
    const struct fake_fault *fault = fake_fault(#name);                                            \
    if (fault != NULL && fault->kind == FAULT_RV)                                                  \
        return fault->rv;                                                                          \
    context_forget(#name)

void context_forget(const char *name);

static inline bool is(const struct fake_fault *fault, enum fake_kind kind)
{
    return fault != NULL && fault->kind == kind;
}

static inline bool wrong(const struct fake_fault *fault)
{
    return is(fault, FAULT_WRONG);
}

static inline void pad(unsigned char *field, size_t n, const char *text)
{
    size_t len = strlen(text);

    memset(field, ' ', n);
    memcpy(field, text, len < n ? len : n);
}

/* ---- fake_slot.c ---- */
struct fake_slot *slot_of(CK_SLOT_ID id);
CK_RV fake_get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *n);
CK_RV fake_get_slot_info(CK_SLOT_ID id, CK_SLOT_INFO *info);
CK_RV fake_get_token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info);
CK_RV fake_get_mechanism_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *n);
CK_RV fake_get_mechanism_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

#endif

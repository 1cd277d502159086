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
 * a blank. */
#ifndef PARAPHE_TESTS_FAKE_H
#define PARAPHE_TESTS_FAKE_H

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

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
    FAULT_PULL
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

#endif

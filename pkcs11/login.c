#include "pkcs11/login.h"

#include <string.h>

#include "base/text.h"
#include "pkcs11/rv.h"

enum { SENTENCE_ROOM = 512 };

void login_forget(struct login *l)
{
    secret_free(l->pin);
    l->pin = NULL;
}

static void say(struct login *l, const char *id)
{
    char sentence[SENTENCE_ROOM];

    l->remark(l->remark_self,
              text_say(text_lang_get(), sentence, sizeof sentence, id, l->label, NULL));
}

static int flags_read(struct login *l, CK_TOKEN_INFO *info, struct err *e)
{
    CK_RV rv = ck_token_info(l->ck, l->slot, info);

    return rv == CKR_OK ? 0 : rv_err(rv, "C_GetTokenInfo", ck_path(l->ck), e);
}

/* What the flags say before a try. */
static int flags_allow(struct login *l, const CK_TOKEN_INFO *info, struct err *e)
{
    if ((info->flags & CKF_USER_PIN_LOCKED) != 0)
        return err_set(e, ERR_TOKEN, "err.pkcs11.pin-locked", "", "", NULL);
    if ((info->flags & CKF_USER_PIN_FINAL_TRY) != 0 && !l->use_last_try)
        return err_set(e, ERR_TOKEN, "err.pkcs11.last-try", l->label, NULL);
    return 0;
}

/* The sentence after a refusal carries what the flags tell of the tries left. */
static int refusal(struct login *l, CK_RV rv, CK_RV cause, struct err *e)
{
    CK_TOKEN_INFO info;
    struct err ignored = ERR_INIT;
    char foreign[96], name[RV_TEXT_MAX];
    const char *left = "pkcs11.tries.unknown";

    if (rv != CKR_PIN_INCORRECT && rv != CKR_PIN_LOCKED)
        return rv_err_as(rv, cause, "C_Login", ck_path(l->ck), e);
    if (flags_read(l, &info, &ignored) == 0) {
        if ((info.flags & CKF_USER_PIN_LOCKED) != 0)
            rv = CKR_PIN_LOCKED;
        else if ((info.flags & CKF_USER_PIN_FINAL_TRY) != 0)
            left = "pkcs11.tries.one";
        else if ((info.flags & CKF_USER_PIN_COUNT_LOW) != 0)
            left = "pkcs11.tries.few";
    }
    if (rv == CKR_PIN_LOCKED)
        return rv_err(rv, "C_Login", ck_path(l->ck), e);
    strcpy(foreign, "C_Login, ");
    strcat(foreign, rv_text(rv, name));
    return err_set_foreign(e, ERR_TOKEN, foreign, "err.pkcs11.pin-wrong", l->label, text(left),
                           NULL);
}

static bool is_pad(const struct login *l, const CK_TOKEN_INFO *info)
{
    return l->source->kind == PIN_PAD || (l->source->kind == PIN_DEFAULT &&
                                          (info->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0);
}

/* A PIN that cannot be right is not sent: a slip of the finger should cost no try. */
static int length_allow(const struct secret *pin, const CK_TOKEN_INFO *info, struct err *e)
{
    CK_ULONG n = (CK_ULONG)secret_length(pin), min = info->ulMinPinLen, max = info->ulMaxPinLen;

    if (max == 0 || max < min || max > SECRET_MAX)
        return 0; /* the driver says nothing useful */
    if (n < min || n > max)
        return err_set(e, ERR_TOKEN, "err.pkcs11.pin-length", NULL);
    return 0;
}

/* A person takes time to type: the card may be another one by then, or somebody else may have used
 * up its tries. What the flags said before the question does not count any more. */
static int still_allowed(struct login *l, const CK_TOKEN_INFO *before, struct err *e)
{
    CK_TOKEN_INFO now;

    if (l->source->kind == PIN_FILE)
        return 0;
    if (flags_read(l, &now, e) != 0)
        return -1;
    if (memcmp(now.serialNumber, before->serialNumber, sizeof now.serialNumber) != 0 ||
        memcmp(now.label, before->label, sizeof now.label) != 0)
        return rv_err(CKR_TOKEN_NOT_PRESENT, "C_GetTokenInfo", ck_path(l->ck), e);
    return flags_allow(l, &now, e);
}

static int pin_fetch(struct login *l, const CK_TOKEN_INFO *info, struct err *e)
{
    char low[SENTENCE_ROOM];
    bool few = (info->flags & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY)) != 0;
    struct pin_request request = {l->source, l->pinentry, l->label, NULL};

    text_say(text_lang_get(), low, sizeof low,
             (info->flags & CKF_USER_PIN_FINAL_TRY) != 0 ? "pkcs11.remark.last-try"
                                                         : "pkcs11.remark.count-low",
             l->label, NULL);
    if (few && (l->source->kind == PIN_FD || l->source->kind == PIN_FILE))
        l->remark(l->remark_self, low);
    else if (few)
        request.remark = low;
    if (l->fd_read)
        return err_set(e, ERR_TOKEN, "err.pkcs11.pin-fd-once", l->label, NULL);
    if (l->pin == NULL && (l->pin = secret_new(e)) == NULL)
        return -1;
    l->fd_read = l->source->kind == PIN_FD;
    if (pin_read(&request, l->pin, e) == 0 && length_allow(l->pin, info, e) == 0 &&
        still_allowed(l, info, e) == 0)
        return 0;
    login_forget(l);
    return -1;
}

static int login_do(struct login *l, CK_USER_TYPE user, struct err *e)
{
    CK_RV rv;

    if (l->pin == NULL)
        rv = ck_login(l->ck, l->session, user, NULL, 0);
    else
        rv = ck_login(l->ck, l->session, user, secret_bytes(l->pin), secret_length(l->pin));
    /* "already": no PIN was looked at, so that no try is gone; whether the key wants more says
     * C_Sign
     */
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) {
        l->accepted = l->accepted || rv == CKR_OK;
        return 0;
    }
    CK_RV cause = ck_cause(l->ck, l->slot, rv);
    bool pulled = rv_is_removal(cause);
    /* a pulled card may come back, and the person types again; a file is not a person: the try may
     * have been used, and a wrong PIN would be sent twice */
    bool unsure =
        pulled && !l->accepted && (l->source->kind == PIN_FILE || l->source->kind == PIN_FD);
    l->refused = !pulled || unsure;
    login_forget(l);
    return unsure
               ? err_set_foreign(e, ERR_TOKEN, "C_Login", "err.pkcs11.pin-unsure", l->label, NULL)
               : refusal(l, rv, cause, e);
}

int login_user(struct login *l, bool keep_pin, bool force, struct err *e)
{
    CK_TOKEN_INFO info;

    if (l->logged_in)
        return 0;
    if (l->refused)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-second-try", NULL);
    if (flags_read(l, &info, e) != 0)
        return -1;
    if ((info.flags & CKF_LOGIN_REQUIRED) == 0 && !force)
        return 0; /* nothing to log in to; a key may still ask at each signature */
    if (flags_allow(l, &info, e) != 0)
        return -1;
    if ((info.flags & CKF_USER_PIN_TO_BE_CHANGED) != 0)
        say(l, "pkcs11.remark.to-be-changed");
    if (is_pad(l, &info)) {
        if ((info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
            return err_set(e, ERR_USAGE, "err.pkcs11.no-pad", l->label, NULL);
        if ((info.flags & CKF_USER_PIN_COUNT_LOW) != 0)
            say(l, "pkcs11.remark.count-low");
        say(l, "pkcs11.remark.pad");
    } else if (pin_fetch(l, &info, e) != 0) {
        return -1;
    }
    if (login_do(l, CKU_USER, e) != 0)
        return -1;
    l->logged_in = true;
    if (!keep_pin)
        login_forget(l);
    return 0;
}

int login_context_ready(struct login *l, struct err *e)
{
    CK_TOKEN_INFO info;

    if (l->refused)
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-second-try", NULL);
    if (flags_read(l, &info, e) != 0 || flags_allow(l, &info, e) != 0)
        return -1;
    if (is_pad(l, &info)) {
        say(l, "pkcs11.remark.pad-sign");
        return 0;
    }
    return l->pin != NULL ? 0 : pin_fetch(l, &info, e);
}

int login_context(struct login *l, struct err *e)
{
    return login_do(l, CKU_CONTEXT_SPECIFIC, e);
}

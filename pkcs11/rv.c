#include "pkcs11/rv.h"

#include <stdio.h>

#include "base/file.h"

#define ROW(rv, id, kind)                                                                          \
    {                                                                                              \
        rv, #rv, id, kind                                                                          \
    }

const struct rv_row rv_table[] = {
    ROW(CKR_OK, NULL, ERR_BUG),
    ROW(CKR_PIN_INCORRECT, "err.pkcs11.pin-incorrect", ERR_TOKEN),
    ROW(CKR_PIN_INVALID, "err.pkcs11.pin-invalid", ERR_TOKEN),
    ROW(CKR_PIN_LEN_RANGE, "err.pkcs11.pin-invalid", ERR_TOKEN),
    ROW(CKR_PIN_EXPIRED, "err.pkcs11.pin-expired", ERR_TOKEN),
    ROW(CKR_PIN_LOCKED, "err.pkcs11.pin-locked", ERR_TOKEN),
    ROW(CKR_USER_PIN_NOT_INITIALIZED, "err.pkcs11.pin-none", ERR_TOKEN),
    ROW(CKR_USER_NOT_LOGGED_IN, "err.pkcs11.not-logged-in", ERR_TOKEN),
    ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "err.pkcs11.other-user", ERR_TOKEN),
    ROW(CKR_USER_TOO_MANY_TYPES, "err.pkcs11.other-user", ERR_TOKEN),
    ROW(CKR_CANCEL, "err.pkcs11.cancelled", ERR_CANCELLED),
    ROW(CKR_FUNCTION_CANCELED, "err.pkcs11.cancelled", ERR_CANCELLED),
    ROW(CKR_FUNCTION_REJECTED, "err.pkcs11.cancelled", ERR_CANCELLED),
    ROW(CKR_TOKEN_NOT_PRESENT, "err.pkcs11.removed", ERR_TOKEN),
    ROW(CKR_DEVICE_REMOVED, "err.pkcs11.removed", ERR_TOKEN),
    ROW(CKR_SESSION_HANDLE_INVALID, "err.pkcs11.removed", ERR_TOKEN),
    ROW(CKR_SESSION_CLOSED, "err.pkcs11.removed", ERR_TOKEN),
    ROW(CKR_SLOT_ID_INVALID, "err.pkcs11.removed", ERR_TOKEN),
    ROW(CKR_TOKEN_NOT_RECOGNIZED, "err.pkcs11.not-recognized", ERR_TOKEN),
    ROW(CKR_DEVICE_ERROR, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_DEVICE_MEMORY, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_GENERAL_ERROR, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_FUNCTION_FAILED, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_HOST_MEMORY, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_SESSION_COUNT, "err.pkcs11.busy", ERR_TOKEN),
    ROW(CKR_SESSION_EXISTS, "err.pkcs11.busy", ERR_TOKEN),
    ROW(CKR_OPERATION_ACTIVE, "err.pkcs11.busy", ERR_TOKEN),
    ROW(CKR_MECHANISM_INVALID, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_MECHANISM_PARAM_INVALID, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_KEY_SIZE_RANGE, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_KEY_TYPE_INCONSISTENT, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_DATA_LEN_RANGE, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_DATA_INVALID, "err.pkcs11.mechanism", ERR_TOKEN),
    ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, "err.pkcs11.key-use", ERR_TOKEN),
    ROW(CKR_KEY_HANDLE_INVALID, "err.pkcs11.key-use", ERR_TOKEN),
    ROW(CKR_OBJECT_HANDLE_INVALID, "err.pkcs11.key-use", ERR_TOKEN),
    ROW(CKR_ARGUMENTS_BAD, "err.pkcs11.arguments", ERR_TOKEN),
    ROW(CKR_BUFFER_TOO_SMALL, "err.pkcs11.too-much", ERR_TOKEN),
    ROW(CKR_FUNCTION_NOT_SUPPORTED, "err.pkcs11.unsupported", ERR_TOKEN),
    ROW(CKR_CRYPTOKI_NOT_INITIALIZED, "err.pkcs11.device", ERR_TOKEN),
    ROW(CKR_CRYPTOKI_ALREADY_INITIALIZED, NULL, ERR_TOKEN),
    ROW(CKR_CANT_LOCK, NULL, ERR_TOKEN),
    ROW(CKR_NEED_TO_CREATE_THREADS, NULL, ERR_TOKEN),
    ROW(CKR_OPERATION_NOT_INITIALIZED, NULL, ERR_TOKEN),
    ROW(CKR_USER_ALREADY_LOGGED_IN, NULL, ERR_TOKEN),
    ROW(CKR_USER_TYPE_INVALID, NULL, ERR_TOKEN),
    ROW(CKR_ATTRIBUTE_TYPE_INVALID, NULL, ERR_TOKEN),
    ROW(CKR_ATTRIBUTE_SENSITIVE, NULL, ERR_TOKEN),
    ROW(CKR_ATTRIBUTE_VALUE_INVALID, NULL, ERR_TOKEN),
    ROW(CKR_SESSION_PARALLEL_NOT_SUPPORTED, NULL, ERR_TOKEN),
    ROW(CKR_TEMPLATE_INCOMPLETE, NULL, ERR_TOKEN),
    ROW(CKR_FUNCTION_NOT_PARALLEL, NULL, ERR_TOKEN),
    ROW(CKR_TOKEN_WRITE_PROTECTED, NULL, ERR_TOKEN),
    {0, NULL, NULL, ERR_TOKEN},
};

static const struct rv_row *row_of(CK_RV rv)
{
    const struct rv_row *row = rv_table;

    while (row->name != NULL && row->rv != rv)
        row++;
    return row;
}

const char *rv_text(CK_RV rv, char out[RV_TEXT_MAX])
{
    const struct rv_row *row = row_of(rv);
    const char *name = row->name;

    if (name == NULL)
        name = rv >= CKR_VENDOR_DEFINED ? "CKR_VENDOR_DEFINED" : "CKR_?";
    snprintf(out, RV_TEXT_MAX, "%s (0x%lx)", name, (unsigned long)rv);
    return out;
}

int rv_err(CK_RV rv, const char *call, const char *module, struct err *e)
{
    return rv_err_as(rv, rv, call, module, e);
}

int rv_err_as(CK_RV rv, CK_RV meaning, const char *call, const char *module, struct err *e)
{
    const struct rv_row *row = row_of(meaning);
    const char *id = row->id != NULL ? row->id : "err.pkcs11.call";
    char text[RV_TEXT_MAX], foreign[96];

    snprintf(foreign, sizeof foreign, "%s, %s", call, rv_text(rv, text));
    return err_set_foreign(e, row->kind, foreign, id, call, path_name(module), NULL);
}

bool rv_is_vague(CK_RV rv)
{
    return rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED || rv == CKR_DEVICE_ERROR ||
           rv == CKR_DEVICE_MEMORY;
}

bool rv_is_removal(CK_RV rv)
{
    switch (rv) {
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_SLOT_ID_INVALID:
        return true;
    default:
        return false;
    }
}

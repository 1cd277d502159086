#include <string.h>

#include "tests/fakes/fake.h"

CK_RV fake_get_slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *n)
{
    static long calls;
    CK_ULONG count = 0;
    ENTER(C_GetSlotList);

    calls++;
    for (size_t i = 0; i < 2 * (size_t)SLOTS; i++) {
        const struct fake_slot *s = &fake.slots[i / 2];
        bool again = i % 2 != 0;
        if (!s->used || (present && !fake_present(s)) || calls < s->late ||
            (again && !is(fault, FAULT_TWICE)))
            continue;
        if (list != NULL && count < *n)
            list[count] = s->id;
        count++;
    }
    if (is(fault, FAULT_HUGE))
        count = 1UL << 40;
    if (is(fault, FAULT_ZERO))
        count = 0;
    for (CK_ULONG i = 0; wrong(fault) && list != NULL && i < count && i < *n; i++)
        list[i] += 40; /* slots that are none */
    CK_RV rv = list != NULL && count > *n && fault == NULL ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    *n = count;
    return rv;
}

struct fake_slot *slot_of(CK_SLOT_ID id)
{
    return id < SLOTS && fake.slots[id].used ? &fake.slots[id] : NULL;
}

CK_RV fake_get_slot_info(CK_SLOT_ID id, CK_SLOT_INFO *info)
{
    struct fake_slot *s = slot_of(id);
    ENTER(C_GetSlotInfo);

    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    memset(info, 0, sizeof *info);
    pad(info->slotDescription, sizeof info->slotDescription, "Fake reader");
    pad(info->manufacturerID, sizeof info->manufacturerID, "Paraphe tests");
    info->flags =
        CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (fake_present(s) ? (CK_FLAGS)CKF_TOKEN_PRESENT : 0UL);
    if (wrong(fault))
        memset(info, 0xff, sizeof *info);
    return CKR_OK;
}

CK_RV fake_get_token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info)
{
    struct fake_slot *s = slot_of(id);
    ENTER(C_GetTokenInfo);

    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    if (!fake_present(s))
        return CKR_TOKEN_NOT_PRESENT;
    memset(info, 0, sizeof *info);
    pad(info->label, sizeof info->label, s->label);
    pad(info->manufacturerID, sizeof info->manufacturerID, "Paraphe tests");
    pad(info->model, sizeof info->model, s->model);
    pad(info->serialNumber, sizeof info->serialNumber, s->serial);
    info->flags = s->flags;
    info->ulMinPinLen = s->min;
    info->ulMaxPinLen = s->max;
    if (is(fault, FAULT_FLAGS))
        info->flags |= fault->rv;
    if (is(fault, FAULT_OTHER) && fault->ms != 0)
        pad(info->label, sizeof info->label, "Another card");
    else if (is(fault, FAULT_OTHER))
        pad(info->serialNumber, sizeof info->serialNumber, "0002");
    if (is(fault, FAULT_WRONG)) /* not a text at all */
        memset(info->label, 0xfe, sizeof info->label);
    if (is(fault, FAULT_HUGE)) {
        info->ulMinPinLen = 1UL << 40;
        info->ulMaxPinLen = ~0UL;
    }
    return CKR_OK;
}

CK_RV fake_get_mechanism_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *list, CK_ULONG *n)
{
    struct fake_slot *s = slot_of(id);
    ENTER(C_GetMechanismList);

    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    if (is(fault, FAULT_HUGE)) {
        *n = 1UL << 40;
        return CKR_OK;
    }
    if (is(fault, FAULT_ZERO)) {
        *n = 0;
        return CKR_OK;
    }
    if (list != NULL && *n < s->nmechs)
        return CKR_BUFFER_TOO_SMALL;
    if (list != NULL)
        memcpy(list, s->mechs, s->nmechs * sizeof s->mechs[0]);
    *n = s->nmechs;
    return CKR_OK;
}

CK_RV fake_get_mechanism_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    struct fake_slot *s = slot_of(id);
    ENTER(C_GetMechanismInfo);

    (void)type;
    if (s == NULL)
        return CKR_SLOT_ID_INVALID;
    info->ulMinKeySize = s->size_min;
    info->ulMaxKeySize = s->size_max;
    info->flags = s->no_sign_flag ? CKF_DECRYPT : (CKF_SIGN | CKF_HW);
    if (wrong(fault))
        memset(info, 0xff, sizeof *info);
    return CKR_OK;
}

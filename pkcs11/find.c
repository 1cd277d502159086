#include "pkcs11/find.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"

const struct find_row find_table[] = {
    {"SafeNet / Thales IDPrime", "/usr/lib/libIDPrimePKCS11.so"},
    {"SafeNet / Thales IDPrime", "/usr/lib64/libIDPrimePKCS11.so"},
    {"SafeNet / Thales IDPrime", "/usr/lib/pkcs11/libIDPrimePKCS11.so"},
    {"SafeNet eToken", "/usr/lib/libeToken.so"},
    {"SafeNet eToken", "/usr/lib64/libeToken.so"},
    {"SafeNet eToken", "/usr/lib/pkcs11/libeTPkcs11.so"},
    {"IDEMIA AWP (IAS-ECC)", "/usr/local/AWP/lib/libOcsCryptoki.so"},
    {"CPS (santé)", "/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so"},
    {"CPS (santé)", "/usr/lib64/libcps3_pkcs11_lux.so*"},
    {"OpenSC", "/usr/lib/*/opensc-pkcs11.so"},
    {"OpenSC", "/usr/lib64/opensc-pkcs11.so"},
    {"OpenSC", "/usr/lib64/pkcs11/opensc-pkcs11.so"},
    {"Bit4id", "/usr/lib/libbit4ipki.so"},
    {"Bit4id", "/usr/lib/*/libbit4ipki.so"},
    {"Bit4id", "/usr/lib/libbit4xpki.so"},
    {"cryptovision", "/usr/lib/libcvP11.so"},
    {"cryptovision", "/usr/lib64/libcvP11.so"},
    {"YubiKey PIV", "/usr/lib/*/libykcs11.so*"},
    {"YubiKey PIV", "/usr/lib64/libykcs11.so*"},
    {"TPM 2.0", "/usr/lib/*/pkcs11/libtpm2_pkcs11.so"},
    {"TPM 2.0", "/usr/lib/*/libtpm2_pkcs11.so.1"},
    {"TPM 2.0", "/usr/lib64/pkcs11/libtpm2_pkcs11.so"},
    {"openCryptoki", "/usr/lib/*/opencryptoki/libopencryptoki.so"},
    {"openCryptoki", "/usr/lib64/opencryptoki/libopencryptoki.so"},
    {"SoftHSM", "/usr/lib/softhsm/libsofthsm2.so"},
    {"SoftHSM", "/usr/lib/*/softhsm/libsofthsm2.so"},
    {"SoftHSM", "/usr/lib64/pkcs11/libsofthsm2.so"},
    {NULL, NULL},
};

static bool seen(const struct jv *list, const char *path)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        if (strcmp(jv_get_text(jv_at(list, i), "path"), path) == 0)
            return true;
    }
    return false;
}

struct jv *find_installed(void)
{
    struct jv *list = jv_array();

    for (const struct find_row *row = find_table; row->family != NULL; row++) {
        glob_t found = {0};
        if (glob(row->path, 0, NULL, &found) != 0)
            continue;
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char *real = realpath(found.gl_pathv[i], NULL);
            if (real != NULL && !seen(list, real)) {
                struct jv *o = jv_object();
                jv_put_text(o, "family", row->family);
                jv_put_text(o, "path", real);
                jv_add_take(list, o);
            }
            free(real);
        }
        globfree(&found);
    }
    return list;
}

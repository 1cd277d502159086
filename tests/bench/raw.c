/* The raw costs that tests/bench/run compares with, in seconds on standard output:
 *   bench_raw hash FILE                    SHA-256 of a file read once
 *   bench_raw copy FILE OUT                copy of a file, synced
 *   bench_raw hash-copy FILE OUT           both in one pass over the file, synced
 *   bench_raw sign MODULE LABEL PINFILE N  N times C_Sign in one session, by the token's only
 * private key: CKM_RSA_PKCS over a SHA-256 DigestInfo, or CKM_ECDSA. The clock starts after
 * start-up and login: what a perfect program could not avoid.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

enum { BLOCK = 1 << 20, INFO_LEN = 51, HASH_LEN = 32, SIGNATURE_ROOM = 1024, PIN_ROOM = 64 };

static void die(const char *what)
{
    fprintf(stderr, "bench_raw: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pass(const char *in, const char *out, int hash)
{
    unsigned char *block = malloc(BLOCK), digest[EVP_MAX_MD_SIZE];
    int from = open(in, O_RDONLY | O_CLOEXEC);
    int to = out != NULL ? open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    ssize_t n;

    if (from < 0 || (out != NULL && to < 0) || block == NULL || ctx == NULL ||
        EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
        die("cannot open");
    if (out != NULL && !hash) {
        while ((n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0)
            continue;
        if (n < 0)
            die("cannot copy");
    }
    while (hash && (n = read(from, block, BLOCK)) > 0) {
        EVP_DigestUpdate(ctx, block, (size_t)n);
        if (to >= 0 && write(to, block, (size_t)n) != n)
            die("cannot write");
    }
    if (to >= 0 && fsync(to) != 0)
        die("cannot sync");
    EVP_DigestFinal_ex(ctx, digest, NULL);
    EVP_MD_CTX_free(ctx);
    free(block);
    close(from);
    if (to >= 0)
        close(to);
}

static CK_SESSION_HANDLE log_in(CK_FUNCTION_LIST *p11, const char *label, const char *pin_file)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_SESSION_HANDLE session = 0;
    char pin[PIN_ROOM] = "";
    FILE *file = fopen(pin_file, "r");

    if (file == NULL || fgets(pin, sizeof pin, file) == NULL)
        die("no PIN");
    fclose(file);
    pin[strcspn(pin, "\n")] = '\0';
    if (p11->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        die("no slots");
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (p11->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
            memcmp(info.label, label, strlen(label)) != 0)
            continue;
        if (p11->C_OpenSession(slots[i], CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK ||
            p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)) != CKR_OK)
            die("no login");
        return session;
    }
    die("no such token");
    return 0;
}

static double sign_many(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, long times)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE type = CKK_RSA;
    CK_ATTRIBUTE wanted = {CKA_CLASS, &class, sizeof class},
                 kind = {CKA_KEY_TYPE, &type, sizeof type};
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG found = 0;
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    unsigned char info[INFO_LEN] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    unsigned char value[SIGNATURE_ROOM];

    if (p11->C_FindObjectsInit(session, &wanted, 1) != CKR_OK ||
        p11->C_FindObjects(session, &key, 1, &found) != CKR_OK || found != 1)
        die("no private key");
    p11->C_FindObjectsFinal(session);
    if (p11->C_GetAttributeValue(session, key, &kind, 1) != CKR_OK)
        die("no kind of key");
    CK_BYTE *data = info;
    CK_ULONG data_len = sizeof info;
    if (type != CKK_RSA) {
        mechanism.mechanism = CKM_ECDSA;
        data += INFO_LEN - HASH_LEN;
        data_len = HASH_LEN;
    }
    double start = now();
    for (long i = 0; i < times; i++) {
        CK_ULONG len = sizeof value;
        if (p11->C_SignInit(session, &mechanism, key) != CKR_OK ||
            p11->C_Sign(session, data, data_len, value, &len) != CKR_OK)
            die("no signature");
    }
    return now() - start;
}

int main(int argc, char **argv)
{
    double start = now(), taken = 0;

    if (argc == 3 && strcmp(argv[1], "hash") == 0) {
        pass(argv[2], NULL, 1);
        taken = now() - start;
    } else if (argc == 4 && strcmp(argv[1], "copy") == 0) {
        pass(argv[2], argv[3], 0);
        taken = now() - start;
    } else if (argc == 4 && strcmp(argv[1], "hash-copy") == 0) {
        pass(argv[2], argv[3], 1);
        taken = now() - start;
    } else if (argc == 6 && strcmp(argv[1], "sign") == 0) {
        CK_FUNCTION_LIST *p11 = p11_kit_module_load(argv[2], 0);
        if (p11 == NULL || p11_kit_module_initialize(p11) != CKR_OK)
            die("no module");
        taken = sign_many(p11, log_in(p11, argv[3], argv[4]), strtol(argv[5], NULL, 10));
        p11_kit_module_finalize(p11);
        p11_kit_module_release(p11);
    } else {
        die("usage: hash FILE | copy FILE OUT | hash-copy FILE OUT | sign MODULE LABEL PINFILE N");
    }
    printf("%.6f\n", taken);
    return 0;
}

/* A PIV card in software, for pcscd's virtual reader (vpcd): NIST SP 800-73-4 part 2, as far as
 * signing needs it. piv_card PORT PIN KEY_9A CERT_9A KEY_9C CERT_9C [DELAY_MS] Key 9A asks for the
 * PIN once, key 9C anew before each signature. vpcd's protocol: two bytes of length, then one
 * control byte (0 off, 1 on, 2 reset, 4 "give the ATR") or a command APDU, which gets a response
 * APDU in the same wrapping. Ends when the reader goes; to be killed by its process number. Prints
 * "ready" once connected. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 8192, PIN_BYTES = 8, TRIES = 3, CHUNK = 256, SLOTS = 2 };

struct bytes {
    unsigned char data[ROOM];
    size_t n;
};
struct slot {
    unsigned char reference, tag; /* key reference; last byte of the certificate's object tag */
    EVP_PKEY *key;
    struct bytes certificate;
};
static struct slot slots[SLOTS] = {{.reference = 0x9a, .tag = 0x05},
                                   {.reference = 0x9c, .tag = 0x0a}};
static unsigned char pin[PIN_BYTES];
static int tries = TRIES;
static bool verified, fresh; /* fresh: VERIFY was the command before this one */
static struct bytes chained, pending;
static long delay_ms;

static void add(struct bytes *b, const void *data, size_t n)
{
    if (n > ROOM - b->n)
        n = ROOM - b->n;
    memcpy(b->data + b->n, data, n);
    b->n += n;
}

static void add_byte(struct bytes *b, unsigned c)
{
    unsigned char byte = (unsigned char)c;

    add(b, &byte, 1);
}

static void add_tlv(struct bytes *b, unsigned tag, const void *data, size_t n)
{
    add_byte(b, tag);
    if (n >= 0x100) {
        add_byte(b, 0x82);
        add_byte(b, (unsigned)(n >> 8));
    } else if (n >= 0x80) {
        add_byte(b, 0x81);
    }
    add_byte(b, (unsigned)(n & 0xff));
    add(b, data, n);
}

static void status(struct bytes *out, unsigned sw)
{
    add_byte(out, sw >> 8);
    add_byte(out, sw & 0xff);
}

/* What does not fit into one response is fetched with GET RESPONSE. */
static void answer(struct bytes *out, const struct bytes *data)
{
    size_t n = data->n < CHUNK ? data->n : CHUNK;

    add(out, data->data, n);
    memmove(pending.data, data->data + n, data->n - n);
    pending.n = data->n - n;
    status(out, pending.n == 0 ? 0x9000 : 0x6100 | (pending.n < CHUNK ? (unsigned)pending.n : 0));
}

static void select_application(const unsigned char *data, size_t n, struct bytes *out)
{
    static const unsigned char aid[] = {0xa0, 0, 0, 3, 8};
    static const unsigned char fci[] = {0x61, 0x11, 0x4f, 6, 0,    0, 0x10, 0, 1, 0,
                                        0x79, 7,    0x4f, 5, 0xa0, 0, 0,    3, 8};
    struct bytes reply = {.n = 0};

    if (n < sizeof aid || memcmp(data, aid, sizeof aid) != 0) {
        status(out, 0x6a82);
        return;
    }
    add(&reply, fci, sizeof fci);
    answer(out, &reply);
}

static void chuid(struct bytes *inner)
{
    static const unsigned char fascn[25] = {0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce,
                                            0x73, 0x9d, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10,
                                            0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb};
    static const unsigned char guid[16] = {0x70, 0x61, 0x72, 0x61, 0x70, 0x68, 0x65, 0x2d,
                                           0x74, 0x65, 0x73, 0x74, 0x2d, 0x30, 0x30, 0x31};

    add_tlv(inner, 0x30, fascn, sizeof fascn);
    add_tlv(inner, 0x34, guid, sizeof guid);
    add_tlv(inner, 0x35, "20991231", 8);
    add_tlv(inner, 0x3e, "", 0);
    add_tlv(inner, 0xfe, "", 0);
}

static void get_data(const unsigned char *data, size_t n, struct bytes *out)
{
    struct bytes inner = {.n = 0}, reply = {.n = 0};
    const struct slot *slot = NULL;

    if (n != 5 || data[0] != 0x5c || data[1] != 3 || data[2] != 0x5f || data[3] != 0xc1) {
        status(out, 0x6a82);
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].tag == data[4])
            slot = &slots[i];
    }
    if (slot != NULL) {
        add_tlv(&inner, 0x70, slot->certificate.data, slot->certificate.n);
        add_tlv(&inner, 0x71, "\0", 1);
        add_tlv(&inner, 0xfe, "", 0);
    } else if (data[4] == 0x02) {
        chuid(&inner);
    } else {
        status(out, 0x6a82);
        return;
    }
    add_tlv(&reply, 0x53, inner.data, inner.n);
    answer(out, &reply);
}

static void verify_pin(const unsigned char *data, size_t n, struct bytes *out)
{
    if (tries == 0) {
        status(out, 0x6983);
    } else if (n == 0) { /* asks only */
        status(out, verified ? 0x9000 : 0x63c0 | (unsigned)tries);
    } else if (n == PIN_BYTES && memcmp(data, pin, PIN_BYTES) == 0) {
        tries = TRIES;
        verified = fresh = true;
        status(out, 0x9000);
    } else {
        tries--;
        verified = false;
        status(out, tries == 0 ? 0x6983 : 0x63c0 | (unsigned)tries);
    }
}

/* The challenge (81) of a dynamic authentication template (7c). */
static const unsigned char *challenge_of(const unsigned char *at, size_t n, size_t *out)
{
    const unsigned char *end = at + n;

    if (n < 2 || *at++ != 0x7c)
        return NULL;
    at += *at == 0x82 ? 3 : *at == 0x81 ? 2 : 1;
    while (end - at >= 2) {
        unsigned tag = *at++;
        size_t len = *at++;
        if (len == 0x81 && end - at >= 1) {
            len = *at++;
        } else if (len == 0x82 && end - at >= 2) {
            len = (size_t)at[0] << 8 | at[1];
            at += 2;
        }
        if (len > (size_t)(end - at))
            return NULL;
        if (tag == 0x81) {
            *out = len;
            return at;
        }
        at += len;
    }
    return NULL;
}

/* RSA: the private operation on a block that the reader has padded; EC: ECDSA over a digest. */
static bool key_use(EVP_PKEY *key, const unsigned char *challenge, size_t n, unsigned char *value,
                    size_t *len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    bool ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1;

    if (ok && EVP_PKEY_is_a(key, "RSA"))
        ok = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1;
    ok = ok && EVP_PKEY_sign(ctx, value, len, challenge, n) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static void general_authenticate(unsigned reference, const unsigned char *data, size_t n,
                                 bool just_verified, struct bytes *out)
{
    unsigned char value[1024];
    size_t challenge_len = 0, len = sizeof value;
    const unsigned char *challenge = challenge_of(data, n, &challenge_len);
    const struct slot *slot = NULL;
    struct bytes inner = {.n = 0}, reply = {.n = 0};
    struct timespec t = {delay_ms / 1000, (delay_ms % 1000) * 1000000L};

    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].reference == reference)
            slot = &slots[i];
    }
    if (slot == NULL || challenge == NULL) {
        status(out, 0x6a80);
    } else if (!verified || (reference == 0x9c && !just_verified)) {
        status(out, 0x6982);
    } else if (nanosleep(&t, NULL) == 0 &&
               key_use(slot->key, challenge, challenge_len, value, &len)) {
        add_tlv(&inner, 0x82, value, len);
        add_tlv(&reply, 0x7c, inner.data, inner.n);
        answer(out, &reply);
    } else {
        status(out, 0x6f00);
    }
}

static void get_response(struct bytes *out)
{
    struct bytes rest = pending;

    answer(out, &rest);
}

static void command(const unsigned char *apdu, size_t n, struct bytes *out)
{
    bool just_verified = fresh;
    size_t lc = n > 5 ? apdu[4] : 0;
    const unsigned char *data = apdu + 5;

    if (n < 4 || lc + 5 > (n > 5 ? n : 5)) {
        status(out, 0x6700);
        return;
    }
    if ((apdu[0] & 0x10) != 0) { /* more parts follow; they belong to one command */
        add(&chained, data, lc);
        status(out, 0x9000);
        return;
    }
    fresh = false;
    if (chained.n > 0) {
        add(&chained, data, lc);
        data = chained.data;
        lc = chained.n;
    }
    switch (apdu[1]) {
    case 0xa4:
        select_application(data, lc, out);
        break;
    case 0xcb:
        get_data(data, lc, out);
        break;
    case 0x20:
        if (apdu[3] == 0x80)
            verify_pin(data, lc, out);
        else
            status(out, 0x6a88);
        break;
    case 0x87:
        general_authenticate(apdu[3], data, lc, just_verified, out);
        break;
    case 0xc0:
        get_response(out);
        break;
    default:
        status(out, 0x6d00);
    }
    chained.n = 0;
}

static bool receive(int fd, unsigned char *data, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, data, n);
        if (got <= 0)
            return false;
        data += got;
        n -= (size_t)got;
    }
    return true;
}

static bool reply_send(int fd, const struct bytes *out)
{
    unsigned char head[2] = {(unsigned char)(out->n >> 8), (unsigned char)out->n};

    return write(fd, head, 2) == 2 && write(fd, out->data, out->n) == (ssize_t)out->n;
}

static void serve(int fd)
{
    static const unsigned char atr[] = {0x3b, 0x86, 0x80, 0x01, 'P', 'I', 'V', 'T', 'S', 'T', 0x1b};
    static unsigned char message[ROOM];
    unsigned char head[2];

    while (receive(fd, head, 2)) {
        size_t n = (size_t)head[0] << 8 | head[1];
        struct bytes out = {.n = 0};
        if (n == 0 || n > ROOM || !receive(fd, message, n))
            return;
        if (n == 1 && message[0] == 4)
            add(&out, atr, sizeof atr);
        else if (n == 1)
            verified = fresh = false; /* off, on, reset: nothing is answered */
        else
            command(message, n, &out);
        if (out.n > 0 && !reply_send(fd, &out))
            return;
    }
}

static bool slot_load(struct slot *s, const char *key, const char *certificate)
{
    FILE *f = fopen(key, "r");

    if (f != NULL) {
        s->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
        fclose(f);
    }
    f = fopen(certificate, "rb");
    if (f != NULL) {
        s->certificate.n = fread(s->certificate.data, 1, ROOM, f);
        fclose(f);
    }
    return s->key != NULL && s->certificate.n > 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in reader = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (argc < 7 || strlen(argv[2]) > PIN_BYTES || !slot_load(&slots[0], argv[3], argv[4]) ||
        !slot_load(&slots[1], argv[5], argv[6])) {
        fprintf(stderr, "usage: piv_card PORT PIN KEY_9A CERT_9A KEY_9C CERT_9C [DELAY_MS]\n");
        return 2;
    }
    memset(pin, 0xff, sizeof pin);
    memcpy(pin, argv[2], strlen(argv[2]));
    delay_ms = argc > 7 ? atol(argv[7]) : 0;
    reader.sin_port = htons((unsigned short)atoi(argv[1]));
    reader.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&reader, sizeof reader) != 0) {
        perror("piv_card");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    serve(fd);
    return 0;
}

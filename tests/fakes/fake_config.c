#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fakes/fake.h"

struct fake fake;

const struct fake_mech fake_mechs[] = {
#define M(type)                                                                                    \
    {                                                                                              \
#type, type                                                                                \
    }
    M(CKM_SHA256_RSA_PKCS),
    M(CKM_SHA384_RSA_PKCS),
    M(CKM_SHA512_RSA_PKCS),
    M(CKM_RSA_PKCS),
    M(CKM_SHA256_RSA_PKCS_PSS),
    M(CKM_SHA384_RSA_PKCS_PSS),
    M(CKM_SHA512_RSA_PKCS_PSS),
    M(CKM_RSA_PKCS_PSS),
    M(CKM_ECDSA_SHA256),
    M(CKM_ECDSA_SHA384),
    M(CKM_ECDSA_SHA512),
    M(CKM_ECDSA),
    M(CKM_SHA_1),
    M(CKM_RSA_X_509),
    {NULL, 0},
#undef M
};

static const struct {
    const char *name;
    CK_FLAGS bit;
} flag_names[] = {
    {"login", CKF_LOGIN_REQUIRED},
    {"set", CKF_USER_PIN_INITIALIZED},
    {"pad", CKF_PROTECTED_AUTHENTICATION_PATH},
    {"low", CKF_USER_PIN_COUNT_LOW},
    {"final", CKF_USER_PIN_FINAL_TRY},
    {"locked", CKF_USER_PIN_LOCKED},
    {"change", CKF_USER_PIN_TO_BE_CHANGED},
};

static void text_take(char *out, size_t size, const char *in)
{
    size_t n = 0;

    for (; *in != '\0' && n + 1 < size; in++) {
        if (strncmp(in, "%20", 3) == 0) {
            out[n++] = ' ';
            in += 2;
        } else {
            out[n++] = *in;
        }
    }
    out[n] = '\0';
}

static CK_FLAGS flags_take(const char *list)
{
    CK_FLAGS flags = strstr(list, "blank") != NULL ? 0 : CKF_TOKEN_INITIALIZED;

    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
        const char *at = strstr(list, flag_names[i].name);
        if (at != NULL)
            flags |= flag_names[i].bit;
    }
    return flags;
}

static size_t mechs_take(char *list, CK_MECHANISM_TYPE *out)
{
    size_t n = 0;

    for (char *name; (name = strsep(&list, ",")) != NULL;) {
        for (const struct fake_mech *m = fake_mechs; m->name != NULL && n < MECHS; m++) {
            if (strcmp(m->name, name) == 0)
                out[n++] = m->type;
        }
    }
    return n;
}

static void slot_word(struct fake_slot *s, const char *name, char *value)
{
    if (strcmp(name, "label") == 0)
        text_take(s->label, sizeof s->label, value);
    else if (strcmp(name, "serial") == 0)
        text_take(s->serial, sizeof s->serial, value);
    else if (strcmp(name, "model") == 0)
        text_take(s->model, sizeof s->model, value);
    else if (strcmp(name, "pin") == 0)
        text_take(s->pin, sizeof s->pin, value);
    else if (strcmp(name, "gone") == 0)
        text_take(s->gone, sizeof s->gone, value);
    else if (strcmp(name, "min") == 0)
        s->min = strtoul(value, NULL, 0);
    else if (strcmp(name, "max") == 0)
        s->max = strtoul(value, NULL, 0);
    else if (strcmp(name, "flags") == 0)
        s->flags = flags_take(value);
    else if (strcmp(name, "after") == 0)
        s->after = flags_take(value) & ~CKF_TOKEN_INITIALIZED;
    else if (strcmp(name, "mechs") == 0)
        s->nmechs = mechs_take(value, s->mechs);
    else if (strcmp(name, "late") == 0)
        s->late = strtol(value, NULL, 0);
    else if (strcmp(name, "size") == 0)
        sscanf(value, "%lu:%lu", &s->size_min, &s->size_max);
    s->show_always = s->show_always || strcmp(name, "show") == 0;
    s->certs_login = s->certs_login || strcmp(name, "certs") == 0;
    s->raw_refuse = s->raw_refuse || strcmp(name, "raw") == 0;
    s->no_sign_flag = s->no_sign_flag || strcmp(name, "nosign") == 0;
    s->pad_cancel = s->pad_cancel || strcmp(name, "cancel") == 0;
}

static void slot_start(struct fake_slot *s, CK_SLOT_ID id)
{
    memset(s, 0, sizeof *s);
    s->used = true;
    s->id = id;
    s->flags = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    s->min = 4;
    s->max = 16;
    s->size_min = 256;
    s->size_max = 4096;
    strcpy(s->label, "Fake card");
    strcpy(s->serial, "0001");
    strcpy(s->model, "Fake");
    strcpy(s->pin, "1234");
    for (const struct fake_mech *m = fake_mechs; m->name != NULL; m++)
        s->mechs[s->nmechs++] = m->type;
}

static void file_take(struct fake_object *o, const char *path)
{
    FILE *f = fopen(path, "rb");

    if (f == NULL) {
        fprintf(stderr, "fake: %s cannot be opened\n", path);
        return;
    }
    if (o->class == CKO_CERTIFICATE) {
        o->der = malloc(65536);
        o->der_len = o->der != NULL ? fread(o->der, 1, 65536, f) : 0;
    } else {
        o->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    }
    fclose(f);
}

static void object_word(struct fake_object *o, const char *name, char *value)
{
    if (strcmp(name, "label") == 0) {
        text_take(o->label, sizeof o->label, value);
    } else if (strcmp(name, "file") == 0) {
        file_take(o, value);
    } else if (strcmp(name, "id") == 0) {
        for (o->id_len = 0; value[0] != '\0' && value[1] != '\0' && o->id_len < sizeof o->id;
             value += 2) {
            unsigned byte = 0;
            sscanf(value, "%2x", &byte);
            o->id[o->id_len++] = (unsigned char)byte;
        }
    } else if (strcmp(name, "type") == 0) {
        o->cert_type = strtoul(value, NULL, 0);
    } else if (strcmp(name, "allowed") == 0) {
        o->nallowed = mechs_take(value, o->allowed);
    } else if (strcmp(name, "value") == 0 && o->der != NULL) {
        memset(o->der, 0x5a, o->der_len);
    }
    o->always = o->always || strcmp(name, "always") == 0;
    o->no_sign = o->no_sign || strcmp(name, "sign") == 0;
    o->bare = o->bare || strcmp(name, "bare") == 0;
    o->raw_point = o->raw_point || strcmp(name, "point") == 0;
}

static void fault_word(struct fake_fault *f, const char *name, const char *value)
{
    static const char *const kinds[] = {"rv",    "hang",  "crash", "short",  "huge",   "wrong",
                                        "exit",  "sleep", "pull",  "zero",   "quiet",  "quit",
                                        "flags", "other", "fork",  "daemon", "meddle", "close",
                                        "flood", "print", "twice"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i]) == 0)
            f->kind = (enum fake_kind)i;
    }
    if (strcmp(name, "rv") == 0)
        f->rv = strtoul(value, NULL, 0);
    else if (strcmp(name, "flags") == 0)
        f->rv = flags_take(value);
    else if (strcmp(name, "sleep") == 0 || strcmp(name, "quit") == 0)
        f->ms = strtol(value, NULL, 0);
    else if (strcmp(name, "other") == 0)
        f->ms = strcmp(value, "label") == 0;
    else if (strcmp(name, "from") == 0)
        f->from = strtol(value, NULL, 0);
    else if (strcmp(name, "times") == 0)
        f->times = strtol(value, NULL, 0);
}

static void line_take(char *line)
{
    char *kind = strsep(&line, " "), *first = strsep(&line, " ");
    struct fake_slot *slot = NULL;
    struct fake_object *object = NULL;
    struct fake_fault *fault = NULL;

    if (kind == NULL || first == NULL)
        return;
    int n = atoi(first);
    if (strcmp(kind, "slot") == 0 && n >= 0 && n < SLOTS) {
        slot = &fake.slots[n];
        slot_start(slot, (CK_SLOT_ID)n);
    } else if (strcmp(kind, "fault") == 0 && fake.nfaults < FAULTS) {
        fault = &fake.faults[fake.nfaults++];
        text_take(fault->function, sizeof fault->function, first);
        fault->from = 1;
        fault->times = 1L << 30;
    } else if (strcmp(kind, "noise") == 0) {
        text_take(fake.noise[strcmp(first, "stderr") == 0], TEXT_ROOM,
                  line != NULL ? strsep(&line, " ") : "");
        if (line != NULL && strncmp(line, "repeat=", 7) == 0)
            fake.noise_repeat = atol(line + 7);
        return;
    } else if (fake.nobjects < OBJECTS) {
        object = &fake.objects[fake.nobjects++];
        object->slot = n;
        object->class = strcmp(kind, "cert") == 0  ? CKO_CERTIFICATE
                        : strcmp(kind, "key") == 0 ? CKO_PRIVATE_KEY
                                                   : CKO_PUBLIC_KEY;
    }
    for (char *word; line != NULL && (word = strsep(&line, " ")) != NULL;) {
        char *value = strchr(word, '=');
        char nothing[1] = "";
        if (value != NULL)
            *value++ = '\0';
        else
            value = nothing;
        if (slot != NULL)
            slot_word(slot, word, value);
        else if (fault != NULL)
            fault_word(fault, word, value);
        else if (object != NULL)
            object_word(object, word, value);
    }
}

bool fake_load(void)
{
    const char *path = getenv("PARAPHE_FAKE");
    FILE *f = path != NULL ? fopen(path, "r") : NULL;
    char line[2048];

    memset(&fake, 0, sizeof fake);
    fake.noise_repeat = 1;
    if (f == NULL)
        return false;
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && line[0] != '\0')
            line_take(line);
    }
    fclose(f);
    for (long i = 0; i < fake.noise_repeat; i++) {
        if (fake.noise[0][0] != '\0')
            dprintf(STDOUT_FILENO, "%s\n", fake.noise[0]);
        if (fake.noise[1][0] != '\0')
            dprintf(STDERR_FILENO, "%s\n", fake.noise[1]);
    }
    return true;
}

void fake_unload(void)
{
    for (size_t i = 0; i < fake.nobjects; i++) {
        free(fake.objects[i].der);
        EVP_PKEY_free(fake.objects[i].key);
    }
    memset(&fake, 0, sizeof fake);
}

void fake_log(const char *line)
{
    const char *path = getenv("PARAPHE_FAKE_LOG");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

    if (fd >= 0) {
        dprintf(fd, "%s\n", line);
        close(fd);
    }
}

bool fake_present(const struct fake_slot *s)
{
    return s->used && (s->gone[0] == '\0' || access(s->gone, F_OK) != 0);
}

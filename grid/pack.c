#include "grid/pack.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "grid/fault.h"

struct entry {
    const char *name; /* decoded, in `names` */
    uint64_t size;
    zip_uint64_t index;
};
struct pack {
    zip_t *zip;
    struct entry *entries; /* sorted by name */
    size_t count;
    char *names;
    int64_t read; /* bytes inflated so far, all parts together */
};
struct pack_part {
    struct pack *pack;
    zip_file_t *file;
    int64_t read, declared;
};

static uint32_t le(const unsigned char *p, size_t n)
{
    uint32_t value = 0;

    while (n-- > 0)
        value = value << 8 | p[n];
    return value;
}

static bool has_name_at(const unsigned char *p, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < n; i++) {
        if (p[2 * i] != (unsigned char)name[i] || p[2 * i + 1] != 0)
            return false;
    }
    return le(p + 64, 2) == 2 * (n + 1);
}

/* Directory entries of a compound file ([MS-CFB] 2.6.1) are 128 bytes long in sectors that begin at
 * multiples of 512. */
static int fault_of_compound(const unsigned char *p, size_t n, struct err *e)
{
    const char *rule = "file-not-zip";

    for (size_t at = 512; at + 128 <= n; at += 128) {
        if (has_name_at(p + at, "EncryptedPackage"))
            return fault_set(e, "file-encrypted");
        if (has_name_at(p + at, "Workbook") || has_name_at(p + at, "Book"))
            rule = "file-xls";
    }
    return fault_set(e, rule);
}

/* The number of entries that the end record announces (APPNOTE 4.3.16), looked at before libzip
 * makes room for them. */
static int check_end_record(const unsigned char *p, size_t n, struct err *e)
{
    enum { RECORD = 22, COMMENT = 65535 };
    size_t least = n > RECORD + COMMENT ? n - RECORD - COMMENT : 0;

    for (size_t at = n >= RECORD ? n - RECORD + 1 : 0; at-- > least;) {
        if (memcmp(p + at, "PK\5\6", 4) != 0)
            continue;
        if (le(p + at + 10, 2) > (uint32_t)ceilings.form_parts)
            return fault_set(e, "zip-bomb");
        return 0;
    }
    return fault_set(e, "file-truncated");
}

static bool name_unsafe(const char *name)
{
    if (name[0] == '/' || strchr(name, '\\') != NULL || (name[0] != '\0' && name[1] == ':'))
        return true;
    for (const char *part = name; part != NULL;) {
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
        part = strchr(part, '/');
        part = part != NULL ? part + 1 : NULL;
    }
    return false;
}

static int compare_entries(const void *a, const void *b)
{
    return strcasecmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

void pack_name_decode(char *s)
{
    size_t used = 0;

    for (const char *p = s; *p != '\0'; p++) {
        char digits[3] = {p[1], p[1] != '\0' ? p[2] : '\0', '\0'}, *end = NULL;
        unsigned long value = *p == '%' ? strtoul(digits, &end, 16) : 0;
        bool escape = end == digits + 2 && value >= 0x20 && value != '/' && value != '\\';
        s[used++] = escape ? (char)value : *p;
        p += escape ? 2 : 0;
    }
    s[used] = '\0';
}

/* ISO/IEC 29500-2 writes names of parts as URIs; some writers put them so into the zip, others as
 * they are. */
static int decode_names(struct pack *p, struct err *e)
{
    size_t room = 1, used = 0;

    for (size_t i = 0; i < p->count; i++)
        room += strlen(p->entries[i].name) + 1;
    p->names = malloc(room);
    if (p->names == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < p->count; i++) {
        char *name = strcpy(p->names + used, p->entries[i].name);
        used += strlen(name) + 1;
        pack_name_decode(name);
        p->entries[i].name = name;
    }
    return 0;
}

/* Unsafe names are looked for first: they tell more about a file than its sizes. */
static int list_entries(struct pack *p, struct err *e)
{
    zip_int64_t n = zip_get_num_entries(p->zip, 0);
    uint64_t sum = 0;

    p->entries = calloc(n > 0 ? (size_t)n : 1, sizeof *p->entries);
    if (p->entries == NULL)
        return err_set_memory(e);
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t st;
        if (zip_stat_index(p->zip, (zip_uint64_t)i, 0, &st) != 0 || st.name == NULL)
            return fault_set(e, "file-truncated");
        p->entries[p->count++] = (struct entry){st.name, st.size, (zip_uint64_t)i};
    }
    if (decode_names(p, e) != 0)
        return -1;
    for (size_t i = 0; i < p->count; i++) {
        if (name_unsafe(p->entries[i].name))
            return fault_set(e, "part-path-unsafe");
    }
    for (size_t i = 0; i < p->count; i++) {
        sum += p->entries[i].size;
        if (p->entries[i].size > (uint64_t)ceilings.form_part_bytes ||
            sum > (uint64_t)ceilings.form_total_bytes)
            return fault_set(e, "zip-bomb");
    }
    qsort(p->entries, p->count, sizeof *p->entries, compare_entries);
    for (size_t i = 1; i < p->count; i++) {
        if (compare_entries(&p->entries[i - 1], &p->entries[i]) == 0)
            return fault_set(e, "part-duplicate");
    }
    return 0;
}

int pack_open(struct pack **out, const void *bytes, size_t n, struct err *e)
{
    const unsigned char *head = bytes;
    zip_source_t *source = NULL;
    struct pack *p = NULL;
    int rc = -1;

    if (n >= 8 && memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
        return fault_of_compound(head, n, e);
    if (n < 4 || (memcmp(head, "PK\3\4", 4) != 0 && memcmp(head, "PK\5\6", 4) != 0))
        return fault_set(e, "file-not-zip");
    if (check_end_record(head, n, e) != 0)
        return -1;
    p = calloc(1, sizeof *p);
    source = zip_source_buffer_create(bytes, n, 0, NULL);
    if (p == NULL || source == NULL) {
        err_set_memory(e);
        goto out;
    }
    p->zip = zip_open_from_source(source, ZIP_RDONLY, NULL);
    if (p->zip == NULL) {
        fault_set(e, "file-truncated");
        goto out;
    }
    source = NULL; /* now of p->zip */
    rc = list_entries(p, e);
out:
    zip_source_free(source);
    if (rc == 0)
        *out = p;
    else
        pack_close(p);
    return rc;
}

void pack_close(struct pack *p)
{
    if (p == NULL)
        return;
    if (p->zip != NULL)
        zip_discard(p->zip);
    free(p->entries);
    free(p->names);
    free(p);
}

size_t pack_count(const struct pack *p)
{
    return p->count;
}

const char *pack_name(const struct pack *p, size_t i)
{
    return p->entries[i].name;
}

int64_t pack_find(const struct pack *p, const char *name)
{
    struct entry key = {.name = *name == '/' ? name + 1 : name};
    const struct entry *found =
        bsearch(&key, p->entries, p->count, sizeof *p->entries, compare_entries);

    return found != NULL ? found - p->entries : -1;
}

int pack_part_open(struct pack *p, size_t i, struct pack_part **out, struct err *e)
{
    struct pack_part *part = calloc(1, sizeof *part);

    if (part == NULL)
        return err_set_memory(e);
    part->pack = p;
    part->declared = (int64_t)p->entries[i].size;
    part->file = zip_fopen_index(p->zip, p->entries[i].index, 0);
    if (part->file == NULL) {
        bool locked = zip_error_code_zip(zip_get_error(p->zip)) == ZIP_ER_NOPASSWD;
        free(part);
        return fault_set(e, locked ? "file-encrypted" : "file-truncated");
    }
    *out = part;
    return 0;
}

int64_t pack_part_read(struct pack_part *part, void *out, size_t n, struct err *e)
{
    zip_int64_t got = zip_fread(part->file, out, n);

    if (got < 0)
        return fault_set(e, "file-truncated");
    part->read += got;
    part->pack->read += got;
    /* The header may have lied about the size. */
    if (part->read > ceilings.form_part_bytes || part->pack->read > ceilings.form_total_bytes)
        return fault_set(e, "zip-bomb");
    if (part->read > part->declared)
        return fault_set(e, "file-truncated");
    return got;
}

void pack_part_close(struct pack_part *part)
{
    if (part == NULL)
        return;
    zip_fclose(part->file);
    free(part);
}

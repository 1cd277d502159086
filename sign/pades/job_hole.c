#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/err.h"
#include "sign/pades/job.h"

/* "[0 840 33610 1234     ]": four numbers, blanks only between and after them. */
static bool ranges_say(const char *text, const int64_t range[4])
{
    char *end = NULL;

    if (*text++ != '[')
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (i > 0 && *text != ' ')
            return false;
        text += strspn(text, " ");
        if (*text < '0' || *text > '9' || strtoll(text, &end, 10) != range[i])
            return false;
        text = end;
    }
    text += strspn(text, " ");
    return text[0] == ']' && text[1] == '\0';
}

static int check_hole_bytes(int fd, const struct pdf_update_marks *m, struct err *e)
{
    size_t n = (size_t)(m->hole_end - m->hole_start);
    char *bytes = malloc(n);
    int rc = -1;

    if (bytes == NULL)
        return err_set_memory(e);
    if (file_pread_all(fd, bytes, n, m->hole_start, "-", e) != 0)
        goto out;
    rc = 0;
    if (n < 4 || n % 2 != 0 || bytes[0] != '<' || bytes[n - 1] != '>')
        rc = err_set_bug(e, "hole_check: brackets");
    for (size_t i = 1; rc == 0 && i + 1 < n; i++) {
        if (bytes[i] != '0')
            rc = err_set_bug(e, "hole_check: zeros");
    }
out:
    free(bytes);
    return rc;
}

int hole_check(int fd, int64_t base, size_t update_len, const struct pdf_update_marks *m,
               struct err *e)
{
    char ranges[256];
    struct stat st;
    size_t n;

    if (m->base != base || m->size != base + (int64_t)update_len || fstat(fd, &st) != 0 ||
        st.st_size != m->size || m->hole_start <= base || m->hole_end <= m->hole_start ||
        m->hole_end >= m->size || m->ranges_start <= base || m->ranges_end >= m->size ||
        m->ranges_end <= m->ranges_start || m->ranges_end - m->ranges_start >= (int)sizeof ranges)
        return err_set_bug(e, "hole_check: places");
    if (m->range[0] != 0 || m->range[1] != m->hole_start || m->range[2] != m->hole_end ||
        m->range[3] != m->size - m->hole_end)
        return err_set_bug(e, "hole_check: ranges");
    n = (size_t)(m->ranges_end - m->ranges_start);
    if (file_pread_all(fd, ranges, n, m->ranges_start, "-", e) != 0)
        return -1;
    ranges[n] = '\0';
    if (strlen(ranges) != n || !ranges_say(ranges, m->range))
        return err_set_bug(e, "hole_check: ByteRange");
    return check_hole_bytes(fd, m, e);
}

int hole_fill(int fd, const struct pdf_update_marks *m, const struct buf *der, const char *name,
              struct err *e)
{
    size_t room = (size_t)(m->hole_end - m->hole_start - 2) / 2;
    char *hex;
    int rc;

    if (der->len > room)
        return err_set(e, ERR_NETWORK, "err.sign-pades.hole-small", NULL);
    hex = malloc(2 * room + 1);
    if (hex == NULL)
        return err_set_memory(e);
    memset(hex, '0', 2 * room);
    hex_lower(der->data, der->len, hex);
    if (der->len < room)
        hex[2 * der->len] = '0'; /* hex_lower ended its text there */
    rc = file_pwrite_all(fd, hex, 2 * room, m->hole_start + 1, name, e);
    free(hex);
    return rc;
}

int hole_digest(int fd, const struct pdf_update_marks *m, struct digest *prefix,
                unsigned char out[DIGEST_MAX], struct err *e)
{
    if (digest_add_range(prefix, fd, m->base, m->hole_start - m->base, e) != 0 ||
        digest_add_range(prefix, fd, m->hole_end, m->size - m->hole_end, e) != 0)
        return -1;
    return digest_end(prefix, out, e);
}

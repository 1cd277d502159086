#include "base/jv_hex.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/ports.h"

struct jv *jv_hex(const void *data, size_t n)
{
    char *hex = malloc(2 * n + 1);
    struct jv *v;

    if (hex == NULL)
        return NULL;
    hex_lower(data, n, hex);
    v = jv_ascii(hex, 2 * n);
    explicit_bzero(hex, 2 * n);
    free(hex);
    return v;
}

void jv_put_hex(struct jv *object, const char *key, const void *data, size_t n)
{
    jv_put_take(object, key, jv_hex(data, n));
}

int jv_bytes(const struct jv *v, struct buf *out)
{
    const char *hex = jv_str(v);
    size_t n = hex != NULL ? strlen(hex) : 1;
    unsigned char *room;

    if (n % 2 != 0 || (room = buf_room(out, n / 2)) == NULL || hex_decode(hex, n, room) != 0)
        return -1;
    out->len += n / 2;
    out->data[out->len] = '\0';
    return 0;
}

int jv_get_bytes(const struct jv *object, const char *key, struct buf *out)
{
    const struct jv *v = jv_get(object, key);

    return jv_is_null(v) ? 0 : jv_bytes(v, out);
}

struct jv *der_list_json(const struct der_list *list)
{
    struct jv *array = jv_array();

    for (size_t i = 0; list != NULL && i < list->count; i++)
        jv_add_take(array, jv_hex(list->items[i].data, list->items[i].len));
    return array;
}

int der_list_add_hex(struct der_list *out, const struct jv *v, struct err *e)
{
    struct buf der = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = jv_bytes(v, &der) != 0 || der.len == 0
                 ? err_set_bug(e, "der_list_add_hex: no hexadecimal text")
                 : der_list_add(out, der.data, der.len, e);

    buf_free(&der);
    return rc;
}

int der_list_read(struct der_list *out, const struct jv *array, struct err *e)
{
    for (size_t i = 0; i < jv_count(array); i++) {
        if (der_list_add_hex(out, jv_at(array, i), e) != 0)
            return -1;
    }
    return 0;
}

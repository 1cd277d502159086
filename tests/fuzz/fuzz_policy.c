/* Small files that a person names: 'p' a policy of verification, 's' a snapshot of lists, 'a'
 * anchors (PEM, DER, PKCS#7), 'c' one certificate, 'l' a look. */
/* LINK: room_verify room_trust room_x509 room_pdf_report */
#include <stdint.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/ports.h"
#include "pdf/report/report_int.h"
#include "tests/fuzz/place.h"
#include "trust/list.h"
#include "trust/trust.h"
#include "verify/policy.h"
#include "x509/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void policy(const char *path)
{
    struct jv *json = NULL;
    struct policy p;
    struct err e = ERR_INIT;

    if (policy_load(path, &json, &e) == 0)
        policy_read(json, &p);
    else if (!err_is_set(&e))
        abort();
    jv_free(json);
}

static void snapshot(const char *path)
{
    struct jv *lists = NULL, *services = jv_array(), *expired = jv_array();
    struct err e = ERR_INIT;

    if (trust_snapshot_read(path, &lists, &e) == 0)
        trust_services(lists, 1795600800, services, expired);
    else if (!err_is_set(&e))
        abort();
    jv_free(lists);
    jv_free(services);
    jv_free(expired);
}

static void anchors(const char *path)
{
    struct der_list list = {NULL, 0};
    struct err e = ERR_INIT;

    if (trust_add_path(&list, path, &e) != 0 && !err_is_set(&e))
        abort();
    der_list_free(&list);
}

static void certificate(const uint8_t *data, size_t n)
{
    struct cert *c = NULL;
    struct err e = ERR_INIT;

    if (cert_parse(&c, data, n, "fuzz", &e) == 0)
        jv_free(cert_json(c));
    else if (!err_is_set(&e))
        abort();
    cert_free(c);
}

static void look(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct jv *json = jv_parse((const char *)data, n, "fuzz", &e);
    struct report *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    if (json != NULL && look_read(r, json, NULL, 0, &e) != 0 && !err_is_set(&e))
        abort();
    jv_free(json);
    free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *path = place_path("file");

    if (n == 0)
        return 0;
    if (data[0] == 'c') {
        certificate(data + 1, n - 1);
        return 0;
    }
    if (data[0] == 'l') {
        look(data + 1, n - 1);
        return 0;
    }
    place_write("file", data + 1, n - 1);
    if (data[0] == 'p')
        policy(path);
    else if (data[0] == 's')
        snapshot(path);
    else
        anchors(path);
    return 0;
}

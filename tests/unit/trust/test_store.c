/* Where lists are kept, and what is refused there. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/ports.h"
#include "tests/unit/own_folder.h"
#include "trust/list.h"
#include "trust/trust.h"
#include "x509/cert.h"

static void the_folder(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(file_put("file", "x", 1, false, NULL), 0);
    char *path = path_join(folder, "file");
    setenv("XDG_DATA_HOME", path, 1);
    assert_null(trust_folder(true, &e));
    assert_string_equal(e.id, "err.trust.folder");
    assert_int_equal(e.kind, ERR_DISK);
    setenv("XDG_DATA_HOME", folder, 1);
    free(path);
    path = trust_folder(true, &e);
    assert_non_null(path);
    assert_int_equal(chmod(path, 0777), 0);
    assert_null(trust_folder(false, &e));
    assert_string_equal(e.id, "err.trust.folder-open");
    chmod(path, 0700);
    free(path);
}

static int keep(const char *text, struct err *e)
{
    struct jv *list = jv_parse(text, strlen(text), "list", NULL);
    int rc = trust_list_keep(folder, list, 1795000000, e);

    jv_free(list);
    return rc;
}

static void what_is_no_list(void **state)
{
    static const char *const bad[] = {
        "{\"sequence\":1,\"next_update\":\"2030-01-01T00:00:00Z\"}",
        "{\"territory\":\"../X\",\"sequence\":1,\"next_update\":\"2030-01-01T00:00:00Z\"}",
        "{\"territory\":\"XX\",\"sequence\":0,\"next_update\":\"2030-01-01T00:00:00Z\"}",
    };
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(keep(bad[i], &e), -1);
        assert_string_equal(e.id, "err.trust.list-form");
    }
    err_clear(&e);
    assert_int_equal(keep("{\"territory\":\"XX\",\"sequence\":7,\"sha256\":\"a\","
                          "\"next_update\":\"2030-01-01T00:00:00Z\"}",
                          &e),
                     0);
    assert_int_equal(keep("{\"territory\":\"XX\",\"sequence\":6,\"sha256\":\"b\","
                          "\"next_update\":\"2030-01-01T00:00:00Z\"}",
                          &e),
                     -1);
    assert_string_equal(e.id, "err.trust.list-rollback");
    err_clear(&e);
    assert_int_equal(keep("{\"territory\":\"XX\",\"sequence\":8}", &e), -1);
    assert_string_equal(e.id, "err.trust.list-expired");
}

/* Beside a unit program there is no module. */
static void without_the_module(void **state)
{
    static const char xml[] =
        "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>"
        "<TSLSequenceNumber>1</TSLSequenceNumber></SchemeInformation></TrustServiceStatusList>";
    struct buf reply = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("list", xml, sizeof xml - 1, NULL);
    struct task_io io = {.fds = &fd,
                         .nfds = 1,
                         .params = (const unsigned char *)"{\"signers\":[]}",
                         .params_len = 14,
                         .reply = &reply};

    (void)state;
    assert_int_equal(trust_list_task.run(&io, &e), -1);
    if (access("/usr/libexec/paraphe/paraphe-xmlsig.so", F_OK) != 0 &&
        access("/usr/local/libexec/paraphe/paraphe-xmlsig.so", F_OK) != 0) {
        assert_string_equal(e.id, "err.trust.module");
        assert_int_equal(e.kind, ERR_USAGE);
    }
    close(fd);
    buf_free(&reply);
}

static void anchors(void **state)
{
    struct der_list many = {NULL, (size_t)ceilings.anchors}, none = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(file_put("a.pem", "x", 1, false, NULL), 0);
    assert_int_equal(trust_add_path(&many, "a.pem", &e), -1);
    assert_string_equal(e.id, "err.trust.anchors-many");
    /* a folder that this user may not list */
    assert_int_equal(mkdir("closed", 0), 0);
    assert_int_equal(chmod(".", 0755), 0);
    bool root = geteuid() == 0;
    assert_true(!root || seteuid(65534) == 0);
    int rc = trust_add_path(&none, "closed", &e);
    assert_true(!root || seteuid(0) == 0);
    assert_int_equal(rc, -1);
    assert_string_equal(e.id, "err.trust.path");
}

/* Longer than anything that is fetched: not even looked at. */
static void certificates_of_any_length(void **state)
{
    struct der_list none = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(certs_from_bytes(&none, "", (size_t)ceilings.http_bytes + 1, "x", &e), -1);
    assert_string_equal(e.id, "err.x509.no-cert");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder),
        cmocka_unit_test(what_is_no_list),
        cmocka_unit_test(without_the_module),
        cmocka_unit_test(anchors),
        cmocka_unit_test(certificates_of_any_length),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

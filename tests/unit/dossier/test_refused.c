/* Folders and files that the user may not change or read. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "dossier/dossier.h"
#include "tests/refuse.h"
#include "tests/unit/own_folder.h"

static const struct dossier_identity identity = {"Solution", "1", "Editor"};

static int told(int rc, const struct err *e, const char *id)
{
    return rc == -1 && e->kind == ERR_DISK && strcmp(e->id, id) == 0 ? 0 : 1;
}

static int create(void *self)
{
    struct dossier *d = NULL;
    struct err e = ERR_INIT;

    (void)self;
    return told(dossier_create("d", &identity, &d, &e), &e, "err.dossier.folder");
}

static void a_folder_of_somebody_else(void **state)
{
    static const struct refuse list[] = {{SYS_chmod, -1, 0, EPERM}, {SYS_fchmodat, -1, 0, EPERM}};

    (void)state;
    assert_true(refused_run(list, 2, create, NULL));
}

static int open_file(void *self)
{
    struct jv *file = jv_object();
    enum dossier_file_state state = DOSSIER_FILE_OK;
    struct err e = ERR_INIT;
    int fd = -1;

    jv_put_text(file, "path", "forms/a.xlsx");
    jv_put_text(file, "sha256", "0000000000000000000000000000000000000000000000000000000000000000");
    int rc = told(dossier_open(self, file, &fd, &state, &e), &e, "err.base.file-open");
    jv_free(file);
    return rc;
}

static int add_form(void *self)
{
    struct dossier_source source = {"a.xlsx", ".xlsx"};
    const char *id = NULL;
    struct err e = ERR_INIT;

    return told(dossier_add_form(self, &source, "lps", "application-web", NULL, &id, &e), &e,
                "err.dossier.folder");
}

static void files_that_may_not_be_read_or_made(void **state)
{
    static const struct refuse read[] = {{SYS_openat2, -1, 0, EACCES}};
    static const struct refuse make[] = {{SYS_mkdir, -1, 0, EACCES}, {SYS_mkdirat, -1, 0, EACCES}};
    struct dossier *d = NULL;

    (void)state;
    assert_int_equal(file_put("a.xlsx", "x", 1, false, NULL), 0);
    assert_int_equal(dossier_create("e", &identity, &d, NULL), 0);
    assert_true(refused_run(read, 1, open_file, d));
    assert_true(refused_run(make, 2, add_form, d));
    dossier_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_somebody_else),
        cmocka_unit_test(files_that_may_not_be_read_or_made),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

/* The one request that deposits: what is known, and said, when its answer or what lies there
 * afterwards is odd. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/tree.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload.h"
#include "tests/unit/submit/upload/runs.h"
#include "tests/unit/submit/upload/service.h"

static void unknown_is_said_as_unknown(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    /* requests of the first file: PUT, GET, MOVE, GET */
    for (int acted = 0; acted < 2; acted++) {
        start_anew();
        service.at = 2;
        service.from_there = true;
        service.fault = acted ? ACTED_NO_ANSWER : LOST;
        assert_int_equal(run(&out, &e), -1);
        assert_int_equal(e.kind, ERR_UNKNOWN);
        jv_free(out);
        int puts = service.puts; /* still down: asked, not sent again */
        run_fails(ERR_UNKNOWN, "err.submit-upload.still-unknown");
        assert_int_equal(service.puts, puts);
        service.at = -1;
        service.from_there = false;
        assert_int_equal(run(&out, &e), 0);
        assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"),
                            acted ? "found" : "stored");
        jv_free(out);
        check_service();
    }
}

/* A service that promises, and then does not answer for the temporary name, has not said that the
 * file is gone. */
static void no_answer_is_not_gone(void **state)
{
    (void)state;
    start_anew();
    service.moves_as = 202;
    service.idle = true;
    service.at = 4; /* PUT, GET, MOVE, GET, and this GET */
    service.fault = BUSY;
    run_fails(ERR_UNKNOWN, "err.submit-upload.unknown");
}

static void a_confirmation_is_not_believed(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        start_anew();
        service.says_moved = i == 0;
        service.spoils_later = i == 1;
        run_fails(ERR_REFUSED, "err.submit-upload.not-kept");
        check_receipts(false);
    }
}

static void a_doubt_may_find_another_file(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    start_anew();
    service.at = 2;
    service.from_there = true;
    service.fault = ACTED_NO_ANSWER;
    assert_int_equal(run(&out, &e), -1);
    assert_int_equal(e.kind, ERR_UNKNOWN);
    jv_free(out);
    service.at = -1;
    service.from_there = false;
    service.files[0].bytes++;
    run_fails(ERR_REFUSED, "err.submit-upload.occupied");
    assert_int_equal(service.count, 1);
}

/* A MOVE that was done or may have been, and nothing lies there: the service may have taken the
 * file in. It never comes twice, whatever the service answered, until a person has asked. */
static void what_may_have_been_taken_in_is_not_sent_again(void **state)
{
    static const int answers[] = {0, 200, 202, 204, 207, 404, 408, 412, 500, 502, 504};
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i <= sizeof answers / sizeof answers[0]; i++) {
        bool silent = i == sizeof answers / sizeof answers[0];
        start_anew();
        service.at = silent ? 2 : -1; /* PUT, GET, MOVE */
        service.fault = ACTED_NO_ANSWER;
        service.takes_in = true;
        service.moves_as = silent ? 0 : answers[i];
        for (int again = 0; again < 3; again++) {
            assert_int_equal(run(&out, &e), -1);
            assert_int_equal(e.kind, ERR_UNKNOWN);
            assert_string_equal(e.id, "err.submit-upload.gone");
            assert_non_null(strstr(e.sentence, "receipts/"));
            assert_int_equal(service.puts, 1);
            assert_int_equal(service.taken, 1);
            jv_free(out);
            check_receipts(false);
        }
        service.takes_in = false;
        service.moves_as = 0;
        remove_doubts();
        run_succeeds();
        check_service();
    }
}

/* A MOVE that was not done leaves the file beside: the next run goes on. A promise is no answer. */
static void what_was_not_moved_is_sent(void **state)
{
    static const struct {
        int status;
        enum err_kind kind;
        const char *id;
    } cases[] = {
        {201, ERR_REFUSED, "err.submit-upload.not-kept"},
        {202, ERR_UNKNOWN, "err.submit-upload.promised"},
        {207, ERR_UNKNOWN, "err.submit-upload.promised"},
        {404, ERR_REFUSED, "err.submit-upload.no-dav"},
        {408, ERR_NETWORK, "err.submit-upload.busy"},
        {412, ERR_REFUSED, "err.submit-upload.refused"},
        {423, ERR_REFUSED, "err.submit-upload.refused"},
        {502, ERR_NETWORK, "err.submit-upload.busy"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start_anew();
        service.moves_as = cases[i].status;
        service.idle = true;
        run_fails(cases[i].kind, cases[i].id);
        check_receipts(false);
        service.moves_as = 0;
        service.idle = false;
        run_succeeds();
        check_service();
        check_receipts(true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_is_said_as_unknown),
        cmocka_unit_test(no_answer_is_not_gone),
        cmocka_unit_test(a_confirmation_is_not_believed),
        cmocka_unit_test(a_doubt_may_find_another_file),
        cmocka_unit_test(what_may_have_been_taken_in_is_not_sent_again),
        cmocka_unit_test(what_was_not_moved_is_sent),
    };

    return cmocka_run_group_tests(tests, start, end);
}

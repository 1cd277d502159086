/* Which field is signed and what is refused: small PDFs made here, given to the worker's task; seed
 * values one by one. */
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
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "sign/pades/pades.h"
#include "tests/unit/make_pdf.h"

static const char catalog[] =
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] /SigFlags 1 >> >>";

static int make_pdf(const char *const *objects)
{
    size_t n = 0;

    while (objects[n] != NULL)
        n++;
    return made_pdf(objects, n);
}

/* Runs the task; the reply, or NULL and err. update gets the bytes of the update, as text. */
static struct jv *prepare(const char *const *objects, const char *ask, char *update, size_t size,
                          struct err *e)
{
    struct buf reply = BUF_INIT(1 << 20);
    int fds[2] = {make_pdf(objects), file_memory("update", NULL)};
    struct task_io io = {.fds = fds,
                         .nfds = 2,
                         .params = (const unsigned char *)ask,
                         .params_len = strlen(ask),
                         .reply = &reply};
    struct jv *out = NULL;

    err_clear(e);
    memset(update, 0, size);
    if (pades_prepare_task.run(&io, e) == 0) {
        out = jv_parse(buf_str(&reply), reply.len, "reply", e);
        assert_non_null(out);
        assert_true(pread(fds[1], update, size - 1, 0) > 0);
        for (size_t i = 0; i + 1 < size; i++) { /* a text for strstr */
            if (update[i] == '\0' && memchr(update + i, 'e', size - i - 1) != NULL)
                update[i] = ' ';
        }
    }
    buf_free(&reply);
    close(fds[0]);
    close(fds[1]);
    return out;
}

#define ASK                                                                                        \
    "\"kind\":\"signature\",\"hole\":1000,\"time\":1795000000,\"digest\":\"SHA-256\",\"chain\":["  \
    "\"f54f96d9c6213b8d78587c5009ff58335f4efc24952ef53f2c1afb5388feda69\","                        \
    "\"758e5699b7754dc62e7ebbcf63df7eae552655b7e66fc84dc5b49b737bf69630\"],\"usage\":2"

static bool noted(const struct jv *reply, const char *code)
{
    const struct jv *notes = jv_get(reply, "notes");

    for (size_t i = 0; i < jv_count(notes); i++) {
        if (strcmp(jv_get_text(jv_at(notes, i), "code"), code) == 0)
            return true;
    }
    return false;
}

struct seed_case {
    const char *seed, *ask; /* more of the parameters */
    const char *refused;    /* the entry named in the refusal; NULL: accepted */
    const char *note;       /* of an accepted one; NULL: any */
};

static void seed_tried(const struct seed_case *one)
{
    char field[512], ask[512], update[65536];
    const char *objects[] = {
        catalog,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Annots [4 0 R] >>",
        field,
        "<< /FT /Tx /T (Text) >>",
        NULL};
    struct err e = ERR_INIT;
    snprintf(field, sizeof field,
             "<< /FT /Sig /T (Signature1) /Subtype /Widget /Rect [0 0 0 0] /SV << /Type /SV %s "
             ">> >>",
             one->seed);
    snprintf(ask, sizeof ask, "{%s%s}", ASK, one->ask);
    struct jv *reply = prepare(objects, ask, update, sizeof update, &e);
    if (one->refused != NULL) {
        assert_null(reply);
        assert_string_equal(e.id, "err.sign-pades.seed");
        assert_int_equal(e.kind, ERR_SIGNATURE);
        assert_non_null(strstr(e.sentence, one->refused));
    } else {
        assert_non_null(reply);
        assert_true(one->note == NULL ? jv_count(jv_get(reply, "notes")) == 0
                                      : noted(reply, one->note));
    }
    jv_free(reply);
}

static void seed_values(void **state)
{
    static const struct seed_case cases[] = {
        {"/Ff 1 /Filter /Adobe.PPKLite", "", NULL, NULL},
        {"/Ff 1 /Filter /Entrust.PPKEF", "", "/Filter", NULL},
        {"/Filter /Entrust.PPKEF", "", NULL, NULL},
        {"/Ff 2 /SubFilter [/adbe.pkcs7.detached]", "", "/SubFilter", NULL},
        {"/Ff 2 /SubFilter [/adbe.pkcs7.detached /ETSI.CAdES.detached]", "", NULL, NULL},
        {"/Ff 4 /V 4.0", "", "/V", NULL},
        {"/Ff 4 /V 3.0", "", NULL, NULL},
        {"/Ff 64 /DigestMethod [(SHA512) (RIPEMD160)]", "", "/DigestMethod", NULL},
        {"/Ff 64 /DigestMethod [(SHA512) (SHA256)]", "", NULL, NULL},
        {"/DigestMethod [(SHA512)]", "", NULL, "seed-digest"},
        {"/Ff 8 /Reasons [(Relu) (Lu)]", ",\"reason\":\"Relu\"", NULL, NULL},
        {"/Ff 8 /Reasons [(Relu) (Lu)]", ",\"reason\":\"Autre\"", "(/Reasons: “Relu”, “Lu”)", NULL},
        {"/Ff 8 /Reasons [(Relu)]", "", "/Reasons", NULL},
        {"/Ff 8 /Reasons [(.)]", ",\"reason\":\"Relu\"", "/Reasons", NULL},
        {"/Ff 8 /Reasons [(.)]", "", NULL, NULL},
        {"/Ff 8", ",\"reason\":\"Relu\"", "/Reasons", NULL},
        {"/Ff 8", "", NULL, NULL},
        {"/MDP << /P 0 >>", ",\"certify\":2", "/MDP", NULL},
        {"/MDP << /P 0 >>", "", NULL, NULL},
        {"/MDP << /P 2 >>", "", NULL, "seed-certify"},
        {"/MDP << /P 2 >>", ",\"certify\":1", "/MDP", NULL},
        {"/Ff 16 /LegalAttestation [(x)]", ",\"certify\":2", "/LegalAttestation", NULL},
        {"/TimeStamp << /URL (http://x/) /Ff 1 >>", "", "/TimeStamp", NULL},
        {"/TimeStamp << /URL (http://x/) /Ff 1 >>", ",\"stamped\":true", NULL, NULL},
        {"/Ff 32 /AddRevInfo true", "", "/AddRevInfo", NULL},
        {"/AddRevInfo true", "", NULL, "seed-revocation"},
        {"/Ff 32 /AddRevInfo false", "", NULL, NULL},
        {"/Ff 128 /LockDocument /true", "", "/LockDocument", NULL},
        {"/Ff 256 /AppearanceFilter (x)", "", "/AppearanceFilter", NULL},
        {"/Cert << /Ff 1 /Subject [<3001>] >>", "", NULL, NULL},
        {"/Cert << /Ff 1 /Subject [<3002>] >>", "", "/Cert /Subject", NULL},
        {"/Cert << /Ff 2 /Issuer [<3002>] >>", "", NULL, NULL},
        {"/Cert << /Ff 2 /Issuer [<3003>] >>", "", "/Cert /Issuer", NULL},
        {"/Cert << /Ff 32 /KeyUsage [(X1)] >>", "", NULL, NULL},
        {"/Cert << /Ff 32 /KeyUsage [(X0)] >>", "", "/Cert /KeyUsage", NULL},
        {"/Cert << /Ff 4 /OID [(1.2)] >>", "", "/Cert /OID", NULL},
        {"/Cert << /Ff 8 /SubjectDN [<< /CN (x) >>] >>", "", "/Cert /SubjectDN", NULL},
        {"/Cert << /Subject [<3009>] >>", "", NULL, NULL},
        {"/Cert << /Ff 64 /URL (https://x/) >>", "", NULL, NULL},
        {"/Cert << /Ff 64 /URL (https://x/) /URLType /Browser >>", "", NULL, NULL},
        {"/Cert << /Ff 64 /URLType /ASSP >>", "", NULL, NULL},
        {"/Cert << /URL (https://x/) /URLType /ASSP >>", "", NULL, NULL},
        {"/Cert << /Ff 64 /URL (https://x/) /URLType /ASSP >>", "", "(/Cert /URL)", NULL},
        {"/Cert << /Ff 1 /Subject [<3002>] /URL (https://x/?a=1) >>", "", "https://x/?a=1)", NULL},
        {"/Cert << /Ff 1 /Subject [<3002>] /URL (https://x/ rm) >>", "", "see --cert)", NULL},
        {"/Cert << /Ff 1 /Subject [<3002>] /URL (file:/etc) >>", "", "see --cert)", NULL},
        {"/Cert << /Ff 1 /Subject [<3002>] /URL (https://x/) /URLType /ASSP >>", "", "see --cert)",
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        seed_tried(&cases[i]);
}

static void which_field_and_why_not(void **state)
{
    static const char *const filled[] = {
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R 6 0 R 8 0 R] /SigFlags 1 "
        ">> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Annots [4 0 R 9 0 R] >>",
        "<< /FT /Sig /T (Signature1) /V 7 0 R >>",
        "<< /FT /Tx /T (Text) >>",
        "<< /FT /Sig /T (Signature2) /Kids [9 0 R] >>",
        "<< /Type /Sig /Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action "
        "/Include /Fields [(Locked)] >> >>] >>",
        "<< /FT /Sig /T (Locked) >>",
        "<< /Subtype /Widget /Parent 6 0 R /P 3 0 R /Rect [10 10 12 12] >>",
        NULL};
    static const struct {
        const char *ask, *id; /* id NULL: accepted */
        const char *field;
    } cases[] = {
        {"", NULL, "Signature2"},
        {",\"field\":\"Neuf\"", NULL, "Neuf"},
        {",\"field\":\"Signature1\"", "err.sign-pades.field-signed", NULL},
        {",\"field\":\"Text\"", "err.sign-pades.field-other", NULL},
        {",\"field\":\"Pas.la\"", "err.sign-pades.field-unknown", NULL},
        {",\"field\":\"\"", "err.sign-pades.field-unknown", NULL},
        {",\"field\":\"Neuf\",\"existing\":true", "err.sign-pades.field-missing", NULL},
        {",\"field\":\"Locked\"", "err.sign-pades.locked", NULL},
        {",\"field\":\"Signature2\",\"page\":1,\"rect\":[0,0,50000,50000]",
         "err.sign-pades.field-placed", NULL},
        {",\"certify\":2", "err.sign-pades.certify-late", NULL},
        {",\"page\":1,\"rect\":[0,0,50000,50000],\"lines\":[\"x\"]", NULL, "Signature3"},
    };
    char ask[512], update[262144];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        snprintf(ask, sizeof ask, "{%s%s}", ASK, cases[i].ask);
        struct jv *reply = prepare(filled, ask, update, sizeof update, &e);
        if (cases[i].id != NULL) {
            assert_null(reply);
            assert_string_equal(e.id, cases[i].id);
        } else {
            assert_non_null(reply);
            assert_string_equal(jv_get_text(reply, "field"), cases[i].field);
            assert_int_equal(jv_get_int(reply, "signatures", 0), 1);
            assert_non_null(strstr(update, "/SigFlags 3"));
        }
        jv_free(reply);
    }
    /* a document time-stamp minds neither locks nor reserved fields */
    struct err e = ERR_INIT;
    struct jv *reply =
        prepare(filled, "{\"kind\":\"timestamp\",\"hole\":1000}", update, sizeof update, &e);
    assert_string_equal(jv_get_text(reply, "field"), "Signature3");
    assert_non_null(strstr(update, "/DocTimeStamp"));
    jv_free(reply);
}

/* The /P of a lock binds as a certification's: a new widget would be a change. */
static void a_locked_document(void **state)
{
    char field[512], update[262144];
    const char *objects[] = {
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 1 >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Annots [6 0 R] >>",
        field,
        "<< /Type /Sig >>",
        "<< /FT /Sig /T (Signature2) /Subtype /Widget /P 3 0 R /Rect [10 10 60 50] >>",
        NULL};

    (void)state;
    for (int p = 1; p <= 4; p++) {
        struct err e = ERR_INIT;
        const char *refused = p == 1  ? "err.sign-pades.certified"
                              : p < 4 ? "err.sign-pades.certified-visible"
                                      : NULL; /* 4 is no permission */
        snprintf(field, sizeof field,
                 "<< /FT /Sig /T (Signature1) /V 5 0 R /Lock << /Action /Include /Fields [(Nom)] "
                 "/P %d >> >>",
                 p);
        struct jv *reply =
            prepare(objects, "{" ASK ",\"page\":1,\"rect\":[0,0,50000,50000],\"lines\":[\"x\"]}",
                    update, sizeof update, &e);
        if (refused == NULL)
            assert_non_null(reply);
        else
            assert_string_equal(e.id, refused);
        jv_free(reply);
        reply = prepare(objects, "{" ASK ",\"field\":\"Signature2\"}", update, sizeof update, &e);
        assert_true((reply != NULL) == (p != 1));
        jv_free(reply);
        reply = prepare(objects, "{" ASK ",\"field\":\"Neuf\"}", update, sizeof update, &e);
        assert_true((reply != NULL) == (p != 1));
        jv_free(reply);
    }
}

/* What stands for the list of annotations: none to be found is none; something else is refused. */
static void annotations_that_are_no_list(void **state)
{
    static const struct {
        const char *annots;
        bool refused;
    } cases[] = {{"", false},
                 {"/Annots [6 0 R]", false},
                 {"/Annots 4 0 R", false}, /* a list */
                 {"/Annots 5 0 R", false}, /* null */
                 {"/Annots 9 0 R", false}, /* missing */
                 {"/Annots null", false},
                 {"/Annots << /Type /Annot >>", true},
                 {"/Annots /None", true},
                 {"/Annots 6 0 R", true}};
    char page[256], update[65536];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *objects[] = {"<< /Type /Catalog /Pages 2 0 R >>",
                                 "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                                 page,
                                 "[6 0 R]",
                                 "null",
                                 "<< /Type /Annot /Subtype /Text /Rect [1 1 9 9] >>",
                                 NULL};
        struct err e = ERR_INIT;
        snprintf(page, sizeof page, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] %s >>",
                 cases[i].annots);
        struct jv *reply = prepare(objects, "{" ASK "}", update, sizeof update, &e);
        assert_true((reply == NULL) == cases[i].refused);
        if (cases[i].refused)
            assert_string_equal(e.id, "err.sign-pades.annots");
        else
            assert_null(strstr(update, "\n5 0 obj")); /* others may refer to it too */
        jv_free(reply);
    }
}

/* "last", and a field that is really called like a place. */
static void the_last_page(void **state)
{
    static const char *const objects[] = {
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /SigFlags 1 >> >>",
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Annots [5 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
        "<< /FT /Sig /T (last:1,1,20,20) /Subtype /Widget /P 3 0 R /Rect [10 10 60 50] >>",
        NULL};
    static const char *const asks[] = {"\"place\":\"last:1,1,30,30\"", "\"place\":null",
                                       "\"place\":\"last:1,1,20,20\"",
                                       "\"place\":\"last:1,1,20,20\",\"field\":\"Neuf\""};
    char ask[512], update[262144];

    (void)state;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        struct err e = ERR_INIT;
        snprintf(ask, sizeof ask,
                 "{" ASK ",\"page\":-1,\"rect\":[1000,1000,20000,20000],\"lines\":[\"x\"],%s}",
                 asks[i]);
        struct jv *reply = prepare(objects, ask, update, sizeof update, &e);
        assert_non_null(reply);
        assert_int_equal(jv_get_int(reply, "page", 0), i == 2 ? 1 : 2);
        assert_string_equal(jv_get_text(reply, "field"), i == 2   ? "last:1,1,20,20"
                                                         : i == 3 ? "Neuf"
                                                                  : "Signature1");
        jv_free(reply);
    }
}

static void parameters_that_are_none(void **state)
{
    static const char *const objects[] = {"<< /Type /Catalog /Pages 2 0 R >>",
                                          "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                                          "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
                                          NULL},
                             *const bad[] = {
                                 "",
                                 "[]",
                                 "{\"kind\":\"signature\"}",
                                 "{\"kind\":\"signature\",\"hole\":99999999}",
                                 "{\"kind\":\"signature\",\"hole\":100,\"certify\":9}",
                                 "{\"kind\":\"signature\",\"hole\":100,\"password\":\"zz\"}"};
    char update[4096];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        assert_null(prepare(objects, bad[i], update, sizeof update, &e));
        assert_true(err_is_set(&e));
    }
    struct buf reply = BUF_INIT(64);
    struct err e = ERR_INIT;
    struct task_io io = {.params = (const unsigned char *)"{}", .params_len = 2, .reply = &reply};
    assert_int_equal(pades_prepare_task.run(&io, &e), -1); /* without descriptors */
    buf_free(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seed_values),       cmocka_unit_test(which_field_and_why_not),
        cmocka_unit_test(a_locked_document), cmocka_unit_test(annotations_that_are_no_list),
        cmocka_unit_test(the_last_page),     cmocka_unit_test(parameters_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

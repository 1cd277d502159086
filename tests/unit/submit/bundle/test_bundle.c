#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "submit/bundle/bundle.h"
#include "tests/unit/remove_tree.h"
#include "tests/unit/submit/places.h"

static struct jv *table;
static int fds[2];
static char sums[2][DIGEST_HEX_MAX];

/* Runs a shell command in the test's folder. */
static int shell(const char *command)
{
    char line[2048];

    snprintf(line, sizeof line, "cd %s && { %s\n} > log 2>&1", top, command);
    return system(line);
}

static char *in_top(const char *name)
{
    return path_join(top, name);
}

static int make(const char *name, const char *encrypt_to, int64_t instant, struct jv **manifest,
                bool *already, struct err *e)
{
    const struct bundle_item items[] = {
        {places_find(table, "lps", "report"), "lps-application-web", "Application web", NULL,
         ".pdf", fds[0], sums[0], 5},
        {places_find(table, NULL, "proof"), "proof-1", "1",
         "Plan <script>alert(1)</script> \x1b[2J", ".odt", fds[1], sums[1], 6},
    };
    struct jv *solution = jv_object(), *notes = jv_array();
    char *out = in_top(name), *cert = encrypt_to != NULL ? in_top(encrypt_to) : NULL;
    struct bundle_request request = {.out = out,
                                     .places = table,
                                     .items = items,
                                     .count = 2,
                                     .solution = solution,
                                     .notes = notes,
                                     .instant = instant,
                                     .deposit_date = "2026-11-25",
                                     .encrypt_to = cert,
                                     .encrypt_at = instant};

    jv_put_text(solution, "name", "<b onclick=\"x\">'Solution' & Cie</b>");
    jv_add_text(notes, "<img src=x>");
    int rc = bundle_make(&request, manifest, already, e);
    jv_free(solution);
    jv_free(notes);
    free(out);
    free(cert);
    return rc;
}

static void a_folder_for_a_person(void **state)
{
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = true;
    struct stat st;
    struct buf page = BUF_INIT(100000);

    (void)state;
    umask(0);
    assert_int_equal(make("d1", NULL, 1000000000, &manifest, &already, &e), 0);
    umask(022);
    assert_false(already);
    assert_int_equal(jv_count(jv_get(manifest, "places")), 2);
    jv_free(manifest);
    assert_int_equal(shell("cd d1 && sha256sum -c SHA256SUMS && sha256sum -c dossier.zip.sha256"),
                     0);
    assert_int_equal(
        shell("cmp a.pdf d1/01*Formulaire*/PSC.14.01.01_lps-application-web_rapport-signe.pdf"), 0);
    assert_int_equal(shell("test -z \"$(find d1 -type f ! -perm 600 -o -type d ! -perm 700)\""), 0);
    assert_int_equal(shell("test -z \"$(ls -A | grep part)\""), 0);
    assert_int_equal(
        shell("python3 - <<'P'\nimport zipfile,os\nz=zipfile.ZipFile('d1/dossier.zip')\nassert "
              "z.testzip() is None\n"
              "inside={os.path.relpath(os.path.join(a,f),'d1') for a,_,b in os.walk('d1') for f in "
              "b}\n"
              "assert set(z.namelist())==inside-{'dossier.zip','dossier.zip.sha256'},z.namelist()\n"
              "assert all(i.date_time==(2026,11,25,0,0,0) and i.compress_type==0 for i in "
              "z.infolist())\nP"),
        0);
    char *path = in_top("d1/liste-de-controle.html");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(file_read(path, page.max, &page, &e), 0);
    assert_null(strstr(buf_str(&page), "<script"));
    assert_null(strstr(buf_str(&page), "<img"));
    assert_null(strstr(buf_str(&page), "<b "));
    assert_null(strchr(buf_str(&page), 0x1b));
    assert_non_null(strstr(buf_str(&page), "default-src 'none'"));
    /* the digest in the policy is that of the style */
    assert_int_equal(
        shell("python3 - <<'P'\nimport "
              "re,hashlib,base64\nt=open('d1/liste-de-controle.html',encoding='utf-8').read()\n"
              "s=re.search('<style>(.*?)</style>',t,re.S).group(1)\n"
              "assert 'sha256-'+base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() in "
              "t\nP"),
        0);
    buf_free(&page);
    free(path);
    path = in_top("d1/liste-de-controle.txt");
    assert_int_equal(file_read(path, page.max, &page, &e), 0);
    assert_null(strchr(buf_str(&page), 0x1b));
    buf_free(&page);
    free(path);
}

static void same_input_same_bytes(void **state)
{
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;

    (void)state;
    setenv("TZ", "Pacific/Kiritimati", 1);
    tzset();
    umask(077);
    assert_int_equal(make("d2", NULL, 1000000000, &manifest, &already, &e), 0);
    umask(022);
    jv_free(manifest);
    assert_int_equal(shell("sleep 1; diff -r d1 d2"), 0);
    /* the same again: nothing is made, also when the clock went on */
    assert_int_equal(make("d2", NULL, 1000009999, &manifest, &already, &e), 0);
    assert_true(already);
    jv_free(manifest);
    assert_int_equal(shell("diff -r d1 d2"), 0);
}

static void what_is_there_is_not_touched(void **state)
{
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;
    char wrong[DIGEST_HEX_MAX];

    (void)state;
    assert_int_equal(shell("mkdir other && echo x > other/x"), 0);
    assert_int_equal(make("other", NULL, 0, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.base.file-exists");
    assert_int_equal(shell("echo changed | tee d2/02*/*.odt"), 0);
    assert_int_equal(make("d2", NULL, 0, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.altered");
    assert_int_equal(shell("rm d2/02*/*.odt"), 0);
    assert_int_equal(make("d2", NULL, 0, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.missing");
    strcpy(wrong, sums[0]);
    sums[0][0] = sums[0][0] == '0' ? '1' : '0';
    assert_int_equal(make("d1", NULL, 0, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.other");
    assert_int_equal(make("d3", NULL, 0, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.changed");
    strcpy(sums[0], wrong);
    assert_int_equal(make("no/where", NULL, 0, &manifest, &already, &e), -1);
    assert_int_equal(e.kind, ERR_DISK);
    assert_int_equal(shell("test ! -e d3 && test -z \"$(ls -A | grep part)\""), 0);
}

/* A table whose folder stands in another that nobody makes. */
static void a_place_that_cannot_be_made(void **state)
{
    struct jv *place = jv_copy(places_find(table, "lps", "report")), *manifest = NULL;
    struct bundle_item item = {place, "lps", "Web", NULL, ".pdf", fds[0], sums[0], 5};
    char *out = in_top("d4");
    struct bundle_request request = {
        .out = out, .places = table, .items = &item, .count = 1, .deposit_date = "2026-11-25"};
    struct err e = ERR_INIT;
    bool already = false;

    (void)state;
    jv_put_text(place, "folder", "a/b");
    assert_int_equal(bundle_make(&request, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.base.file-write");
    assert_int_equal(e.kind, ERR_DISK);
    assert_int_equal(shell("test ! -e d4 && test -z \"$(ls -A | grep part)\""), 0);
    jv_free(place);
    free(out);
}

static void not_too_many(void **state)
{
    struct bundle_item *items = calloc(DEPOSIT_FILES_MAX, sizeof *items);
    struct bundle_request request = {
        .out = "/nowhere", .places = table, .items = items, .count = DEPOSIT_FILES_MAX};
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;

    (void)state;
    assert_int_equal(bundle_make(&request, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.many");
    free(items);
}

static void hostile_manifests_are_refused(void **state)
{
    static const char *const edits[] = {"s/paraphe-deposit/autre/",
                                        "s/\"version\": 1/\"version\": 9/",
                                        "s/01 - /..\\/01 - /",
                                        "s/\"bytes\": 5/\"bytes\": -5/",
                                        "s/\"id\": \"./\"id\": \"g/",
                                        "s/\"sha256\": \"[0-9a-f]/\"sha256\": \"0/",
                                        "s/{/[/"};
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    char command[256];
    char *folder = in_top("h");

    (void)state;
    assert_int_equal(deposit_load(top, &manifest, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.no-deposit");
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        snprintf(command, sizeof command,
                 "rm -rf h; cp -a d1 h; sed -i '%s' h/manifest.json; ! cmp h/manifest.json "
                 "d1/manifest.json",
                 edits[i]);
        assert_int_equal(shell(command), 0);
        assert_int_equal(deposit_load(folder, &manifest, &e), -1);
        assert_int_equal(e.kind, ERR_INPUT);
    }
    /* a link in place of a file is not followed */
    assert_int_equal(shell("rm -rf h; cp -a d1 h; cp h/01*/*.pdf copy; rm h/01*/*.pdf; f=$(cd d1; "
                           "echo 01*/*.pdf); ln -s $PWD/copy \"h/$f\""),
                     0);
    assert_int_equal(deposit_load(folder, &manifest, &e), 0);
    assert_int_equal(deposit_check(folder, manifest, &e), -1);
    jv_free(manifest);
    free(folder);
}

static void sealed_for_a_receiver(void **state)
{
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;
    int64_t now; /* read once the certificates are there: making keys may take seconds */

    (void)state;
    assert_int_equal(
        shell("openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.crt -days 2 "
              "-subj /CN=r -addext keyUsage=keyEncipherment &&"
              "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key "
              "-out ec.crt -days 2 -subj /CN=e -addext keyUsage=keyAgreement &&"
              "openssl req -x509 -newkey rsa:2048 -nodes -keyout s.key -out sign.crt -days 2 -subj "
              "/CN=s -addext keyUsage=nonRepudiation &&"
              "openssl req -x509 -newkey rsa:1024 -nodes -keyout w.key -out weak.crt -days 2 -subj "
              "/CN=w &&"
              "openssl x509 -in rsa.crt -outform DER -out rsa.der"),
        0);
    now = (int64_t)time(NULL);
    assert_int_equal(make("s1", "rsa.crt", now, &manifest, &already, &e), 0);
    jv_free(manifest);
    assert_int_equal(shell("openssl cms -decrypt -inform DER -in s1/dossier.zip.p7m -recip rsa.crt "
                           "-inkey rsa.key -out back.zip && cmp back.zip s1/dossier.zip"),
                     0);
    assert_int_equal(
        shell("openssl cms -cmsout -print -inform DER -in s1/dossier.zip.p7m -noout > p; grep -qi "
              "'authEnvelopedData' p && grep -qi 'aes-256-gcm' p && grep -qi oaep p"),
        0);
    assert_int_equal(make("s2", "ec.crt", now, &manifest, &already, &e), 0);
    jv_free(manifest);
    assert_int_equal(shell("openssl cms -decrypt -inform DER -in s2/dossier.zip.p7m -recip ec.crt "
                           "-inkey ec.key -out back2.zip && cmp back2.zip s2/dossier.zip"),
                     0);
    assert_int_equal(make("s3", "rsa.der", now, &manifest, &already, &e), 0);
    jv_free(manifest);
    assert_int_equal(make("s4", "sign.crt", now, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.certificate-usage");
    assert_int_equal(make("s4", "rsa.crt", now + 5 * 86400, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.certificate-date");
    assert_int_equal(make("s4", "weak.crt", now, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.certificate-weak");
    assert_int_equal(make("s4", "a.pdf", now, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.certificate");
    assert_int_equal(make("s4", "absent", now, &manifest, &already, &e), -1);
    assert_int_equal(shell("test ! -e s4 && test -z \"$(ls -A | grep part)\""), 0);
}

static void tables_of_places(void **state)
{
    static const char *const edits[] = {"s/paraphe-places/x/", "s/EDC PSC - LPS/a:b/",
                                        "s/\"rapport-signe\"/\"..\\/x\"/",
                                        "s/\"what\": \"report\"/\"x\": 1/", "s/\"en\"/\"de\"/"};
    char command[512];

    (void)state;
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        struct buf text = BUF_INIT(100000);
        struct err e = ERR_INIT;
        char *path = in_top("places.json");
        snprintf(command, sizeof command, "sed '%s' %s/data/places/edc-psc.json > places.json",
                 edits[i], SOURCE_DIR);
        assert_int_equal(shell(command), 0);
        assert_int_equal(file_read(path, text.max, &text, &e), 0);
        assert_null(places_parse(buf_str(&text), text.len, path, &e));
        assert_string_equal(e.id, "err.submit-bundle.places");
        buf_free(&text);
        free(path);
    }
    assert_null(places_find(table, "autre", "report"));
}

static int start(void **state)
{
    static const char *const names[] = {"a.pdf", "b.odt"}, *const contents[] = {"%PDF-", "proof."};

    (void)state;
    table = places_in_top();
    if (table == NULL)
        return -1;
    for (size_t i = 0; i < 2; i++) {
        char *path = in_top(names[i]);
        if (file_put(path, contents[i], strlen(contents[i]), false, NULL) != 0)
            return -1;
        fds[i] = file_open(path, NULL, NULL);
        digest_file_hex(fds[i], sums[i], NULL);
        free(path);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    jv_free(table);
    close(fds[0]);
    close(fds[1]);
    return remove_tree(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_for_a_person),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(what_is_there_is_not_touched),
        cmocka_unit_test(a_place_that_cannot_be_made),
        cmocka_unit_test(not_too_many),
        cmocka_unit_test(hostile_manifests_are_refused),
        cmocka_unit_test(sealed_for_a_receiver),
        cmocka_unit_test(tables_of_places),
    };

    text_lang_set("fr");
    return cmocka_run_group_tests(tests, start, end);
}

#include "submit/upload/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/escape.h"
#include "base/file.h"
#include "net/net.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload_part.h"

int upload_check_url(const char *url, struct err *e)
{
    if (strncasecmp(url, "https://", 8) != 0 || net_url_host(url, NULL, 0) != 0 ||
        strpbrk(url, "?#") != NULL || strlen(url) > 1024)
        return err_set(e, ERR_USAGE, "err.submit-upload.url", NULL);
    return 0;
}

static void parcel_free(struct parcel *p)
{
    free(p->url);
    free(p->temp_url);
    if (p->fd >= 0)
        close(p->fd);
}

/* BASE/ID/PATH, and BASE/ID/.KEY.part beside: the id is the first 16 digits of the digest of the
 * contents. */
static int parcel_make(const struct upload_request *r, const struct jv *manifest,
                       const struct jv *file, struct parcel *p, struct err *e)
{
    const char *deposit = jv_get_text(manifest, "id");
    struct buf url = BUF_INIT(8192);
    bool slash = r->url[strlen(r->url) - 1] == '/';
    int rc = -1;

    *p = (struct parcel){.r = r,
                         .manifest = manifest,
                         .deposit = deposit,
                         .path = jv_get_text(file, "path"),
                         .sha256 = jv_get_text(file, "sha256"),
                         .bytes = jv_get_int(file, "bytes", 0),
                         .fd = -1};
    buf_format(&url, "%s%s%.16s/", r->url, slash ? "" : "/", deposit);
    size_t folder = url.len;
    escape_url_path(&url, p->path);
    if (buf_check(&url, e) == 0 && parcel_key(buf_str(&url), p->sha256, p->key, e) == 0) {
        p->url = strdup(buf_str(&url));
        if (p->url == NULL ||
            asprintf(&p->temp_url, "%.*s.%s.part", (int)folder, p->url, p->key) < 0) {
            p->temp_url = NULL;
            err_set_memory(e);
        } else {
            rc = 0;
        }
    }
    buf_free(&url);
    return rc;
}

static int keep_receipt(struct parcel *p, const char *outcome, struct err *e)
{
    const struct upload_watch *w = &p->r->watch;
    struct jv *receipt = NULL;
    int rc = store_receipt(p, outcome, &receipt, e);

    if (rc == 0 && w->done != NULL)
        rc = w->done(w->self, p->key, receipt, e);
    jv_free(receipt);
    return rc;
}

/* An earlier run began and was not told the end: the service knows, or a person who has asked.
 * *state: what became of it; NULL: it is to be sent. */
static int settle_doubt(struct parcel *p, const char **state, struct err *e)
{
    bool gone = false;
    enum dav_there there;
    struct err cause = ERR_INIT;
    char host[304] = "";

    *state = NULL;
    net_url_host(p->url, host, sizeof host);
    if (dav_look(p, p->url, &there, &cause) != 0)
        return err_set_foreign(e, cause.kind == ERR_USAGE ? ERR_USAGE : ERR_UNKNOWN, cause.foreign,
                               "err.submit-upload.still-unknown", host, p->path, NULL);
    if (there == DAV_OTHER)
        return err_set(e, ERR_REFUSED, "err.submit-upload.occupied", host, p->path, NULL);
    if (there == DAV_SAME) {
        *state = "found";
        return keep_receipt(p, "found", e);
    }
    if (*p->receipts == NULL)
        *p->receipts = receipts_read(p->r->folder, p->manifest);
    if (receipts_settled(p->manifest, *p->receipts, p->path)) {
        *state = "declared";
        return 0;
    }
    /* What never moved still lies beside, as before its MOVE it was read there. */
    return dav_gone(p, &gone, e);
}

static int deposit_one(struct parcel *p, struct err *e)
{
    const struct upload_watch *w = &p->r->watch;

    if (store_intent(p, "put", e) != 0 ||
        (w->intent != NULL && w->intent(w->self, p->key, p->path, e) != 0))
        return -1;
    if (dav_put(p, e) != 0 || store_intent(p, "move", e) != 0 || dav_move(p, e) != 0) {
        /* Known not to be deposited by us: the next run need not ask. */
        if (e == NULL || e->kind == ERR_NETWORK || e->kind == ERR_REFUSED)
            store_drop_intent(p);
        return -1;
    }
    return keep_receipt(p, "stored", e);
}

static int parcel_send(struct parcel *p, const struct jv *file, size_t number, size_t count,
                       const char **state, struct err *e)
{
    const struct upload_watch *w = &p->r->watch;
    const char *settled = NULL;

    *state = "waiting";
    p->fd = deposit_open(p->r->folder, file, e);
    if (p->fd < 0)
        return -1;
    /* a receipt that does not say what it should is a doubt too */
    bool doubt = store_in_doubt(p->r->folder, p->key) || store_has(p->r->folder, p->key, ".json");
    if (doubt && settle_doubt(p, &settled, e) != 0)
        return -1;
    if (settled == NULL && p->r->over != NULL) {
        if (e != NULL)
            *e = *p->r->over;
        return -1;
    }
    if (settled == NULL && w->progress != NULL)
        w->progress(w->self, p->path, number, count);
    if (settled == NULL && deposit_one(p, e) != 0)
        return -1;
    *state = settled != NULL ? settled : "stored";
    return 0;
}

static struct jv *line(const struct parcel *p, const char *state)
{
    struct jv *j = jv_object();

    jv_put_text(j, "path", p->path);
    jv_put_text(j, "sha256", p->sha256);
    jv_put_int(j, "bytes", p->bytes);
    jv_put_text(j, "url", p->url);
    jv_put_text(j, "state", state);
    return j;
}

/* What goes: the files of the manifest, then the manifest itself, which closes the deposit. */
static int files_of(const char *folder, const struct jv *manifest, struct jv **out, struct err *e)
{
    struct jv *files = jv_copy(jv_get(manifest, "files")), *last = jv_object();
    char *path = path_join(folder, DEPOSIT_MANIFEST), sum[DIGEST_HEX_MAX];
    int64_t size = 0;
    int fd = path != NULL ? file_open(path, &size, e) : err_set_memory(e), rc = -1;

    if (fd >= 0 && digest_file_hex(fd, sum, e) == 0) {
        jv_put_text(last, "path", DEPOSIT_MANIFEST);
        jv_put_text(last, "role", "manifest");
        jv_put_text(last, "sha256", sum);
        jv_put_int(last, "bytes", size);
        jv_add_take(files, last);
        *out = files;
        files = last = NULL;
        rc = 0;
    }
    if (fd >= 0)
        close(fd);
    jv_free(last);
    jv_free(files);
    free(path);
    return rc;
}

/* In order; after the first failure the rest only waits. */
static int send_all(const struct upload_request *r, const struct jv *manifest,
                    const struct jv *files, struct jv *lines, struct err *e)
{
    struct fetch_reply peer = {0};
    struct jv *receipts = NULL;
    size_t count = jv_count(files);
    int rc = 0;

    for (size_t i = 0; i < count; i++) {
        struct parcel p;
        const char *state = r->dry_run ? "planned" : "waiting";
        if (parcel_make(r, manifest, jv_at(files, i), &p, e) != 0) {
            parcel_free(&p);
            rc = -1;
            break;
        }
        p.peer = &peer;
        p.receipts = &receipts;
        p.place = deposit_place(manifest, p.path);
        if (store_holds(&p)) {
            state = "already";
            /* a run that ended right after the receipt left its intent */
            if (!r->dry_run)
                store_drop_intent(&p);
        } else if (rc == 0 && !r->dry_run) {
            rc = parcel_send(&p, jv_at(files, i), i + 1, count, &state, e);
        }
        jv_add_take(lines, line(&p, state));
        parcel_free(&p);
    }
    jv_free(receipts);
    return rc;
}

int upload_run(const struct upload_request *r, struct jv **result, struct err *e)
{
    struct jv *manifest = NULL, *files = NULL, *lines = NULL, *top = NULL;
    int lock = -1, rc = -1;

    *result = NULL;
    if (upload_check_url(r->url, e) != 0 || deposit_load(r->folder, &manifest, e) != 0)
        return -1;
    if (deposit_check(r->folder, manifest, e) != 0 || files_of(r->folder, manifest, &files, e) != 0)
        goto out;
    /* no place for receipts is made when there will be none */
    bool sends = !r->dry_run && (r->over == NULL || store_has(r->folder, "", ""));
    if (sends && store_open(r->folder, &lock, e) != 0)
        goto out;
    lines = jv_array();
    rc = send_all(r, manifest, files, lines, e);
    top = jv_object();
    jv_put_text(top, "format", "paraphe-submitted");
    jv_put_int(top, "version", 1);
    jv_put_text(top, "deposit", jv_get_text(manifest, "id"));
    jv_put_text(top, "to", r->url);
    jv_put_bool(top, "dry_run", r->dry_run);
    jv_put_bool(top, "complete", rc == 0 && !r->dry_run);
    jv_put_take(top, "files", lines);
    *result = top;
out:
    if (lock >= 0)
        close(lock);
    jv_free(manifest);
    jv_free(files);
    return rc;
}

/* DIR/receipts: KEY.intent.json before the first request, KEY.json after the last one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload_part.h"

static char *path_in(const char *folder, const char *key, const char *kind)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s/%s%s", folder, DEPOSIT_RECEIPTS, key, kind) < 0 ? NULL : path;
}

int parcel_key(const char *url, const char *sha256, char key[UPLOAD_KEY_MAX], struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    char hex[DIGEST_HEX_MAX];
    int rc = -1;

    buf_format(&text, "%s\n%s\n", url, sha256);
    if (buf_check(&text, e) == 0 && digest_bytes_hex(text.data, text.len, hex, e) == 0) {
        snprintf(key, UPLOAD_KEY_MAX, "%.32s", hex);
        rc = 0;
    }
    buf_free(&text);
    return rc;
}

/* Without locks nothing is sent: a second sending could not be kept apart, and would spoil what
 * this one has half sent. Another disk is easily found. */
static int take_lock(int fd, const char *folder, struct err *e)
{
    int rc;

    while ((rc = flock(fd, LOCK_EX | LOCK_NB)) != 0 && errno == EINTR)
        ;
    if (rc == 0)
        return 0;
    return errno == EWOULDBLOCK
               ? err_set(e, ERR_DISK, "err.submit-upload.locked", folder, NULL)
               : err_set_errno(e, ERR_DISK, errno, "err.submit-upload.no-lock", folder, NULL);
}

int store_is_folder(const char *path, struct err *e)
{
    struct stat st;

    if (lstat(path, &st) != 0) /* who opens it is told why */
        return 0;
    if (S_ISLNK(st.st_mode)) /* what is kept elsewhere does not go with the deposit */
        return err_set(e, ERR_DISK, "err.submit-upload.receipts-link", path, NULL);
    return S_ISDIR(st.st_mode) ? 0 : err_set(e, ERR_DISK, "err.submit-upload.receipts", path, NULL);
}

int store_open(const char *folder, int *lock, struct err *e)
{
    char *path = path_join(folder, DEPOSIT_RECEIPTS);
    int rc = -1;

    if (path == NULL)
        return err_set_memory(e);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", path, NULL);
    else if (store_is_folder(path, e) == 0 && file_sync_folder_of(path, e) == 0)
        rc = 0;
    if (rc == 0) {
        /* Two runs at once would each take the other's doubt for its own. */
        *lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        rc = *lock >= 0 ? take_lock(*lock, folder, e)
                        : err_set_errno(e, ERR_DISK, errno, "err.base.file-read", path, NULL);
        if (rc != 0 && *lock >= 0) {
            close(*lock);
            *lock = -1;
        }
    }
    free(path);
    return rc;
}

bool store_has(const char *folder, const char *key, const char *kind)
{
    char *path = path_in(folder, key, kind);
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

static int put_json(const char *path, const struct jv *json, struct err *e)
{
    return path != NULL ? jv_save(json, path, true, e) : err_set_memory(e);
}

static struct jv *common(const struct parcel *p, const char *format)
{
    struct jv *j = jv_object();
    char now[DATE_TEXT_MAX];

    date_instant_iso(p->r->clock.now(p->r->clock.self), now);
    jv_put_text(j, "format", format);
    jv_put_int(j, "version", 1);
    jv_put_text(j, "deposit", p->deposit);
    jv_put_text(j, "key", p->key);
    jv_put_text(j, "path", p->path);
    jv_put_text(j, "sha256", p->sha256);
    jv_put_int(j, "bytes", p->bytes);
    jv_put_text(j, "to", p->r->url);
    jv_put_text(j, "url", p->url);
    jv_put_text(j, "time", now);
    return j;
}

int store_intent(const struct parcel *p, const char *phase, struct err *e)
{
    struct jv *j = common(p, "paraphe-intent");
    char *path = path_in(p->r->folder, p->key, ".intent.json");

    jv_put_text(j, "phase", phase);
    int rc = put_json(path, j, e);
    jv_free(j);
    free(path);
    return rc;
}

bool store_in_doubt(const char *folder, const char *key)
{
    char name[UPLOAD_KEY_MAX + 16];

    if (!store_has(folder, key, ".intent.json"))
        return false;
    snprintf(name, sizeof name, "%s.intent.json", key);
    struct jv *intent = store_read(folder, name, NULL);
    const char *phase = jv_get_text(intent, "phase");
    bool doubt = phase == NULL || strcmp(phase, "put") != 0;
    jv_free(intent);
    return doubt;
}

bool store_holds(const struct parcel *p)
{
    const struct {
        const char *key, *due;
    } wanted[] = {{"format", "paraphe-receipt"},
                  {"deposit", p->deposit},
                  {"key", p->key},
                  {"sha256", p->sha256},
                  {"url", p->url}};
    char name[UPLOAD_KEY_MAX + 8];
    bool same = true;

    if (!store_has(p->r->folder, p->key, ".json"))
        return false;
    snprintf(name, sizeof name, "%s.json", p->key);
    struct jv *receipt = store_read(p->r->folder, name, NULL);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *there = jv_get_text(receipt, wanted[i].key);
        same = same && there != NULL && strcmp(there, wanted[i].due) == 0;
    }
    jv_free(receipt);
    return same;
}

char *store_doubt_path(const struct parcel *p)
{
    bool intent = store_has(p->r->folder, p->key, ".intent.json");

    return path_in(p->r->folder, p->key, intent ? ".intent.json" : ".json");
}

void store_drop_intent(const struct parcel *p)
{
    char *path = path_in(p->r->folder, p->key, ".intent.json");

    if (path != NULL)
        unlink(path);
    free(path);
}

static void put_found(struct jv *object, const char *key, const char *value)
{
    jv_put_text(object, key, value[0] != '\0' ? value : NULL);
}

int store_receipt(const struct parcel *p, const char *outcome, struct jv **receipt, struct err *e)
{
    const struct fetch_reply *last = &p->last;
    struct jv *j = common(p, "paraphe-receipt"), *server = jv_object(), *peer = jv_object();
    char *path = path_in(p->r->folder, p->key, ".json");

    jv_put_text(j, "outcome", outcome);
    jv_put_int(j, "status", last->status);
    put_found(server, "date", last->date);
    put_found(server, "etag", last->etag);
    put_found(server, "name", last->server);
    put_found(peer, "subject", p->peer->peer_subject);
    put_found(peer, "certificate_sha256", p->peer->peer_sha256);
    put_found(peer, "address", last->peer_ip);
    jv_put_take(j, "server", server);
    jv_put_take(j, "peer", peer);
    int rc = put_json(path, j, e);
    if (rc == 0)
        store_drop_intent(p);
    free(path);
    if (rc == 0)
        *receipt = j;
    else
        jv_free(j);
    return rc;
}

int store_write(const char *folder, const char *key, const struct jv *receipt, struct err *e)
{
    char *path = path_in(folder, key, ".json");
    int rc = put_json(path, receipt, e);

    free(path);
    return rc;
}

struct jv *store_read(const char *folder, const char *name, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    char *path = path_in(folder, name, "");
    struct jv *j = NULL;

    if (path == NULL)
        err_set_memory(e);
    else if (file_read(path, text.max, &text, e) == 0)
        j = jv_parse(buf_str(&text), text.len, path, e);
    buf_free(&text);
    free(path);
    return j;
}

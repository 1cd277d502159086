/* WebDAV: each answer of the service becomes what it means for the deposit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/net.h"
#include "submit/upload/upload_part.h"

static int ask(struct parcel *p, struct fetch_request *request, struct fetch_reply *reply,
               struct err *e)
{
    request->kind = FETCH_UPLOAD;
    request->auth_profile = p->r->auth_profile;
    *reply = (struct fetch_reply){0};
    int rc = p->r->fetcher->fetch(p->r->fetcher->self, request, reply, e);
    if (reply->peer_sha256[0] != '\0')
        *p->peer = *reply;
    return rc;
}

static bool is_done(int status)
{
    return status == 200 || status == 201 || status == 204;
}

/* Refused for good, or busy: try later. */
static int say_status(const struct parcel *p, const struct fetch_reply *reply, struct err *e)
{
    char host[304] = "", foreign[48], seconds[24];
    int status = reply->status;

    net_url_host(p->url, host, sizeof host);
    snprintf(foreign, sizeof foreign, "HTTP %d", status);
    snprintf(seconds, sizeof seconds, "%lld", (long long)reply->retry_after);
    if ((status == 429 || status == 503) && reply->retry_after > 0)
        return err_set_foreign(e, ERR_NETWORK, foreign, "err.submit-upload.busy-until", host,
                               seconds, NULL);
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return err_set_foreign(e, ERR_NETWORK, foreign, "err.submit-upload.busy", host, NULL);
    if (status == 413)
        return err_set_foreign(e, ERR_REFUSED, foreign, "err.submit-upload.too-large", host,
                               p->path, NULL);
    if (status == 400 || status == 401 || status == 403 || status == 495 || status == 496)
        return err_set_foreign(e, ERR_REFUSED, foreign, "err.submit-upload.forbidden", host, NULL);
    if (status >= 300 && status < 400)
        return err_set_foreign(e, ERR_REFUSED, foreign, "err.submit-upload.moved", host, NULL);
    if (status == 404 || status == 405 || status == 409 || status == 501)
        return err_set_foreign(e, ERR_REFUSED, foreign, "err.submit-upload.no-dav", host, NULL);
    return err_set_foreign(e, ERR_REFUSED, foreign, "err.submit-upload.refused", host, NULL);
}

int dav_look(struct parcel *p, const char *url, enum dav_there *there, struct err *e)
{
    struct fetch_request get = {.url = url, .method = "GET", .hash_only = true};
    struct fetch_reply reply;

    if (ask(p, &get, &reply, e) != 0)
        return -1;
    if (reply.status == 404 || reply.status == 410) {
        *there = DAV_ABSENT;
        return 0;
    }
    if (reply.status != 200)
        return say_status(p, &reply, e);
    *there = reply.body_bytes == p->bytes && strcmp(reply.body_sha256, p->sha256) == 0 ? DAV_SAME
                                                                                       : DAV_OTHER;
    p->last = reply;
    return 0;
}

/* MKCOL of each folder below the collection that the user named; those that exist say 405. */
static void make_collections(struct parcel *p)
{
    size_t base = strlen(p->r->url);
    struct fetch_reply reply;

    for (char *slash = strchr(p->url + base, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        char *url = strndup(p->url, (size_t)(slash - p->url) + 1);
        struct fetch_request mkcol = {.url = url, .method = "MKCOL"};
        if (url != NULL && slash > p->url + base)
            ask(p, &mkcol, &reply, NULL);
        free(url);
    }
}

int dav_put(struct parcel *p, struct err *e)
{
    struct fetch_file file = {p->fd, p->bytes};
    struct fetch_request put = {.url = p->temp_url,
                                .method = "PUT",
                                .file = &file,
                                .content_type = "application/octet-stream"};
    struct fetch_reply reply;
    enum dav_there there;
    char host[304] = "";

    if (ask(p, &put, &reply, e) != 0)
        return -1;
    if (reply.status == 409 ||
        reply.status == 404) { /* RFC 4918, 9.7.1: a folder above is missing */
        make_collections(p);
        if (ask(p, &put, &reply, e) != 0)
            return -1;
    }
    if (!is_done(reply.status) && reply.status != 202)
        return say_status(p, &reply, e);
    if (dav_look(p, p->temp_url, &there, e) != 0)
        return -1;
    if (reply.status == 202 && there == DAV_ABSENT) { /* taken, and not written yet */
        net_url_host(p->url, host, sizeof host);
        return err_set_foreign(e, ERR_NETWORK, "HTTP 202", "err.submit-upload.busy", host, NULL);
    }
    if (there == DAV_SAME)
        return 0;
    dav_forget(p);
    return err_set(e, ERR_REFUSED, "err.submit-upload.other-bytes", p->path, NULL);
}

/* Whether the temporary file still lies there with our bytes: then no MOVE took it. */
static int look_unmoved(struct parcel *p, bool *ours, struct err *e)
{
    struct fetch_reply last = p->last;
    struct err later = ERR_INIT;
    enum dav_there there;
    char host[304] = "";
    int rc = dav_look(p, p->temp_url, &there, &later);

    p->last = last; /* what counts for the receipt was said at the final name */
    *ours = rc == 0 && there == DAV_SAME;
    if (rc == 0)
        return 0;
    /* no answer is not "it is not there" */
    net_url_host(p->url, host, sizeof host);
    return err_set_foreign(e, ERR_UNKNOWN, later.foreign, "err.submit-upload.unknown", host,
                           p->path, NULL);
}

int dav_gone(struct parcel *p, bool *gone, struct err *e)
{
    char host[304] = "", place[16] = "all"; /* what has no place arrived with all */

    bool ours = false;

    *gone = false;
    if (look_unmoved(p, &ours, e) != 0)
        return -1;
    *gone = !ours;
    if (ours)
        return 0;
    net_url_host(p->url, host, sizeof host);
    if (p->place > 0)
        snprintf(place, sizeof place, "%02d", p->place);
    char *doubt = store_doubt_path(p);
    int rc = doubt != NULL ? err_set(e, ERR_UNKNOWN, "err.submit-upload.gone", host, p->path, doubt,
                                     p->r->folder, place, NULL)
                           : err_set_memory(e);
    free(doubt);
    return rc;
}

/* What lies at the final name after a MOVE; -1: nobody can tell. */
static int look_after(struct parcel *p, enum dav_there *there, struct err *e)
{
    struct err later = ERR_INIT;
    char host[304] = "";

    if (dav_look(p, p->url, there, &later) == 0)
        return 0;
    net_url_host(p->url, host, sizeof host);
    return err_set_foreign(e, ERR_UNKNOWN, later.foreign, "err.submit-upload.unknown", host,
                           p->path, NULL);
}

/* After a MOVE whose answer is missing, a failure or a promise: the service is asked what lies at
 * the final name. */
static int after_doubt(struct parcel *p, const struct fetch_reply *moved, struct err *e)
{
    enum dav_there there;
    bool gone = false;
    char host[304] = "";

    if (look_after(p, &there, e) != 0)
        return -1;
    net_url_host(p->url, host, sizeof host);
    if (there != DAV_ABSENT && moved->status == 412)
        dav_forget(p); /* the name was taken, so ours still lies beside it */
    if (there == DAV_SAME)
        return 0;
    if (there == DAV_OTHER)
        return err_set(e, ERR_REFUSED, "err.submit-upload.occupied", host, p->path, NULL);
    if (dav_gone(p, &gone, e) != 0)
        return -1;
    if (moved->status / 100 == 2) { /* 202: it may still come */
        char foreign[48];
        snprintf(foreign, sizeof foreign, "HTTP %d", moved->status);
        return err_set_foreign(e, ERR_UNKNOWN, foreign, "err.submit-upload.promised", host, p->path,
                               NULL);
    }
    if (moved->status != 0)
        return say_status(p, moved, e);
    return err_set(e, ERR_NETWORK, "err.submit-upload.not-moved", host, NULL);
}

/* A MOVE that was said to be done: a machine in between may have said so, or a service that keeps
 * something else. What lies at the final name counts; nothing there may mean that the service has
 * taken the file in, and then it must not come twice. */
static int after_success(struct parcel *p, struct err *e)
{
    enum dav_there there;
    bool gone = false;
    char host[304] = "";

    if (look_after(p, &there, e) != 0)
        return -1;
    if (there == DAV_SAME)
        return 0;
    if (there == DAV_ABSENT && dav_gone(p, &gone, e) != 0)
        return -1;
    net_url_host(p->url, host, sizeof host);
    return err_set(e, ERR_REFUSED, "err.submit-upload.not-kept", host, p->path, NULL);
}

int dav_move(struct parcel *p, struct err *e)
{
    struct fetch_header headers[] = {{"Destination", p->url}, {"Overwrite", "F"}};
    struct fetch_request move = {
        .url = p->temp_url, .method = "MOVE", .headers = headers, .headers_count = 2};
    struct fetch_reply reply;
    struct err cause = ERR_INIT;

    if (ask(p, &move, &reply, &cause) != 0) {
        if (!reply.sent) {
            if (e != NULL)
                *e = cause;
            return -1;
        }
        reply.status = 0;
        return after_doubt(p, &reply, e);
    }
    if (is_done(reply.status))
        return after_success(p, e);
    /* 412: the name is taken (RFC 4918, 9.9.4), maybe by ourselves in an earlier run; 404: ours is
     * not beside it any more. A failure of a machine in between says nothing about the one behind
     * it, and neither does a promise (202). */
    if (reply.status == 412 || reply.status == 404 || reply.status == 408 || reply.status >= 500 ||
        reply.status / 100 == 2)
        return after_doubt(p, &reply, e);
    return say_status(p, &reply, e);
}

void dav_forget(struct parcel *p)
{
    struct fetch_request remove = {.url = p->temp_url, .method = "DELETE"};
    struct fetch_reply reply;

    ask(p, &remove, &reply, NULL);
}

/* A WebDAV service in memory that fails as asked, for the tests of this folder. */
#ifndef PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_SERVICE_H
#define PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_SERVICE_H

enum { STORED_MAX = 64 };
enum fault {
    FINE,
    NOT_SENT,        /* the connection could not be made */
    LOST,            /* sent, and lost before the service acted */
    ACTED_NO_ANSWER, /* the service acted, its answer was lost */
    BUSY,            /* 503 without acting */
    ACTED_502,       /* a machine in between gave up; the service acted */
    FORBIDDEN,
    LARGE
};
struct stored {
    char url[512];
    char sha256[65];
    int64_t bytes;
    int moves_to; /* how often a MOVE put it here */
};
struct service {
    struct stored files[STORED_MAX];
    size_t count;
    int requests, at; /* the request that fails */
    bool from_there;  /* and all after it */
    enum fault fault;
    int status;        /* answered to every PUT in place of acting; 0: none */
    int puts_as;       /* answered to every PUT that is done; 0: 201 */
    bool spoils;       /* keeps other bytes */
    bool says_moved;   /* 200 to a MOVE, as a portal in between says to all */
    bool spoils_later; /* the MOVE puts other bytes there */
    bool takes_in;     /* what a MOVE put there is taken away at once, as by an intake */
    int taken;
    int moves_as;       /* answered to every MOVE, done or not; 0: the truth */
    bool idle;          /* and not done */
    bool wants_folders; /* 409 until MKCOL */
    int folders, puts, auths;
    void (*meanwhile)(int request); /* NULL; before it is answered */
};
static struct service service;

static inline struct stored *find(const char *url)
{
    for (size_t i = 0; i < service.count; i++) {
        if (strcmp(service.files[i].url, url) == 0)
            return &service.files[i];
    }
    return NULL;
}

static inline void store(const char *url, const char *sum, int64_t bytes)
{
    struct stored *s = find(url);

    if (s == NULL) {
        assert_true(service.count < STORED_MAX);
        s = &service.files[service.count++];
        snprintf(s->url, sizeof s->url, "%s", url);
        s->moves_to = 0;
    }
    snprintf(s->sha256, sizeof s->sha256, "%.64s", sum);
    s->bytes = bytes;
}

static inline void drop(struct stored *s)
{
    *s = service.files[--service.count];
}

static inline int act(const struct fetch_request *r, struct fetch_reply *reply)
{
    struct stored *s = find(r->url);
    char sum[DIGEST_HEX_MAX];

    if (strcmp(r->method, "PUT") == 0) {
        service.puts++;
        if (service.status != 0)
            return service.status;
        if (service.wants_folders && service.folders == 0)
            return 409;
        assert_int_equal(digest_file_hex(r->file->fd, sum, NULL), 0);
        store(r->url, service.spoils ? "00" : sum, r->file->length);
        return service.puts_as != 0 ? service.puts_as : 201;
    }
    if (strcmp(r->method, "MKCOL") == 0)
        return service.folders++ == 0 ? 201 : 405;
    if (s == NULL)
        return 404;
    if (strcmp(r->method, "MOVE") == 0) {
        assert_string_equal(r->headers[1].name, "Overwrite");
        assert_string_equal(r->headers[1].value, "F");
        if (service.says_moved)
            return 200;
        if (service.idle)
            return service.moves_as;
        if (find(r->headers[0].value) != NULL)
            return 412;
        if (service.spoils_later)
            snprintf(s->sha256, sizeof s->sha256, "00");
        snprintf(s->url, sizeof s->url, "%s", r->headers[0].value);
        s->moves_to++;
        if (service.takes_in) {
            drop(s);
            service.taken++;
        }
        return service.moves_as != 0 ? service.moves_as : 201;
    }
    if (strcmp(r->method, "DELETE") == 0) {
        drop(s);
        return 204;
    }
    snprintf(reply->body_sha256, sizeof reply->body_sha256, "%s", s->sha256);
    reply->body_bytes = s->bytes;
    snprintf(reply->etag, sizeof reply->etag, "\"e\"");
    return 200;
}

static inline int fetch(void *self, const struct fetch_request *r, struct fetch_reply *reply,
                        struct err *e)
{
    int number = service.requests++;
    enum fault fault =
        number == service.at || (service.from_there && number > service.at) ? service.fault : FINE;

    (void)self;
    if (service.meanwhile != NULL)
        service.meanwhile(number);
    assert_int_equal(r->kind, FETCH_UPLOAD);
    *reply = (struct fetch_reply){0};
    service.auths += r->auth_profile != NULL;
    reply->sent = fault != NOT_SENT;
    if (fault == FINE || fault == ACTED_NO_ANSWER || fault == ACTED_502)
        reply->status = act(r, reply);
    if (fault == ACTED_502)
        reply->status = 502;
    if (fault == BUSY) {
        reply->status = 503;
        reply->retry_after = 7;
    }
    if (fault == FORBIDDEN)
        reply->status = 403;
    if (fault == LARGE)
        reply->status = 413;
    if (fault == NOT_SENT || fault == LOST || fault == ACTED_NO_ANSWER)
        return err_set_foreign(e, ERR_NETWORK, "test", "err.net.cut", "h", NULL);
    return 0;
}

#endif

/* From a deposit folder to a service, and the receipts. Adapters: by hand (nothing is sent, the
 * caller says what to upload where), and WebDAV over https: PUT under a temporary name, GET and
 * hash, MOVE with Overwrite: F (RFC 4918), GET once more.
 *
 * Nothing is deposited twice: before the first request of a file its intent is written and synced
 * in DIR/receipts, after the last one its receipt; an intent without receipt is a doubt, and then
 * the service is asked first: what lies under the temporary name was never deposited, what lies
 * under neither may have been taken in, and is not sent again unless a person removes the intent.
 * Only MOVE makes a deposit: before it, a failure means that nothing was deposited (ERR_NETWORK);
 * after it, when the service does not answer any more, that the outcome is unknown (ERR_UNKNOWN).
 */
#ifndef PARAPHE_SUBMIT_UPLOAD_UPLOAD_H
#define PARAPHE_SUBMIT_UPLOAD_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"

struct jv;

/* For who keeps a journal of his own; all may be NULL. Called before the first request of a file
 * and after its receipt is on the disk. `key` names file and destination. */
struct upload_watch {
    void *self;
    int (*intent)(void *self, const char *key, const char *path, struct err *e);
    int (*done)(void *self, const char *key, const struct jv *receipt, struct err *e);
    void (*progress)(void *self, const char *path, size_t number, size_t count);
};
struct upload_request {
    const char *folder; /* made by bundle_make */
    const char *url; /* https, a collection; the files go to URL/ID/ where ID begins the digest of
                        the contents */
    const char *auth_profile;
    struct clock clock;
    const struct fetcher *fetcher;
    struct upload_watch watch;
    bool dry_run; /* says what would be sent; no request */
    /* Not NULL: nothing new may be sent, for this reason; what is in doubt is asked all the same,
     * and only a file that would have to be sent is this error. */
    const struct err *over;
};
/* ERR_USAGE: no https address of a collection. May be called before anything is prepared. */
int upload_check_url(const char *url, struct err *e);
/* Result, also when -1 is returned after some files ("paraphe-submitted" 1):
 * {"deposit","to","complete","files":[{"path","sha256",
 * "url","state":"stored|found|declared|already|planned|waiting"}]}. */
int upload_run(const struct upload_request *request, struct jv **result, struct err *e);

/* "to" of what a person declares. */
#define UPLOAD_BY_HAND "by-hand"
/* A person says to have deposited these places by hand ("01", "all"); `acknowledgement`: what the
 * portal gave, a file that is copied beside the receipts; NULL. ERR_USAGE for a place that the
 * deposit does not have. */
int receipts_declare(const char *folder, const char *const *numbers, size_t count,
                     const char *acknowledgement, int64_t instant, struct err *e);
/* What was deposited, checked against the files:
 * {"format":"paraphe-receipts",...,"deposit","complete","declared","missing":[path],
 * "receipts":[{...,"state":"good|file-changed|other-deposit"}],"pending":[path]}. complete: for one
 * destination every file has a good receipt; declared: every place that is asked for was deposited
 * by hand; pending: in doubt, and not declared by hand. ERR_INPUT for a receipt that is none. */
int receipts_check(const char *folder, struct jv **result, struct err *e);

#endif

/* Between the files of submit/bundle/. */
#ifndef PARAPHE_SUBMIT_BUNDLE_BUNDLE_PART_H
#define PARAPHE_SUBMIT_BUNDLE_BUNDLE_PART_H

#include "base/buf.h"
#include "base/jv.h"
#include "submit/bundle/bundle.h"

/* The text of a {"fr","en"} member in the language of the messages. */
const char *places_text(const struct jv *place, const char *key);
/* The check-list, from the manifest alone: page (HTML) and text. */
int checklist_html(const struct jv *manifest, struct buf *out, struct err *e);
int checklist_text(const struct jv *manifest, struct buf *out, struct err *e);
/* Its file names in the language of the messages. */
const char *checklist_name(bool html);

/* A ZIP, stored, in this order, dated `date` ("YYYY-MM-DD"), mode 0600: the same files give the
 * same bytes. */
struct pack_entry {
    const char *name;
    const struct buf *bytes; /* must live until pack_zip returns */
};
struct pack {
    const char *folder;
    const struct jv *files; /* of the folder, by "path" */
    const char *extra;      /* one more file of it; NULL */
    const char *date;
    const char *zip_name; /* made in the folder */
    const struct pack_entry *first,
        *last; /* before and after the files, NULL-name-ended; may be NULL */
};
int pack_zip(const struct pack *pack, struct err *e);

/* dossier.asice: EN 319 162-1 with a time assertion over a manifest of the files. */
#define ASICE_TYPE "application/vnd.etsi.asic-e+zip"
#define ASICE_MANIFEST "META-INF/ASiCManifest.xml"
#define ASICE_TOKEN "META-INF/timestamp.tst"
int asice_make(const char *folder, const struct jv *files, const char *date,
               const struct bundle_stamp *stamp, struct err *e);
int asice_manifest(const struct jv *files, struct buf *out, struct err *e);
/* Makes it in the folder, and beside it the file with its digest. */
int container_put(const char *folder, const struct jv *files, const char *date,
                  const struct bundle_stamp *stamp, struct err *e);
/* For a deposit that is there already: one that is there keeps its time-stamp, which is older than
 * any that could be had now, when it still has the digest that it was made with; a missing one is
 * added. */
int container_keep(const char *folder, const struct jv *manifest, const struct bundle_stamp *stamp,
                   struct err *e);
/* NAME.sha256 beside NAME, a line of `sha256sum`: the own digest of an archive cannot stand in a
 * file that it contains. */
int sum_put(const char *folder, const char *name, struct err *e);

/* A line of SHA256SUMS for each file. */
void sums_text(const struct jv *files, struct buf *out);
/* {"path","role","sha256","bytes"} */
struct jv *file_entry(const char *path, const char *role, const char *sha256, int64_t bytes);
/* Types, ranges, paths that stay inside, and the id that fits the files. */
bool deposit_manifest_is_good(const struct jv *m);
/* The name of the contents: digest over digests and paths of the proofs. */
int deposit_id(const struct jv *files, char id[DEPOSIT_ID_MAX], struct err *e);

#endif

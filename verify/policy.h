/* What a verification demands beyond the standards: three policies of ours and those of a file.
 * Values, not code. */
#ifndef PARAPHE_VERIFY_POLICY_H
#define PARAPHE_VERIFY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct jv;

struct policy {
    char id[64];
    bool revocation_required; /* no revocation data: INDETERMINATE/TRY_LATER; else a note */
    bool revocation_strict;   /* issued at or after the best signature time (TS 119 172-4); else
                                 before its nextUpdate */
    int64_t max_age;          /* seconds, for data without nextUpdate */
    bool non_repudiation;     /* the signer's key usage must say so */
    bool time_stamp_required; /* level B-T at least */
};

/* "eidas" (default), "dss", "edc-psc", or the path of a JSON file
 * {"format":"paraphe-policy","version":1,"id",
 * "revocation":"required|if-available","freshness":"next-update|after-signature","max_age","key_usage":"non-repudiation|any",
 * "time_stamp":"required|optional"}. The result is that JSON. */
int policy_load(const char *name, struct jv **out, struct err *e);
/* From that JSON, in the worker; whatever is absent is the stricter value. */
void policy_read(const struct jv *json, struct policy *out);

#endif

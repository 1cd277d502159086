/* The journal of a job: one JSON object a line, appended and synced one by one.
 *
 *   {"n":3,"time":"2026-11-23T10:11:12Z","event":"done",...,"prev":"SHA-256 of line
 * 2","sum":"SHA-256 of this line without sum"}
 *
 * `prev` is over the whole line before, without its end; line 1 carries 64 zeros. `sum` is over the
 * line as it would stand with an empty sum, so that a line that a crash tore or a disk spoiled is
 * known without the next one. Only the last line can be torn by a crash; it is cut off, and said.
 * Any other damage is status 10: nothing is guessed. */
#ifndef PARAPHE_JOB_JOURNAL_H
#define PARAPHE_JOB_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct journal;
struct jv;

enum journal_use {
    JOURNAL_READ,
    JOURNAL_SHARED, /* written without a lock: there may be another run */
    JOURNAL_ALONE,  /* written under a lock */
};
/* Opens or, to be written, creates it. *cut: the last line was damaged and is left out; alone, it
 * is removed from the file, which is safe because what it told is found again in the artefacts or
 * asked of the service. Shared, it may be one that another run is writing: err.job.journal-no-lock.
 */
int journal_open(const char *path, enum journal_use use, struct journal **out, bool *cut,
                 struct err *e);
void journal_close(struct journal *j); /* NULL is allowed */
/* Appends `line` (an object without n, time, event, prev, sum; taken, also on failure) and syncs
 * it. After a failed write the file is as before; shared, half a line may stay, and nothing more is
 * appended. */
int journal_append_take(struct journal *j, const char *event, struct jv *line, int64_t now,
                        struct err *e);
size_t journal_count(const struct journal *j);
const struct jv *journal_line(const struct journal *j, size_t i);

#endif

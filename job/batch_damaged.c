/* Lines of the journal of a batch that cannot be read: what they may have held. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "job/batch_part.h"

enum { SUM = 64, ASIDE_MAX = 1000 };

/* The name in the text of a line that is no JSON any more; NULL when it cannot be told. */
static char *output_in(const char *text, size_t n)
{
    static const char key[] = "\"output\":\"";
    const char *at = memmem(text, n, key, sizeof key - 1), *end;

    if (at == NULL)
        return NULL;
    at += sizeof key - 1;
    end = memchr(at, '"', n - (size_t)(at - text));
    return end != NULL ? strndup(at, (size_t)(end - at)) : NULL;
}

/* Results, names and wishes are found anew from what else there is: their loss costs work. */
static bool begins_harmless(const char *text, size_t n)
{
    static const char *const starts[] = {"{\"event\":\"done\",", "{\"event\":\"named\",",
                                         "{\"format\":\"paraphe-batch\","};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t len = strlen(starts[i]);
        if (n > SUM + len && memcmp(text + SUM + 1, starts[i], len) == 0)
            return true;
    }
    return false;
}

int batch_doubt_note(struct batch *b, const char *text, size_t n, size_t number, int64_t at,
                     struct err *e)
{
    struct batch_doubt *more;

    if (n == 0 || begins_harmless(text, n))
        return 0;
    more = realloc(b->doubts, (b->ndoubts + 1) * sizeof *more);
    if (more == NULL)
        return err_set_memory(e);
    b->doubts = more;
    more[b->ndoubts++] = (struct batch_doubt){number, at, output_in(text, n)};
    return 0;
}

void batch_doubts_free(struct batch *b)
{
    for (size_t i = 0; i < b->ndoubts; i++)
        free(b->doubts[i].output);
    free(b->doubts);
    b->doubts = NULL;
    b->ndoubts = 0;
}

/* On a full disk the value is lost and the document finished all the same; and a value that could
 * be written again stands whole behind the half of it. */
static bool settled(const struct batch *b, const struct batch_doubt *doubt)
{
    for (size_t i = 0; doubt->output != NULL && i < b->count; i++) {
        const struct batch_entry *one = &b->entries[i];
        if (strcmp(one->output, doubt->output) == 0 &&
            (one->done.at > doubt->at || one->value.at > doubt->at))
            return true;
    }
    return false;
}

/* PATH.damaged, or with a number behind it where that is taken: the same file under one more name;
 * under that alone, *moved, where there are no links (what can be read is written anew then too),
 * or when nothing in it can be used. */
static char *put_aside(const struct batch *b, bool alone, bool *moved, struct err *e)
{
    char *name = NULL;

    for (int i = 1; i < ASIDE_MAX; i++) {
        free(name);
        if ((i == 1 ? asprintf(&name, "%s.damaged", b->path)
                    : asprintf(&name, "%s.damaged-%d", b->path, i)) < 0) {
            err_set_memory(e);
            return NULL;
        }
        if (access(name, F_OK) != 0)
            break;
    }
    *moved = alone || link(b->path, name) != 0;
    if (!*moved || rename(b->path, name) == 0)
        return name;
    err_set_errno(e, ERR_DISK, errno, "err.base.file-write", name, NULL);
    free(name);
    return NULL;
}

/* What is aside is on the disk before the journal loses it. False, and err, when it has its first
 * name again: the next run finds the doubt as this one did. */
static bool left_aside(struct batch *b, const char *aside, bool moved, struct err *e)
{
    int rc = file_sync_folder_of(b->path, e);

    if (rc == 0 && b->head.at > 0)
        rc = batch_lines_shorten(b, e);
    if (rc != 0 && moved && rename(aside, b->path) == 0)
        return false;
    err_clear(e); /* what may be lost matters more than a disk that fails */
    return true;
}

/* -1 and err when a line may have held a value that nobody has any more: the token signs nothing as
 * if that had not been. The journal is kept as it was; what can be read in it stays in use. */
int batch_doubts_check(struct batch *b, struct err *e)
{
    const struct batch_doubt *first = NULL;
    char line[24];
    bool moved = false;

    for (size_t i = 0; first == NULL && i < b->ndoubts; i++)
        first = settled(b, &b->doubts[i]) ? NULL : &b->doubts[i];
    if (first == NULL)
        return 0;
    snprintf(line, sizeof line, "%zu", first->line);
    if (!b->locked)
        return err_set(e, ERR_DISK, "err.job.batch-damaged-unlocked", b->path, line, NULL);
    char *aside = put_aside(b, b->head.at == 0, &moved, e);
    if (aside == NULL)
        return -1;
    if (left_aside(b, aside, moved, e)) {
        if (first->output != NULL)
            err_set(e, ERR_DISK, "err.job.batch-damaged-of", b->path, line, aside, first->output,
                    NULL);
        else
            err_set(e, ERR_DISK, "err.job.batch-damaged", b->path, line, aside, NULL);
    }
    free(aside);
    return -1;
}

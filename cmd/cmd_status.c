#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/deposit_note.h"
#include "cmd/out.h"
#include "cmd/pending_form.h"
#include "job/job.h"

const struct opt cmd_status_options[] = {
    {NULL, OPT_FLAG, NULL},
};

/* "cmd.status.KIND.NAME", or the name itself where there is no such text. */
static const char *word(const char *kind, const char *name)
{
    char id[80];

    snprintf(id, sizeof id, "cmd.status.%s.%s", kind, name);
    return text_exists(id) ? text(id) : name;
}

/* French: what is said of a signature or a verification agrees with it. */
static const char *state_word(const char *stage, const char *state)
{
    char name[40];

    snprintf(name, sizeof name, "%s.%s", state, stage);
    const char *own = word("state", name);
    return own != name ? own : word("state", state);
}

/* "OUTCOME, last day of deposit DAY": thresholds that are met say nothing of a deposit whose time
 * is over. */
static const char *with_last_day(const char *outcome, const struct jv *result,
                                 const char *deposit_date, char *out, size_t size)
{
    struct date deposit;
    const char *until = jv_get_text(result, "deposit_until");
    struct date last;
    char day[DATE_TEXT_MAX];

    if (until == NULL || date_parse_iso(until, &last) != 0)
        return outcome;
    text_day(last, day);
    bool over = deposit_date != NULL && date_parse_iso(deposit_date, &deposit) == 0 &&
                date_compare(deposit, last) > 0;
    return text_say(text_lang_get(), out, size,
                    over ? "cmd.status.last-day-over" : "cmd.status.last-day", outcome, day, NULL);
}

/* What the verification says of the signature: the level that it was made for is the stage "sign"'s
 * word, the one that is proven on this machine is another when its time-stamp is not trusted here.
 */
static const char *verified(const struct jv *result, char *out, size_t size)
{
    const char *level = jv_get_text(result, "level"), *why = jv_get_text(result, "level_code");
    const char *verdict = jv_get_text(result, "signature");
    char proven[160];

    if (level == NULL)
        return "";
    if (why != NULL && strcmp(why, "level.stamp-not-trusted") == 0)
        level = text_say(text_lang_get(), proven, sizeof proven,
                         "cmd.status.level.stamp-not-trusted", level, NULL);
    if (verdict == NULL || strcmp(verdict, "valid") == 0) {
        snprintf(out, size, "%s", level);
        return out;
    }
    return text_say(text_lang_get(), out, size, "cmd.status.verified-as", word("verdict", verdict),
                    level, NULL);
}

static void print_steps(const char *indent, const struct jv *steps, const char *deposit_date)
{
    for (void *it = jv_iter(steps); it != NULL; it = jv_next(steps, it)) {
        const struct jv *step = jv_value(it), *result = jv_get(step, "result");
        const char *outcome = jv_get_text(result, "outcome"), *level = jv_get_text(result, "level");
        const char *completeness = jv_get_text(result, "completeness");
        const char *detail = "";
        char sentence[256];
        if (completeness != NULL && strcmp(completeness, "complete") != 0)
            detail = word("outcome", completeness);
        else if (outcome != NULL)
            detail = with_last_day(word("outcome", outcome), result, deposit_date, sentence,
                                   sizeof sentence);
        else if (strcmp(jv_key(it), "verify") == 0)
            detail = verified(result, sentence, sizeof sentence);
        else if (level != NULL)
            detail = level;
        out_say(*detail != '\0' ? "cmd.status.step-detail" : "cmd.status.step", indent,
                word("stage", jv_key(it)), state_word(jv_key(it), jv_get_text(step, "state")),
                detail, NULL);
    }
}

static void print_boxes(const struct jv *form)
{
    struct buf boxes = BUF_INIT((size_t)ceilings.json_bytes);

    pending_boxes(form, &boxes);
    if (boxes.len > 0)
        out_say("cmd.status.boxes", "  ", buf_str(&boxes), NULL);
    buf_free(&boxes);
}

static void print_text(const struct jv *status, const char *next)
{
    const struct jv *forms = jv_get(status, "forms");
    const char *role = jv_get_text(status, "role");
    const char *created = jv_get_text(status, "created"),
               *date = jv_get_text(status, "deposit_date");
    char day[DATE_TEXT_MAX];

    out_say("cmd.status.head", jv_get_text(status, "folder"),
            text_day_of(created != NULL ? created : "", day),
            role != NULL ? word("role", role) : "", NULL);
    for (size_t i = 0; i < jv_count(forms); i++) {
        out_line(jv_get_text(jv_at(forms, i), "name"));
        print_steps("  ", jv_get(jv_at(forms, i), "stages"), date);
        print_boxes(jv_at(forms, i));
    }
    if (role == NULL || strcmp(role, "auditeur") != 0)
        print_steps("", jv_get(status, "stages"), date);
    out_lines(next);
}

int cmd_status_run(struct cmd *cmd, struct err *e)
{
    struct jv *status = NULL;
    struct job *job = NULL;
    char *sentence = NULL;
    int rc = -1;

    if (job_open(cmd->args[0], false, cmd->clock, &job, e) != 0)
        return -1;
    status = job_status(job);
    jv_put_text(status, "deposit_date", job_setting_text(job, "deposit-date"));
    deposit_note(job, status);
    pending_note(job, status);
    if (jv_get_text(jv_get(status, "next"), "code") == NULL ||
        (sentence = pending_next_sentence(status)) == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (job_tail_was_cut(job))
        out_note(cmd, "cmd.status.tail", NULL);
    rc = 0;
    if (cmd->json) {
        jv_put_text(jv_get(status, "next"), "sentence", sentence);
        rc = out_json(status, true, e);
    } else {
        print_text(status, sentence);
    }
out:
    free(sentence);
    jv_free(status);
    job_close(job);
    return rc;
}

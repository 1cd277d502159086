#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/doctor.h"
#include "cmd/net_config.h"
#include "data/data.h"
#include "dossier/dossier.h"

/* A file that is no PDF, read in a worker: that workers start, answer and end is what counts. */
static void workers(struct doctor *d)
{
    struct err e = ERR_INIT;
    char form[65];
    int fd = file_seal_bytes("doctor", "no PDF", 6, &e);

    if (fd >= 0 && dossier_report_form(&d->cmd->runner, fd, form, &e) == 0)
        doctor_say(d, DOCTOR_OK, "workers", NULL);
    else
        doctor_say(d, DOCTOR_BAD, "workers-bad", e.sentence, NULL);
    if (fd >= 0)
        close(fd);
    if (strcmp(config_get(d->cmd->config, "worker.sandbox"), "off") == 0)
        doctor_say(d, DOCTOR_WARN, "sandbox-off", NULL);
}

/* A connection to a port where nobody listens: the helper answers that it was refused. */
static void network_helper(struct doctor *d)
{
    struct err e = ERR_INIT;
    struct net_auth auth;
    struct net *net = NULL;
    struct fetch_reply reply = {0};
    struct fetch_request request = {
        .kind = FETCH_LIST, .url = "http://127.0.0.1:9/", .timeout_ms = 2000};

    if (net_from_config(d->cmd->config, &auth, &net, &e) != 0) {
        doctor_say(d, DOCTOR_BAD, "net-helper-bad", e.sentence, NULL);
        return;
    }
    struct fetcher fetcher = net_fetcher(net);
    /* that nobody listens, or that a proxy answers, is the helper's own word */
    if (fetcher.fetch(fetcher.self, &request, &reply, &e) == 0 || e.foreign[0] != '\0')
        doctor_say(d, DOCTOR_OK, "net-helper", NULL);
    else
        doctor_say(d, DOCTOR_BAD, "net-helper-bad", e.sentence, NULL);
    net_close(net);
}

/* A PIN is kept in locked memory. */
static void locked_memory(struct doctor *d)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < 65536)
        doctor_say(d, DOCTOR_WARN, "memlock", NULL);
}

static void clock_sense(struct doctor *d)
{
    /* A day before this program was written: a machine that forgot the time says 1970 or 2000. */
    static const int64_t written = 1764028800;

    if (d->cmd->clock.now(d->cmd->clock.self) < written)
        doctor_say(d, DOCTOR_BAD, "clock", NULL);
}

static void settings(struct doctor *d)
{
    char source[4200];

    doctor_say(d, DOCTOR_INFO, "role", config_get(d->cmd->config, "job.role"),
               config_source_say(d->cmd->config, "job.role", source, sizeof source), NULL);
    doctor_say(d, DOCTOR_INFO, "lang", text_lang_name(text_lang_get()), NULL);
}

void doctor_machine(struct doctor *d)
{
    doctor_say(d, DOCTOR_INFO, "program", PARAPHE_VERSION, NULL);
    settings(d);
    clock_sense(d);
    locked_memory(d);
    workers(d);
    network_helper(d);
}

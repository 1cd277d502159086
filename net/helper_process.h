/* Starting and ending paraphe-net. */
#ifndef PARAPHE_NET_HELPER_PROCESS_H
#define PARAPHE_NET_HELPER_PROCESS_H

#include <sys/types.h>

#include "base/err.h"
#include "net/net.h"

/* Out: the process and our end of the socket. */
int helper_start(const struct net_options *options, pid_t *pid, int *fd, struct err *e);
/* Closes, waits a moment, kills when it does not end. Sets *pid and *fd to -1. */
void helper_stop(pid_t *pid, int *fd);

#endif

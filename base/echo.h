/* A terminal that does not show what is typed: PIN and passwords. One at a time in a process. */
#ifndef PARAPHE_BASE_ECHO_H
#define PARAPHE_BASE_ECHO_H

/* Line editing and Ctrl-C stay. fd is borrowed until echo_back. -1 with errno: no terminal. */
int echo_off(int fd);
/* Puts the terminal back as it was; nothing without echo_off. May be called by a signal handler
 * (signal-safety(7) has tcsetattr). */
void echo_back(void);

#endif

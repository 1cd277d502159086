/* What a driver may change in the process that it is loaded in, and what must hold there all the
 * same: who ends it, and that nobody reads its memory. Token child only. */
#ifndef PARAPHE_PKCS11_CALM_H
#define PARAPHE_PKCS11_CALM_H

/* Before a driver is loaded. */
void calm_begin(void);
/* Puts it back: signals as they were at the beginning, none blocked, no core file and no ptrace,
 * the end of the parent. */
void calm_again(void);
/* Ctrl-C and a closing terminal are the parent's affair until calm_again. */
void calm_deaf(void);
/* The signal that comes when the parent has ended: SIGKILL, which no driver can refuse, or SIGTERM
 * while a terminal has to be put back. */
void calm_end_with(int number);

#endif

/* --help and --version: the texts "cmd.VERB.short" and "cmd.VERB.help" of po/LANG/cmd-VERB.po. All
 * return the exit status. */
#ifndef PARAPHE_CMD_HELP_H
#define PARAPHE_CMD_HELP_H

int help_all(void);
int help_verb(const char *verb);
int help_version(void);

#endif

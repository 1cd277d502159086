#include <string.h>

#include "base/text.h"
#include "cmd/act_sign_part.h"

/* A draft report says in its metadata that it is one, in the language it was made in. */
int act_sign_final(const struct act_sign *a, size_t i, struct err *e)
{
    const char *said = pades_facts(a->jobs[i])->result;

    for (int lang = TEXT_EN; said != NULL && lang <= TEXT_FR; lang++) {
        const char *mark = text_in((enum text_lang)lang, "report.mark.draft");

        if (strncmp(said, mark, strlen(mark)) == 0)
            return err_set(e, ERR_INPUT, "err.cmd.sign-draft", a->files[i].input, NULL);
    }
    return 0;
}

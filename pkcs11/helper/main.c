/* paraphe-token: one process a driver; has the module, the terminal for the PIN and the PIN, and
 * never a document. Started by pkcs11/link_start.c with its descriptors at fixed numbers; answers
 * frames until the other side closes. */
#include "pkcs11/child.h"

int main(void)
{
    return token_child_main();
}

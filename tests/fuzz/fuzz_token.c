/* What a person or a configuration may write for a token: URI, selector, PIN source; and the set-up
 * and certificate lists that the token child is told. The first byte chooses. LINK: room_pkcs11 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "pkcs11/inventory.h"
#include "pkcs11/pin.h"
#include "pkcs11/selector.h"
#include "pkcs11/setup.h"
#include "pkcs11/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void uri(const char *text)
{
    struct err e = ERR_INIT;
    struct uri *u = NULL;
    CK_TOKEN_INFO token = {0};

    if (uri_parse(text, &u, &e) == 0) {
        (void)uri_matches_token(u, &token);
        (void)uri_matches_object(u, "\1", 1, "a");
        (void)uri_module_name(u);
    }
    uri_free(u);
}

static void selector(const char *text)
{
    static const struct selector_facts facts = {"CN=A", "CN=B", "01", "00ff", "01"};
    struct err e = ERR_INIT;
    struct selector s;

    if (selector_parse(text, &s, &e) == 0)
        (void)selector_fits(&s, &facts);
    selector_free(&s);
}

static void setup(const char *text, size_t n)
{
    struct err e = ERR_INIT;
    struct setup s = {0};
    struct jv *json = jv_parse(text, n, "fuzz", &e);

    if (json != NULL)
        (void)setup_take(&s, json, &e);
    setup_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text = malloc(n + 1), field[64];
    struct pin_source source;
    struct err e = ERR_INIT;

    if (text == NULL || n == 0) {
        free(text);
        return 0;
    }
    memcpy(text, data + 1, n - 1);
    text[n - 1] = '\0';
    switch (data[0]) {
    case 'u':
        uri(text);
        break;
    case 's':
        selector(text);
        break;
    case 'p':
        (void)pin_source_parse(text, n % 2 != 0, &source, &e);
        break;
    case 'j':
        setup(text, n - 1);
        break;
    default:
        inventory_text((const unsigned char *)text, n - 1, field, sizeof field);
    }
    free(text);
    return 0;
}

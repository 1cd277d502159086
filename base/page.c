#include "base/page.h"

#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/escape.h"

/* Below 40rem a table becomes a list of its cells, each behind the name of its column. */
static const char style[] =
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;"
    "color:#1a1a1a;background:#fff;overflow-wrap:break-word}"
    "h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:."
    "5rem 0}"
    "th,td{border:1px solid #767676;padding:.5rem;text-align:left;vertical-align:top}"
    "thead th{background:#f0f0f0}a,code{overflow-wrap:anywhere}code{font-size:.85rem}"
    "input{width:1.4rem;height:1.4rem}.care,.fault{border-left:.4rem solid #b00020;padding:.2rem "
    "1rem}.fine{border-left:.4rem solid #1b6e3c;padding:.2rem 1rem}"
    ".remark{border-left:.4rem solid #8a5200;padding:.2rem 1rem}"
    "a{color:#003a8c}@media(max-width:40rem){body{margin-top:1rem}thead{position:absolute;"
    "left:-100rem}caption{display:block}td{overflow-wrap:anywhere}table,tbody,tr,tbody th,tbody "
    "td{display:block;border:0;padding:.2rem 0}"
    "tbody tr{border-top:1px solid #767676;padding:.5rem 0}"
    "td[data-name]:before{content:attr(data-name) \"\\00a0: \";color:#4e4e4e}}"
    "@media print{body{margin:0;max-width:none}a{color:inherit}}";

int page_begin(struct buf *out, enum text_lang lang, const char *title, struct err *e)
{
    unsigned char sum[DIGEST_MAX];

    if (digest_bytes(DIGEST_SHA256, style, sizeof style - 1, sum, e) != 0)
        return -1;
    buf_format(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               text_lang_name(lang));
    /* The style is named by its digest. */
    buf_text(out,
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'sha256-");
    base64_encode(out, sum, 32);
    buf_text(out, "'; base-uri 'none'; form-action 'none'\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n");
    page_element(out, lang, "title", title);
    buf_format(out, "<style>%s</style>\n</head>\n<body>\n<main>\n", style);
    page_element(out, lang, "h1", title);
    return 0;
}

void page_end(struct buf *out)
{
    buf_text(out, "</main>\n</body>\n</html>\n");
}

void page_text(struct buf *out, enum text_lang lang, const char *s)
{
    if (lang == TEXT_FR)
        escape_html_french(out, s);
    else
        escape_html(out, s);
}

void page_element(struct buf *out, enum text_lang lang, const char *open, const char *s)
{
    buf_format(out, "<%s>", open);
    page_text(out, lang, s);
    buf_format(out, "</%.*s>\n", (int)strcspn(open, " "), open);
}

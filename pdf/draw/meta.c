/* Catalog, information dictionary, XMP packet and output intent (ISO 19005-3, 6.6 and 6.2.3; ISO
 * 14289-1, 5 and 7.1). */
#include <string.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/text.h"
#include "data/data.h"
#include "pdf/draw/draw_int.h"

static const char xmp_start[] =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
    "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
    "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" "
    "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" "
    "xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\" "
    "xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" "
    "xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" "
    "xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\" "
    "xmlns:paraphe=\"urn:paraphe:xmp:1\">\n"
    "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>\n"
    "<pdfuaid:part>1</pdfuaid:part>\n";
static const char xmp_end[] = "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>";
static const char schema_start[] = "<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>%s"
                                   "</pdfaSchema:schema><pdfaSchema:namespaceURI>%s"
                                   "</pdfaSchema:namespaceURI><pdfaSchema:prefix>%s"
                                   "</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\n";
static const char schema_property[] =
    "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>%s</pdfaProperty:name>"
    "<pdfaProperty:valueType>%s</pdfaProperty:valueType>"
    "<pdfaProperty:category>%s</pdfaProperty:category><pdfaProperty:description>";
static const char property_end[] = "</pdfaProperty:description></rdf:li>\n";
static const char schema_end[] = "</rdf:Seq></pdfaSchema:property></rdf:li>\n";

static void put_xml(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '&')
            buf_text(b, "&amp;");
        else if (*s == '<')
            buf_text(b, "&lt;");
        else if (*s == '>')
            buf_text(b, "&gt;");
        else if ((unsigned char)*s >= 0x20) /* other control characters are no XML */
            buf_char(b, *s);
        else
            buf_char(b, ' ');
    }
}

static void put_element(struct buf *b, const char *open, const char *value, const char *close)
{
    if (value == NULL)
        return;
    buf_text(b, open);
    put_xml(b, value);
    buf_text(b, close);
}

/* Properties that PDF/A does not know must be described in the packet itself (ISO
 * 19005-3, 6.6.2.3). */
static void put_schemas(struct buf *b, const struct draw_info *info)
{
    buf_text(b, "<pdfaExtension:schemas><rdf:Bag>\n");
    buf_format(b, schema_start, "PDF/UA identification", "http://www.aiim.org/pdfua/ns/id/",
               "pdfuaid");
    buf_format(b, schema_property, "part", "Integer", "internal");
    buf_text(b, "Part of ISO 14289");
    buf_text(b, property_end);
    buf_text(b, schema_end);
    if (info->nproperties > 0) {
        buf_format(b, schema_start, "paraphe", "urn:paraphe:xmp:1", "paraphe");
        for (size_t i = 0; i < info->nproperties; i++) {
            buf_format(b, schema_property, info->properties[i].name, "Text", "external");
            put_xml(b, info->properties[i].description);
            buf_text(b, property_end);
        }
        buf_text(b, schema_end);
    }
    buf_text(b, "</rdf:Bag></pdfaExtension:schemas>\n");
}

static void put_packet(struct buf *b, const struct draw_info *info)
{
    char when[DATE_TEXT_MAX];

    date_instant_iso(info->created, when);
    buf_text(b, xmp_start);
    put_element(b, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", info->title,
                "</rdf:li></rdf:Alt></dc:title>\n");
    put_element(b, "<dc:creator><rdf:Seq><rdf:li>", info->author,
                "</rdf:li></rdf:Seq></dc:creator>\n");
    put_element(b, "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">", info->subject,
                "</rdf:li></rdf:Alt></dc:description>\n");
    put_element(b, "<dc:language><rdf:Bag><rdf:li>", info->lang,
                "</rdf:li></rdf:Bag></dc:language>\n");
    put_element(b, "<pdf:Producer>", info->producer, "</pdf:Producer>\n");
    put_element(b, "<xmp:CreatorTool>", info->producer, "</xmp:CreatorTool>\n");
    put_element(b, "<xmp:CreateDate>", when, "</xmp:CreateDate>\n");
    put_element(b, "<xmp:ModifyDate>", when, "</xmp:ModifyDate>\n");
    for (size_t i = 0; i < info->nproperties; i++) {
        buf_format(b, "<paraphe:%s>", info->properties[i].name);
        put_xml(b, info->properties[i].value);
        buf_format(b, "</paraphe:%s>\n", info->properties[i].name);
    }
    put_schemas(b, info);
    buf_text(b, xmp_end);
}

static void info_put(struct draw *d, const char *key, const char *value)
{
    if (value == NULL)
        HPDF_Dict_RemoveElement(d->doc->info, key);
    else
        dict_string(d, d->doc->info, key, value);
}

static void info_finish(struct draw *d, const struct draw_info *info)
{
    char when[DATE_TEXT_MAX], *zone;

    HPDF_SetInfoAttr(d->doc, HPDF_INFO_PRODUCER, "-"); /* makes the dictionary */
    if (draw_stopped(d))
        return;
    date_instant_iso(info->created, when); /* 2026-11-23T10:11:12Z -> D:20261123101112Z */
    char pdf[DATE_TEXT_MAX] = "D:";
    size_t n = 2;
    for (const char *p = when; *p != '\0'; p++) {
        if (*p != '-' && *p != ':' && *p != 'T')
            pdf[n++] = *p;
    }
    pdf[n] = '\0';
    zone = pdf;
    info_put(d, "Title", info->title);
    info_put(d, "Author", info->author);
    info_put(d, "Subject", info->subject);
    info_put(d, "Creator", info->producer);
    info_put(d, "Producer", info->producer);
    HPDF_Dict_Add(d->doc->info, "CreationDate", HPDF_String_New(d->doc->mmgr, zone, NULL));
    HPDF_Dict_Add(d->doc->info, "ModDate", HPDF_String_New(d->doc->mmgr, zone, NULL));
}

static struct raw *intent_make(struct draw *d)
{
    const unsigned char *icc = NULL;
    size_t n = 0;
    struct raw *profile = raw_new(d, true), *intent = raw_new(d, false);

    if (profile == NULL || intent == NULL)
        return NULL;
    if (data_find("icc/sRGB.icc", &icc, &n) != 0) {
        draw_fail_bug(d, "data/icc/sRGB.icc is missing");
        return NULL;
    }
    buf_text(&profile->part.dict, "/N 3/Alternate/DeviceRGB");
    buf_append(&profile->part.stream, icc, n);
    profile->part.packed = true;
    raw_close(d, profile);
    buf_format(
        &intent->part.dict,
        "/Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
        "/RegistryName(http://www.color.org)/Info(sRGB IEC61966-2.1)/DestOutputProfile %u 0 R",
        profile->number);
    return intent;
}

static void catalog_finish(struct draw *d, const struct draw_info *info, struct raw *intent)
{
    HPDF_Dict catalog = d->doc->catalog;
    HPDF_MMgr mmgr = d->doc->mmgr;
    HPDF_Dict mark = HPDF_Dict_New(mmgr), viewer = HPDF_Dict_New(mmgr);
    HPDF_Array intents = HPDF_Array_New(mmgr);

    if (draw_stopped(d))
        return;
    HPDF_Dict_AddBoolean(mark, "Marked", HPDF_TRUE);
    HPDF_Dict_AddBoolean(viewer, "DisplayDocTitle", HPDF_TRUE);
    HPDF_Array_Add(intents, intent->dict);
    /* a dictionary takes what is added, also when it fails */
    HPDF_Dict_Add(catalog, "Lang", HPDF_String_New(mmgr, info->lang, NULL));
    HPDF_Dict_Add(catalog, "MarkInfo", mark);
    HPDF_Dict_Add(catalog, "ViewerPreferences", viewer);
    HPDF_Dict_Add(catalog, "OutputIntents", intents);
    if (d->outline[1] != NULL)
        HPDF_Dict_AddName(catalog, "PageMode", "UseOutlines");
}

enum { META_TEXT = 2000 };

/* A field of a form may be longer than a string of a PDF may be (ISO 32000-1, C.2: 32 767 bytes),
 * and a title is read in a line: its beginning, a whole number of characters. */
static const char *shortened(const char *s, char out[META_TEXT])
{
    static const char dots[] = "\xe2\x80\xa6";

    if (s == NULL || strlen(s) < META_TEXT)
        return s;
    text_copy_whole(out, META_TEXT - sizeof dots, s);
    strcat(out, dots);
    return out;
}

void meta_finish(struct draw *d, const struct draw_info *given)
{
    char title[META_TEXT], author[META_TEXT], subject[META_TEXT];
    struct draw_info shown = *given;
    const struct draw_info *info = &shown;
    struct raw *packet = raw_new(d, true);
    struct raw *intent = intent_make(d);

    if (packet == NULL || intent == NULL || draw_stopped(d))
        return;
    shown.title = shortened(given->title, title);
    shown.author = shortened(given->author, author);
    shown.subject = shortened(given->subject, subject);
    buf_text(&packet->part.dict, "/Type/Metadata/Subtype/XML");
    put_packet(&packet->part.stream, info);
    raw_close(d, packet);
    HPDF_Dict_Add(d->doc->catalog, "Metadata", packet->dict);
    catalog_finish(d, info, intent);
    info_finish(d, info);
}

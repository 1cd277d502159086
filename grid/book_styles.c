/* Styles: which cells are dates, and which formats show other text than the cell stores. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "grid/book_part.h"

enum { SHOWN_BYTES = 32 }; /* an answer or a severity and blanks around it */

struct font {
    int32_t color;
    bool tiny;
};
struct format {
    int64_t id;
    bool is_date, has_day, hides, hides_number;
    int32_t text_color, number_color; /* that it gives, or COLOR_UNKNOWN */
    char shown[SHOWN_BYTES];          /* hides: what it shows for every text; "" when unknown */
};
struct styles_reader {
    struct book *book;
    struct format *formats;
    struct font *fonts;
    int32_t *fills;
    bool *dxfs;
    size_t format_count, font_count, fill_count, dxf_count;
    size_t format_room, font_room, fill_room, dxf_room, style_room;
    bool in_formats, in_fonts, in_fills, in_xfs, in_dxfs, in_font, in_fill;
    struct font font;      /* being read */
    int32_t fill;          /* being read */
    bool dxf_hides, solid; /* being read */
    struct err *e;
    int rc;
};

/* One section of a number format, up to its semicolon. Quoted text, escapes and [brackets] are told
 * from codes. */
struct section {
    const char *end;
    bool date, day, text, literal, general, digits, written;
    int32_t color;
    size_t said_len;
    char said[SHOWN_BYTES]; /* its quoted and escaped text, cut */
};

/* "[White]", "[Color 2]": the colours in which a format can make text vanish. */
static int32_t bracket_color(const char *s)
{
    if (strncasecmp(s, "[white]", 7) == 0 || strncasecmp(s, "[color2]", 8) == 0 ||
        strncasecmp(s, "[color 2]", 9) == 0)
        return COLOR_WHITE;
    if (strncasecmp(s, "[black]", 7) == 0 || strncasecmp(s, "[color1]", 8) == 0)
        return 0;
    return COLOR_UNKNOWN;
}

static void add_said(struct section *out, const char *s, size_t n)
{
    for (; n > 0; s++, n--) {
        out->literal |= *s != ' ';
        if (out->said_len < SHOWN_BYTES - 1)
            out->said[out->said_len] = *s;
        out->said_len++;
    }
}

static struct section section_of(const char *s)
{
    struct section out = {.end = NULL, .color = COLOR_UNKNOWN};

    out.general = strncasecmp(s, "general", 7) == 0;
    for (; *s != '\0' && *s != ';'; s++) {
        if (*s == '"') {
            const char *close = strchr(s + 1, '"');
            size_t n = close != NULL ? (size_t)(close - s - 1) : strlen(s + 1);
            add_said(&out, s + 1, n);
            out.written |= strcspn(s + 1, "0123456789") < n;
            s = close != NULL ? close : s + strlen(s) - 1;
        } else if (*s == '\\' || *s == '_' || *s == '*') {
            if (*s == '\\' && s[1] != '\0')
                add_said(&out, s + 1, 1);
            out.written |= *s == '\\' && s[1] >= '0' && s[1] <= '9';
            s += s[1] != '\0';
        } else if (*s == '[') {
            const char *close = strchr(s, ']');
            out.color = bracket_color(s) != COLOR_UNKNOWN ? bracket_color(s) : out.color;
            out.date |= s[1] != '\0' && strchr("hHmMsS", s[1]) != NULL && s[2] != '\0' &&
                        (s[2] == ']' || s[2] == s[1]);
            s = close != NULL ? close : s + strlen(s) - 1;
        } else if (strncasecmp(s, "general", 7) == 0) {
            out.general = true;
            s += 6;
        } else if (strchr("0#?", *s) != NULL) {
            out.digits = true;
        } else if (*s == '@') {
            out.text = true;
        } else if (strchr("dDmMyYhHsS", *s) != NULL && !out.general) {
            out.date = true;
            out.day |= strchr("dDyY", *s) != NULL;
        }
    }
    out.end = s;
    return out;
}

/* ECMA-376 part 1, 18.8.31: a fourth section, or a last one with @, is for text; without one text
 * shows as it is. */
static struct format format_of(int64_t id, const char *code)
{
    struct format f = {.id = id, .text_color = COLOR_UNKNOWN};
    struct section last = section_of(code);
    const char *start = code;
    size_t sections = 1;

    f.is_date = last.date;
    f.has_day = last.day;
    f.number_color = last.color;
    /* A number is shown by the first section: by nothing of its own, or with digits that are not
     * its own. */
    f.hides_number = *code != '\0' && !last.general &&
                     (last.written || !(last.digits || last.date || last.text));
    while (*last.end == ';' && sections < 4) {
        start = last.end + 1;
        last = section_of(start);
        sections++;
    }
    if (sections == 4)
        f.hides = !last.text || last.literal;
    else if (last.text)
        f.hides = last.literal;
    if (sections == 4 && last.general)
        f.hides = false;
    if (f.hides && !last.text && !last.date && !last.digits && last.said_len < SHOWN_BYTES)
        strcpy(f.shown, last.said);
    if (sections == 4 || last.text || sections == 1)
        f.text_color = last.color;
    return f;
}

bool style_format_hides(const char *code)
{
    return format_of(0, code).hides;
}

static struct format format_builtin(int64_t id)
{
    bool date = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
                (id >= 50 && id <= 58);

    bool time = (id >= 18 && id <= 21) || id >= 45; /* hours and minutes alone */

    return (struct format){.id = id,
                           .is_date = date,
                           .has_day = date && !time,
                           .text_color = COLOR_UNKNOWN,
                           .number_color = COLOR_UNKNOWN};
}

static struct format format_find(const struct styles_reader *r, int64_t id)
{
    for (size_t i = 0; i < r->format_count; i++) {
        if (r->formats[i].id == id)
            return r->formats[i];
    }
    return format_builtin(id);
}

int32_t style_color(const struct xml_node *node)
{
    char rgb[16];
    int64_t theme = xml_attr_int(node, "theme", -1), indexed = xml_attr_int(node, "indexed", -1);

    if (xml_attr_text(node, "rgb", rgb, sizeof rgb) == 8)
        return (int32_t)(strtoul(rgb + 2, NULL, 16) & 0xffffff);
    if (theme == 0 ||
        theme == 1) { /* lt1, the paper, and dk1, the ink; tinted towards each other */
        double tint = xml_attr_text(node, "tint", rgb, sizeof rgb) > 0 ? strtod(rgb, NULL) : 0;
        double light = theme == 0 ? 1 + (tint < 0 ? tint : 0) : (tint > 0 ? tint : 0);
        return light >= 0 && light <= 1 ? (int32_t)(light * 255) * 0x010101 : COLOR_UNKNOWN;
    }
    if (indexed == 1 || indexed == 9 || indexed == 65)
        return COLOR_WHITE;
    return indexed == 0 || indexed == 8 || indexed == 64 ? 0 : COLOR_UNKNOWN;
}

bool style_same_color(int32_t font, int32_t fill)
{
    enum { UNSEEN = 14 }; /* of 255, in each part of the colour */
    int32_t paper = fill == COLOR_NONE ? COLOR_WHITE : fill;

    if (font < 0 || paper < 0)
        return false;
    for (int shift = 0; shift < 24; shift += 8) {
        if (abs((font >> shift & 0xff) - (paper >> shift & 0xff)) > UNSEEN)
            return false;
    }
    return true;
}

static void add_format(struct styles_reader *r, const struct xml_node *node)
{
    char code[1024];
    void *items = r->formats;

    xml_attr_text(node, "formatCode", code, sizeof code);
    struct format f = format_of(xml_attr_int(node, "numFmtId", -1), code);
    if (r->in_dxfs) {
        r->dxf_hides |= f.hides || f.text_color == COLOR_WHITE;
        return;
    }
    r->rc = book_grow(&items, &r->format_room, r->format_count, sizeof f, r->e);
    r->formats = items;
    if (r->rc == 0)
        r->formats[r->format_count++] = f;
}

static void add_xf(struct styles_reader *r, const struct xml_node *node)
{
    struct book *b = r->book;
    void *items = b->styles;
    struct format f = format_find(r, xml_attr_int(node, "numFmtId", 0));
    size_t font = (size_t)xml_attr_int(node, "fontId", 0);
    size_t fill = (size_t)xml_attr_int(node, "fillId", 0);
    struct style style = {
        .is_date = f.is_date,
        .has_day = f.has_day,
        .text_shown = f.shown[0] != '\0' ? arena_text(&b->arena, f.shown, strlen(f.shown)) : NULL,
        .number_hidden = f.hides_number};

    int32_t paper = fill < r->fill_count ? r->fills[fill] : COLOR_NONE;
    int32_t ink = font < r->font_count ? r->fonts[font].color : 0;
    style.text_hidden = (f.hides && style.text_shown == NULL) ||
                        (font < r->font_count && r->fonts[font].tiny) ||
                        style_same_color(f.text_color >= 0 ? f.text_color : ink, paper);
    style.number_hidden |= style_same_color(f.number_color, paper);
    style.paper = style_same_color(COLOR_WHITE, paper);
    r->rc = book_grow(&items, &r->style_room, b->style_count, sizeof style, r->e);
    b->styles = items;
    if (r->rc == 0)
        b->styles[b->style_count++] = style;
}

static void start_part(struct styles_reader *r, const struct xml_node *node)
{
    const char *name = node->name;

    if (strcmp(name, "font") == 0) {
        r->font = (struct font){0, false};
        r->in_font = true;
    } else if (strcmp(name, "fill") == 0) {
        r->fill = COLOR_NONE;
        r->solid = r->in_dxfs;
        r->in_fill = true;
    } else if (strcmp(name, "dxf") == 0) {
        r->dxf_hides = false;
        r->font = (struct font){0, false}; /* unless it says another one: ink */
        r->fill = COLOR_NONE;
    } else if (strcmp(name, "color") == 0 && r->in_font) {
        r->font.color = style_color(node);
    } else if (strcmp(name, "sz") == 0 && r->in_font) {
        char size[16];
        xml_attr_text(node, "val", size, sizeof size);
        r->font.tiny = strtod(size, NULL) < TINY_POINTS;
    } else if (strcmp(name, "patternFill") == 0 && r->in_fill) {
        char type[24];
        size_t n = xml_attr_text(node, "patternType", type, sizeof type);
        r->solid = strcmp(type, "solid") == 0 || (r->in_dxfs && n == 0);
        r->fill = strcmp(type, "none") == 0 || (n == 0 && !r->in_dxfs) ? COLOR_NONE : COLOR_UNKNOWN;
    } else if (r->in_fill && r->solid && strcmp(name, r->in_dxfs ? "bgColor" : "fgColor") == 0) {
        r->fill = style_color(node);
    }
}

static void styles_start(void *self, const struct xml_node *node)
{
    struct styles_reader *r = self;
    const char *name = node->name;

    if (node->ns != XML_SHEET)
        return;
    if (r->rc != 0)
        xml_stop(node);
    else if (node->depth == 2) {
        r->in_formats = strcmp(name, "numFmts") == 0;
        r->in_fonts = strcmp(name, "fonts") == 0;
        r->in_fills = strcmp(name, "fills") == 0;
        r->in_xfs = strcmp(name, "cellXfs") == 0;
        r->in_dxfs = strcmp(name, "dxfs") == 0;
    } else if (strcmp(name, "numFmt") == 0 && (r->in_formats || r->in_dxfs))
        add_format(r, node);
    else if (strcmp(name, "xf") == 0 && r->in_xfs)
        add_xf(r, node);
    else if (r->in_fonts || r->in_fills || r->in_dxfs)
        start_part(r, node);
}

static void styles_end(void *self, const struct xml_node *node)
{
    struct styles_reader *r = self;
    void *items;

    if (node->ns != XML_SHEET || r->rc != 0)
        return;
    if (strcmp(node->name, "font") == 0) {
        r->in_font = false;
        if (!r->in_fonts)
            return;
        items = r->fonts;
        r->rc = book_grow(&items, &r->font_room, r->font_count, sizeof r->font, r->e);
        r->fonts = items;
        if (r->rc == 0)
            r->fonts[r->font_count++] = r->font;
    } else if (strcmp(node->name, "fill") == 0) {
        r->in_fill = false;
        if (!r->in_fills)
            return;
        items = r->fills;
        r->rc = book_grow(&items, &r->fill_room, r->fill_count, sizeof r->fill, r->e);
        r->fills = items;
        if (r->rc == 0)
            r->fills[r->fill_count++] = r->fill;
    } else if (strcmp(node->name, "dxf") == 0 && r->in_dxfs) {
        items = r->dxfs;
        r->rc = book_grow(&items, &r->dxf_room, r->dxf_count, sizeof *r->dxfs, r->e);
        r->dxfs = items;
        if (r->rc == 0)
            r->dxfs[r->dxf_count++] =
                r->dxf_hides || r->font.tiny || style_same_color(r->font.color, r->fill);
    }
}

int book_read_styles(struct book *b, struct pack *p, size_t part, bool **dxf_hides,
                     size_t *dxf_count, struct err *e)
{
    static const struct xml_handler handler = {styles_start, styles_end, NULL};
    struct styles_reader r = {.book = b, .e = e};

    int rc = xml_read(p, part, &handler, &r, e);
    free(r.formats);
    free(r.fonts);
    free(r.fills);
    *dxf_hides = r.dxfs;
    *dxf_count = r.dxf_count;
    return r.rc != 0 ? r.rc : rc;
}

/* The workbook: from the package's root to its sheets, by relationships and content types, never by
 * fixed names. */
#include "grid/book.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "grid/book_part.h"
#include "grid/fault.h"

struct relation {
    const char *id, *kind,
        *target; /* kind: the type's last part; target: resolved, no leading slash */
    bool external;
};
struct opener {
    struct book *book;
    struct pack *pack;
    const char *folder; /* of the part whose relations are read, "" or "xl/" */
    struct relation *relations;
    size_t count, room;
    size_t sheet_room;
    const char *main_name;                  /* content types: the part whose type is asked */
    char main_type[160], default_type[160]; /* of the part itself; of its extension */
    struct err *e;
    int rc;
};

/* RFC 3986 5.2.4 for part names: "." and ".." are followed, and end at the root. */
static const char *resolve(struct arena *a, const char *folder, const char *target)
{
    char whole[2 * FORM_TARGET_MAX], out[2 * FORM_TARGET_MAX];
    size_t used = 0;

    if (strlen(folder) >= FORM_TARGET_MAX || strlen(target) >= FORM_TARGET_MAX)
        return arena_text(a, "", 0);
    strcpy(whole, *target == '/' ? "" : folder);
    strcat(whole, target + (*target == '/'));
    pack_name_decode(whole);
    for (const char *p = whole; *p != '\0';) {
        size_t n = strcspn(p, "/");
        if (n == 2 && p[0] == '.' && p[1] == '.') {
            used -= used > 0;
            while (used > 0 && out[used - 1] != '/')
                used--;
        } else if (n > 0 && !(n == 1 && p[0] == '.')) {
            memcpy(out + used, p, n);
            used += n;
            if (p[n] == '/')
                out[used++] = '/';
        }
        p += n + (p[n] == '/');
    }
    return arena_text(a, out, used);
}

static void relation_start(void *self, const struct xml_node *node)
{
    struct opener *o = self;
    char type[256], target[FORM_TARGET_MAX], id[256], mode[16];
    void *items = o->relations;

    if (o->rc != 0) {
        xml_stop(node);
        return;
    }
    if (node->ns != XML_RELS || strcmp(node->name, "Relationship") != 0)
        return;
    xml_attr_text(node, "Type", type, sizeof type);
    xml_attr_text(node, "Target", target, sizeof target);
    xml_attr_text(node, "Id", id, sizeof id);
    xml_attr_text(node, "TargetMode", mode, sizeof mode);
    const char *kind = strrchr(type, '/');
    kind = kind != NULL ? kind + 1 : type;
    o->rc = book_grow(&items, &o->room, o->count, sizeof *o->relations, o->e);
    o->relations = items;
    if (o->rc != 0)
        return;
    struct arena *a = &o->book->arena;
    bool external = strcasecmp(mode, "External") == 0;
    struct relation r = {
        arena_text(a, id, strlen(id)), arena_text(a, kind, strlen(kind)),
        external ? arena_text(a, target, strlen(target)) : resolve(a, o->folder, target), external};
    if (r.id == NULL || r.kind == NULL || r.target == NULL)
        o->rc = fault_set(o->e, "zip-bomb");
    else
        o->relations[o->count++] = r;
}

/* Relations of a part: "" for the package itself. A part without relations has none; that is no
 * fault here. */
static int read_relations(struct opener *o, const char *part)
{
    static const struct xml_handler handler = {relation_start, NULL, NULL};
    const char *slash = strrchr(part, '/');
    size_t n = slash != NULL ? (size_t)(slash - part) + 1 : 0;
    struct buf name = BUF_INIT(4 * FORM_TARGET_MAX);
    int64_t at = -1;

    o->count = 0;
    o->folder = arena_text(&o->book->arena, part, n);
    buf_append(&name, part, n);
    buf_format(&name, "_rels/%s.rels", part + n);
    if (buf_check(&name, o->e) == 0 && o->folder != NULL)
        at = pack_find(o->pack, buf_str(&name));
    buf_free(&name);
    if (at < 0)
        return 0;
    if (xml_read(o->pack, (size_t)at, &handler, o, o->e) != 0)
        return -1;
    return o->rc;
}

static const struct relation *relation_of_kind(const struct opener *o, const char *kind)
{
    for (size_t i = 0; i < o->count; i++) {
        if (strcmp(o->relations[i].kind, kind) == 0)
            return &o->relations[i];
    }
    return NULL;
}

static const struct relation *relation_of_id(const struct opener *o, const char *id)
{
    for (size_t i = 0; i < o->count; i++) {
        if (strcmp(o->relations[i].id, id) == 0)
            return &o->relations[i];
    }
    return NULL;
}

struct piece {
    const char *text;
    enum book_carries carries;
};

/* Whatever stands in the name of a part, or in what says of which kind it is. */
static void note_pieces(struct opener *o, const struct piece *pieces, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasestr(name, pieces[i].text) != NULL)
            o->book->carries |= pieces[i].carries;
    }
}

/* What a part is, whatever its name: pieces of content types and of kinds of relations. */
static void note_kind(struct opener *o, const char *kind)
{
    static const struct piece pieces[] = {
        {"vbaProject", CARRIES_MACROS},     {"core-properties", CARRIES_AUTHORS},
        {"comment", CARRIES_NOTES},         {"drawing", CARRIES_DRAWINGS},
        {"image/", CARRIES_DRAWINGS},       {"custom-properties", CARRIES_CUSTOM_DATA},
        {"customXml", CARRIES_CUSTOM_DATA}, {"connections", CARRIES_CONNECTIONS},
        {"oleObject", CARRIES_EMBEDDED},    {"macrosheet", CARRIES_MACRO_SHEETS},
    };

    note_pieces(o, pieces, sizeof pieces / sizeof pieces[0], kind);
}

static void types_start(void *self, const struct xml_node *node)
{
    struct opener *o = self;
    char name[FORM_TARGET_MAX], type[160];
    const char *extension = strrchr(o->main_name, '.');

    if (node->ns != XML_TYPES)
        return;
    xml_attr_text(node, "ContentType", type, sizeof type);
    if (strcmp(node->name, "Override") == 0) {
        xml_attr_text(node, "PartName", name, sizeof name);
        pack_name_decode(name);
        if (strcasecmp(name + (*name == '/'), o->main_name) == 0)
            strcpy(o->main_type, type);
        if (pack_find(o->pack, name) >= 0)
            note_kind(o, type);
    } else if (strcmp(node->name, "Default") == 0 && extension != NULL) {
        xml_attr_text(node, "Extension", name, sizeof name);
        if (strcasecmp(name, extension + 1) == 0)
            strcpy(o->default_type, type);
    }
}

static int read_main_type(struct opener *o)
{
    static const struct xml_handler handler = {types_start, NULL, NULL};
    int64_t at = pack_find(o->pack, "[Content_Types].xml");

    if (at < 0)
        return fault_set(o->e, "part-missing");
    if (xml_read(o->pack, (size_t)at, &handler, o, o->e) != 0)
        return -1;
    const char *type = o->main_type[0] != '\0' ? o->main_type : o->default_type;
    o->book->macro_type = strstr(type, "macroEnabled") != NULL;
    return 0;
}

static void add_sheet(struct opener *o, const struct xml_node *node)
{
    struct book *b = o->book;
    const char *id = NULL, *name = "";
    size_t id_len = 0, name_len = 0;
    char state[16], wanted[256];
    void *items = b->sheets;

    if (b->sheet_count >= (size_t)ceilings.form_sheets) {
        o->rc = fault_set(o->e, "zip-bomb");
        return;
    }
    const struct relation *r = NULL;
    if (xml_attr_ns(node, XML_REL_ATTR, "id", &id, &id_len) &&
        xml_attr_plain(id, id_len, wanted, sizeof wanted) < sizeof wanted)
        r = relation_of_id(o, wanted);
    if (r == NULL || r->external) {
        o->rc = fault_set(o->e, "part-missing");
        return;
    }
    o->rc = book_grow(&items, &o->sheet_room, b->sheet_count, sizeof *b->sheets, o->e);
    b->sheets = items;
    if (o->rc != 0)
        return;
    xml_attr(node, "name", &name, &name_len);
    xml_attr_text(node, "state", state, sizeof state);
    char *plain = arena_text(&b->arena, name, name_len);
    if (plain != NULL)
        xml_attr_plain(name, name_len, plain, name_len + 1);
    struct sheet s = {.name = plain,
                      .target = r->target,
                      .is_worksheet = strcmp(r->kind, "worksheet") == 0,
                      .state = strcmp(state, "hidden") == 0       ? SHEET_HIDDEN
                               : strcmp(state, "veryHidden") == 0 ? SHEET_VERY_HIDDEN
                                                                  : SHEET_VISIBLE};
    if (s.name == NULL)
        o->rc = fault_set(o->e, "zip-bomb");
    else
        b->sheets[b->sheet_count++] = s;
    if (s.state != SHEET_VISIBLE)
        b->carries |= CARRIES_HIDDEN_SHEETS;
    if (strstr(r->kind, "acrosheet") != NULL)
        b->carries |= CARRIES_MACRO_SHEETS;
}

static void workbook_start(void *self, const struct xml_node *node)
{
    struct opener *o = self;

    if (o->rc != 0) {
        xml_stop(node);
        return;
    }
    if (node->ns != XML_SHEET)
        return;
    if (strcmp(node->name, "sheet") == 0 && node->depth == 3)
        add_sheet(o, node);
    else if (strcmp(node->name, "workbookPr") == 0)
        o->book->date1904 = xml_attr_bool(node, "date1904", false);
    else if (strcmp(node->name, "externalReference") == 0)
        o->book->external_links++;
}

/* Of the package and of the workbook; those of sheets are known by their content types. */
static void note_relations(struct opener *o)
{
    unsigned links = 0;

    for (size_t i = 0; i < o->count; i++) {
        const char *kind = o->relations[i].kind;
        links += strcmp(kind, "externalLink") == 0;
        if (pack_find(o->pack, o->relations[i].target) >= 0)
            note_kind(o, kind);
    }
    if (links > o->book->external_links)
        o->book->external_links = links;
}

static void note_parts(struct opener *o)
{
    static const struct piece pieces[] = {
        {"vbaProject", CARRIES_MACROS},          {"docProps/core", CARRIES_AUTHORS},
        {"xl/comments", CARRIES_NOTES},          {"threadedComment", CARRIES_NOTES},
        {"xl/drawings/draw", CARRIES_DRAWINGS},  {"xl/media/", CARRIES_DRAWINGS},
        {"customXml/", CARRIES_CUSTOM_DATA},     {"docProps/custom", CARRIES_CUSTOM_DATA},
        {"xl/connections", CARRIES_CONNECTIONS}, {"xl/embeddings/", CARRIES_EMBEDDED},
        {"macrosheets/", CARRIES_MACRO_SHEETS},
    };

    for (size_t i = 0; i < pack_count(o->pack); i++)
        note_pieces(o, pieces, sizeof pieces / sizeof pieces[0], pack_name(o->pack, i));
}

/* A part named by a relation of the workbook; optional when the workbook names none. */
static int part_of_kind(const struct opener *o, const char *kind, int64_t *at)
{
    const struct relation *r = relation_of_kind(o, kind);

    *at = -1;
    if (r == NULL)
        return 0;
    *at = r->external ? -1 : pack_find(o->pack, r->target);
    return *at >= 0 ? 0 : fault_set(o->e, "part-missing");
}

static int read_sheets(struct opener *o)
{
    struct book *b = o->book;
    struct shared_texts texts = {NULL, 0, 0};
    bool *dxf_hides = NULL;
    size_t dxf_count = 0;
    int64_t at = -1;
    int rc = part_of_kind(o, "styles", &at);

    if (rc == 0 && at >= 0)
        rc = book_read_styles(b, o->pack, (size_t)at, &dxf_hides, &dxf_count, o->e);
    if (rc == 0)
        rc = part_of_kind(o, "sharedStrings", &at);
    if (rc == 0 && at >= 0)
        rc = book_read_strings(b, o->pack, (size_t)at, &texts, o->e);
    for (size_t i = 0; rc == 0 && i < b->sheet_count; i++) {
        struct sheet *s = &b->sheets[i];
        at = pack_find(o->pack, s->target);
        if (at < 0)
            rc = fault_set(o->e, "part-missing");
        else if (s->is_worksheet)
            rc = book_read_sheet(b, o->pack, (size_t)at, s, &texts, dxf_hides, dxf_count, o->e);
    }
    free(texts.items);
    free(dxf_hides);
    return rc;
}

static int open_book(struct opener *o)
{
    static const struct xml_handler handler = {workbook_start, NULL, NULL};
    int64_t at = -1;

    if (read_relations(o, "") != 0)
        return -1;
    const struct relation *main = relation_of_kind(o, "officeDocument");
    if (main == NULL || main->external || (at = pack_find(o->pack, main->target)) < 0)
        return fault_set(o->e, "part-missing");
    o->main_name = main->target;
    note_relations(o);
    if (read_main_type(o) != 0 || read_relations(o, o->main_name) != 0)
        return -1;
    if (xml_read(o->pack, (size_t)at, &handler, o, o->e) != 0 || o->rc != 0)
        return -1;
    if (o->book->sheet_count == 0)
        return fault_set(o->e, "part-missing");
    note_relations(o);
    note_parts(o);
    return read_sheets(o);
}

int book_read(struct book **out, const void *bytes, size_t n, struct err *e)
{
    struct book *b = calloc(1, sizeof *b);
    struct opener o = {.book = b, .e = e};
    int rc = -1;

    if (b == NULL)
        return err_set_memory(e);
    arena_init(&b->arena, (size_t)ceilings.form_total_bytes);
    if (pack_open(&o.pack, bytes, n, e) == 0)
        rc = open_book(&o);
    pack_close(o.pack);
    free(o.relations);
    if (rc == 0)
        *out = b;
    else
        book_free(b);
    return rc;
}

void book_free(struct book *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->sheet_count; i++) {
        struct sheet *s = &b->sheets[i];
        free(s->cells);
        free(s->merges);
        free(s->hidden_columns);
        free(s->formula_ranges);
        free(s->conds);
    }
    free(b->sheets);
    free(b->styles);
    arena_free(&b->arena);
    free(b);
}

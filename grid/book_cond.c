/* Conditional formats of the extension: what they do to the text of a cell. */
#include <string.h>

#include "grid/book_part.h"

const char cond_everywhere[] = "A1:XFD1048576";

static void look_start(struct cond_reader *c, const struct xml_node *node)
{
    char code[1024];

    if (strcmp(node->name, "font") == 0) {
        c->in_font = true;
    } else if (strcmp(node->name, "fill") == 0) {
        c->in_fill = true;
    } else if (strcmp(node->name, "color") == 0 && c->in_font) {
        c->font = style_color(node);
    } else if (strcmp(node->name, "bgColor") == 0 && c->in_fill) {
        c->fill = style_color(node);
    } else if (strcmp(node->name, "numFmt") == 0) {
        xml_attr_text(node, "formatCode", code, sizeof code);
        c->hides |= style_format_hides(code);
    }
}

bool cond_start(struct cond_reader *c, const struct xml_node *node)
{
    if (c->in_look) {
        look_start(c, node);
        return true;
    }
    if (node->ns == XML_XM) {
        c->in_sqref = strcmp(node->name, "sqref") == 0;
        return true;
    }
    if (node->ns != XML_X14)
        return false;
    if (strcmp(node->name, "conditionalFormatting") == 0) {
        c->hides = false;
        c->sqref[0] = '\0';
    } else if (strcmp(node->name, "dxf") == 0) {
        c->in_look = true;
        c->font = 0;
        c->fill = COLOR_NONE;
    }
    return true;
}

void cond_text(struct cond_reader *c, const char *s, size_t n)
{
    size_t used = strlen(c->sqref);

    if (!c->in_sqref)
        return;
    if (n >= sizeof c->sqref - used) {
        strcpy(c->sqref, cond_everywhere);
        c->in_sqref = false;
        return;
    }
    memcpy(c->sqref + used, s, n);
    c->sqref[used + n] = '\0';
}

bool cond_end(struct cond_reader *c, const struct xml_node *node)
{
    if (node->ns == XML_XM)
        c->in_sqref = false;
    if (c->in_look && strcmp(node->name, "font") == 0)
        c->in_font = false;
    if (c->in_look && strcmp(node->name, "fill") == 0)
        c->in_fill = false;
    if (node->ns != XML_X14)
        return false;
    if (strcmp(node->name, "dxf") == 0) {
        c->in_look = false;
        c->hides |= style_same_color(c->font, c->fill);
    }
    return strcmp(node->name, "conditionalFormatting") == 0 && c->hides;
}

int cond_add_ranges(struct sheet *s, size_t *room, const char *sqref, struct err *e)
{
    for (const char *p = sqref; *p != '\0';) {
        size_t n = strcspn(p, " ");
        struct cond_range cond = {{0, 0, 0, 0}, true};
        void *items = s->conds;
        if (book_parse_range(p, n, &cond.range) == 0) {
            if (book_grow(&items, room, s->cond_count, sizeof cond, e) != 0)
                return -1;
            s->conds = items;
            s->conds[s->cond_count++] = cond;
        }
        p += n + (p[n] == ' ');
    }
    return 0;
}

/* Makes the C table of texts from po/LANG/ROOM.po: po_compile OUT.c FILE.po... The language is the name of the file's folder.
 * A text that is missing in one language, doubled or empty, or whose places {n} differ, stops the build. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char *id;
    char *text[2];
};

static struct entry *entries;
static size_t count, room;
static const char *const languages[2] = {"en", "fr"};

static void die(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

static struct entry *entry_for(const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].id, id) == 0)
            return &entries[i];
    }
    if (count == room) {
        room = room == 0 ? 256 : 2 * room;
        entries = realloc(entries, room * sizeof *entries);
        if (entries == NULL)
            die("po_compile", 0, "out of memory");
    }
    entries[count] = (struct entry){strdup(id), {NULL, NULL}};
    return &entries[count++];
}

/* Appends what stands between the first and the last quote of the line: C escapes stay as they are. */
static void append_quoted(char **text, const char *line, const char *file, int number)
{
    const char *first = strchr(line, '"'), *last = strrchr(line, '"');

    if (first == NULL || last == first)
        die(file, number, "a quoted text is expected");
    size_t old = *text != NULL ? strlen(*text) : 0, more = (size_t)(last - first - 1);
    *text = realloc(*text, old + more + 1);
    if (*text == NULL)
        die(file, number, "out of memory");
    memcpy(*text + old, first + 1, more);
    (*text)[old + more] = '\0';
}

static void keep(char **id, char **value, int lang, const char *file, int line)
{
    if (*id != NULL && **id != '\0') {
        struct entry *entry = entry_for(*id);
        if (entry->text[lang] != NULL)
            die(file, line, "this msgid stands twice (the one before this line)");
        if (*value == NULL || **value == '\0')
            die(file, line, "empty msgstr (the one before this line)");
        entry->text[lang] = *value;
        *value = NULL;
    }
    free(*id);
    free(*value);
    *id = *value = NULL;
}

static void read_po(const char *file)
{
    char line[8192];
    int number = 0, lang = strstr(file, "/fr/") != NULL;
    char *id = NULL, *value = NULL, **target = NULL;
    FILE *in = fopen(file, "r");

    if (in == NULL)
        die(file, 0, "cannot be read");
    while (fgets(line, sizeof line, in) != NULL) {
        number++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (strncmp(line, "msgid ", 6) == 0) {
            keep(&id, &value, lang, file, number);
            target = &id;
        } else if (strncmp(line, "msgstr ", 7) == 0) {
            target = &value;
        } else if (line[0] != '"' || target == NULL) {
            die(file, number, "neither msgid, msgstr, text nor comment");
        }
        append_quoted(target, line, file, number);
    }
    keep(&id, &value, lang, file, number);
    fclose(in);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

static void check(const struct entry *entry)
{
    for (int lang = 0; lang < 2; lang++) {
        if (entry->text[lang] == NULL) {
            fprintf(stderr, "po/%s: no text for %s\n", languages[lang], entry->id);
            exit(1);
        }
    }
    for (char place[4] = "{1}"; place[1] <= '9'; place[1]++) {
        bool en = strstr(entry->text[0], place) != NULL, fr = strstr(entry->text[1], place) != NULL;
        if (en != fr) {
            fprintf(stderr, "po: %s: %s is in one language only\n", entry->id, place);
            exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 2)
        die("po_compile", 0, "usage: po_compile OUT.c FILE.po...");
    for (int i = 2; i < argc; i++)
        read_po(argv[i]);
    qsort(entries, count, sizeof *entries, compare);
    FILE *out = fopen(argv[1], "w");
    if (out == NULL)
        die(argv[1], 0, "cannot be written");
    fputs("#include \"base/text_table.h\"\n\nconst struct text_entry text_table[] = {\n", out);
    for (size_t i = 0; i < count; i++) {
        check(&entries[i]);
        fprintf(out, "    {\"%s\",\n     \"%s\",\n     \"%s\"},\n", entries[i].id, entries[i].text[0],
                entries[i].text[1]);
    }
    fprintf(out, "};\nconst size_t text_table_count = %zu;\n", count);
    return fclose(out) == 0 ? 0 : 1;
}

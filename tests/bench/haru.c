/* The raw cost of drawing a text with libharu alone: haru FONT.ttf TEXT OUT.pdf draws each line of
 * TEXT (UTF-8, a form feed starts a page) in one embedded font. Nothing is tagged, wrapped or
 * attached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hpdf.h>

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *self)
{
    (void)self;
    fprintf(stderr, "libharu 0x%04lX, %lu\n", (unsigned long)error, (unsigned long)detail);
    exit(1);
}

static HPDF_Page page_new(HPDF_Doc doc, HPDF_Font font, float *y)
{
    HPDF_Page page = HPDF_AddPage(doc);

    HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    HPDF_Page_SetFontAndSize(page, font, 8);
    *y = 800;
    return page;
}

int main(int argc, char **argv)
{
    static char line[1 << 16];
    HPDF_Doc doc = HPDF_New(on_error, NULL);
    FILE *text = argc == 4 ? fopen(argv[2], "r") : NULL;
    float y = 0;

    if (text == NULL || doc == NULL)
        return 2;
    HPDF_SetCompressionMode(doc, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(doc);
    HPDF_Font font = HPDF_GetFont(doc, HPDF_LoadTTFontFromFile(doc, argv[1], HPDF_TRUE), "UTF-8");
    HPDF_Page page = page_new(doc, font, &y);
    while (fgets(line, sizeof line, text) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (y < 40 || line[0] == '\f')
            page = page_new(doc, font, &y);
        HPDF_Page_BeginText(page);
        HPDF_Page_TextOut(page, 50, y, line + (line[0] == '\f'));
        HPDF_Page_EndText(page);
        y -= 11;
    }
    fclose(text);
    HPDF_SaveToFile(doc, argv[3]);
    HPDF_Free(doc);
    return 0;
}

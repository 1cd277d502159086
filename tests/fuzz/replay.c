/* Runs a fuzz target over files and folders, as an ordinary test. Fails when there is nothing to
 * run. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static unsigned long count;

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    uint8_t *data;

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    /* Exactly as large as the input, so that a sanitizer sees every step beyond it. */
    data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
    size_t n = data != NULL ? fread(data, 1, (size_t)st.st_size, f) : 0;
    fclose(f);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    count++;
    return 0;
}

static int replay(const char *path)
{
    struct dirent **names = NULL;
    struct stat st;
    char inner[4096];
    int rc = 0;

    if (stat(path, &st) != 0)
        return 0; /* no corpus yet */
    if (!S_ISDIR(st.st_mode))
        return replay_file(path);
    int n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (rc == 0 && names[i]->d_name[0] != '.')
            rc = replay(inner);
        free(names[i]);
    }
    free(names);
    return rc;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (replay(argv[i]) != 0)
            return 1;
    }
    printf("%lu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}

#include <tinygrad/data.h>

#include <tinygrad/memory.h>

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct tg_metrics {
    FILE *out;
    int n;
    size_t size;
    char path[];
};

static tg_status io_failed(const char *path)
{
    return tg_fail(NULL, TG_ERR_IO, "metrics: '%s': %s", path, strerror(errno));
}

/* ---- the header */

static tg_status check_columns(const char *path, int n,
                               const char *const *columns)
{
    if (path == NULL || n < 1 || columns == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "metrics: no %s",
                       path == NULL ? "path" : "columns");
    for (int i = 0; i < n; i++)
        if (columns[i] == NULL || *columns[i] == '\0' ||
            strpbrk(columns[i], ",\"\r\n") != NULL)
            return tg_fail(NULL, TG_ERR_ARG,
                           "metrics: '%s' is no name for a column",
                           columns[i] != NULL ? columns[i] : "");
    return TG_OK;
}

static void write_header(FILE *out, int n, const char *const *columns)
{
    for (int i = 0; i < n; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", columns[i]);
    fputc('\n', out);
}

/* Does the file say the text next? */
static bool says(FILE *in, const char *text)
{
    while (*text != '\0' && fgetc(in) == *text)
        text++;
    return *text == '\0';
}

static bool has_header(FILE *in, int n, const char *const *columns)
{
    for (int i = 0; i < n; i++)
        if ((i > 0 && !says(in, ",")) || !says(in, columns[i]))
            return false;
    return says(in, "\n");
}

/* A new or empty file gets the header; another must have it. */
static tg_status begin(FILE *file, const char *path, int n,
                       const char *const *columns)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return io_failed(path);
    if (ftell(file) > 0) {
        rewind(file);
        if (!has_header(file, n, columns))
            return tg_fail(NULL, TG_ERR_FORMAT,
                           "metrics: '%s' has other columns", path);
        return fseek(file, 0, SEEK_END) == 0 ? TG_OK : io_failed(path);
    }
    write_header(file, n, columns);
    return fflush(file) == 0 ? TG_OK : io_failed(path);
}

tg_metrics *tg_metrics_open(const char *path, int n, const char *const *columns,
                            bool append)
{
    if (check_columns(path, n, columns) != TG_OK)
        return NULL;
    size_t size = sizeof(tg_metrics) + strlen(path) + 1;
    tg_metrics *m = tg_memory_new(size);
    if (m == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "metrics: no memory");
        return NULL;
    }
    *m = (tg_metrics){
        .out = fopen(path, append ? "a+" : "w"), .n = n, .size = size};
    strcpy(m->path, path);
    if (m->out == NULL)
        io_failed(path);
    else if (begin(m->out, path, n, columns) == TG_OK)
        return m;
    tg_metrics_close(m);
    return NULL;
}

void tg_metrics_close(tg_metrics *m)
{
    if (m == NULL)
        return;
    if (m->out != NULL)
        fclose(m->out);
    tg_memory_free(m, m->size);
}

/* ---- rows */

/* The fewest digits that read back as the same, with a point in any locale. */
static void write_number(FILE *out, double x)
{
    char text[64];
    int digits = 15; /* those that are 0 at the end are left out */

    do
        snprintf(text, sizeof text, "%.*g", digits, x);
    while (digits++ < 17 && strtod(text, NULL) != x && x == x);
    const char *point = localeconv()->decimal_point;
    char *at = strstr(text, point);
    if (at != NULL && strcmp(point, ".") != 0) {
        *at = '.';
        memmove(at + 1, at + strlen(point), strlen(at + strlen(point)) + 1);
    }
    fputs(text, out);
}

tg_status tg_metrics_write(tg_metrics *m, const double *values)
{
    if (m == NULL || values == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "metrics: no %s",
                       m == NULL ? "file" : "values");
    for (int i = 0; i < m->n; i++) {
        if (i > 0)
            fputc(',', m->out);
        write_number(m->out, values[i]);
    }
    fputc('\n', m->out);
    return fflush(m->out) == 0 && !ferror(m->out) ? TG_OK : io_failed(m->path);
}

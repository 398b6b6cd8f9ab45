#define _POSIX_C_SOURCE 200809L

#include <tinygrad/data.h>

#include <tinygrad/memory.h>

#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 24, TEXT = 96 };

struct tg_progress {
    FILE *out;
    bool terminal, drawn;
    int64_t total;
    double start, shown; /* seconds; when the last line was shown */
    size_t size;
    char label[];
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

tg_progress *tg_progress_new(FILE *out, const char *label, int64_t total)
{
    size_t length = label != NULL ? strlen(label) : 0;
    size_t size = sizeof(tg_progress) + length + 1;
    tg_progress *p = tg_memory_new(size);

    if (p == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "progress: no memory");
        return NULL;
    }
    double start = now();
    *p = (tg_progress){.out = out,
                       .terminal = out != NULL && isatty(fileno(out)),
                       .total = total > 0 ? total : 0,
                       .start = start,
                       .shown = start,
                       .size = size};
    memcpy(p->label, length > 0 ? label : "", length + 1);
    return p;
}

void tg_progress_free(tg_progress *p)
{
    if (p == NULL)
        return;
    if (p->drawn) {
        fputc('\n', p->out);
        fflush(p->out);
    }
    tg_memory_free(p, p->size);
}

/* ---- a line */

static void write_bar(const tg_progress *p, int64_t done)
{
    int64_t filled = done * BAR / p->total;

    fputs("  [", p->out);
    for (int i = 0; i < BAR; i++)
        fputc(i < filled ? '#' : '.', p->out);
    fputc(']', p->out);
}

/* 59 s, 1:02, 1:00:09 */
static void write_time(FILE *out, double seconds)
{
    long s = (long)(seconds + 0.5);

    if (s < 60)
        fprintf(out, "%ld s", s);
    else if (s < 3600)
        fprintf(out, "%ld:%02ld", s / 60, s % 60);
    else
        fprintf(out, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static void write_pace(const tg_progress *p, int64_t done, double passed)
{
    if (done <= 0 || passed <= 0)
        return;
    fprintf(p->out, "  %.3g/s  ", (double)done / passed);
    if (p->total == 0 || done == p->total) {
        write_time(p->out, passed);
        return;
    }
    write_time(p->out, passed * (double)(p->total - done) / (double)done);
    fputs(" left", p->out);
}

static void write_line(tg_progress *p, int64_t done, double passed,
                       const char *text)
{
    if (p->terminal)
        fputs("\r\033[K", p->out);
    fprintf(p->out, "%s  %lld", p->label, (long long)done);
    if (p->total > 0)
        fprintf(p->out, "/%lld", (long long)p->total);
    if (p->terminal && p->total > 0)
        write_bar(p, done);
    write_pace(p, done, passed);
    fprintf(p->out, "%s%s", *text != '\0' ? "  " : "", text);
    if (!p->terminal)
        fputc('\n', p->out);
    p->drawn = p->terminal;
    fflush(p->out);
}

static bool is_due(const tg_progress *p, int64_t done, double time)
{
    return done == p->total || time - p->shown >= (p->terminal ? 0.1 : 10);
}

void tg_progress_update(tg_progress *p, int64_t done, const char *format, ...)
{
    char text[TEXT] = "";
    va_list args;

    if (p == NULL || p->out == NULL)
        return;
    if (p->total > 0 && done > p->total)
        done = p->total;
    double time = now();
    if (!is_due(p, done, time))
        return;
    va_start(args, format);
    if (format != NULL)
        vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_line(p, done > 0 ? done : 0, time - p->start, text);
    p->shown = time;
}

#include "program.h"

#include <tinygrad.h>

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *program_name = "program";

void program_set_name(const char *name)
{
    program_name = name;
}

bool refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return false;
}

bool refuse_tensors(void)
{
    return refuse("%s", tg_error_message());
}

bool opens(const char *path)
{
    FILE *file = fopen(path, "rb");

    return file != NULL && fclose(file) == 0;
}

/* ---- help */

static const char *placeholder(option_kind kind)
{
    switch (kind) {
    case OPTION_WHOLE:
        return " N";
    case OPTION_NUMBER:
        return " X";
    case OPTION_TEXT:
        return " TEXT";
    default:
        return "";
    }
}

static void print_default(const option_row *o)
{
    const char *const *text = o->value;

    if (o->kind == OPTION_WHOLE)
        printf(" (%" PRId64 ")", *(const int64_t *)o->value);
    else if (o->kind == OPTION_NUMBER)
        printf(" (%g)", *(const double *)o->value);
    else if (o->kind == OPTION_TEXT && *text != NULL)
        printf(" (%s)", *text);
}

static void print_help(const program *p)
{
    printf("Usage: %s [OPTION]...\n%s\n\n", p->name, p->summary);
    for (size_t i = 0; i < p->count; i++) {
        const option_row *o = &p->options[i];
        int width = printf("  --%s%s", o->name, placeholder(o->kind));
        printf("%*s%s", width < 22 ? 22 - width : 1, "", o->help);
        print_default(o);
        putchar('\n');
    }
    printf("  --help              print this and exit\n");
}

/* ---- reading */

static const option_row *find(const program *p, const char *word)
{
    for (size_t i = 0; i < p->count && strncmp(word, "--", 2) == 0; i++)
        if (strcmp(word + 2, p->options[i].name) == 0)
            return &p->options[i];
    refuse("unknown option '%s'; see --help", word);
    return NULL;
}

static bool within(const option_row *o, const char *text, double x)
{
    if (x >= o->low && x <= o->high)
        return true;
    return refuse("--%s %s: not within %g to %g", o->name, text, o->low,
                  o->high);
}

static bool read_whole(const option_row *o, const char *text)
{
    char *end;

    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        return refuse("--%s %s: not a whole number", o->name, text);
    *(int64_t *)o->value = n;
    return within(o, text, (double)n);
}

static bool read_number(const option_row *o, const char *text)
{
    char *end;
    double x = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(x))
        return refuse("--%s %s: not a number", o->name, text);
    *(double *)o->value = x;
    return within(o, text, x);
}

static bool read_text(const option_row *o, const char *text)
{
    if (*text == '\0')
        return refuse("--%s: empty", o->name);
    *(const char **)o->value = text;
    return true;
}

static bool read_value(const option_row *o, const char *text)
{
    if (text == NULL)
        return refuse("--%s needs a value; see --help", o->name);
    if (o->kind == OPTION_WHOLE)
        return read_whole(o, text);
    return o->kind == OPTION_NUMBER ? read_number(o, text) : read_text(o, text);
}

program_request program_begin(const program *p, int argc, char **argv)
{
    program_set_name(p->name);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            print_help(p);
            return REQUEST_HELP;
        }
    for (int i = 1; i < argc; i++) {
        const option_row *o = find(p, argv[i]);
        if (o == NULL)
            return REQUEST_WRONG;
        if (o->kind == OPTION_FLAG)
            *(bool *)o->value = true;
        else if (!read_value(o, argv[++i])) /* argv ends with NULL */
            return REQUEST_WRONG;
    }
    return REQUEST_RUN;
}

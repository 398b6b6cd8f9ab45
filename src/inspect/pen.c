#include "pen.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void write_spaces(tg_pen *pen)
{
    for (; pen->spaces > 0; pen->spaces--)
        fputc(' ', pen->out);
}

static void write_in_label(char c, FILE *out)
{
    if (c == '&')
        fputs("&amp;", out); /* the dot language knows XML's entities */
    else if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else
        fputc(c, out);
}

static void write_char(tg_pen *pen, char c)
{
    bool continues_character = ((unsigned char)c & 0xC0) == 0x80;

    pen->column += !continues_character;
    if (!pen->out)
        return;
    write_spaces(pen);
    if (pen->in_label)
        write_in_label(c, pen->out);
    else
        fputc(c, pen->out);
}

void tg_pen_text(tg_pen *pen, const char *text)
{
    for (; *text; text++)
        write_char(pen, *text);
}

void tg_pen_spaces(tg_pen *pen, size_t count)
{
    pen->spaces += count;
    pen->column += count;
}

void tg_pen_to_column(tg_pen *pen, size_t column)
{
    if (column > pen->column)
        tg_pen_spaces(pen, column - pen->column);
}

void tg_pen_newline(tg_pen *pen)
{
    pen->column = pen->spaces = 0;
    if (pen->out)
        fputc('\n', pen->out);
}

/* Whether a second byte keeps its first from an overlong form, a surrogate or
 * a code beyond Unicode. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second < 0xA0;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second < 0x90;
    default:
        return true;
    }
}

static int bytes_announced(unsigned char first)
{
    if (first < 0x80)
        return first >= 0x20 && first != 0x7F;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The bytes of the printable character at s, 0 if there is none. */
static int character_length(const char *s)
{
    int length = bytes_announced((unsigned char)s[0]);

    for (int i = 1; i < length; i++)
        if (((unsigned char)s[i] & 0xC0) != 0x80)
            return 0;
    if (length > 1 &&
        !second_byte_fits((unsigned char)s[0], (unsigned char)s[1]))
        return 0;
    return length;
}

static void write_escape(tg_pen *pen, char c)
{
    char text[8];

    if (c == '\n' || c == '\t')
        snprintf(text, sizeof text, "\\%c", c == '\n' ? 'n' : 't');
    else
        snprintf(text, sizeof text, "\\x%02x", (unsigned)(unsigned char)c);
    tg_pen_text(pen, text);
}

void tg_pen_name(tg_pen *pen, const char *name)
{
    while (*name) {
        int length = character_length(name);

        if (length == 0)
            write_escape(pen, *name++);
        for (; length > 0; length--)
            write_char(pen, *name++);
    }
}

void tg_pen_size(tg_pen *pen, size_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%zu", n);
    tg_pen_text(pen, text);
}

void tg_pen_shape(tg_pen *pen, tg_shape shape)
{
    tg_pen_text(pen, "(");
    for (int i = 0; i < shape.ndim; i++) {
        char text[24];

        snprintf(text, sizeof text, "%s%" PRId64, i > 0 ? ", " : "",
                 shape.dim[i]);
        tg_pen_text(pen, text);
    }
    tg_pen_text(pen, shape.ndim == 1 ? ",)" : ")");
}

void tg_pen_kind(tg_pen *pen, const tg_tensor *t)
{
    tg_pen_shape(pen, tg_tensor_shape(t));
    tg_pen_text(pen, " ");
    tg_pen_text(pen, tg_dtype_name(tg_tensor_dtype(t)));
}

tg_status tg_pen_finish(tg_pen *pen, const char *who)
{
    errno = 0;
    if (fflush(pen->out) == 0 && !ferror(pen->out))
        return TG_OK;
    return tg_fail(NULL, TG_ERR_IO, "%s: cannot write: %s", who,
                   errno ? strerror(errno) : "the stream has failed");
}

/* Writing with columns in mind, and the pieces of text that the printers of
 * this room share. */
#ifndef TG_INSPECT_PEN_H
#define TG_INSPECT_PEN_H

#include <tinygrad/inspect.h>

/* A place in a text. Without a stream it only counts, so that one function
 * measures a cell and writes it. Spaces wait for what follows them: no line
 * ends in one. */
typedef struct tg_pen {
    FILE *out;
    size_t column, spaces;
    bool in_label; /* inside a quoted string of the dot language */
} tg_pen;

void tg_pen_text(tg_pen *pen, const char *text);
void tg_pen_spaces(tg_pen *pen, size_t count);
void tg_pen_to_column(tg_pen *pen, size_t column);
void tg_pen_newline(tg_pen *pen);

/* Text that others chose: control characters and bytes that are no UTF-8 are
 * written as escapes, so that it stays on its line and on any screen. */
void tg_pen_name(tg_pen *pen, const char *name);
void tg_pen_size(tg_pen *pen, size_t n);
void tg_pen_shape(tg_pen *pen, tg_shape shape);
/* "(2, 3) f32" */
void tg_pen_kind(tg_pen *pen, const tg_tensor *t);
/* A number as NumPy writes a scalar, with at most 6 significant digits. */
void tg_pen_number(tg_pen *pen, double x);
/* The values as tg_print writes them; lines after the first start where the
 * pen stands now. */
void tg_pen_array(tg_pen *pen, const tg_tensor *t);

/* The end of every printer: TG_ERR_IO if the stream refused any of it. */
tg_status tg_pen_finish(tg_pen *pen, const char *who);

#endif

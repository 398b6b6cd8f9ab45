#include <tinygrad/inspect.h>

#include "decimal.h"
#include "number.h"
#include "pen.h"

enum {
    LINE_WIDTH = 75,
    THRESHOLD = 1000, /* elements, beyond which the middle is left out */
    EDGE = 3,         /* what is left of an axis then, at either end */
};

/* The tensor being written. The pen stands at `margin` when it begins; the
 * first element of a line is ndim characters, brackets or spaces, from it. */
typedef struct array {
    const tg_tensor *t;
    tg_shape shape;
    bool cut;
    size_t margin;
    tg_number_form form;
} array;

static bool is_cut(const array *a, int axis)
{
    return a->cut && a->shape.dim[axis] > 2 * EDGE;
}

static int64_t next_shown(const array *a, int axis, int64_t i)
{
    i++;
    return is_cut(a, axis) && i == EDGE ? a->shape.dim[axis] - EDGE : i;
}

typedef void visitor(tg_number_form *form, tg_number x);

/* first is the row-major index, counted in blocks of this axis. */
static void visit_shown(array *a, int axis, int64_t first, visitor *visit)
{
    if (axis == a->shape.ndim) {
        visit(&a->form, tg_number_at(a->t, first));
        return;
    }
    int64_t extent = a->shape.dim[axis];
    for (int64_t i = 0; i < extent; i = next_shown(a, axis, i))
        visit_shown(a, axis + 1, first * extent + i, visit);
}

static void begin_line(tg_pen *pen, const array *a, int axis)
{
    tg_pen_newline(pen);
    tg_pen_spaces(pen, a->margin + (size_t)axis + 1);
}

/* A word that does not fit goes to the next line, unless it is the first. */
static void make_room(tg_pen *pen, const array *a, size_t width)
{
    int ndim = a->shape.ndim;
    size_t line_start = a->margin + (size_t)ndim;

    if (pen->column > line_start &&
        pen->column + width > (size_t)(LINE_WIDTH - ndim))
        begin_line(pen, a, ndim - 1);
}

static void write_row(tg_pen *pen, const array *a, int64_t first)
{
    int axis = a->shape.ndim - 1;
    int64_t extent = a->shape.dim[axis];

    for (int64_t i = 0; i < extent; i = next_shown(a, axis, i)) {
        if (i > 0)
            tg_pen_spaces(pen, 1);
        if (is_cut(a, axis) && i == extent - EDGE) {
            make_room(pen, a, 3);
            tg_pen_text(pen, "...");
            tg_pen_spaces(pen, 1);
        }
        make_room(pen, a, tg_number_width(&a->form));
        tg_number_write(pen, &a->form, tg_number_at(a->t, first * extent + i));
    }
}

/* Blocks of n axes are n lines apart. */
static void separate(tg_pen *pen, const array *a, int axis)
{
    for (int left = a->shape.ndim - axis - 1; left > 1; left--)
        tg_pen_newline(pen);
    begin_line(pen, a, axis);
}

static void write_axis(tg_pen *pen, const array *a, int axis, int64_t first);

static void write_blocks(tg_pen *pen, const array *a, int axis, int64_t first)
{
    int64_t extent = a->shape.dim[axis];

    for (int64_t i = 0; i < extent; i = next_shown(a, axis, i)) {
        if (i > 0)
            separate(pen, a, axis);
        if (is_cut(a, axis) && i == extent - EDGE) {
            tg_pen_text(pen, "...");
            separate(pen, a, axis);
        }
        write_axis(pen, a, axis + 1, first * extent + i);
    }
}

static void write_axis(tg_pen *pen, const array *a, int axis, int64_t first)
{
    tg_pen_text(pen, "[");
    if (axis == a->shape.ndim - 1)
        write_row(pen, a, first);
    else
        write_blocks(pen, a, axis, first);
    tg_pen_text(pen, "]");
}

static void write_elements(tg_pen *pen, const tg_tensor *t)
{
    array a = {.t = t,
               .shape = tg_tensor_shape(t),
               .cut = tg_tensor_size(t) > THRESHOLD,
               .margin = pen->column,
               .form = {.dtype = tg_tensor_dtype(t)}};

    visit_shown(&a, 0, 0, tg_number_form_range);
    tg_number_form_choose(&a.form);
    visit_shown(&a, 0, 0, tg_number_form_widen);
    tg_number_form_finish(&a.form);
    write_axis(pen, &a, 0, 0);
}

void tg_pen_array(tg_pen *pen, const tg_tensor *t)
{
    if (tg_tensor_size(t) == 0)
        tg_pen_text(pen, "[]");
    else if (tg_tensor_shape(t).ndim == 0)
        tg_number_write_scalar(pen, tg_tensor_dtype(t), tg_number_at(t, 0),
                               TG_DECIMAL_MOST);
    else
        write_elements(pen, t);
}

void tg_pen_number(tg_pen *pen, double x)
{
    tg_number_write_scalar(pen, TG_F64, (tg_number){.real = x}, 6);
}

tg_status tg_print(FILE *out, const tg_tensor *t)
{
    if (!out || !t || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "print: no %s",
                       out ? "tensor" : "stream");
    tg_pen pen = {.out = out};
    tg_pen_array(&pen, t);
    tg_pen_newline(&pen);
    return tg_pen_finish(&pen, "print");
}

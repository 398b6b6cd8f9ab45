#include "file.h"
#include "npy_header.h"
#include "number.h"

#include <tinygrad/io.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Magic, version and length; with the rest of the header a multiple of ALIGN,
 * which 8 extents of 19 digits leave room for. */
enum { START = TG_NPY_MAGIC_SIZE + 4, ALIGN = 64, ROOM = 320 };
static const char what[] = "save_npy";

typedef struct header {
    char text[ROOM];
    size_t size;
} header;

static void add(header *h, const char *format, ...) TG_PRINTF(2, 3);
static void add(header *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    h->size +=
        (size_t)vsnprintf(h->text + h->size, ROOM - h->size, format, args);
    va_end(args);
}

static void add_dictionary(header *h, const tg_tensor *t)
{
    static const char *const descr[] = {
        [TG_F32] = "<f4", [TG_F64] = "<f8", [TG_I64] = "<i8"};
    tg_shape shape = tg_tensor_shape(t);

    add(h, "{'descr': '%s', 'fortran_order': False, 'shape': (",
        descr[tg_tensor_dtype(t)]);
    for (int d = 0; d < shape.ndim; d++)
        add(h, "%s%" PRId64, d > 0 ? ", " : "", shape.dim[d]);
    add(h, "%s), }", shape.ndim == 1 ? "," : "");
}

static header header_of(const tg_tensor *t)
{
    header h = {.text = TG_NPY_MAGIC "\x01", .size = START};

    add_dictionary(&h, t);
    size_t end = (h.size + ALIGN) / ALIGN * ALIGN;
    memset(h.text + h.size, ' ', end - h.size);
    h.text[end - 1] = '\n';
    h.size = end;
    h.text[START - 2] = (char)((end - START) & 255);
    h.text[START - 1] = (char)((end - START) >> 8);
    return h;
}

tg_status tg_save_npy(const tg_tensor *t, const char *path)
{
    tg_saving file;

    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no tensor", what);
    tg_status s = tg_check_byte_order(what);
    if (s == TG_OK)
        s = tg_saving_begin(&file, what, path);
    if (s != TG_OK)
        return s;
    header h = header_of(t);
    s = tg_saving_write(&file, h.text, h.size);
    if (s == TG_OK)
        s = tg_saving_write(&file, tg_data(t),
                            (size_t)tg_tensor_size(t) *
                                tg_dtype_size(tg_tensor_dtype(t)));
    return tg_saving_end(&file, s);
}

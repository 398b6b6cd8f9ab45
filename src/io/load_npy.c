/* NumPy's format: "\x93NUMPY", version, length, header, numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include "npy_header.h"
#include "number.h"

#include <tinygrad/io.h>

#include <string.h>

/* A header of more than 10,000 bytes is none that NumPy reads. */
enum { MAGIC = TG_NPY_MAGIC_SIZE, MOST_HEADER = 10000 };
static const char what[] = "load_npy";

/* Magic and version, of which 2.0 and 3.0 have a longer length. */
static tg_status read_length(tg_source *in, size_t *length)
{
    unsigned char start[MAGIC + 2], bytes[4];
    tg_status s = tg_source_read(in, start, sizeof start);

    if (s != TG_OK)
        return s;
    if (memcmp(start, TG_NPY_MAGIC, MAGIC) != 0)
        return tg_misformed(what, in->path, "is not an npy file");
    if (start[MAGIC] < 1 || start[MAGIC] > 3 || start[MAGIC + 1] != 0)
        return tg_misformed(what, in->path, "is of an unknown version");
    size_t size = start[MAGIC] == 1 ? 2 : 4;
    s = tg_source_read(in, bytes, size);
    *length = s == TG_OK ? (size_t)tg_little_endian(bytes, size) : 0;
    return s;
}

static tg_status read_header(tg_source *in, tg_npy_header *h)
{
    char text[MOST_HEADER];
    size_t length = 0;
    tg_status s = read_length(in, &length);

    if (s == TG_OK && length > sizeof text)
        s = tg_misformed(what, in->path, "has too long a header");
    if (s == TG_OK)
        s = tg_source_read(in, text, length);
    if (s != TG_OK)
        return s;
    const char *wrong = tg_npy_parse(text, length, h);
    return wrong == NULL ? TG_OK : tg_misformed(what, in->path, wrong);
}

static tg_dtype dtype_of(const tg_number_format *f)
{
    if (f->kind != 'f')
        return TG_I64;
    return f->size == 4 ? TG_F32 : TG_F64;
}

tg_tensor *tg_load_npy(const char *path)
{
    tg_source in;
    tg_npy_header h;
    tg_tensor *t = NULL;

    if (tg_source_open(&in, what, path, false) != TG_OK)
        return NULL;
    if (read_header(&in, &h) == TG_OK)
        t = tg_load_numbers(&in, &h.format, h.fortran_order,
                            dtype_of(&h.format), h.shape);
    tg_source_close(&in);
    return t;
}

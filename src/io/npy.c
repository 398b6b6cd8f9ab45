/* NumPy's format: "\x93NUMPY", version, length, header, numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include "file.h"
#include "npy_header.h"
#include "number.h"

#include <tinygrad/io.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 6, MOST_HEADER = 10000 };
static const char magic[] = "\x93NUMPY";

/* ---- loading */

static const char load_npy[] = "load_npy";

/* Finds the header in the file: *at its beginning, *size its length. */
static const char *find_header(const tg_bytes *file, size_t *at, size_t *size)
{
    const unsigned char *b = file->data;

    if (file->size < MAGIC + 4 || memcmp(b, magic, MAGIC) != 0)
        return "is not an npy file";
    if (b[6] < 1 || b[6] > 3 || b[7] != 0)
        return "is of an unknown version";
    size_t bytes = b[6] == 1 ? 2 : 4;
    *at = MAGIC + 2 + bytes;
    if (file->size < *at)
        return "ends too soon";
    *size = (size_t)tg_little_endian(b + MAGIC + 2, bytes);
    if (*size > MOST_HEADER)
        return "has too long a header";
    return *size <= file->size - *at ? NULL : "ends too soon";
}

/* Do the numbers fill the rest of the file? */
static const char *check_size(const tg_npy_header *h, uint64_t rest)
{
    uint64_t bytes = (uint64_t)h->size;

    for (int d = 0; d < h->shape.ndim; d++)
        if (h->shape.dim[d] == 0)
            return rest == 0 ? NULL : "goes on after its end";
    for (int d = 0; d < h->shape.ndim; d++) {
        if ((uint64_t)h->shape.dim[d] > rest / bytes)
            return "ends too soon";
        bytes *= (uint64_t)h->shape.dim[d];
    }
    return bytes == rest  ? NULL
           : bytes > rest ? "ends too soon"
                          : "goes on after its end";
}

static tg_dtype dtype_of(const tg_npy_header *h)
{
    if (h->kind != 'f')
        return TG_I64;
    return h->size == 4 ? TG_F32 : TG_F64;
}

static void set(tg_tensor *t, int64_t i, const tg_npy_header *h,
                const unsigned char *at)
{
    uint64_t bits = h->big_endian ? tg_big_endian(at, (size_t)h->size)
                                  : tg_little_endian(at, (size_t)h->size);

    if (tg_tensor_dtype(t) == TG_F32)
        tg_data_f32(t)[i] = tg_float_of((uint32_t)bits);
    else if (tg_tensor_dtype(t) == TG_F64)
        tg_data_f64(t)[i] = tg_double_of(bits);
    else
        tg_data_i64(t)[i] = tg_whole_of(bits, h->size, h->kind == 'i');
}

/* Counts element i's axes the other way round. */
static int64_t fortran_place(const tg_shape *shape, int64_t i)
{
    int64_t place = 0, step[TG_MAX_DIMS], n = 1;

    for (int d = 0; d < shape->ndim; d++) {
        step[d] = n;
        n *= shape->dim[d];
    }
    for (int d = shape->ndim - 1; d >= 0; d--) {
        place += i % shape->dim[d] * step[d];
        i /= shape->dim[d];
    }
    return place;
}

static void set_all(tg_tensor *t, const tg_npy_header *h,
                    const unsigned char *from)
{
    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        int64_t at = h->fortran_order ? fortran_place(&h->shape, i) : i;
        set(t, i, h, from + at * h->size);
    }
}

static tg_tensor *load(const tg_bytes *file, const char *path)
{
    tg_npy_header h;
    size_t at, size;
    const char *wrong = find_header(file, &at, &size);

    if (wrong == NULL)
        wrong = tg_npy_parse((const char *)file->data + at, size, &h);
    if (wrong == NULL)
        wrong = check_size(&h, file->size - at - size);
    if (wrong != NULL) {
        tg_misformed(load_npy, path, wrong);
        return NULL;
    }
    tg_tensor *t = tg_tensor_new(dtype_of(&h), h.shape);
    if (t != NULL)
        set_all(t, &h, file->data + at + size);
    return t;
}

tg_tensor *tg_load_npy(const char *path)
{
    tg_bytes file;

    if (tg_read_file(load_npy, path, &file) != TG_OK)
        return NULL;
    tg_tensor *t = load(&file, path);
    tg_bytes_free(&file);
    return t;
}

/* ---- saving */

static const char save_npy[] = "save_npy";

/* Header and length, so that the numbers begin at a multiple of 64. */
enum { ROOM = 256 };

static size_t write_header(const tg_tensor *t, char text[ROOM])
{
    static const char *const descr[] = {
        [TG_F32] = "<f4", [TG_F64] = "<f8", [TG_I64] = "<i8"};
    tg_shape shape = tg_tensor_shape(t);
    size_t at = MAGIC + 4;

    at += (size_t)snprintf(text + at, ROOM - at,
                           "{'descr': '%s', 'fortran_order': False, 'shape': (",
                           descr[tg_tensor_dtype(t)]);
    for (int d = 0; d < shape.ndim; d++)
        at += (size_t)snprintf(text + at, ROOM - at, "%s%" PRId64 "%s",
                               d > 0 ? " " : "", shape.dim[d],
                               d + 1 < shape.ndim || d == 0 ? "," : "");
    at += (size_t)snprintf(text + at, ROOM - at, "), }");
    size_t end = (at + 1 + 63) / 64 * 64;
    memset(text + at, ' ', end - at);
    text[end - 1] = '\n';
    memcpy(text, magic, MAGIC);
    text[6] = 1;
    text[7] = 0;
    text[8] = (char)((end - MAGIC - 4) & 255);
    text[9] = (char)((end - MAGIC - 4) >> 8);
    return end;
}

tg_status tg_save_npy(const tg_tensor *t, const char *path)
{
    char header[ROOM];
    tg_saving file;

    if (t == NULL || t == TG_NONE)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no tensor", save_npy);
    tg_status s = tg_check_byte_order(save_npy);
    if (s == TG_OK)
        s = tg_saving_begin(&file, save_npy, path);
    if (s != TG_OK)
        return s;
    s = tg_saving_write(&file, header, write_header(t, header));
    if (s == TG_OK)
        s = tg_saving_write(&file, tg_data(t),
                            (size_t)tg_tensor_size(t) *
                                tg_dtype_size(tg_tensor_dtype(t)));
    return tg_saving_end(&file, s);
}

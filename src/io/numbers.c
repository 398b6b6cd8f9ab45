#include "numbers.h"
#include "number.h"

#include <string.h>

/* The extents that are not 0 are checked in an empty tensor too, by the rule of
 * tg_tensor_new, which leaves room for the widest dtype. */
static tg_status check_size(const tg_source *in, const tg_number_format *f,
                            const tg_shape *shape)
{
    const uint64_t most = INT64_MAX / 2 / sizeof(double);
    uint64_t count = 1;
    bool empty = false;

    for (int d = 0; d < shape->ndim; d++) {
        uint64_t extent = (uint64_t)shape->dim[d];
        empty = empty || extent == 0;
        if (extent > 0 && count > most / extent)
            return tg_misformed(in->what, in->path, "has too large a shape");
        count *= extent > 0 ? extent : 1;
    }
    return tg_source_expect(in, empty ? 0 : count * (uint64_t)f->size);
}

/* ---- one number */

static double real_of(const tg_number_format *f, uint64_t bits)
{
    if (f->kind == 'f')
        return f->size == 4 ? (double)tg_float_of((uint32_t)bits)
                            : tg_double_of(bits);
    return (double)tg_whole_of(bits, f->size, f->kind == 'i');
}

/* An f32 that stays one keeps its bits, those of a NaN too. */
static void put(tg_tensor *t, int64_t i, const tg_number_format *f,
                uint64_t bits)
{
    if (f->kind == 'b')
        bits = bits != 0;
    if (tg_tensor_dtype(t) == TG_I64)
        tg_data_i64(t)[i] = tg_whole_of(bits, f->size, f->kind == 'i');
    else if (tg_tensor_dtype(t) == TG_F64)
        tg_data_f64(t)[i] = real_of(f, bits);
    else if (f->kind == 'f' && f->size == 4)
        tg_data_f32(t)[i] = tg_float_of((uint32_t)bits);
    else
        tg_data_f32(t)[i] = (float)real_of(f, bits);
}

/* ---- all of them */

/* Where the file's k-th number belongs. */
static int64_t fortran_place(const tg_shape *shape, int64_t step, int64_t k)
{
    int64_t place = 0;

    for (int d = 0; d < shape->ndim; d++) {
        step /= shape->dim[d];
        place += k % shape->dim[d] * step;
        k /= shape->dim[d];
    }
    return place;
}

static void put_all(tg_tensor *t, int64_t first, const tg_number_format *f,
                    bool fortran_order, const unsigned char *from, size_t n)
{
    tg_shape shape = tg_tensor_shape(t);
    int64_t size = tg_tensor_size(t);

    for (size_t k = 0; k < n; k++) {
        const unsigned char *at = from + k * (size_t)f->size;
        int64_t i = first + (int64_t)k;
        uint64_t bits = f->big_endian ? tg_big_endian(at, (size_t)f->size)
                                      : tg_little_endian(at, (size_t)f->size);
        put(t, fortran_order ? fortran_place(&shape, size, i) : i, f, bits);
    }
}

/* Whether the file's bytes are the tensor's. */
static bool same_bytes(const tg_tensor *t, const tg_number_format *f)
{
    return f->kind != 'b' &&
           (f->kind == 'f') == (tg_tensor_dtype(t) != TG_I64) &&
           f->size == (int)tg_dtype_size(tg_tensor_dtype(t)) &&
           f->big_endian != tg_is_little_endian();
}

static tg_status read_all(tg_source *in, const tg_number_format *f,
                          bool fortran_order, tg_tensor *t)
{
    unsigned char chunk[4096];
    size_t most = sizeof chunk / (size_t)f->size;
    int64_t size = tg_tensor_size(t);
    tg_status s = TG_OK;

    if (same_bytes(t, f) && !fortran_order)
        return tg_source_read(in, tg_data(t), (size_t)size * (size_t)f->size);
    for (int64_t i = 0; s == TG_OK && i < size;) {
        size_t n = (uint64_t)(size - i) < most ? (size_t)(size - i) : most;
        s = tg_source_read(in, chunk, n * (size_t)f->size);
        if (s == TG_OK)
            put_all(t, i, f, fortran_order, chunk, n);
        i += (int64_t)n;
    }
    return s;
}

tg_tensor *tg_load_numbers(tg_source *in, const tg_number_format *f,
                           bool fortran_order, tg_dtype dtype, tg_shape shape)
{
    if (check_size(in, f, &shape) != TG_OK)
        return NULL;
    tg_tensor *t = tg_tensor_new(dtype, shape);
    if (t == NULL) {
        tg_file_no_memory(in->what, in->path);
        return NULL;
    }
    if (read_all(in, f, fortran_order, t) == TG_OK)
        return t;
    tg_tensor_free(t);
    return NULL;
}

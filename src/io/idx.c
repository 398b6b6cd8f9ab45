/* IDX: two zero bytes, a type, a rank, big-endian extents, big-endian numbers.
 */
#include "number.h"
#include "source.h"

#include <tinygrad/io.h>

enum { U8 = 0x08, I8 = 0x09, I16 = 0x0B, I32 = 0x0C, F32 = 0x0D, F64 = 0x0E };

static const char what[] = "load_idx";

static size_t size_of(int type)
{
    switch (type) {
    case U8:
    case I8:
        return 1;
    case I16:
        return 2;
    case I32:
    case F32:
        return 4;
    case F64:
        return 8;
    }
    return 0;
}

static double number_at(int type, const unsigned char *at)
{
    int size = (int)size_of(type);
    uint64_t bits = tg_big_endian(at, (size_t)size);

    if (type == F32)
        return (double)tg_float_of((uint32_t)bits);
    if (type == F64)
        return tg_double_of(bits);
    return (double)tg_whole_of(bits, size, type != U8);
}

static void set(tg_tensor *t, int64_t i, double x)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        tg_data_f32(t)[i] = (float)x;
        break;
    case TG_F64:
        tg_data_f64(t)[i] = x;
        break;
    case TG_I64:
        tg_data_i64(t)[i] = (int64_t)x;
        break;
    }
}

/* ---- the header */

typedef struct header {
    int type;
    tg_shape shape;
    uint64_t bytes; /* of the numbers */
} header;

/* Extents below 2^32 and at most 8 of them: the product is checked at each
 * step against the most that the file can hold. */
static tg_status read_extents(tg_source *in, header *h)
{
    unsigned char bytes[4];
    tg_status s = TG_OK;

    h->bytes = size_of(h->type);
    for (int d = 0; s == TG_OK && d < h->shape.ndim; d++) {
        s = tg_source_read(in, bytes, sizeof bytes);
        uint64_t extent = s == TG_OK ? tg_big_endian(bytes, 4) : 0;
        h->shape.dim[d] = (int64_t)extent;
        if (h->bytes > 0 && extent > tg_source_most(in) / h->bytes)
            return tg_misformed(what, in->path, "ends before its numbers");
        h->bytes *= extent;
    }
    return s;
}

static tg_status read_header(tg_source *in, header *h)
{
    unsigned char magic[4];
    tg_status s = tg_source_read(in, magic, sizeof magic);

    if (s != TG_OK)
        return s;
    *h = (header){.type = magic[2], .shape = {.ndim = magic[3]}};
    if (magic[0] != 0 || magic[1] != 0 || size_of(h->type) == 0)
        return tg_misformed(what, in->path, "not an IDX file");
    if (h->shape.ndim > TG_MAX_DIMS)
        return tg_misformed(what, in->path, "too many axes");
    return read_extents(in, h);
}

/* ---- the numbers */

static tg_status read_numbers(tg_source *in, const header *h, tg_tensor *t)
{
    unsigned char chunk[4096];
    size_t size = size_of(h->type), most = sizeof chunk / size;
    int64_t n = tg_tensor_size(t);
    tg_status s = TG_OK;

    for (int64_t i = 0; s == TG_OK && i < n;) {
        size_t count = (uint64_t)(n - i) < most ? (size_t)(n - i) : most;
        s = tg_source_read(in, chunk, count * size);
        for (size_t k = 0; s == TG_OK && k < count; k++)
            set(t, i++, number_at(h->type, chunk + k * size));
    }
    return s == TG_OK ? tg_source_expect_end(in) : s;
}

static tg_tensor *load(tg_source *in, tg_dtype dtype)
{
    header h;

    if (read_header(in, &h) != TG_OK)
        return NULL;
    if (dtype == TG_I64 && (h.type == F32 || h.type == F64)) {
        tg_fail(NULL, TG_ERR_DTYPE, "%s: '%s' holds %s, not whole numbers",
                what, in->path, h.type == F32 ? "f32" : "f64");
        return NULL;
    }
    tg_tensor *t = tg_tensor_new(dtype, h.shape);
    if (t == NULL || read_numbers(in, &h, t) == TG_OK)
        return t;
    tg_tensor_free(t);
    return NULL;
}

tg_tensor *tg_load_idx(const char *path, tg_dtype dtype)
{
    tg_source in;

    if (tg_source_open(&in, what, path) != TG_OK)
        return NULL;
    tg_tensor *t = load(&in, dtype);
    tg_source_close(&in);
    return t;
}

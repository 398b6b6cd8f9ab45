/* IDX: two zero bytes, a type, a rank, big-endian extents, big-endian numbers.
 */
#include "number.h"
#include "numbers.h"

#include <tinygrad/io.h>

static const char what[] = "load_idx";

/* By the type's byte; a size of 0 is no type. */
static const tg_number_format formats[] = {
    [0x08] = {'u', 1, true}, [0x09] = {'i', 1, true}, [0x0B] = {'i', 2, true},
    [0x0C] = {'i', 4, true}, [0x0D] = {'f', 4, true}, [0x0E] = {'f', 8, true}};
enum { FORMATS = sizeof formats / sizeof *formats };

typedef struct header {
    tg_number_format format;
    tg_shape shape;
} header;

static tg_status read_magic(tg_source *in, header *h)
{
    unsigned char magic[4];
    tg_status s = tg_source_read(in, magic, sizeof magic);

    if (s != TG_OK)
        return s;
    if (magic[0] != 0 || magic[1] != 0 || magic[2] >= FORMATS ||
        formats[magic[2]].size == 0)
        return tg_misformed(what, in->path, "is not an IDX file");
    if (magic[3] > TG_MAX_DIMS)
        return tg_misformed(what, in->path, "has too many axes");
    *h = (header){formats[magic[2]], {.ndim = magic[3]}};
    return TG_OK;
}

static tg_status read_header(tg_source *in, header *h)
{
    unsigned char extent[4];
    tg_status s = read_magic(in, h);

    for (int d = 0; s == TG_OK && d < h->shape.ndim; d++) {
        s = tg_source_read(in, extent, sizeof extent);
        h->shape.dim[d] = (int64_t)tg_big_endian(extent, sizeof extent);
    }
    return s;
}

static tg_status check_dtype(const tg_source *in, const header *h,
                             tg_dtype dtype)
{
    if (tg_dtype_size(dtype) == 0)
        return tg_fail(NULL, TG_ERR_DTYPE, "%s: unknown dtype %d", what,
                       (int)dtype);
    if (dtype != TG_I64 || h->format.kind != 'f')
        return TG_OK;
    return tg_fail(NULL, TG_ERR_DTYPE, "%s: '%s' holds f%d, not whole numbers",
                   what, in->path, 8 * h->format.size);
}

tg_tensor *tg_load_idx(const char *path, tg_dtype dtype)
{
    tg_source in;
    header h;
    tg_tensor *t = NULL;

    if (tg_source_open(&in, what, path, true) != TG_OK)
        return NULL;
    if (read_header(&in, &h) == TG_OK && check_dtype(&in, &h, dtype) == TG_OK)
        t = tg_load_numbers(&in, &h.format, false, dtype, h.shape);
    tg_source_close(&in);
    return t;
}

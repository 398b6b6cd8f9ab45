/* gzip's format, unpacked by zlib with memory of the library's allocator. */
#include "source.h"

#include <tinygrad/memory.h>

#include <stddef.h>
#include <zlib.h>

struct tg_unpacker {
    z_stream z;
    bool ended; /* a member of the file, and the next has not begun */
    unsigned char packed[8192];
};

/* ---- zlib does not say the size of what it frees */

typedef union block {
    size_t size;
    max_align_t align;
} block;

static voidpf allocate(voidpf ctx, uInt items, uInt size)
{
    size_t whole = sizeof(block) + (size_t)items * size;
    block *b = tg_memory_new(whole);

    (void)ctx;
    if (b == NULL)
        return Z_NULL;
    b->size = whole;
    return b + 1;
}

static void release(voidpf ctx, voidpf address)
{
    block *b = (block *)address - 1;

    (void)ctx;
    tg_memory_free(b, b->size);
}

/* ---- a source's unpacker */

tg_status tg_unpack_begin(tg_source *in)
{
    enum { GZIP_ONLY = 16 };

    in->unpacker = tg_memory_new(sizeof *in->unpacker);
    if (in->unpacker == NULL)
        return tg_file_no_memory(in->what, in->path);
    z_stream *z = &in->unpacker->z;
    *z = (z_stream){.zalloc = allocate, .zfree = release};
    in->unpacker->ended = false;
    return inflateInit2(z, MAX_WBITS + GZIP_ONLY) == Z_OK
               ? TG_OK
               : tg_file_no_memory(in->what, in->path);
}

tg_status tg_unpack_rewind(tg_source *in)
{
    in->unpacker->z.avail_in = 0;
    in->unpacker->ended = false;
    inflateReset(&in->unpacker->z);
    return TG_OK;
}

void tg_unpack_end(tg_source *in)
{
    inflateEnd(&in->unpacker->z);
    tg_memory_free(in->unpacker, sizeof *in->unpacker);
}

/* Packed bytes to go on with. */
static tg_status refill(tg_source *in)
{
    tg_unpacker *u = in->unpacker;
    ssize_t n = tg_read_some(in->fd, u->packed, sizeof u->packed);

    if (n < 0)
        return tg_io_failed(in->what, in->path);
    u->z.next_in = u->packed;
    u->z.avail_in = (uInt)n;
    return n > 0 || u->ended
               ? TG_OK
               : tg_misformed(in->what, in->path, "ends too soon");
}

static tg_status inflate_some(tg_source *in)
{
    tg_unpacker *u = in->unpacker;

    if (u->ended)
        inflateReset(&u->z);
    int result = inflate(&u->z, Z_NO_FLUSH);
    u->ended = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR)
        return tg_file_no_memory(in->what, in->path);
    return result == Z_OK || result == Z_STREAM_END
               ? TG_OK
               : tg_misformed(in->what, in->path, "is damaged");
}

/* A file may have several members, one behind the other; anything else behind
 * one is damage. */
tg_status tg_unpack(tg_source *in, void *to, size_t size, size_t *got)
{
    const uInt most = size < 1U << 20 ? (uInt)size : 1U << 20;
    z_stream *z = &in->unpacker->z;
    tg_status s = TG_OK;
    bool more = true;

    z->next_out = to;
    z->avail_out = most;
    while (s == TG_OK && more && z->avail_out == most) {
        if (z->avail_in == 0)
            s = refill(in);
        more = z->avail_in > 0;
        if (s == TG_OK && more)
            s = inflate_some(in);
    }
    *got = most - z->avail_out;
    return s;
}

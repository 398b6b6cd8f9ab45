/* A file read from its beginning to its end, plain or compressed by gzip. */
#ifndef TINYGRAD_IO_SOURCE_H
#define TINYGRAD_IO_SOURCE_H

#include "file.h"

#include <stdint.h>

#if defined(TG_HAVE_ZLIB)
#include <zlib.h>
#endif

typedef struct tg_source {
    const char *what, *path;
    int fd;
    uint64_t size; /* of the file */
    bool compressed;
#if defined(TG_HAVE_ZLIB)
    gzFile unpacked;
#endif
} tg_source;

tg_status tg_source_open(tg_source *in, const char *what, const char *path);
/* All of them, or a failure. */
tg_status tg_source_read(tg_source *in, void *to, size_t size);
tg_status tg_source_expect_end(tg_source *in);
void tg_source_close(tg_source *in);

/* The most bytes that it can hold: deflate makes at most 1032 of one. */
static inline uint64_t tg_source_most(const tg_source *in)
{
    return in->compressed ? 1032 * in->size : in->size;
}

#endif

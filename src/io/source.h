/* A file read from its beginning to its end, plain or compressed by gzip. */
#ifndef TINYGRAD_IO_SOURCE_H
#define TINYGRAD_IO_SOURCE_H

#include "file.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct tg_unpacker tg_unpacker;

typedef struct tg_source {
    const char *what, *path;
    int fd;
    uint64_t left;         /* bytes to come, known from the start */
    tg_unpacker *unpacker; /* NULL: plain */
} tg_source;

/* A compressed file is unpacked once to count and check it, so that nothing
 * has to be believed that its contents say of their size. Where `packed` is
 * false it is read as it is. */
tg_status tg_source_open(tg_source *in, const char *what, const char *path,
                         bool packed);
/* All of them, or a failure. */
tg_status tg_source_read(tg_source *in, void *to, size_t size);
/* That as many bytes are left, neither fewer nor more. */
tg_status tg_source_expect(const tg_source *in, uint64_t size);
void tg_source_close(tg_source *in);

/* read() that no signal ends. */
ssize_t tg_read_some(int fd, void *to, size_t size);

/* ---- what zlib does for a source (TG_ERR_UNSUPPORTED without it) */

tg_status tg_unpack_begin(tg_source *in);
/* Some of the bytes, at least one unless the file is at its end. */
tg_status tg_unpack(tg_source *in, void *to, size_t size, size_t *got);
tg_status tg_unpack_rewind(tg_source *in);
void tg_unpack_end(tg_source *in);

#endif

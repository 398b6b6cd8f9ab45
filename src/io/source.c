#define _POSIX_C_SOURCE 200809L

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t tg_read_some(int fd, void *to, size_t size)
{
    ssize_t n;

    do
        n = read(fd, to, size);
    while (n < 0 && errno == EINTR);
    return n;
}

/* ---- opening */

/* What is no regular file, a pipe say, must not keep us waiting. */
static int open_to_read(const char *path)
{
    int fd;

    do
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static tg_status find_size(tg_source *in)
{
    struct stat s;

    if (fstat(in->fd, &s) != 0)
        return tg_io_failed(in->what, in->path);
    if (!S_ISREG(s.st_mode))
        return tg_misformed(in->what, in->path, "is not a regular file");
    in->left = (uint64_t)s.st_size;
    return TG_OK;
}

static tg_status rewind_plain(tg_source *in)
{
    return lseek(in->fd, 0, SEEK_SET) == 0 ? TG_OK
                                           : tg_io_failed(in->what, in->path);
}

/* Unpacks all, for the number of bytes alone. */
static tg_status count_unpacked(tg_source *in)
{
    unsigned char scratch[4096];
    size_t got = 1;
    tg_status s = tg_unpack_begin(in);

    in->left = 0;
    while (s == TG_OK && got > 0) {
        s = tg_unpack(in, scratch, sizeof scratch, &got);
        in->left += got;
    }
    if (s == TG_OK)
        s = rewind_plain(in);
    return s == TG_OK ? tg_unpack_rewind(in) : s;
}

static tg_status begin_packed(tg_source *in)
{
    unsigned char magic[2] = {0};
    tg_status s = TG_OK;

    if (in->left >= sizeof magic) {
        uint64_t size = in->left;
        s = tg_source_read(in, magic, sizeof magic);
        in->left = size;
    }
    if (s == TG_OK)
        s = rewind_plain(in);
    return s == TG_OK && magic[0] == 0x1F && magic[1] == 0x8B
               ? count_unpacked(in)
               : s;
}

tg_status tg_source_open(tg_source *in, const char *what, const char *path,
                         bool packed)
{
    *in = (tg_source){.what = what, .path = path, .fd = -1};
    if (path == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no path", what);
    in->fd = open_to_read(path);
    if (in->fd < 0)
        return tg_io_failed(what, path);
    tg_status s = find_size(in);
    if (s == TG_OK && packed)
        s = begin_packed(in);
    if (s != TG_OK)
        tg_source_close(in);
    return s;
}

void tg_source_close(tg_source *in)
{
    if (in->unpacker != NULL)
        tg_unpack_end(in);
    close(in->fd);
}

/* ---- reading */

static tg_status read_part(tg_source *in, void *to, size_t size, size_t *got)
{
    if (in->unpacker != NULL)
        return tg_unpack(in, to, size, got);
    ssize_t n = tg_read_some(in->fd, to, size);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 ? TG_OK : tg_io_failed(in->what, in->path);
}

/* A file that shrinks meanwhile ends too soon, too. */
tg_status tg_source_read(tg_source *in, void *to, size_t size)
{
    unsigned char *at = to;
    bool enough = size <= in->left;

    while (enough && size > 0) {
        size_t got;
        tg_status s = read_part(in, at, size, &got);
        if (s != TG_OK)
            return s;
        enough = got > 0;
        at += got;
        size -= got;
        in->left -= got;
    }
    return enough ? TG_OK : tg_misformed(in->what, in->path, "ends too soon");
}

tg_status tg_source_expect(const tg_source *in, uint64_t size)
{
    if (in->left == size)
        return TG_OK;
    return tg_misformed(in->what, in->path,
                        in->left < size ? "ends too soon"
                                        : "goes on after its end");
}

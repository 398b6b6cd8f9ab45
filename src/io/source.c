#define _POSIX_C_SOURCE 200809L

#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static tg_status failed(const tg_source *in)
{
    return tg_io_failed(in->what, in->path);
}

/* As much as there is up to size; -1 on a failure of the system, -2 on damage.
 */
static ssize_t read_plain(tg_source *in, void *to, size_t size)
{
    ssize_t n;

    do
        n = read(in->fd, to, size);
    while (n < 0 && errno == EINTR);
    return n;
}

#if defined(TG_HAVE_ZLIB)

static tg_status unpack(tg_source *in)
{
    in->unpacked = gzdopen(in->fd, "rb");
    return in->unpacked != NULL
               ? TG_OK
               : tg_fail(NULL, TG_ERR_NOMEM, "%s: '%s': no memory", in->what,
                         in->path);
}

static ssize_t read_some(tg_source *in, void *to, size_t size)
{
    if (!in->compressed)
        return read_plain(in, to, size);
    int n =
        gzread(in->unpacked, to, (unsigned)(size < 1U << 20 ? size : 1U << 20));
    int error = Z_OK;
    gzerror(in->unpacked, &error);
    if (error == Z_ERRNO)
        return -1;
    return error == Z_OK || error == Z_STREAM_END ? n : -2;
}

void tg_source_close(tg_source *in)
{
    if (in->compressed && in->unpacked != NULL)
        gzclose(in->unpacked);
    else
        close(in->fd);
}

#else

static tg_status unpack(tg_source *in)
{
    return tg_fail(NULL, TG_ERR_UNSUPPORTED,
                   "%s: '%s' is compressed; this library was built without "
                   "zlib",
                   in->what, in->path);
}

static ssize_t read_some(tg_source *in, void *to, size_t size)
{
    return read_plain(in, to, size);
}

void tg_source_close(tg_source *in)
{
    close(in->fd);
}

#endif

static tg_status begin(tg_source *in)
{
    unsigned char magic[2] = {0};
    struct stat s;

    if (fstat(in->fd, &s) != 0)
        return failed(in);
    if (!S_ISREG(s.st_mode))
        return tg_misformed(in->what, in->path, "not a file");
    in->size = (uint64_t)s.st_size;
    if (pread(in->fd, magic, sizeof magic, 0) < 0)
        return failed(in);
    in->compressed = magic[0] == 0x1F && magic[1] == 0x8B;
    return in->compressed ? unpack(in) : TG_OK;
}

tg_status tg_source_open(tg_source *in, const char *what, const char *path)
{
    *in = (tg_source){.what = what, .path = path, .fd = -1};
    if (path == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no path", what);
    in->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0)
        return failed(in);
    tg_status s = begin(in);
    if (s != TG_OK)
        tg_source_close(in);
    return s;
}

tg_status tg_source_read(tg_source *in, void *to, size_t size)
{
    unsigned char *at = to;

    while (size > 0) {
        ssize_t n = read_some(in, at, size);
        if (n == -1)
            return failed(in);
        if (n <= 0)
            return tg_misformed(in->what, in->path,
                                n == 0 ? "ends too soon" : "is damaged");
        at += n;
        size -= (size_t)n;
    }
    return TG_OK;
}

tg_status tg_source_expect_end(tg_source *in)
{
    unsigned char more;
    ssize_t n = read_some(in, &more, 1);

    if (n == 0)
        return TG_OK;
    if (n == -1)
        return failed(in);
    return tg_misformed(in->what, in->path,
                        n == 1 ? "goes on after its end" : "is damaged");
}

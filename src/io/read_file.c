#define _POSIX_C_SOURCE 200809L

#include "file.h"

#include <tinygrad/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

tg_status tg_io_failed(const char *what, const char *path)
{
    return tg_fail(NULL, TG_ERR_IO, "%s: '%s': %s", what, path,
                   strerror(errno));
}

tg_status tg_misformed(const char *what, const char *path, const char *reason)
{
    return tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s': %s", what, path, reason);
}

static tg_status find_size(int fd, const char *what, const char *path,
                           size_t *size)
{
    struct stat s;

    if (fstat(fd, &s) != 0)
        return tg_io_failed(what, path);
    if (!S_ISREG(s.st_mode))
        return tg_misformed(what, path, "not a file");
    *size = (size_t)s.st_size;
    return TG_OK;
}

/* A file that shrinks meanwhile is none to rely on. */
static tg_status read_all(int fd, const char *what, const char *path,
                          tg_bytes *bytes)
{
    size_t done = 0;

    while (done < bytes->size) {
        ssize_t n = read(fd, bytes->data + done, bytes->size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tg_io_failed(what, path);
        if (n == 0)
            return tg_misformed(what, path, "ends too soon");
        done += (size_t)n;
    }
    return TG_OK;
}

static tg_status read_open(int fd, const char *what, const char *path,
                           tg_bytes *bytes)
{
    tg_status s = find_size(fd, what, path, &bytes->size);

    if (s != TG_OK)
        return s;
    bytes->data = tg_memory_new(bytes->size > 0 ? bytes->size : 1);
    if (bytes->data == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "%s: '%s': no memory for %zu bytes",
                       what, path, bytes->size);
    return read_all(fd, what, path, bytes);
}

tg_status tg_read_file(const char *what, const char *path, tg_bytes *bytes)
{
    *bytes = (tg_bytes){0};
    if (path == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no path", what);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tg_io_failed(what, path);
    tg_status s = read_open(fd, what, path, bytes);
    close(fd);
    if (s != TG_OK)
        tg_bytes_free(bytes);
    return s;
}

void tg_bytes_free(tg_bytes *bytes)
{
    tg_memory_free(bytes->data, bytes->size > 0 ? bytes->size : 1);
    *bytes = (tg_bytes){0};
}

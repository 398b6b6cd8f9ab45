#define _POSIX_C_SOURCE 200809L

#include "file.h"

#include <tinygrad/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".", a process, ".", a number, ".tmp"; names of more than 255 bytes are
 * refused by most file systems, so that of the temporary file holds at most
 * the first MOST_NAME of the file's own. */
enum { SUFFIX = 48, MOST_NAME = 200, TRIES = 1000 };

static int open_retrying(const char *path, int flags, mode_t mode)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* ---- beginning */

/* A device or a folder must not be replaced by a file. Who may read the old
 * file may read the new one, and nobody else. */
static tg_status find_mode(const tg_saving *s, mode_t *mode)
{
    struct stat old;

    *mode = 0666;
    if (stat(s->path, &old) != 0)
        return errno == ENOENT ? TG_OK : tg_io_failed(s->what, s->path);
    *mode = old.st_mode & 0777;
    return S_ISREG(old.st_mode)
               ? TG_OK
               : tg_fail(NULL, TG_ERR_IO, "%s: '%s' is not a regular file",
                         s->what, s->path);
}

static int head_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL ? (size_t)(slash + 1 - path) : 0;
    size_t name = strlen(path) - folder;

    return (int)(folder + (name < MOST_NAME ? name : MOST_NAME));
}

/* Every save of every process has a temporary name of its own. */
static int create(tg_saving *s, mode_t mode)
{
    static atomic_uint number;
    int fd = -1;

    for (int i = 0; fd < 0 && i < TRIES; i++) {
        snprintf(s->temporary, s->size, "%.*s.%ld.%u.tmp", head_length(s->path),
                 s->path, (long)getpid(), atomic_fetch_add(&number, 1U));
        fd = open_retrying(s->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

/* The folder that the file lies in, or -1. */
static int open_folder(const tg_saving *s)
{
    char *slash = strrchr(s->temporary, '/');

    if (slash == NULL)
        return open_retrying(".", O_RDONLY | O_DIRECTORY, 0);
    char first = slash[1];
    slash[1] = '\0';
    int folder = open_retrying(s->temporary, O_RDONLY | O_DIRECTORY, 0);
    slash[1] = first;
    return folder;
}

/* A folder that may be written but not read cannot be brought to the disk. */
static tg_status open_both(tg_saving *s, mode_t mode)
{
    s->fd = create(s, mode);
    if (s->fd < 0)
        return tg_io_failed(s->what, s->path);
    s->folder = open_folder(s);
    return s->folder >= 0 || errno == EACCES ? TG_OK
                                             : tg_io_failed(s->what, s->path);
}

tg_status tg_saving_begin(tg_saving *s, const char *what, const char *path)
{
    mode_t mode;

    *s = (tg_saving){.what = what, .path = path, .fd = -1, .folder = -1};
    if (path == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no path", what);
    s->size = strlen(path) + SUFFIX;
    s->temporary = tg_memory_new(s->size);
    if (s->temporary == NULL)
        return tg_file_no_memory(what, path);
    tg_status status = find_mode(s, &mode);
    if (status == TG_OK)
        status = open_both(s, mode);
    return status == TG_OK ? TG_OK : tg_saving_end(s, status);
}

/* ---- writing */

tg_status tg_saving_write(tg_saving *s, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        errno = EIO; /* of a write that writes nothing */
        ssize_t n = write(s->fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return tg_io_failed(s->what, s->path);
        at += n;
        size -= (size_t)n;
    }
    return TG_OK;
}

/* ---- ending */

static bool synced(int fd)
{
    int result;

    do
        result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Closing tells of late failures, so it comes before the new name. After a
 * signal the file is closed all the same. */
static bool closed(tg_saving *s)
{
    int fd = s->fd;

    s->fd = -1;
    return close(fd) == 0 || errno == EINTR;
}

/* Some file systems have no folders to bring to a disk. */
static tg_status finish(tg_saving *s)
{
    if (!synced(s->fd) || !closed(s) || rename(s->temporary, s->path) != 0)
        return tg_io_failed(s->what, s->path);
    *s->temporary = '\0';
    return s->folder < 0 || synced(s->folder) || errno == EINVAL
               ? TG_OK
               : tg_io_failed(s->what, s->path);
}

tg_status tg_saving_end(tg_saving *s, tg_status so_far)
{
    bool created = s->fd >= 0;
    tg_status result = so_far == TG_OK ? finish(s) : so_far;

    if (s->fd >= 0)
        close(s->fd);
    if (s->folder >= 0)
        close(s->folder);
    if (created && *s->temporary != '\0')
        unlink(s->temporary);
    tg_memory_free(s->temporary, s->size);
    return result;
}

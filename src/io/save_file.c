#define _POSIX_C_SOURCE 200809L

#include "file.h"

#include <tinygrad/memory.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ".", a process, a number, ".tmp" */
enum { SUFFIX = 48, TRIES = 1000 };

/* Every save of every process has a temporary name of its own. */
static int create(tg_saving *s)
{
    static atomic_uint number;
    int fd = -1;

    for (int i = 0; fd < 0 && i < TRIES; i++) {
        snprintf(s->temporary, s->size, "%s.%ld.%u.tmp", s->path,
                 (long)getpid(), atomic_fetch_add(&number, 1U));
        fd = open(s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

tg_status tg_saving_begin(tg_saving *s, const char *what, const char *path)
{
    *s = (tg_saving){.what = what, .path = path, .fd = -1};
    if (path == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no path", what);
    s->size = strlen(path) + SUFFIX;
    s->temporary = tg_memory_new(s->size);
    if (s->temporary == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory", what);
    s->fd = create(s);
    if (s->fd >= 0)
        return TG_OK;
    tg_status failed = tg_io_failed(what, path);
    tg_memory_free(s->temporary, s->size);
    return failed;
}

tg_status tg_saving_write(tg_saving *s, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t n = write(s->fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tg_io_failed(s->what, s->path);
        at += n;
        size -= (size_t)n;
    }
    return TG_OK;
}

static int fsync_whole(int fd)
{
    int done;

    do
        done = fsync(fd);
    while (done != 0 && errno == EINTR);
    return done;
}

/* The folder that the path lies in, whose list of names must reach the disk
 * too. Uses the temporary's name as room. */
static bool sync_folder(tg_saving *s)
{
    char *slash = strrchr(s->temporary, '/');

    if (slash == NULL)
        strcpy(s->temporary, ".");
    else
        slash[slash == s->temporary] = '\0';
    int folder = open(s->temporary, O_RDONLY | O_CLOEXEC);
    if (folder < 0)
        return false;
    /* some file systems have nothing to bring to a disk */
    bool done = fsync_whole(folder) == 0 || errno == EINVAL;
    int reason = errno;
    close(folder);
    errno = reason;
    return done;
}

/* Closing tells of late failures, so it comes before the new name. */
static bool put_in_place(tg_saving *s)
{
    bool synced = fsync_whole(s->fd) == 0;
    int reason = errno;
    bool closed = close(s->fd) == 0;

    s->fd = -1;
    if (!synced)
        errno = reason;
    return synced && closed && rename(s->temporary, s->path) == 0;
}

static tg_status finish(tg_saving *s)
{
    if (!put_in_place(s)) {
        tg_status failed = tg_io_failed(s->what, s->path);
        unlink(s->temporary);
        return failed;
    }
    return sync_folder(s) ? TG_OK : tg_io_failed(s->what, s->path);
}

tg_status tg_saving_end(tg_saving *s, tg_status so_far)
{
    tg_status result = so_far == TG_OK ? finish(s) : so_far;

    if (s->fd >= 0) {
        close(s->fd);
        unlink(s->temporary);
    }
    tg_memory_free(s->temporary, s->size);
    return result;
}

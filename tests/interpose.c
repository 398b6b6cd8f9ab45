#define _GNU_SOURCE

#include "interpose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_CALLS = 4096, MOST_FDS = 256, PATH = 64 };

static struct {
    const char *name;
    char path[PATH];
} calls[MOST_CALLS];
static char opened_as[MOST_FDS][PATH];
static bool watching;
static size_t count, troubled;
static trouble kind;
static int error_number, balance;

void watch_calls(size_t k, trouble t, int error)
{
    count = 0;
    balance = 0;
    troubled = k;
    kind = t;
    error_number = error;
    watching = true;
}

size_t unwatch_calls(void)
{
    watching = false;
    return count;
}

const char *call_name(size_t k)
{
    return calls[k - 1].name;
}

const char *call_path(size_t k)
{
    return calls[k - 1].path;
}

int open_calls(void)
{
    return balance;
}

static void keep_path(char *to, const char *path)
{
    size_t n = strlen(path);

    size_t kept = n < PATH ? n : PATH - 1;

    memcpy(to, path + n - kept, kept);
    to[kept] = '\0';
}

/* Whether this call is to fail, or to find the end of the file. */
static bool meets_trouble(const char *name, const char *path)
{
    if (!watching || count == MOST_CALLS)
        return false;
    calls[count].name = name;
    keep_path(calls[count].path, path);
    bool now = ++count == troubled;
    if (now && kind == LEAVE)
        _exit(9);
    if (now && kind == FAIL)
        errno = error_number;
    return now && (kind == FAIL || (kind == END && strcmp(name, "read") == 0));
}

static const char *path_of(int fd)
{
    return fd >= 0 && fd < MOST_FDS ? opened_as[fd] : "";
}

int open(const char *path, int flags, ...)
{
    va_list args;

    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (meets_trouble("open", path))
        return -1;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && fd < MOST_FDS && watching)
        keep_path(opened_as[fd], path);
    balance += watching && fd >= 0;
    return fd;
}

int close(int fd)
{
    bool fails = meets_trouble("close", path_of(fd));
    int error = errno, result = (int)syscall(SYS_close, fd);

    balance -= watching;
    if (fails)
        errno = error;
    return fails ? -1 : result;
}

static size_t amount(size_t size)
{
    return watching && kind == SHORT && size > 1 ? 1 : size;
}

ssize_t read(int fd, void *to, size_t size)
{
    if (meets_trouble("read", path_of(fd)))
        return kind == END ? 0 : -1;
    return syscall(SYS_read, fd, to, amount(size));
}

ssize_t write(int fd, const void *from, size_t size)
{
    if (meets_trouble("write", path_of(fd)))
        return -1;
    return syscall(SYS_write, fd, from, amount(size));
}

off_t lseek(int fd, off_t to, int whence)
{
    if (meets_trouble("lseek", path_of(fd)))
        return -1;
    return syscall(SYS_lseek, fd, to, whence);
}

int fsync(int fd)
{
    return meets_trouble("fsync", path_of(fd)) ? -1
                                               : (int)syscall(SYS_fsync, fd);
}

int fstat(int fd, struct stat *s)
{
    if (meets_trouble("fstat", path_of(fd)))
        return -1;
    return fstatat(fd, "", s, AT_EMPTY_PATH);
}

int stat(const char *path, struct stat *s)
{
    return meets_trouble("stat", path) ? -1 : fstatat(AT_FDCWD, path, s, 0);
}

int rename(const char *from, const char *to)
{
    if (meets_trouble("rename", from))
        return -1;
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
    if (meets_trouble("unlink", path))
        return -1;
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

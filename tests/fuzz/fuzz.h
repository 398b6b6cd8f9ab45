/* What the fuzz targets share: bytes as a file in memory that has a path. */
#ifndef FUZZ_H
#define FUZZ_H

#define _GNU_SOURCE

#include <tinygrad.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The path of a file of these bytes, until the next call. */
static const char *file_of(const uint8_t *data, size_t size)
{
    static char path[32];
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("fuzz", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 ||
        pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    return path;
}

/* The sum of all bytes, so that each is read. */
static inline unsigned sum_of(const tg_tensor *t)
{
    const unsigned char *bytes = tg_data(t);
    size_t size = (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return sum;
}

#endif

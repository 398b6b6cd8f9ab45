/* Whole files: read at once, written whole or not at all. */
#ifndef TINYGRAD_IO_FILE_H
#define TINYGRAD_IO_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <tinygrad/error.h>

/* TG_ERR_IO: what, the path and errno's text. */
tg_status tg_io_failed(const char *what, const char *path);
/* TG_ERR_FORMAT: what, the path and the reason. */
tg_status tg_misformed(const char *what, const char *path, const char *reason);
/* TG_ERR_NOMEM: what and the path. */
tg_status tg_file_no_memory(const char *what, const char *path);

typedef struct tg_bytes {
    unsigned char *data;
    size_t size;
} tg_bytes;

/* The file's bytes, which tg_bytes_free ends. */
tg_status tg_read_file(const char *what, const char *path, tg_bytes *bytes);
void tg_bytes_free(tg_bytes *bytes);

/* A file on its way to replace the one at `path`. */
typedef struct tg_saving {
    const char *what, *path;
    char *temporary;
    size_t size;    /* of that name */
    int fd, folder; /* -1: none */
} tg_saving;

tg_status tg_saving_begin(tg_saving *s, const char *what, const char *path);
tg_status tg_saving_write(tg_saving *s, const void *data, size_t size);
/* Ends it. If all went well so far and does now, the new file is in place; if
 * not, the old one is. (Only where the folder cannot be brought to the disk is
 * the new one in place with TG_ERR_IO: whole, but perhaps not for good.)
 * Returns the first failure. */
tg_status tg_saving_end(tg_saving *s, tg_status so_far);

#endif

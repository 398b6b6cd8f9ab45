#include "source.h"

#include <tinygrad/memory.h>

#include <errno.h>
#include <string.h>

tg_status tg_io_failed(const char *what, const char *path)
{
    return tg_fail(NULL, TG_ERR_IO, "%s: '%s': %s", what, path,
                   strerror(errno));
}

tg_status tg_misformed(const char *what, const char *path, const char *reason)
{
    return tg_fail(NULL, TG_ERR_FORMAT, "%s: '%s' %s", what, path, reason);
}

tg_status tg_file_no_memory(const char *what, const char *path)
{
    return tg_fail(NULL, TG_ERR_NOMEM, "%s: '%s': no memory", what, path);
}

static size_t room(const tg_bytes *bytes)
{
    return bytes->size > 0 ? bytes->size : 1;
}

static tg_status read_all(tg_source *in, tg_bytes *bytes)
{
    if (in->left > PTRDIFF_MAX)
        return tg_file_no_memory(in->what, in->path);
    bytes->size = (size_t)in->left;
    bytes->data = tg_memory_new(room(bytes));
    return bytes->data != NULL ? tg_source_read(in, bytes->data, bytes->size)
                               : tg_file_no_memory(in->what, in->path);
}

tg_status tg_read_file(const char *what, const char *path, tg_bytes *bytes)
{
    tg_source in;
    tg_status s = tg_source_open(&in, what, path, false);

    *bytes = (tg_bytes){0};
    if (s != TG_OK)
        return s;
    s = read_all(&in, bytes);
    tg_source_close(&in);
    if (s != TG_OK)
        tg_bytes_free(bytes);
    return s;
}

void tg_bytes_free(tg_bytes *bytes)
{
    tg_memory_free(bytes->data, room(bytes));
    *bytes = (tg_bytes){0};
}

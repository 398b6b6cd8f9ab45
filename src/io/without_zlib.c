/* What stands in where there is no zlib. */
#include "source.h"

tg_status tg_unpack_begin(tg_source *in)
{
    return tg_fail(NULL, TG_ERR_UNSUPPORTED,
                   "%s: '%s' is compressed, and this library was built "
                   "without zlib",
                   in->what, in->path);
}

/* No source has an unpacker, so these are never called. */
tg_status tg_unpack(tg_source *in, void *to, size_t size, size_t *got)
{
    (void)to;
    (void)size;
    *got = 0;
    return tg_unpack_begin(in);
}

tg_status tg_unpack_rewind(tg_source *in)
{
    return tg_unpack_begin(in);
}

void tg_unpack_end(tg_source *in)
{
    (void)in;
}

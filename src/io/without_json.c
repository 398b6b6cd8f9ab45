/* What stands in where there is no JSON library. */
#include <tinygrad/io.h>

static tg_status refuse(const char *what)
{
    return tg_fail(NULL, TG_ERR_UNSUPPORTED,
                   "%s: this library was built without JSON", what);
}

tg_status tg_save(const tg_params *p, const tg_optim *o, const char *path)
{
    (void)p;
    (void)o;
    (void)path;
    return refuse("save");
}

tg_status tg_load(tg_params *p, tg_optim *o, const char *path,
                  tg_load_options options)
{
    (void)p;
    (void)o;
    (void)path;
    (void)options;
    return refuse("load");
}

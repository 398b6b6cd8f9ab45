#include "fuzz.h"

/* The tensors that seeds.py writes; made once. */
static tg_params *make_params(void)
{
    static tg_params *p;
    const tg_init one = {TG_INIT_CONSTANT, 1, 0};

    if (p != NULL)
        return p;
    p = tg_params_new(TG_F32, 0);
    tg_param(p, "w", TG_SHAPE(2, 3), one);
    tg_param(p, "b", TG_SHAPE(2), one);
    tg_param(p, "none", TG_SHAPE(2, 0), one);
    tg_buffer_of(p, "d", TG_F64, TG_SHAPE(2), one);
    tg_buffer_of(p, "n", TG_I64, TG_SCALAR, one);
    return p;
}

static void set_ones(tg_params *p)
{
    for (int64_t i = 0; i < 6; i++)
        tg_data_f32(tg_params_at(p, 0))[i] = 1;
}

static bool has_ones(tg_params *p)
{
    for (int64_t i = 0; i < 6; i++)
        if (tg_data_f32(tg_params_at(p, 0))[i] != 1)
            return false;
    return true;
}

/* A load that fails changes nothing; without a format, nothing loads. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_params *p = make_params();
    const char *path = file_of(data, size);

    for (int option = 0; option < 4; option++) {
        tg_load_options o = {option & 1, option & 2};
        set_ones(p);
        tg_status s = tg_load(p, NULL, path, o);
        if (s != TG_OK && (!has_ones(p) || *tg_error_message() == '\0'))
            abort();
        if (s != TG_OK && s != TG_ERR_FORMAT && s != TG_ERR_SHAPE &&
            s != TG_ERR_DTYPE)
            abort();
        if (s == TG_ERR_FORMAT && option == 3)
            break;
    }
    return 0;
}

/* Checkpoints without memory, be it the library's or jansson's. */
#include "files.h"

#include <errno.h>
#include <jansson.h>

static const tg_load_options strict = {0};

static tg_status fill(tg_params *p, tg_optim *o,
                      tg_status (*then)(tg_params *p, tg_optim *o))
{
    tg_init ones = {TG_INIT_CONSTANT, 1, 0};

    if (o == NULL || tg_param(p, "w", TG_SHAPE(2, 3), ones) == NULL ||
        tg_param(p, "b", TG_SHAPE(2), ones) == NULL)
        return TG_ERR_NOMEM;
    return then(p, o);
}

static tg_status with_model(tg_status (*then)(tg_params *p, tg_optim *o))
{
    tg_params *p = tg_params_new(TG_F32, 0);
    tg_optim *o = p != NULL ? tg_adam(p, (tg_adam_options){0}) : NULL;
    tg_status s = fill(p, o, then);

    tg_optim_free(o);
    tg_params_free(p);
    return s;
}

static tg_status save(tg_params *p, tg_optim *o)
{
    return tg_save(p, o, in_folder("m"));
}

static tg_status load(tg_params *p, tg_optim *o)
{
    tg_status s = tg_load(p, o, in_folder("m"), strict);
    double expected = s == TG_OK ? 5 : 1; /* all or nothing */

    for (size_t i = 0; i < tg_params_count(p); i++)
        if (element(tg_params_at(p, i), 0) != expected)
            return TG_ERR_STATE;
    return s;
}

static tg_status save_program(tg_graph *g, void *env)
{
    (void)g;
    (void)env;
    return with_model(save);
}

static tg_status load_program(tg_graph *g, void *env)
{
    (void)g;
    (void)env;
    return with_model(load);
}

static tg_status save_fives(tg_params *p, tg_optim *o)
{
    for (size_t i = 0; i < tg_params_count(p); i++)
        for (int64_t k = 0; k < tg_tensor_size(tg_params_at(p, i)); k++)
            tg_data_f32(tg_params_at(p, i))[k] = 5;
    return save(p, o);
}

TEST(survives_missing_memory)
{
    check_out_of_memory(save_program, NULL);
    EXPECT_OK(with_model(save_fives));
    check_out_of_memory(load_program, NULL);
    ck_assert_uint_eq(folder_count(), 1);
}

/* ---- the same for jansson */

static size_t json_calls, failing;
static int json_live;
static bool for_good;

static void *json_new(size_t size)
{
    size_t call = ++json_calls;
    bool fails = failing && (call == failing || (for_good && call > failing));
    void *p = fails ? NULL : malloc(size);

    if (fails)
        errno = ENOMEM; /* as malloc does */
    json_live += p != NULL;
    return p;
}

static void json_release(void *p)
{
    json_live -= p != NULL;
    free(p);
}

/* A load may blame the file for what jansson did not say. */
static bool fail_json(tg_status (*part)(tg_params *p, tg_optim *o), size_t k)
{
    size_t live = live_bytes();

    json_calls = 0;
    failing = k;
    tg_status s = with_model(part);
    failing = 0;
    if (json_calls < k)
        return false;
    ck_assert_msg(s == TG_ERR_NOMEM || (part == load && s == TG_ERR_FORMAT),
                  "JSON's allocation %zu fails: %s: %s", k, tg_status_name(s),
                  tg_error_message());
    ck_assert_msg(json_live == 0, "%s, allocation %zu: %d blocks left",
                  part == load ? "load" : "save", k, json_live);
    ck_assert_uint_eq(live_bytes(), live);
    EXPECT_OK(with_model(part));
    return true;
}

TEST(survives_missing_memory_for_json)
{
    EXPECT_OK(with_model(save_fives));
    json_set_alloc_funcs(json_new, json_release);
    for (int good = 0; good < 2; good++) {
        for_good = good;
        for (size_t k = 1; fail_json(load, k);)
            k++;
        for (size_t k = 1; fail_json(save, k);)
            k++;
        EXPECT_OK(with_model(save_fives));
    }
    json_set_alloc_funcs(malloc, free);
}

TEST_MAIN("io_memory", survives_missing_memory,
          survives_missing_memory_for_json)

/* Checkpoints as they should be; test_safetensors_rules.c and
 * test_safetensors_hostile.c have the others. */
#include "files.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

static const tg_load_options strict = {0};
static const tg_load_options any = {true, true};

/* One tensor w of the kind, the rest of the header being given. */
static tg_params *params_with(tg_dtype dtype, const char *name, tg_shape shape)
{
    tg_params *p = MADE(tg_params_new(dtype, 0));

    MADE(tg_param(p, name, shape, (tg_init){TG_INIT_CONSTANT, -7, 0}));
    return p;
}

TEST(brings_back_what_was_saved)
{
    for (int optim = 0; optim < OPTIMS; optim++)
        for (int dtype = 0; dtype < 2; dtype++) {
            model a = new_model((tg_dtype)dtype, 1, optim, 0.9);
            model b = new_model((tg_dtype)dtype, 2, optim, 0.5);
            train(&a, 0, 3);
            train(&b, 0, 1);
            EXPECT_OK(tg_save(a.p, a.o, in_folder("m")));
            EXPECT_OK(tg_load(b.p, b.o, in_folder("m"), strict));
            EXPECT_SAME_MODEL(&a, &b);
            free_model(&a);
            free_model(&b);
        }
    ck_assert_uint_eq(folder_count(), 1);
}

TEST(resumes_with_the_same_bits)
{
    for (int optim = 0; optim < OPTIMS; optim++) {
        model whole = new_model(TG_F32, 1, optim, 0.9);
        model first = new_model(TG_F32, 1, optim, 0.9);
        model rest = new_model(TG_F32, 5, optim, 0.3);
        tg_optim_set_lr(rest.o, 1);
        train(&whole, 0, 100);
        train(&first, 0, 50);
        EXPECT_OK(tg_save(first.p, first.o, in_folder("m")));
        EXPECT_OK(tg_load(rest.p, rest.o, in_folder("m"), strict));
        train(&rest, 50, 100);
        EXPECT_SAME_MODEL(&whole, &rest);
        free_model(&whole);
        free_model(&first);
        free_model(&rest);
    }
}

/* A file of a model alone loads into a model alone, and so does one of both;
 * an optimiser asks for its state. */
TEST(saves_with_or_without_an_optimiser)
{
    model a = new_model(TG_F32, 1, 3, 0.9), b = new_model(TG_F32, 2, 3, 0.9);

    train(&a, 0, 2);
    EXPECT_OK(tg_save(a.p, a.o, in_folder("both")));
    EXPECT_OK(tg_save(a.p, NULL, in_folder("model")));
    EXPECT_OK(tg_load(b.p, NULL, in_folder("both"), strict));
    EXPECT_SAME_BITS(tg_params_at(b.p, 0), tg_params_at(a.p, 0));
    EXPECT_STATUS(tg_load(b.p, b.o, in_folder("model"), strict), TG_ERR_FORMAT);
    EXPECT_MESSAGE("model' has no 'optim.adamw'");
    EXPECT_OK(
        tg_load(b.p, b.o, in_folder("model"), (tg_load_options){true, 0}));
    free_model(&a);
    free_model(&b);
}

TEST(is_noticed_by_a_graph)
{
    tg_params *p = params_with(TG_F32, "w", TG_SCALAR);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *y = MADE(tg_square(g, tg_params_at(p, 0)));

    EXPECT_OK(tg_save(p, NULL, in_folder("m")));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_OK(tg_load(p, NULL, in_folder("m"), strict));
    EXPECT_STATUS(tg_backward(g, y), TG_ERR_STATE);
    tg_graph_free(g);
    tg_params_free(p);
}

TEST(keeps_empty_tensors_and_scalars)
{
    tg_params *p = params_with(TG_F64, "none", TG_SHAPE(2, 0, 3));
    tg_params *q = params_with(TG_F64, "none", TG_SHAPE(2, 0, 3));

    MADE(tg_param(p, "one", TG_SCALAR, (tg_init){TG_INIT_CONSTANT, 3, 0}));
    MADE(tg_param(p, "no", TG_SHAPE(0), (tg_init){0}));
    MADE(tg_param(q, "no", TG_SHAPE(0), (tg_init){0}));
    MADE(tg_param(q, "one", TG_SCALAR, (tg_init){0}));
    EXPECT_OK(tg_save(p, NULL, in_folder("m")));
    EXPECT_OK(tg_load(q, NULL, in_folder("m"), strict));
    EXPECT_VALUES(tg_params_find(q, "one"), 3);
    tg_params_free(p);
    tg_params_free(q);
    p = MADE(tg_params_new(TG_F32, 0)); /* nothing at all */
    EXPECT_OK(tg_save(p, NULL, in_folder("m")));
    EXPECT_OK(tg_load(p, NULL, in_folder("m"), strict));
    tg_params_free(p);
}

TEST(tells_missing_from_extra)
{
    tg_params *p = params_with(TG_F32, "w", TG_SHAPE(1));
    const char *file = in_folder("m");

    write_safetensors(
        file, "{'v':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", 4);
    EXPECT_STATUS(tg_load(p, NULL, file, strict), TG_ERR_FORMAT);
    EXPECT_MESSAGE("m' has no 'w'");
    EXPECT_STATUS(tg_load(p, NULL, file, (tg_load_options){false, true}),
                  TG_ERR_FORMAT);
    EXPECT_MESSAGE("m' has no 'w'");
    EXPECT_STATUS(tg_load(p, NULL, file, (tg_load_options){true, false}),
                  TG_ERR_FORMAT);
    EXPECT_MESSAGE("m' has 'v', which nothing here is called");
    EXPECT_OK(tg_load(p, NULL, file, any));
    EXPECT_VALUES(tg_params_at(p, 0), -7);
    tg_params_free(p);
    p = MADE(tg_params_new(TG_F32, 0));
    EXPECT_STATUS(tg_load(p, NULL, file, strict), TG_ERR_FORMAT);
    EXPECT_MESSAGE("the table is empty, as before a model's first run");
    tg_params_free(p);
}

/* ---- numbers */

static void expect_widened(tg_dtype dtype, const char *name, const void *data,
                           size_t size, const double *expected)
{
    char header[160];
    size_t count = 10;

    snprintf(header, sizeof header,
             "{\"w\":{\"dtype\":\"%s\",\"shape\":[10],\"data_offsets\":[0,%zu]"
             "}}",
             name, size);
    write_safetensors(in_folder("m"), header, size);
    bytes b = read_bytes(in_folder("m"));
    memcpy(b.data + b.size - size, data, size);
    write_bytes(in_folder("m"), b.data, b.size);
    free(b.data);
    tg_params *p = params_with(dtype, "w", TG_SHAPE(10));
    EXPECT_OK(tg_load(p, NULL, in_folder("m"), strict));
    for (size_t i = 0; i < count; i++) {
        double x = element(tg_params_at(p, 0), (int64_t)i);
        ck_assert_msg(memcmp(&x, &expected[i], sizeof x) == 0 ||
                          (isnan(x) && isnan(expected[i])),
                      "%s: %zu is %g", name, i, x);
    }
    tg_params_free(p);
}

TEST(widens_short_numbers)
{
    const uint16_t half[] = {0x3C00, 0xC000, 0x0001, 0x83FF, 0x7BFF,
                             0x7C00, 0xFC00, 0x7E01, 0x8000, 0x3555};
    const double halves[] = {1,     -2,       0x1p-24,   -0x3FFp-24,
                             65504, INFINITY, -INFINITY, NAN,
                             -0.0,  0x555p-12};
    const uint16_t brain[] = {0x3F80, 0xC000, 0x0001, 0x8080, 0x7F7F,
                              0x7F80, 0xFF80, 0x7FC1, 0x8000, 0x3EAB};
    const double brains[] = {1,        -2,        0x1p-133, -0x1p-126, 0xFFp120,
                             INFINITY, -INFINITY, NAN,      -0.0,      0xABp-9};
    const float single[] = {1,        -2,        0x1p-149F, -0x1p-126F, 3e38F,
                            INFINITY, -INFINITY, NAN,       -0.0F,      0.1F};
    double singles[10];

    for (int i = 0; i < 10; i++)
        singles[i] = (double)single[i];
    for (int dtype = 0; dtype < 2; dtype++) {
        expect_widened((tg_dtype)dtype, "F16", half, sizeof half, halves);
        expect_widened((tg_dtype)dtype, "BF16", brain, sizeof brain, brains);
        expect_widened((tg_dtype)dtype, "F32", single, sizeof single, singles);
    }
}

static void expect_dtype(tg_dtype dtype, const char *stored, size_t size,
                         tg_status status)
{
    char header[160];
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    MADE(tg_buffer_of(p, "w", dtype, TG_SHAPE(2), (tg_init){0}));
    snprintf(header, sizeof header,
             "{'w':{'dtype':'%s','shape':[2],'data_offsets':[0,%zu]}}", stored,
             2 * size);
    write_safetensors(in_folder("m"), header, 2 * size);
    EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), status);
    if (status != TG_OK) {
        snprintf(header, sizeof header, "'w' is %s, not %s", stored,
                 tg_dtype_name(dtype));
        EXPECT_MESSAGE(header);
    }
    tg_params_free(p);
}

/* f32, f64, i64: which take what. Nothing is narrowed. */
TEST(converts_nothing_else)
{
    static const struct {
        const char *name;
        size_t size;
        bool taken[3];
    } all[] = {
        {"F32", 4, {1, 1, 0}}, {"F64", 8, {0, 1, 0}},  {"I64", 8, {0, 0, 1}},
        {"F16", 2, {1, 1, 0}}, {"BF16", 2, {1, 1, 0}}, {"BOOL", 1, {0}},
        {"U8", 1, {0}},        {"I8", 1, {0}},         {"U16", 2, {0}},
        {"I16", 2, {0}},       {"U32", 4, {0}},        {"I32", 4, {0}},
        {"U64", 8, {0}},       {"F8_E4M3", 1, {0}},    {"F8_E5M2", 1, {0}},
        {"F8_E8M0", 1, {0}},   {"C64", 8, {0}}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int dtype = 0; dtype < 3; dtype++)
            expect_dtype((tg_dtype)dtype, all[i].name, all[i].size,
                         all[i].taken[dtype] ? TG_OK : TG_ERR_DTYPE);
}

/* ---- names */

TEST(keeps_odd_names)
{
    const char *names[] = {"\"quoted\"", "back\\slash",      "gr\303\274n",
                           "\n\t\x01",   "\360\237\230\200", "a.b.c/d e"};
    tg_params *p = MADE(tg_params_new(TG_F32, 3));
    tg_params *q = MADE(tg_params_new(TG_F32, 4));
    tg_init normal = {TG_INIT_NORMAL, 0, 1};

    for (int i = 0; i < 6; i++) {
        MADE(tg_param(p, names[i], TG_SHAPE(3), normal));
        MADE(tg_param(q, names[5 - i], TG_SHAPE(3), normal));
    }
    EXPECT_OK(tg_save(p, NULL, in_folder("m")));
    EXPECT_OK(tg_load(q, NULL, in_folder("m"), strict));
    for (int i = 0; i < 6; i++)
        EXPECT_SAME_BITS(tg_params_find(p, names[i]),
                         tg_params_find(q, names[i]));
    tg_params_free(p);
    tg_params_free(q);
}

static void expect_no_name(const char *name)
{
    tg_params *p = params_with(TG_F32, name, TG_SHAPE(1));
    tg_optim *o = MADE(tg_adam(p, (tg_adam_options){0}));

    EXPECT_STATUS(tg_save(p, o, in_folder("m")), TG_ERR_ARG);
    EXPECT_MESSAGE("cannot be a tensor's name in a file");
    ck_assert_uint_eq(folder_count(), 0);
    tg_optim_free(o);
    tg_params_free(p);
}

TEST(refuses_names_that_are_no_keys)
{
    expect_no_name("__metadata__");
    expect_no_name("\xff\xfe");
    expect_no_name("cut \303");
    expect_no_name("optim.adam");
}

/* ---- paths */

TEST(refuses_calls_without_sense)
{
    tg_params *p = params_with(TG_F32, "w", TG_SHAPE(1));

    EXPECT_STATUS(tg_save(NULL, NULL, "m"), TG_ERR_ARG);
    EXPECT_MESSAGE("save: no table of parameters");
    EXPECT_STATUS(tg_save(p, NULL, NULL), TG_ERR_ARG);
    EXPECT_MESSAGE("save: no path");
    EXPECT_STATUS(tg_load(NULL, NULL, "m", strict), TG_ERR_ARG);
    EXPECT_MESSAGE("load: no table of parameters");
    EXPECT_STATUS(tg_load(p, NULL, NULL, strict), TG_ERR_ARG);
    EXPECT_MESSAGE("load: no path");
    EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), TG_ERR_IO);
    EXPECT_MESSAGE("m': No such file");
    EXPECT_STATUS(tg_load(p, NULL, in_folder(""), strict), TG_ERR_FORMAT);
    EXPECT_MESSAGE("/' is not a regular file");
    EXPECT_STATUS(tg_save(p, NULL, "/no/such/folder/m"), TG_ERR_IO);
    EXPECT_MESSAGE("save: '/no/such/folder/m': No such file");
    tg_params_free(p);
}

TEST_MAIN("safetensors", brings_back_what_was_saved, resumes_with_the_same_bits,
          saves_with_or_without_an_optimiser, is_noticed_by_a_graph,
          keeps_empty_tensors_and_scalars, tells_missing_from_extra,
          widens_short_numbers, converts_nothing_else, keeps_odd_names,
          refuses_names_that_are_no_keys, refuses_calls_without_sense)

/* NumPy's files as they should be; test_npy_rules.c has the others. Those in
 * reference/npy were written by NumPy (npy.py). */
#include "files.h"

#include <stdio.h>
#include <sys/stat.h>

static const char *reference(const char *name)
{
    static char path[64];

    snprintf(path, sizeof path, "reference/npy/%s.npy", name);
    return path;
}

/* The k-th number of npy.py's arrays; `f`, `i`, `u` or `b` and bytes. */
static double number(char kind, int size, int64_t k)
{
    int64_t x = k * 37 % 101;
    int bits = 8 * size;

    if (kind == 'b')
        return (double)(x % 2);
    if (kind == 'f')
        return (double)(x - 50) / 8;
    if (kind == 'i')
        return (double)(x * (int64_t)((UINT64_C(1) << (bits - 1)) / 101) -
                        (int64_t)(UINT64_C(1) << (bits - 2)));
    return (double)(x * ((INT64_C(1) << bits) / 101));
}

static void expect_numbers(const char *name, tg_dtype dtype, char kind,
                           int size, tg_shape shape)
{
    tg_tensor *t = MADE(tg_load_npy(reference(name)));

    ck_assert_msg(tg_tensor_dtype(t) == dtype, "%s: another dtype", name);
    EXPECT_SHAPE(t, shape);
    for (int64_t k = 0; k < tg_tensor_size(t); k++)
        ck_assert_msg(element(t, k) == number(kind, size, k), "%s: %g, not %g",
                      name, element(t, k), number(kind, size, k));
    tg_tensor_free(t);
}

TEST(reads_all_kinds_of_numbers)
{
    static const struct {
        const char *name;
        tg_dtype dtype;
        char kind;
        int size;
    } all[] = {{"le_f4", TG_F32, 'f', 4}, {"le_f8", TG_F64, 'f', 8},
               {"be_f4", TG_F32, 'f', 4}, {"be_f8", TG_F64, 'f', 8},
               {"b1", TG_I64, 'b', 1},    {"i1", TG_I64, 'i', 1},
               {"u1", TG_I64, 'u', 1},    {"le_i2", TG_I64, 'i', 2},
               {"be_i2", TG_I64, 'i', 2}, {"le_u2", TG_I64, 'u', 2},
               {"be_u2", TG_I64, 'u', 2}, {"le_i4", TG_I64, 'i', 4},
               {"be_i4", TG_I64, 'i', 4}, {"le_u4", TG_I64, 'u', 4},
               {"be_u4", TG_I64, 'u', 4}, {"le_i8", TG_I64, 'i', 8},
               {"be_i8", TG_I64, 'i', 8}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        expect_numbers(all[i].name, all[i].dtype, all[i].kind, all[i].size,
                       TG_SHAPE(2, 3));
}

TEST(reads_both_orders_and_all_versions)
{
    expect_numbers("c_scalar", TG_F64, 'f', 8, TG_SCALAR);
    expect_numbers("c_5", TG_F64, 'f', 8, TG_SHAPE(5));
    expect_numbers("c_2x3", TG_F64, 'f', 8, TG_SHAPE(2, 3));
    expect_numbers("c_2x3x4", TG_F64, 'f', 8, TG_SHAPE(2, 3, 4));
    expect_numbers("fortran_5", TG_F64, 'f', 8, TG_SHAPE(5));
    expect_numbers("fortran_2x3", TG_F64, 'f', 8, TG_SHAPE(2, 3));
    expect_numbers("fortran_2x3x4", TG_F64, 'f', 8, TG_SHAPE(2, 3, 4));
    expect_numbers("empty", TG_F32, 'f', 4, TG_SHAPE(3, 0, 2));
    expect_numbers("version_1", TG_I64, 'i', 8, TG_SHAPE(2, 3));
    expect_numbers("version_2", TG_I64, 'i', 8, TG_SHAPE(2, 3));
    expect_numbers("version_3", TG_I64, 'i', 8, TG_SHAPE(2, 3));
}

/* ---- saving */

/* Byte for byte, so that NumPy reads what we write. */
TEST(writes_what_numpy_writes)
{
    const char *names[] = {"le_f4", "le_f8",   "le_i8", "c_scalar",
                           "c_5",   "c_2x3x4", "empty", "version_1"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tg_tensor *t = MADE(tg_load_npy(reference(names[i])));
        EXPECT_OK(tg_save_npy(t, in_folder("t.npy")));
        bytes b = read_bytes(reference(names[i]));
        EXPECT_BYTES(in_folder("t.npy"), b);
        free(b.data);
        tg_tensor_free(t);
    }
}

TEST(brings_back_what_was_saved)
{
    uint64_t state = 5;

    for (int i = 0; i < 300; i++) {
        tg_tensor *t = random_tensor((tg_dtype)(i % 3),
                                     random_shape(&state, 8, 200), state);
        EXPECT_OK(tg_save_npy(t, in_folder("t.npy")));
        tg_tensor *u = MADE(tg_load_npy(in_folder("t.npy")));
        EXPECT_SAME_BITS(u, t);
        tg_tensor_free(t);
        tg_tensor_free(u);
    }
    ck_assert_uint_eq(folder_count(), 1);
}

/* NaNs keep what they carry. */
TEST(keeps_every_bit)
{
    const uint32_t bits[] = {0x7F800001, 0xFFC12345, 0x80000000, 1};
    float values[4];

    memcpy(values, bits, sizeof values);
    tg_tensor *t = MADE(tg_tensor_f32(TG_SHAPE(2, 2), values));
    EXPECT_OK(tg_save_npy(t, in_folder("t.npy")));
    bytes b = read_bytes(in_folder("t.npy"));
    for (int fortran = 0; fortran < 2; fortran++) {
        tg_tensor *u = MADE(tg_load_npy(in_folder("t.npy")));
        ck_assert(memcmp(tg_data(u), bits, 4) == 0);
        ck_assert(memcmp(tg_data_f32(u) + 3, bits + 3, 4) == 0);
        ck_assert(memcmp(tg_data_f32(u) + 1 + fortran, bits + 1, 4) == 0);
        tg_tensor_free(u);
        char *order = strstr((char *)b.data + 10, "False");
        if (order != NULL)
            memcpy(order, "True ", 5);
        write_bytes(in_folder("t.npy"), b.data, b.size);
    }
    free(b.data);
    tg_tensor_free(t);
}

/* ---- calls */

TEST(refuses_calls_without_sense)
{
    tg_tensor *t = TENSOR(TG_F32, TG_SHAPE(2), 1, 2);

    ck_assert_ptr_null(tg_load_npy(NULL));
    EXPECT_MESSAGE("load_npy: no path");
    ck_assert_ptr_null(tg_load_npy(in_folder("none")));
    EXPECT_MESSAGE("none': No such file");
    ck_assert_ptr_null(tg_load_npy(in_folder("")));
    EXPECT_MESSAGE("' is not a regular file");
    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
    ck_assert_ptr_null(tg_load_npy(in_folder("pipe"))); /* waits for nobody */
    EXPECT_MESSAGE("pipe' is not a regular file");
    EXPECT_STATUS(tg_save_npy(NULL, "t"), TG_ERR_ARG);
    EXPECT_MESSAGE("save_npy: no tensor");
    EXPECT_STATUS(tg_save_npy(TG_NONE, "t"), TG_ERR_ARG);
    EXPECT_STATUS(tg_save_npy(t, NULL), TG_ERR_ARG);
    EXPECT_MESSAGE("save_npy: no path");
    tg_tensor_free(t);
}

static tg_status there_and_back(tg_graph *g, void *env)
{
    tg_tensor *t = tg_load_npy(reference("le_f4"));
    tg_status s = t != NULL ? tg_save_npy(t, in_folder("t.npy")) : TG_ERR_NOMEM;

    (void)g;
    (void)env;
    tg_tensor_free(t);
    return s;
}

TEST(survives_missing_memory)
{
    check_out_of_memory(there_and_back, NULL);
}

TEST_MAIN("npy", reads_all_kinds_of_numbers, reads_both_orders_and_all_versions,
          writes_what_numpy_writes, brings_back_what_was_saved, keeps_every_bit,
          refuses_calls_without_sense, survives_missing_memory)

/* NumPy's files. Those in reference/npy were written by NumPy (npy.py). */
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

/* ---- rules */

/* A file of this dictionary and version with `size` bytes behind it. */
static void write_npy(int version, const char *dictionary, size_t size)
{
    size_t length = strlen(dictionary), start = version == 1 ? 10 : 12;
    unsigned char *b = calloc(1, start + length + size + 1);

    memcpy(b, "\x93NUMPY", 6);
    b[6] = (unsigned char)version;
    b[8] = (unsigned char)length;
    b[9] = (unsigned char)(length >> 8);
    memcpy(b + start, dictionary, length);
    write_bytes(in_folder("t.npy"), b, start + length + size);
    free(b);
}

#define D(descr, order, shape)                                                 \
    "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape "}"
#define SHAPE_OF(shape) D("<f4", "False", shape)
#define DESCR_OF(descr) D(descr, "False", "(2,)")

static const struct {
    const char *dictionary;
    size_t size;
    const char *message; /* NULL: legal */
} rules[] = {
    {SHAPE_OF("(2,)"), 8, NULL},
    {SHAPE_OF("(2,)") " \n", 8, NULL},
    {SHAPE_OF(" ( 1 , 2 , ) "), 8, NULL},
    {SHAPE_OF("(1, 2)"), 8, NULL},
    {SHAPE_OF("()"), 4, NULL},
    {"{\"shape\":(2,),\t\"descr\":\"<f4\",\r\"fortran_order\":False,}", 8,
     NULL},
    /* nothing but a dictionary of the three keys */
    {"", 8, "has a header that is none"},
    {"[]", 8, "has a header that is none"},
    {"{", 8, "has a header that is none"},
    {"{}", 8, "has a header that lacks a key"},
    {"{'descr': '<f4', 'shape': (2,)}", 8, "has a header that lacks a key"},
    {"{'descr': '<f4' 'shape': (2,)}", 8, "has a header that is none"},
    {"{'descr' '<f4'}", 8, "has a header that is none"},
    {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
     8, "has a header that is none"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", 8,
     "has a header that is none"},
    {"{'descr\": '<f4', 'fortran_order': False, 'shape': (2,)}", 8,
     "has a header that is none"},
    {SHAPE_OF("(2,)") " x", 8, "has a header that goes on after its end"},
    {SHAPE_OF("(2,)") "}", 8, "has a header that goes on after its end"},
    /* numbers that tensors hold */
    {DESCR_OF(""), 8, "holds what no tensor can"},
    {DESCR_OF("|O"), 8, "holds what no tensor can"},
    {DESCR_OF("<f2"), 4, "holds what no tensor can"},
    {DESCR_OF("<u8"), 16, "holds what no tensor can"},
    {DESCR_OF("<c8"), 16, "holds what no tensor can"},
    {DESCR_OF("<U4"), 32, "holds what no tensor can"},
    {DESCR_OF("f4"), 8, "holds what no tensor can"},
    {DESCR_OF(" <f4"), 8, "holds what no tensor can"},
    {DESCR_OF("<f4 "), 8, "holds what no tensor can"},
    {DESCR_OF("<f44"), 8, "holds what no tensor can"},
    {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8,
     "holds what no tensor can"},
    {D("<f4", "0", "(2,)"), 8, "has an order that is neither"},
    {D("<f4", "true", "(2,)"), 8, "has an order that is neither"},
    {D("<f4", "'False'", "(2,)"), 8, "has an order that is neither"},
    {D("<f4", "Falsely", "(2,)"), 8, "has a header that is none"},
    /* shapes */
    {SHAPE_OF("2"), 8, "has a shape that is none"},
    {SHAPE_OF("(2)"), 8, "has a shape that is none"},
    {SHAPE_OF("(,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(2,,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(1 2)"), 8, "has a shape that is none"},
    {SHAPE_OF("(02,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(-2,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(2.,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(1,1,1,1,1,1,1,2)"), 8, NULL},
    {SHAPE_OF("(1,1,1,1,1,1,1,1,2)"), 8, "has too many axes"},
    {SHAPE_OF("(9223372036854775808,)"), 8, "has a shape that is none"},
    {SHAPE_OF("(9223372036854775807,)"), 8, "has too large a shape"},
    {SHAPE_OF("(0,9223372036854775807)"), 0, "has too large a shape"},
    {SHAPE_OF("(4294967296,4294967296)"), 0, "has too large a shape"},
    {SHAPE_OF("(4294967296,1073741824)"), 0, "has too large a shape"},
    {SHAPE_OF("(4294967296,)"), 8, "ends too soon"},
    {SHAPE_OF("(0,2147483648)"), 0, NULL},
    /* as many bytes as numbers */
    {SHAPE_OF("(2,)"), 7, "ends too soon"},
    {SHAPE_OF("(2,)"), 9, "goes on after its end"},
    {SHAPE_OF("(0,)"), 1, "goes on after its end"},
    {SHAPE_OF("()"), 0, "ends too soon"}};

static void expect_refused_file(const char *context, const char *message)
{
    ck_assert_msg(tg_load_npy(in_folder("t.npy")) == NULL, "%s", context);
    ck_assert_msg(strstr(tg_error_message(), message) != NULL, "%s: %s",
                  context, tg_error_message());
    EXPECT_MESSAGE("load_npy: '/");
}

TEST(enforces_its_rules)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        write_npy(1 + (int)(i % 3), rules[i].dictionary, rules[i].size);
        if (rules[i].message != NULL)
            expect_refused_file(rules[i].dictionary, rules[i].message);
        else
            tg_tensor_free(MADE(tg_load_npy(in_folder("t.npy"))));
    }
}

TEST(reads_any_byte_but_0_as_true)
{
    write_npy(1, D("|b1", "False", "(3,)"), 3);
    patch_bytes(in_folder("t.npy"),
                10 + (long)strlen(D("|b1", "False", "(3,)")), "\0\2\xFF", 3);
    tg_tensor *t = MADE(tg_load_npy(in_folder("t.npy")));
    EXPECT_VALUES(t, 0, 1, 1);
    tg_tensor_free(t);
}

TEST(refuses_other_magic_and_versions)
{
    bytes b = read_bytes(reference("c_2x3"));

    for (int i = 0; i < 8; i++)
        for (int x = 0; x < 256; x++) {
            unsigned char was = b.data[i];
            b.data[i] = (unsigned char)x;
            write_bytes(in_folder("t.npy"), b.data, b.size);
            tg_tensor *t = tg_load_npy(in_folder("t.npy"));
            ck_assert_msg((t != NULL) == (x == was), "byte %d is %d", i, x);
            tg_tensor_free(t);
            b.data[i] = was;
        }
    free(b.data);
    write_npy(0, SHAPE_OF("(2,)"), 8);
    expect_refused_file("version 0", "is of an unknown version");
    write_npy(4, SHAPE_OF("(2,)"), 8);
    expect_refused_file("version 4", "is of an unknown version");
}

/* NumPy's own limit; the length of a header is never taken for granted. */
TEST(limits_the_header)
{
    const unsigned char liar[] = "\x93NUMPY\x02\0\xF0\xFF\xFF\xFF";
    char text[10002];

    memset(text, ' ', sizeof text);
    memcpy(text, SHAPE_OF("(2,)"), strlen(SHAPE_OF("(2,)")));
    text[10001] = '\0';
    write_npy(2, text, 8);
    expect_refused_file("10,001 bytes", "has too long a header");
    text[10000] = '\0';
    write_npy(1, text, 8);
    tg_tensor_free(MADE(tg_load_npy(in_folder("t.npy"))));
    size_t calls = allocator_calls();
    write_bytes(in_folder("t.npy"), liar, 12);
    expect_refused_file("liar", "has too long a header");
    write_npy(1, SHAPE_OF("(1000000000,)"), 8);
    expect_refused_file("liar", "ends too soon");
    ck_assert_uint_eq(allocator_calls(), calls);
}

TEST(survives_any_change_of_a_file)
{
    bytes b = read_bytes(reference("fortran_2x3x4"));

    for (size_t size = 0; size < b.size; size++) {
        write_bytes(in_folder("t.npy"), b.data, size);
        expect_refused_file("cut", size < 128 ? "" : "ends too soon");
    }
    for (size_t i = 0; i < 128; i++)
        for (int bit = 0; bit < 8; bit++) {
            b.data[i] ^= (unsigned char)(1 << bit);
            write_bytes(in_folder("t.npy"), b.data, b.size);
            tg_tensor_free(tg_load_npy(in_folder("t.npy")));
            b.data[i] ^= (unsigned char)(1 << bit);
        }
    free(b.data);
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
          enforces_its_rules, reads_any_byte_but_0_as_true,
          refuses_other_magic_and_versions, limits_the_header,
          survives_any_change_of_a_file, refuses_calls_without_sense,
          survives_missing_memory)

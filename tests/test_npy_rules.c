/* What is refused as a file of NumPy's: each rule of the format by itself, and
 * whatever was changed in a file. */
#include "files.h"

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
    bytes b = read_bytes("reference/npy/c_2x3.npy");

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
    bytes b = read_bytes("reference/npy/fortran_2x3x4.npy");

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

TEST_MAIN("npy_rules", enforces_its_rules, reads_any_byte_but_0_as_true,
          refuses_other_magic_and_versions, limits_the_header,
          survives_any_change_of_a_file)

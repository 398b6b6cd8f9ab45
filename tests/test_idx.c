/* MNIST's files; those that gzip compressed are in test_idx_gz.c. */
#include "files.h"

#include <float.h>

enum { U8 = 0x08, I8 = 0x09, I16 = 0x0B, I32 = 0x0C, F32 = 0x0D, F64 = 0x0E };

/* A header of these extents, and bytes behind it. */
static void write_idx(int type, int rank, const uint32_t *extents,
                      const void *data, size_t size)
{
    unsigned char b[512] = {0, 0, (unsigned char)type, (unsigned char)rank};
    size_t at = 4;

    for (int d = 0; d < rank; d++)
        for (int shift = 24; shift >= 0; shift -= 8)
            b[at++] = (unsigned char)(extents[d] >> shift);
    ck_assert_uint_le(at + size, sizeof b);
    if (size > 0)
        memcpy(b + at, data, size);
    write_bytes(in_folder("t"), b, at + size);
}
#define EXTENTS(...) ((const uint32_t[]){__VA_ARGS__})

static void expect_refused_file(tg_dtype dtype, const char *message)
{
    ck_assert_ptr_null(tg_load_idx(in_folder("t"), dtype));
    EXPECT_MESSAGE(message);
    EXPECT_MESSAGE("load_idx: '/");
}

static const unsigned char numbers[] = {
    0x00, 0x80, 0xFF, 0x01, 0x7F, 0xFE, 0x40, 0x49, 0x0F, 0xDB,
    0x80, 0x00, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x3F, 0xF8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

static void expect_numbers(int type, size_t first, size_t size, double a,
                           double b)
{
    for (int dtype = 0; dtype < 3; dtype++) {
        write_idx(type, 2, EXTENTS(1, 2), numbers + first, size);
        if (dtype == TG_I64 && type >= F32) {
            expect_refused_file(TG_I64, type == F32
                                            ? "holds f32, not whole numbers"
                                            : "holds f64, not whole numbers");
            continue;
        }
        tg_tensor *t = MADE(tg_load_idx(in_folder("t"), (tg_dtype)dtype));
        ck_assert_int_eq(tg_tensor_dtype(t), dtype);
        EXPECT_SHAPE(t, TG_SHAPE(1, 2));
        EXPECT_NEAR(t, dtype == TG_F32 ? FLT_EPSILON : 0, a, b);
        tg_tensor_free(t);
    }
}

TEST(reads_all_types_as_all_dtypes)
{
    expect_numbers(U8, 1, 2, 128, 255);
    expect_numbers(I8, 1, 2, -128, -1);
    expect_numbers(I16, 0, 4, 128, -255);
    expect_numbers(I32, 4, 8, 0x7FFE4049, 0x0FDB8000);
    expect_numbers(F32, 6, 8, (double)3.14159274F, (double)-0xC000p-149F);
    expect_numbers(F64, 12, 16, -2, 1.5);
}

/* Row-major, whatever the rank, and more than are read at once. */
TEST(reads_all_ranks)
{
    unsigned char data[400];
    uint32_t extents[8] = {2, 2, 2, 2, 2, 2, 2, 2};

    for (int i = 0; i < 400; i++)
        data[i] = (unsigned char)i;
    for (int rank = 0; rank <= 8; rank++) {
        write_idx(U8, rank, extents, data, (size_t)1 << rank);
        tg_tensor *t = MADE(tg_load_idx(in_folder("t"), TG_F32));
        ck_assert_int_eq(tg_tensor_shape(t).ndim, rank);
        for (int64_t i = 0; i < tg_tensor_size(t); i++)
            ck_assert(element(t, i) == (double)i);
        tg_tensor_free(t);
    }
}

TEST(reads_large_files)
{
    const size_t n = 10000;
    unsigned char *b = calloc(1, 8 + 2 * n);

    memcpy(b, "\0\0\x0B\x01\0\0\x27\x10", 8);
    for (size_t i = 0; i < n; i++) {
        b[8 + 2 * i] = (unsigned char)(i >> 8);
        b[9 + 2 * i] = (unsigned char)i;
    }
    write_bytes(in_folder("t"), b, 8 + 2 * n);
    free(b);
    tg_tensor *t = MADE(tg_load_idx(in_folder("t"), TG_I64));
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(tg_data_i64(t)[i], (int64_t)i);
    tg_tensor_free(t);
}

/* ---- rules */

/* With extents of 1, so that the length decides which are right. */
TEST(knows_every_type_and_rank)
{
    static const size_t sizes[256] = {
        [U8] = 1, [I8] = 1, [I16] = 2, [I32] = 4, [F32] = 4, [F64] = 8};
    const uint32_t extents[8] = {1, 1, 1, 1, 1, 1, 1, 1};

    write_idx(U8, 8, extents, numbers, 1);
    for (int type = 0; type < 256; type++)
        for (int rank = 0; rank < 256; rank++) {
            const unsigned char magic[] = {(unsigned char)type,
                                           (unsigned char)rank};
            bool right = sizes[type] > 0 && rank <= 8;
            patch_bytes(in_folder("t"), 2, magic, 2);
            if (right)
                write_idx(type, rank, extents, numbers + 12, sizes[type]);
            tg_tensor *t = tg_load_idx(in_folder("t"), TG_F64);
            ck_assert_msg((t != NULL) == right, "type %d, rank %d: %s", type,
                          rank, tg_error_message());
            if (!right)
                EXPECT_MESSAGE(sizes[type] > 0 ? "has too many axes"
                                               : "is not an IDX file");
            tg_tensor_free(t);
        }
}

TEST(refuses_other_magic)
{
    for (int i = 0; i < 2; i++)
        for (int x = 1; x < 256; x++) {
            unsigned char b[6] = {0, 0, U8, 0, 1};
            b[i] = (unsigned char)x;
            write_bytes(in_folder("t"), b, 5);
            expect_refused_file(TG_F32, "is not an IDX file");
        }
}

TEST(refuses_files_of_another_length)
{
    unsigned char data[24] = {0};

    write_idx(I16, 3, EXTENTS(2, 3, 2), data, 24);
    bytes b = read_bytes(in_folder("t"));
    for (size_t size = 0; size < b.size; size++) {
        write_bytes(in_folder("t"), b.data, size);
        expect_refused_file(TG_F32, "ends too soon");
    }
    free(b.data);
    write_idx(I16, 3, EXTENTS(2, 3, 1), data, 13);
    expect_refused_file(TG_F32, "goes on after its end");
    /* labels that say they were images */
    write_idx(U8, 3, EXTENTS(10, 1, 2), data, 6);
    expect_refused_file(TG_F32, "ends too soon");
}

TEST(believes_no_extent)
{
    const uint32_t most = UINT32_MAX;
    size_t calls = allocator_calls();

    write_idx(U8, 1, EXTENTS(most), numbers, 8);
    expect_refused_file(TG_F64, "ends too soon");
    write_idx(U8, 2, EXTENTS(1U << 31, 2), numbers, 8);
    expect_refused_file(TG_F64, "ends too soon");
    write_idx(F64, 2, EXTENTS(most, most), numbers, 8);
    expect_refused_file(TG_F64, "has too large a shape");
    write_idx(U8, 4, EXTENTS(1U << 16, 1U << 16, 1U << 16, 1U << 16), numbers,
              0);
    expect_refused_file(TG_F64, "has too large a shape");
    write_idx(U8, 3, EXTENTS(most, most, 0), numbers, 0);
    expect_refused_file(TG_F64, "has too large a shape");
    ck_assert_uint_eq(allocator_calls(), calls);
    write_idx(U8, 3, EXTENTS(1U << 20, 0, 1U << 20), numbers, 0);
    tg_tensor_free(MADE(tg_load_idx(in_folder("t"), TG_F32)));
    write_idx(U8, 3, EXTENTS(2, 0, 2), numbers, 1);
    expect_refused_file(TG_F32, "goes on after its end");
}

/* ---- calls */

TEST(refuses_calls_without_sense)
{
    write_idx(U8, 1, EXTENTS(1), numbers, 1);
    ck_assert_ptr_null(tg_load_idx(NULL, TG_F32));
    EXPECT_MESSAGE("load_idx: no path");
    ck_assert_ptr_null(tg_load_idx(in_folder("none"), TG_F32));
    EXPECT_MESSAGE("none': No such file");
    ck_assert_ptr_null(tg_load_idx(in_folder(""), TG_F32));
    EXPECT_MESSAGE("is not a regular file");
    ck_assert_ptr_null(tg_load_idx(in_folder("t"), (tg_dtype)9));
    EXPECT_MESSAGE("load_idx: unknown dtype 9");
}

static tg_status load(tg_graph *g, void *env)
{
    tg_tensor *t = tg_load_idx(in_folder("t"), TG_F32);
    tg_status s = t != NULL ? TG_OK : TG_ERR_NOMEM;

    (void)g;
    (void)env;
    tg_tensor_free(t);
    return s;
}

TEST(survives_missing_memory)
{
    write_idx(U8, 1, EXTENTS(2), numbers, 2);
    check_out_of_memory(load, NULL);
    fail_allocation(1, false);
    expect_refused_file(TG_F32, "t': no memory");
    fail_allocation(0, false);
}

TEST_MAIN("idx", reads_all_types_as_all_dtypes, reads_all_ranks,
          reads_large_files, knows_every_type_and_rank, refuses_other_magic,
          refuses_files_of_another_length, believes_no_extent,
          refuses_calls_without_sense, survives_missing_memory)

/* IDX files that gzip compressed. */
#include "files.h"

#include <zlib.h>

/* One member, as gzip writes it; the caller frees the data. */
static bytes packed(const void *data, size_t size)
{
    z_stream z = {0};

    ck_assert_int_eq(
        deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    uLong most = deflateBound(&z, (uLong)size) + 64;
    bytes b = {malloc(most), 0};
    ck_assert_ptr_nonnull(b.data);
    z.next_in = (unsigned char *)data;
    z.avail_in = (uInt)size;
    z.next_out = b.data;
    z.avail_out = (uInt)most;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    b.size = z.total_out;
    deflateEnd(&z);
    return b;
}

/* `count` bytes 0, 1, 2, ... behind a header that claims `claim` of them. */
static bytes idx_of(size_t count, uint32_t claim)
{
    bytes b = {calloc(1, 8 + count), 8 + count};

    ck_assert_ptr_nonnull(b.data);
    b.data[2] = 8;
    b.data[3] = 1;
    for (int i = 0; i < 4; i++)
        b.data[4 + i] = (unsigned char)(claim >> (24 - 8 * i));
    for (size_t i = 0; i < count; i++)
        b.data[8 + i] = (unsigned char)(i * 7 >> 3);
    return b;
}

static bytes packed_idx(size_t count, uint32_t claim)
{
    bytes plain = idx_of(count, claim), b = packed(plain.data, plain.size);

    free(plain.data);
    return b;
}

static void write_packed(bytes b)
{
    write_bytes(in_folder("t.gz"), b.data, b.size);
    free(b.data);
}

static void expect_refused_file(const char *message)
{
    ck_assert_ptr_null(tg_load_idx(in_folder("t.gz"), TG_F32));
    EXPECT_MESSAGE("load_idx: '/");
    EXPECT_MESSAGE(message);
}

static void expect_loaded(size_t count)
{
    tg_tensor *t = MADE(tg_load_idx(in_folder("t.gz"), TG_F32));

    EXPECT_SHAPE(t, TG_SHAPE((int64_t)count));
    for (size_t i = 0; i < count; i++)
        if (tg_data_f32(t)[i] != (float)(unsigned char)(i * 7 >> 3))
            ck_abort_msg("number %zu is %g", i, element(t, (int64_t)i));
    tg_tensor_free(t);
}

TEST(reads_what_gzip_writes)
{
    for (size_t count = 0; count < 3000000; count = 3 * count + 1) {
        write_packed(packed_idx(count, (uint32_t)count));
        expect_loaded(count);
    }
}

/* gzip joins files by joining what it made of them. */
TEST(reads_all_members)
{
    bytes plain = idx_of(1000, 1000);
    bytes a = packed(plain.data, 300), none = packed("", 0);
    bytes b = packed(plain.data + 300, plain.size - 300);
    bytes all = {calloc(1, a.size + none.size + b.size), 0};

    memcpy(all.data, a.data, a.size);
    memcpy(all.data + a.size, none.data, none.size);
    memcpy(all.data + a.size + none.size, b.data, b.size);
    all.size = a.size + none.size + b.size;
    write_packed(all);
    expect_loaded(1000);
    free(plain.data);
    free(a.data);
    free(b.data);
    free(none.data);
}

TEST(refuses_files_of_another_length)
{
    write_packed(packed_idx(1000, 1001));
    expect_refused_file("ends too soon");
    write_packed(packed_idx(1001, 1000));
    expect_refused_file("goes on after its end");
    bytes b = packed_idx(100, 100);
    for (size_t size = 2; size < b.size; size++) {
        write_bytes(in_folder("t.gz"), b.data, size);
        expect_refused_file("ends too soon");
    }
    write_packed((bytes){b.data, 1});
    expect_refused_file("ends too soon");
}

/* Every bit counts but those that gzip gives no meaning, or one that changes
 * nothing: time, system, flags for text and speed, and what is left of the
 * last byte before the checksum. */
TEST(refuses_damaged_files)
{
    bytes b = packed_idx(100, 100);

    for (size_t i = 0; i < b.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            bool idle = (i >= 4 && i < 10) || (i == 3 && bit == 0);
            b.data[i] ^= (unsigned char)(1 << bit);
            write_bytes(in_folder("t.gz"), b.data, b.size);
            tg_tensor *t = tg_load_idx(in_folder("t.gz"), TG_F32);
            ck_assert_msg((t != NULL) == idle || i == b.size - 9,
                          "byte %zu, bit %d", i, bit);
            tg_tensor_free(t);
            b.data[i] ^= (unsigned char)(1 << bit);
        }
    free(b.data);
}

TEST(refuses_what_lies_behind)
{
    bytes b = packed_idx(100, 100);

    b.data = realloc(b.data, b.size + 20);
    memset(b.data + b.size, 0, 20);
    for (size_t more = 1; more < 20; more++) {
        write_bytes(in_folder("t.gz"), b.data, b.size + more);
        ck_assert_ptr_null(tg_load_idx(in_folder("t.gz"), TG_F32));
        b.data[b.size + more] = (unsigned char)(13 * more);
    }
    free(b.data);
}

/* A small file that claims much, by an honest checksum or not, makes nobody
 * allocate more than it holds. */
TEST(believes_no_claim)
{
    write_packed(packed_idx(1000, 4000000000U));
    expect_refused_file("ends too soon");
    bytes b = packed_idx(1000, 4000000000U);
    memset(b.data + b.size - 4, 0xEE, 4); /* the length that gzip keeps */
    write_packed(b);
    expect_refused_file("is damaged");
    ck_assert_uint_le(peak_bytes(), 65536);
}

static tg_status load(tg_graph *g, void *env)
{
    tg_tensor *t = tg_load_idx(in_folder("t.gz"), TG_F32);
    tg_status s = t != NULL                                 ? TG_OK
                  : strstr(tg_error_message(), "no memory") ? TG_ERR_NOMEM
                                                            : TG_ERR_FORMAT;

    (void)g;
    (void)env;
    tg_tensor_free(t);
    return s;
}

TEST(survives_missing_memory)
{
    write_packed(packed_idx(100000, 100000));
    check_out_of_memory(load, NULL);
}

TEST_MAIN("idx_gz", reads_what_gzip_writes, reads_all_members,
          refuses_files_of_another_length, refuses_damaged_files,
          refuses_what_lies_behind, believes_no_claim, survives_missing_memory)

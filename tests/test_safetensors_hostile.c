/* Checkpoints that were damaged, or made to do harm. */
#include "files.h"
#include "support_memory.h"

#include <jansson.h>
#include <stdio.h>

static const tg_load_options strict = {0};

/* ---- every prefix of a file, and every changed byte of its header */

TEST(survives_any_change_of_a_file)
{
    model m = new_model(TG_F32, 1, 2, 0.9);

    EXPECT_OK(tg_save(m.p, m.o, in_folder("whole")));
    bytes b = read_bytes(in_folder("whole"));
    for (size_t size = 0; size < b.size; size++) {
        write_bytes(in_folder("m"), b.data, size);
        EXPECT_STATUS(tg_load(m.p, m.o, in_folder("m"), strict), TG_ERR_FORMAT);
    }
    size_t end = 8 + (size_t)(b.data[0] + 256 * b.data[1]);
    for (size_t i = 0; i < end; i++)
        for (int bit = 0; bit < 8; bit++) {
            b.data[i] ^= (unsigned char)(1 << bit);
            write_bytes(in_folder("m"), b.data, b.size);
            (void)tg_load(m.p, m.o, in_folder("m"), strict);
            b.data[i] ^= (unsigned char)(1 << bit);
        }
    EXPECT_OK(tg_load(m.p, m.o, in_folder("whole"), strict));
    free(b.data);
    free_model(&m);
}

/* ---- hostile headers take no memory */

static size_t json_live, json_peak;

static void *json_new(size_t size)
{
    size_t *block = malloc(size + 16);

    *block = size;
    json_live += size;
    json_peak = json_live > json_peak ? json_live : json_peak;
    return (char *)block + 16;
}

static void json_release(void *p)
{
    size_t *block = p != NULL ? (size_t *)(void *)((char *)p - 16) : NULL;

    json_live -= block != NULL ? *block : 0;
    free(block);
}

/* `part` over and over behind `first`, up to about `size` bytes. */
static char *repeated(const char *first, const char *part, const char *last,
                      size_t size)
{
    size_t n = strlen(part), at = strlen(first);
    char *text = malloc(at + size + n + 40 + strlen(last));

    strcpy(text, first);
    for (unsigned i = 0; at < size; i++)
        at += (size_t)sprintf(text + at, part, i, i, i + 1);
    strcpy(text + at, last);
    return text;
}

/* The library's own memory within `own` of the file's size, jansson's within
 * `json` of it. */
static void expect_cheap(const char *first, const char *part, const char *last,
                         size_t size, double own, double json)
{
    char *text = repeated(first, part, last, size);

    write_safetensors(in_folder("m"), text, 0);
    size = 8 + strlen(text);
    free(text);
    json_live = json_peak = 0;
    begin_counting(); /* forgets the peak before */
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    (void)tg_load(p, NULL, in_folder("m"), (tg_load_options){true, true});
    ck_assert_msg((double)peak_bytes() <= own * (double)size + 65536,
                  "%s: %zu bytes", part, peak_bytes());
    ck_assert_msg((double)json_peak <= json * (double)size + 65536,
                  "%s: %zu bytes of JSON", part, json_peak);
    ck_assert_uint_eq(json_live, 0);
    tg_params_free(p);
}

TEST(refuses_hostile_headers_cheaply)
{
    const size_t much = 20000000, some = 1000000;

    json_set_alloc_funcs(json_new, json_release);
    expect_cheap("", "[", "", much, 1, 0);
    expect_cheap("{", "'a%u':{},", "'a':2}", much, 1, 0);
    expect_cheap("{'a':[", "[],", "[]]}", much, 1, 0);
    expect_cheap("{'a':[", "1,", "1]}", much, 1, 0);
    expect_cheap("{'__metadata__':{", "'%u':'',", "'':''}}", much, 1, 0);
    expect_cheap("{'a':[", "1,", "1]}", some, 1, 32);
    expect_cheap("{", "'a%u':2,", "'a':2}", some, 1, 32);
    expect_cheap("{'__metadata__':{", "'%u':'',", "'':''}}", some, 1, 32);
    expect_cheap("{'__metadata__':{'a':'", "long ", "'}}", some, 1, 8);
    /* legal, and nothing but header */
    expect_cheap("{", "'%u':{'dtype':'I8','shape':[],'data_offsets':[%u,%u]},",
                 "'':{'dtype':'I8','shape':[],'data_offsets':[0,0]}}", some, 2,
                 32);
    expect_cheap("{", "'%u':{'dtype':'I8','shape':[0],'data_offsets':[0,0]},",
                 "'':{'dtype':'I8','shape':[0],'data_offsets':[0,0]}}", some, 2,
                 32);
    json_set_alloc_funcs(malloc, free);
}

TEST_MAIN("safetensors_hostile", survives_any_change_of_a_file,
          refuses_hostile_headers_cheaply)

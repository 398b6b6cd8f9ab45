/* What is refused as a checkpoint: each rule of the format by itself, and
 * whatever does not fit the model; and that nothing is changed then. */
#include "files.h"

#include <stdio.h>
#include <unistd.h>

static const tg_load_options strict = {0};

/* ---- rules of the header. Two bytes of data, unless the file says more. */

typedef struct rule {
    const char *header, *message; /* NULL: legal */
} rule;

#define ENTRY(shape, offsets)                                                  \
    "{'dtype':'U8','shape':[" shape "],'data_offsets':[" offsets "]}"
#define A "{'a':" ENTRY("2", "0,2")

static const rule rules[] = {
    {A "}", NULL},
    /* 3: UTF-8 */
    {"{'\xff':" ENTRY("2", "0,2") "}", "header: unable to decode byte 0xff"},
    {"{'\xed\xa0\x80':" ENTRY("2", "0,2") "}", "header: unable to decode"},
    {"{'\\ud800':" ENTRY("2", "0,2") "}", "header: invalid Unicode"},
    /* 4: an object, not deep */
    {"", "header: '[' or '{' expected"},
    {"[]", "has a header that is no object"},
    {"2", "header: '[' or '{' expected"},
    {"{'a'}", "header: ':' expected"},
    {A "}x", "header: end of file expected"},
    {A ",}", "header: string or '}' expected"},
    {A, "header: '}' expected"},
    {"{'a':{'dtype':'U8','shape':[[2]],'data_offsets':[0,2]}}",
     "has a header that is nested too deeply"},
    {"{'a':{'dtype':'U8','shape':[[[2]]],'data_offsets':[0,2]}}",
     "has a header that is nested too deeply"},
    {"{'a':[],'b':[],'c':[],'d':[],'e':[],'f':[],'g':[],'h':[]}",
     "has a header of too many parts"},
    {"{'\\'[[[[':" ENTRY("2", "0,2") "}", NULL},
    {"{'\\'':" ENTRY("[[2]]", "0,2") "}",
     "has a header that is nested too deeply"},
    /* 5: no key twice */
    {A ",'a':" ENTRY("2", "0,2") "}", "header: duplicate object key"},
    {"{'a':{'dtype':'U8','dtype':'U8','shape':[2],'data_offsets':[0,2]}}",
     "header: duplicate object key"},
    {"{'__metadata__':{'b':'','b':''},'a':" ENTRY("2", "0,2") "}",
     "header: duplicate object key"},
    /* 6: three keys of the right types */
    {"{'a':2}", "'a' is not made of dtype, shape and data_offsets"},
    {"{'a':{'shape':[2],'data_offsets':[0,2]}}", "'a' is not made of"},
    {"{'a':{'dtype':'U8','data_offsets':[0,2]}}", "'a' is not made of"},
    {"{'a':{'dtype':'U8','shape':[2]}}", "'a' is not made of"},
    {"{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2],'x':1}}",
     "'a' is not made of"},
    {"{'a':{'dtype':'U8','shape':[2],'offsets':[0,2]}}", "'a' is not made of"},
    {"{'a':{'dtype':8,'shape':[2],'data_offsets':[0,2]}}",
     "'a' has an unknown dtype"},
    {"{'a':{'dtype':'U8','shape':2,'data_offsets':[0,2]}}",
     "'a' has a shape that is no list"},
    {"{'a':{'dtype':'U8','shape':[2],'data_offsets':2}}",
     "'a' has data_offsets that are not two whole numbers"},
    {"{'a':" ENTRY("2", "0") "}", "'a' has data_offsets that are not two"},
    {"{'a':" ENTRY("2", "0,2,2") "}", "'a' has data_offsets that are not two"},
    {"{'a':" ENTRY("2", "0,'2'") "}", "'a' has data_offsets that are not two"},
    {"{'a':" ENTRY("2", "null,2") "}", "'a' has data_offsets that are not two"},
    /* 7: known dtypes */
    {"{'a':{'dtype':'u8','shape':[2],'data_offsets':[0,2]}}",
     "'a' has an unknown dtype"},
    {"{'a':{'dtype':'','shape':[2],'data_offsets':[0,2]}}",
     "'a' has an unknown dtype"},
    /* 8: whole numbers of 63 bits */
    {"{'a':" ENTRY("-2", "0,2") "}", "'a' has an extent that is no whole"},
    {"{'a':" ENTRY("2.0", "0,2") "}", "'a' has an extent that is no whole"},
    {"{'a':" ENTRY("2e0", "0,2") "}", "'a' has an extent that is no whole"},
    {"{'a':" ENTRY("true", "0,2") "}", "'a' has an extent that is no whole"},
    {"{'a':" ENTRY("02", "0,2") "}", "header: invalid token"},
    {"{'a':" ENTRY("9223372036854775808", "0,2") "}",
     "header: too big integer"},
    {"{'a':" ENTRY("2", "-1,1") "}", "'a' has data_offsets that are not two"},
    /* 9, 10: products */
    {"{'a':" ENTRY("4294967296,4294967296", "0,2") "}",
     "'a' has too large a shape"},
    {"{'a':{'dtype':'U64','shape':[2305843009213693952],"
     "'data_offsets':[0,2]}}",
     "'a' has too large a shape"},
    /* 11: as many bytes as numbers */
    {"{'a':" ENTRY("3", "0,2") "}", "'a' takes another number of bytes"},
    {"{'a':" ENTRY("1", "0,2") "}", "'a' takes another number of bytes"},
    {"{'a':" ENTRY("2", "2,0") "}", "'a' ends before it begins"},
    {"{'a':{'dtype':'U16','shape':[2],'data_offsets':[0,2]}}",
     "'a' takes another number of bytes"},
    /* 12: no hole, no overlap */
    {"{'a':" ENTRY("1", "1,2") "}",
     "'a' does not begin where the one before it ends"},
    {"{'b':" ENTRY("1", "0,1") ",'a':" ENTRY("1", "0,1") "}",
     "does not begin where"},
    {"{'b':" ENTRY("2", "1,3") ",'a':" ENTRY("2", "0,2") "}",
     "'b' does not begin where"},
    /* 13: nor anything behind */
    {"{'a':" ENTRY("1", "0,1") "}", "m' goes on after its end"},
    {"{'a':" ENTRY("3", "0,3") "}", "m' ends too soon"},
    {"{}", "m' goes on after its end"},
    /* 14: metadata */
    {"{'__metadata__':{'k':'v','\\u00e9':''},'a':" ENTRY("2", "0,2") "}", NULL},
    {"{'__metadata__':{},'a':" ENTRY("2", "0,2") "}", NULL},
    {"{'__metadata__':{'k':1},'a':" ENTRY("2", "0,2") "}",
     "'__metadata__' does not map strings to strings"},
    {"{'__metadata__':{'k':{}},'a':" ENTRY("2", "0,2") "}",
     "'__metadata__' does not map"},
    {"{'__metadata__':[],'a':" ENTRY("2", "0,2") "}",
     "'__metadata__' does not map"},
    {"{'__metadata__':'','a':" ENTRY("2", "0,2") "}",
     "'__metadata__' does not map"},
    /* 15: scalars and nothing, also where something begins */
    {"{'b':" ENTRY("", "1,2") ",'a':" ENTRY("", "0,1") "}", NULL},
    {A ",'z':" ENTRY("0", "0,0") ",'y':" ENTRY("7,0", "2,2") "}", NULL},
    {A ",'z':" ENTRY("0", "1,1") "}", "'z' does not begin where"},
    {"{'a':" ENTRY("1,1,1,1,1,1,1,1,1,2", "0,2") "}", NULL},
    /* 16: white space */
    {" \t\r\n" A "}\n   ", NULL},
    {A "}\v", "header: end of file expected"},
};

static void expect_rule(const rule *r)
{
    static const tg_load_options any = {true, true};
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    write_safetensors(in_folder("m"), r->header, 2);
    tg_status s = tg_load(p, NULL, in_folder("m"), any);
    ck_assert_msg(s == (r->message ? TG_ERR_FORMAT : TG_OK), "%s: %s: %s",
                  r->header, tg_status_name(s), tg_error_message());
    ck_assert_msg(s == TG_OK || strstr(tg_error_message(), r->message),
                  "%s: %s", r->header, tg_error_message());
    ck_assert_msg(s == TG_OK || strstr(tg_error_message(), "m'"), "no path: %s",
                  tg_error_message());
    tg_params_free(p);
}

TEST(enforces_the_rules_of_the_header)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        expect_rule(&rules[i]);
}

/* Rules 1 and 2. */
TEST(enforces_the_length)
{
    const unsigned char file[] = {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    for (size_t size = 0; size < sizeof file; size++) {
        write_bytes(in_folder("m"), file, size);
        EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), TG_ERR_FORMAT);
        EXPECT_MESSAGE(size < 8 ? "ends too soon" : "ends before its header");
    }
    write_bytes(in_folder("m"), file, sizeof file);
    EXPECT_OK(tg_load(p, NULL, in_folder("m"), strict));
    for (int i = 1; i < 8; i++) {
        unsigned char large[sizeof file];
        memcpy(large, file, sizeof file);
        large[i] = 0xF0;
        write_bytes(in_folder("m"), large, sizeof large);
        EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), TG_ERR_FORMAT);
        EXPECT_MESSAGE(i < 3 ? "ends before its header" : "too long a header");
    }
    tg_params_free(p);
}

/* The longest header that there may be, and one byte more; of zeros, which
 * take no disk and are no JSON. */
TEST(takes_headers_up_to_the_limit)
{
    const size_t most = 100000000;
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    for (size_t size = most; size <= most + 1; size++) {
        unsigned char length[8];
        for (int i = 0; i < 8; i++)
            length[i] = (unsigned char)(size >> (8 * i));
        write_bytes(in_folder("m"), length, sizeof length);
        ck_assert_int_eq(truncate(in_folder("m"), (off_t)(8 + size)), 0);
        EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), TG_ERR_FORMAT);
        EXPECT_MESSAGE(size > most ? "too long a header" : "header: ");
    }
    tg_params_free(p);
}

/* ---- what does not fit changes nothing */

enum { TENSORS = 10 };

static void make_ten(tg_params *p, int odd, tg_shape shape)
{
    tg_init normal = {TG_INIT_NORMAL, 0, 1};
    char name[8];

    for (int i = 0; i < TENSORS; i++) {
        snprintf(name, sizeof name, "t%d", i);
        if (i != odd || shape.ndim >= 0)
            MADE(tg_param(p, name, i == odd ? shape : TG_SHAPE(2, 3), normal));
    }
}

static model model_of_ten(tg_dtype dtype, int odd, tg_shape shape,
                          uint64_t seed)
{
    model m = {.p = MADE(tg_params_new(dtype, seed))};

    make_ten(m.p, odd, shape);
    m.o = MADE(tg_adam(m.p, (tg_adam_options){.lr = 0.1 * (double)seed}));
    return m;
}

static void expect_unchanged(tg_dtype dtype, tg_shape shape, bool swapped,
                             tg_status status, const char *message)
{
    for (int odd = 0; odd < TENSORS; odd += 3) {
        model from = model_of_ten(swapped ? dtype : TG_F32, odd, shape, 1);
        model to = model_of_ten(TG_F32, -1, TG_SCALAR, 2);
        model same = model_of_ten(TG_F32, -1, TG_SCALAR, 2);
        MADE(tg_optim_state(to.o));
        uint64_t version = tg_tensor_version(tg_params_at(to.p, 0));
        EXPECT_OK(tg_save(from.p, from.o, in_folder("m")));
        EXPECT_STATUS(tg_load(to.p, to.o, in_folder("m"), strict), status);
        EXPECT_MESSAGE(message);
        EXPECT_SAME_MODEL(&to, &same);
        ck_assert_uint_eq(tg_tensor_version(tg_params_at(to.p, 0)), version);
        free_model(&from);
        free_model(&to);
        free_model(&same);
    }
}

TEST(changes_all_or_nothing)
{
    tg_shape missing = {.ndim = -1}, same = TG_SHAPE(2, 3);

    expect_unchanged(TG_F32, TG_SHAPE(3, 2), false, TG_ERR_SHAPE,
                     "is (3, 2), not (2, 3)");
    expect_unchanged(TG_F32, TG_SHAPE(2, 3, 1), false, TG_ERR_SHAPE,
                     "is (2, 3, 1), not (2, 3)");
    expect_unchanged(TG_F64, same, true, TG_ERR_DTYPE, "is F64, not f32");
    expect_unchanged(TG_F32, missing, false, TG_ERR_FORMAT, "has no 't");
}

TEST(refuses_more_axes_than_tensors_have)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    MADE(tg_param(p, "w", TG_SHAPE(1), (tg_init){0}));
    write_safetensors(in_folder("m"),
                      "{'w':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,1],"
                      "'data_offsets':[0,4]}}",
                      4);
    EXPECT_STATUS(tg_load(p, NULL, in_folder("m"), strict), TG_ERR_SHAPE);
    EXPECT_MESSAGE("'w' has too many axes");
    tg_params_free(p);
}

TEST_MAIN("safetensors_rules", enforces_the_rules_of_the_header,
          enforces_the_length, takes_headers_up_to_the_limit,
          changes_all_or_nothing, refuses_more_axes_than_tensors_have)

#include "capture.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "reference/print.h"

static void fill(tg_tensor *t, const struct print_case *c)
{
    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        double real = c->real[i % c->count] + (double)i * c->real_step;

        if (c->dtype == TG_F32)
            tg_data_f32(t)[i] = (float)real;
        else if (c->dtype == TG_F64)
            tg_data_f64(t)[i] = real;
        else
            tg_data_i64(t)[i] = c->whole[i % c->count] + i * c->whole_step;
    }
}

static char *printed(const tg_tensor *t)
{
    capture c;

    capture_begin(&c);
    EXPECT_OK(tg_print(c.out, t));
    return captured(&c);
}

static void expect_printed(const tg_tensor *t, const char *expected)
{
    char *text = printed(t);

    ck_assert_str_eq(text, expected);
    free(text);
}

static void expect_lines(size_t number, char *text, const char *const *lines)
{
    for (; *lines; lines++) {
        char *end = strchr(text, '\n');

        ck_assert_msg(end != NULL, "case %zu ends before: %s", number, *lines);
        *end = '\0';
        ck_assert_msg(strcmp(text, *lines) == 0, "case %zu: '%s', not '%s'",
                      number, text, *lines);
        text = end + 1;
    }
    ck_assert_msg(*text == '\0', "case %zu goes on: %s", number, text);
}

TEST(prints_what_numpy_prints)
{
    for (size_t i = 0; i < sizeof print_cases / sizeof *print_cases; i++) {
        const struct print_case *c = &print_cases[i];
        tg_tensor *t = tg_tensor_new(c->dtype, c->shape);

        ck_assert_ptr_nonnull(t);
        fill(t, c);
        char *text = printed(t);
        expect_lines(i, text, c->lines);
        free(text);
        tg_tensor_free(t);
    }
}

TEST(a_name_changes_nothing)
{
    tg_tensor *t =
        named(tg_tensor_f32(TG_SHAPE(2), (float[]){1, 2.5F}), "kernel");

    expect_printed(t, "[1.  2.5]\n");
    tg_tensor_free(t);
}

/* A comma where such a locale is installed. */
TEST(the_decimal_point_is_a_point_in_any_locale)
{
    tg_tensor *t = tg_tensor_f64(TG_SHAPE(2), (double[]){0.1, -2.25});

    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        setlocale(LC_ALL, "fr_FR.UTF-8");
    expect_printed(t, "[ 0.1  -2.25]\n");
    setlocale(LC_ALL, "C");
    tg_tensor_free(t);
}

static float float_of(uint64_t bits)
{
    uint32_t high = (uint32_t)(bits >> 32);
    float x;

    memcpy(&x, &high, sizeof x);
    return x;
}

static double double_of(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Bits from all over the range. */
static uint64_t next_bits(uint64_t bits)
{
    return bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
}

TEST(a_float_alone_reads_back_as_itself)
{
    tg_tensor *t = tg_tensor_new(TG_F32, TG_SCALAR);
    uint64_t bits = 1;

    for (int i = 0; i < 10000; i++, bits = next_bits(bits)) {
        float x = *tg_data_f32(t) = float_of(bits);
        char *text = printed(t);
        ck_assert_msg(isnan(x) || strtof(text, NULL) == x, "%a: %s", x, text);
        free(text);
    }
    tg_tensor_free(t);
}

TEST(a_double_alone_reads_back_as_itself)
{
    tg_tensor *t = tg_tensor_new(TG_F64, TG_SCALAR);
    uint64_t bits = 1;

    for (int i = 0; i < 10000; i++, bits = next_bits(bits)) {
        double x = *tg_data_f64(t) = double_of(bits);
        char *text = printed(t);
        ck_assert_msg(isnan(x) || strtod(text, NULL) == x, "%a: %s", x, text);
        free(text);
    }
    tg_tensor_free(t);
}

TEST(null_is_refused)
{
    tg_tensor *t = tg_tensor_new(TG_F32, TG_SCALAR);

    EXPECT_STATUS(tg_print(NULL, t), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "print: no stream");
    EXPECT_STATUS(tg_print(stdout, NULL), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "print: no tensor");
    EXPECT_STATUS(tg_print(stdout, TG_NONE), TG_ERR_ARG);
    tg_tensor_free(t);
}

/* Where the system has such a device. */
TEST(a_full_device_is_an_io_error)
{
    FILE *out = fopen("/dev/full", "w");
    tg_tensor *t = tg_tensor_new(TG_F32, TG_SHAPE(3));

    if (out) {
        EXPECT_STATUS(tg_print(out, t), TG_ERR_IO);
        ck_assert_str_eq(tg_error_message(),
                         "print: cannot write: No space left on device");
        fclose(out);
    }
    tg_tensor_free(t);
}

TEST(a_stream_for_reading_is_an_io_error)
{
    FILE *out = fopen("/dev/null", "r");
    tg_tensor *t = tg_tensor_new(TG_F32, TG_SHAPE(3));

    ck_assert_ptr_nonnull(out);
    EXPECT_STATUS(tg_print(out, t), TG_ERR_IO);
    fclose(out);
    tg_tensor_free(t);
}

TEST_MAIN("print", prints_what_numpy_prints, a_name_changes_nothing,
          the_decimal_point_is_a_point_in_any_locale,
          a_float_alone_reads_back_as_itself,
          a_double_alone_reads_back_as_itself, null_is_refused,
          a_full_device_is_an_io_error, a_stream_for_reading_is_an_io_error)

#include "support.h"
#include "support_memory.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int run_tests(const char *suite, const TTest *const *tests, size_t count)
{
    Suite *s = suite_create(suite);

    for (size_t i = 0; i < count; i++) {
        TCase *alone = tcase_create(tests[i]->name);
        tcase_add_checked_fixture(alone, begin_counting, end_counting);
        tcase_set_timeout(alone, 0); /* the build's runner has one */
        tcase_add_test(alone, tests[i]);
        suite_add_tcase(s, alone);
    }
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ------------------------------------------------------------ tensors */

int64_t extent_product(tg_shape shape)
{
    int64_t product = 1;

    for (int i = 0; i < shape.ndim; i++)
        product *= shape.dim[i];
    return product;
}

static void put(tg_tensor *t, int64_t i, double value)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        tg_data_f32(t)[i] = (float)value;
        break;
    case TG_F64:
        tg_data_f64(t)[i] = value;
        break;
    case TG_I64:
        tg_data_i64(t)[i] = (int64_t)value;
        break;
    }
}

double element(const tg_tensor *t, int64_t i)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        return (double)tg_data_f32(t)[i];
    case TG_F64:
        return tg_data_f64(t)[i];
    case TG_I64:
        return (double)tg_data_i64(t)[i];
    }
    ck_abort_msg("a tensor without a dtype");
    return NAN;
}

double *elements(const tg_tensor *t)
{
    int64_t size = tg_tensor_size(t);
    double *copy = malloc(((size_t)size + 1) * sizeof *copy);

    ck_assert_ptr_nonnull(copy);
    for (int64_t i = 0; i < size; i++)
        copy[i] = element(t, i);
    return copy;
}

tg_tensor *make_tensor(tg_dtype dtype, tg_shape shape, const double *data,
                       size_t count)
{
    ck_assert_int_eq(extent_product(shape), (int64_t)count);
    tg_tensor *t = MADE(tg_tensor_new(dtype, shape));
    for (size_t i = 0; i < count; i++)
        put(t, (int64_t)i, data[i]);
    return t;
}

uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

tg_shape random_shape(uint64_t *state, int max_dims, int64_t max_size)
{
    tg_shape shape = {.ndim =
                          (int)(random_bits(state) % (uint64_t)(max_dims + 1))};
    int64_t room = max_size;

    for (int i = 0; i < shape.ndim; i++) {
        int64_t most = room < 7 ? room : 7;
        shape.dim[i] = 1 + (int64_t)(random_bits(state) % (uint64_t)most);
        room /= shape.dim[i];
    }
    return shape;
}

int64_t random_below(uint64_t *state, int64_t n)
{
    return (int64_t)(random_bits(state) % (uint64_t)n);
}

tg_shape random_operand(uint64_t *state, tg_shape y)
{
    int dropped = (int)random_below(state, y.ndim + 1) / 2;
    tg_shape operand = {.ndim = y.ndim - dropped};

    for (int i = 0; i < operand.ndim; i++)
        operand.dim[i] = random_below(state, 4) ? y.dim[i + dropped] : 1;
    return operand;
}

static double random_value(tg_dtype dtype, uint64_t *state)
{
    uint64_t bits = random_bits(state);

    if (dtype == TG_I64)
        return (double)(bits % 19) - 9;
    /* 23 bits, so that f32 and f64 hold the same number */
    double magnitude = 0.5 + (double)(bits >> 42) / 4194304.0;
    return bits & 1 ? -magnitude : magnitude;
}

tg_tensor *try_random(tg_dtype dtype, tg_shape shape, uint64_t seed)
{
    tg_tensor *t = tg_tensor_new(dtype, shape);
    uint64_t state = seed * 1000003;

    for (int64_t i = 0; t && i < tg_tensor_size(t); i++)
        put(t, i, random_value(dtype, &state));
    return t;
}

tg_tensor *random_tensor(tg_dtype dtype, tg_shape shape, uint64_t seed)
{
    return MADE(try_random(dtype, shape, seed));
}

tg_tensor *random_leaf(tg_dtype dtype, tg_shape shape, uint64_t seed)
{
    tg_tensor *t = random_tensor(dtype, shape, seed);

    EXPECT_OK(tg_set_requires_grad(t, true));
    return t;
}

/* -------------------------------------------------------- expectations
 * Check is only told of failures: telling it of every success would take most
 * of the time, and memory that a test may be measuring. */

void expect_status(const char *at, const char *call, tg_status got,
                   tg_status expected)
{
    if (got != expected)
        ck_abort_msg("%s: %s gives %s, not %s: %s", at, call,
                     tg_status_name(got), tg_status_name(expected),
                     tg_error_message());
}

void *expect_made(const char *at, const char *call, void *made)
{
    if (!made)
        ck_abort_msg("%s: %s gives NULL: %s", at, call, tg_error_message());
    return made;
}

double tolerance(tg_dtype dtype)
{
    return 16 * (dtype == TG_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
}

void expect_shape(const char *at, const tg_tensor *t, tg_shape shape)
{
    ck_assert_msg(t != NULL, "%s: no tensor: %s", at, tg_error_message());
    ck_assert_msg(tg_shape_equal(tg_tensor_shape(t), shape),
                  "%s: another shape than expected", at);
}

static double largest(const double *values, int64_t count)
{
    double scale = 0;

    for (int64_t i = 0; i < count; i++)
        if (isfinite(values[i]) && fabs(values[i]) > scale)
            scale = fabs(values[i]);
    return scale;
}

/* A scale of 0 leaves no room: where all is 0, all must be 0. */
static void expect_close(const char *at, int64_t i, double got, double expected,
                         double margin)
{
    bool finite = isfinite(expected);
    bool close = finite ? fabs(got - expected) <= margin
                        : got == expected || (isnan(got) && isnan(expected));

    if (!close)
        ck_abort_msg("%s: element %" PRId64 " is %.17g, not %.17g (off by "
                     "%.3g, allowed %.3g)",
                     at, i, got, expected, got - expected, margin);
}

void expect_within(const char *at, const tg_tensor *t, tg_shape shape,
                   const double *expected, double margin)
{
    expect_shape(at, t, shape);
    for (int64_t i = 0; i < tg_tensor_size(t); i++)
        expect_close(at, i, element(t, i), expected[i], margin);
}

void expect_array(const char *at, const tg_tensor *t, tg_shape shape,
                  const double *expected, double tol)
{
    expect_shape(at, t, shape);
    int64_t size = tg_tensor_size(t);
    ck_assert_msg(size > 0, "%s: nothing to compare", at);
    if (tol < 0)
        tol = tolerance(tg_tensor_dtype(t));
    expect_within(at, t, shape, expected, tol * largest(expected, size));
}

void expect_list(const char *at, const tg_tensor *t, double tol,
                 const double *expected, size_t count)
{
    ck_assert_msg(t != NULL, "%s: no tensor: %s", at, tg_error_message());
    ck_assert_msg(tg_tensor_size(t) == (int64_t)count,
                  "%s: %" PRId64 " elements, not %zu", at, tg_tensor_size(t),
                  count);
    expect_array(at, t, tg_tensor_shape(t), expected, tol);
}

void expect_same_bits(const char *at, const tg_tensor *a, const tg_tensor *b)
{
    ck_assert_msg(a && b, "%s: no tensor: %s", at, tg_error_message());
    tg_dtype dtype = tg_tensor_dtype(a);
    ck_assert_msg(dtype == tg_tensor_dtype(b), "%s: dtypes differ", at);
    expect_shape(at, a, tg_tensor_shape(b));
    ck_assert_msg(tg_tensor_size(a) > 0, "%s: nothing to compare", at);
    size_t width = tg_dtype_size(dtype);
    for (int64_t i = 0; i < tg_tensor_size(a); i++)
        if (memcmp((char *)tg_data(a) + (size_t)i * width,
                   (char *)tg_data(b) + (size_t)i * width, width))
            ck_abort_msg("%s: element %" PRId64 " is %.17g, not %.17g", at, i,
                         element(a, i), element(b, i));
}

void expect_message(const char *at, const char *text)
{
    ck_assert_msg(strstr(tg_error_message(), text) != NULL,
                  "%s: \"%s\" does not hold \"%s\"", at, tg_error_message(),
                  text);
}

void expect_refused(const char *at, tg_graph *g, const char *call, void *made,
                    size_t size_before, tg_status status, const char *text)
{
    ck_assert_msg(made == NULL, "%s: %s is not refused", at, call);
    expect_status(at, call, tg_graph_status(g), status);
    expect_message(at, text);
    ck_assert_msg(tg_graph_size(g) == size_before, "%s: %s left a node", at,
                  call);
    expect_status(at, "tg_graph_reset", tg_graph_reset(g), status);
    expect_status(at, "tg_graph_status", tg_graph_status(g), TG_OK);
}

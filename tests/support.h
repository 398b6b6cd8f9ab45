/* What the tests share: a runner, an allocator that counts and fails on
 * request, makers and comparisons of tensors, and checks that hold for every
 * op. Built on Check and the public headers alone.
 *
 * Each test runs in a process of its own (CK_FORK=no puts all into one) and
 * fails if the library still holds a byte when the test ends, or if it ever
 * told its allocator a wrong old size. Fresh memory is filled with NaNs. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <check.h>
#include <tinygrad.h>

/* ------------------------------------------------------------- runner
 * TEST(adds_numbers) { ... } and, last, TEST_MAIN("add", adds_numbers, ...).
 * CK_RUN_CASE=adds_numbers in the environment runs that test alone. */
#define TEST(name) START_TEST(name)
#define TEST_MAIN(suite, ...)                                                  \
    int main(void)                                                             \
    {                                                                          \
        const TTest *const tests[] = {__VA_ARGS__};                            \
        return run_tests(suite, tests, sizeof tests / sizeof *tests);          \
    }
int run_tests(const char *suite, const TTest *const *tests, size_t count);

/* ------------------------------------------------------------- memory */

size_t live_bytes(void);      /* held by the library now */
size_t peak_bytes(void);      /* the most that it has held in this test */
size_t allocator_calls(void); /* so far, frees left out */
/* Lets the k-th allocation from now fail (1 is the next): that one alone, or
 * it and all after it. 0 ends this. */
void fail_allocation(size_t k, bool for_good);
bool allocation_failed(void); /* since the latest fail_allocation */

/* A program makes its tensors, uses g, frees what it made and returns the
 * first status that is not TG_OK. */
typedef tg_status (*test_program)(tg_graph *g, void *env);
/* Runs the program on new graphs with every allocation failing in turn, once
 * and for good: it returns TG_ERR_NOMEM with a message, the same graph then
 * runs it to TG_OK, and nothing is left allocated. */
void check_out_of_memory(test_program program, void *env);

/* ------------------------------------------------------------ tensors */

/* A tensor from numbers: TENSOR(TG_F32, TG_SHAPE(2, 2), 1, 2, 3, 4). */
#define TENSOR(dtype, shape, ...)                                              \
    make_tensor(dtype, shape, (const double[]){__VA_ARGS__},                   \
                sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
tg_tensor *make_tensor(tg_dtype dtype, tg_shape shape, const double *data,
                       size_t count);
/* Magnitudes in [0.5, 1.5) of either sign, so that no kink or pole is near;
 * whole numbers in [-9, 9] for i64. The same seed gives the same values in f32
 * and f64, and the same tensor whatever came before. */
tg_tensor *random_tensor(tg_dtype dtype, tg_shape shape, uint64_t seed);
/* The same, or NULL where there is no memory for it. */
tg_tensor *try_random(tg_dtype dtype, tg_shape shape, uint64_t seed);
/* The same, as a leaf that requires a gradient. */
tg_tensor *random_leaf(tg_dtype dtype, tg_shape shape, uint64_t seed);
uint64_t random_bits(uint64_t *state); /* splitmix64 */
/* At most max_dims axes and max_size elements; often odd extents, and 1. */
tg_shape random_shape(uint64_t *state, int max_dims, int64_t max_size);
/* A shape that repeats to y: some extents are 1, some leading ones missing. */
tg_shape random_operand(uint64_t *state, tg_shape y);
int64_t random_below(uint64_t *state, int64_t n); /* in [0, n) */
double element(const tg_tensor *t, int64_t i);
double *elements(const tg_tensor *t); /* a copy in double; the caller frees */
int64_t extent_product(tg_shape shape);

/* -------------------------------------------------------- expectations
 * All of these end the test where they are not met, and name the line. */
#define HERE_TEXT(line) #line
#define HERE_LINE(line) HERE_TEXT(line)
#define HERE __FILE__ ":" HERE_LINE(__LINE__)

#define EXPECT_STATUS(call, status) expect_status(HERE, #call, call, status)
#define EXPECT_OK(call) EXPECT_STATUS(call, TG_OK)
/* MADE(tg_add(g, a, b)): the pointer, which must not be NULL. */
#define MADE(call) expect_made(HERE, #call, call)
void expect_status(const char *at, const char *call, tg_status got,
                   tg_status expected);
void *expect_made(const char *at, const char *call, void *made);

/* 16 units in the last place, as a share of the largest value. */
double tolerance(tg_dtype dtype);
/* Every element within tol of the expected one, on the scale of the largest
 * expected (a negative tol: that of the dtype); NaN equals NaN alone. Fails if
 * there is nothing to compare. */
#define EXPECT_ARRAY(t, shape, expected, tol)                                  \
    expect_array(HERE, t, shape, expected, tol)
#define EXPECT_NEAR(t, tol, ...)                                               \
    expect_list(HERE, t, tol, (const double[]){__VA_ARGS__},                   \
                sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
#define EXPECT_VALUES(t, ...) EXPECT_NEAR(t, -1, __VA_ARGS__)
#define EXPECT_SHAPE(t, shape) expect_shape(HERE, t, shape)
#define EXPECT_SAME_BITS(a, b) expect_same_bits(HERE, a, b)
/* The same with a margin that is not scaled, for sums whose terms cancel; an
 * empty tensor passes by its shape. */
#define EXPECT_WITHIN(t, shape, expected, margin)                              \
    expect_within(HERE, t, shape, expected, margin)
void expect_within(const char *at, const tg_tensor *t, tg_shape shape,
                   const double *expected, double margin);
void expect_array(const char *at, const tg_tensor *t, tg_shape shape,
                  const double *expected, double tol);
void expect_list(const char *at, const tg_tensor *t, double tol,
                 const double *expected, size_t count);
void expect_shape(const char *at, const tg_tensor *t, tg_shape shape);
void expect_same_bits(const char *at, const tg_tensor *a, const tg_tensor *b);

/* An op call that g (recording) must refuse: NULL, the status remembered by g,
 * a message that holds the text, no node added, no memory lost. Resets g. */
#define EXPECT_REFUSED(g, call, status, text)                                  \
    do {                                                                       \
        size_t size_before = tg_graph_size(g);                                 \
        void *made = call;                                                     \
        expect_refused(HERE, g, #call, made, size_before, status, text);       \
    } while (0)
void expect_refused(const char *at, tg_graph *g, const char *call, void *made,
                    size_t size_before, tg_status status, const char *text);
/* An op of two matrices refuses other dtypes, tensors of another graph, and
 * none. */
typedef tg_tensor *binary_fn(tg_graph *g, tg_tensor *a, tg_tensor *b);
void expect_other_operands_refused(const char *name, binary_fn *op);
/* The latest message of this thread holds the text. */
#define EXPECT_MESSAGE(text) expect_message(HERE, text)
void expect_message(const char *at, const char *text);

/* --------------------------------------------------------- every op
 * What holds for any function of up to MAX_LEAVES leaves of the given shapes:
 * its first and second derivative agree with differences; f32 agrees with f64;
 * a consumer that the loss does not use changes nothing; a sibling that reaches
 * a leaf through a reshape adds to it; asking for one gradient gives what
 * asking for all gives; recorded gradients equal unrecorded ones; backward
 * twice doubles; and a replay on other values equals the eager run. */
#define MAX_LEAVES 4
#define CHECK_OP(fn, ...)                                                      \
    check_op(HERE, fn, NULL,                                                   \
             (int)(sizeof((tg_shape[]){__VA_ARGS__}) / sizeof(tg_shape)),      \
             (tg_shape[]){__VA_ARGS__})
void check_op(const char *at, tg_function fn, void *env, int n,
              const tg_shape *shapes);

#endif

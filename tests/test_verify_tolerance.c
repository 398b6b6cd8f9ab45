/* TG_VERIFY=1: how far a kernel's numbers may be from the plain one's. */
#include "wrong_kernels.h"

#include <math.h>

static void wrong_exp(size_t n, const double *x, double *y)
{
    tg_kernels_plain()->f64->exp(n, x, y);
    y[0] *= 1 + 1e-7;
}

TEST(asks_more_of_f64)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 1, 2);

    start_plain();
    f64.exp = wrong_exp;
    EXPECT_REFUSED(g, tg_exp(g, x), TG_ERR_VERIFY, "exp: kernel exp of wrong");
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void nan_neg(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->neg(n, x, y);
    y[0] = NAN;
}

static void finite_neg(size_t n, const float *x, float *y)
{
    tg_kernels_plain()->f32->neg(n, x, y);
    for (size_t i = 0; i < n; i++)
        y[i] = isnan(y[i]) ? 0 : y[i];
}

TEST(wants_nan_where_plain_kernels_have_it)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3), 1, NAN, INFINITY);

    start_plain();
    f32.neg = nan_neg;
    EXPECT_REFUSED(g, tg_neg(g, x), TG_ERR_VERIFY, "element 0 of (3,): nan");
    f32.neg = finite_neg;
    EXPECT_REFUSED(g, tg_neg(g, x), TG_ERR_VERIFY, "element 1 of (3,): 0");
    f32.neg = tg_kernels_plain()->f32->neg;
    EXPECT_VALUES(MADE(tg_neg(g, x)), -1, NAN, -INFINITY);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void wrong_places(size_t n, const tg_windows2d *s, const float *x,
                         int64_t *at)
{
    tg_kernels_plain()->f32->max_pool2d(n, s, x, at);
    at[0] = at[0] == 0;
}

TEST(compares_whole_numbers)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 1, 2, 2), 4, 3, 2, 1);

    start_plain();
    f32.max_pool2d = wrong_places;
    EXPECT_REFUSED(g,
                   tg_max_pool2d(g, x, (tg_pool2d_options){.kernel = {2, 2}}),
                   TG_ERR_VERIFY, "kernel max_pool2d of wrong");
    tg_tensor_free(x);
    tg_graph_free(g);
}

static float off_by;

static void rounding_matmul(const tg_matmul_sizes *s, const float *a,
                            const float *b, float *room, float *y)
{
    tg_kernels_plain()->f32->matmul(s, a, b, room, y);
    y[0] += off_by;
}

TEST(forgives_rounding_where_terms_cancel)
{
    enum { N = 64 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = random_tensor(TG_F32, TG_SHAPE(1, N), 1);
    tg_tensor *b = MADE(tg_tensor_new(TG_F32, TG_SHAPE(N, 1)));
    float *from = tg_data(a), *to = tg_data(b);

    for (int i = 0; i < N; i += 2) {
        to[i] = from[i + 1];
        to[i + 1] = -from[i];
    }
    start_plain();
    f32.matmul = rounding_matmul;
    off_by = 1e-6F;
    MADE(tg_matmul(g, a, b));
    off_by = 1e-2F;
    EXPECT_REFUSED(g, tg_matmul(g, a, b), TG_ERR_VERIFY,
                   "element 0 of (1, 1): 0.00999999978 against 0");
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

static void rounding_product(const tg_matmul_sizes *s, const double *a,
                             const double *b, double *room, double *y)
{
    tg_kernels_plain()->f64->matmul(s, a, b, room, y);
    y[0] += 1e-16;
}

TEST(forgives_rounding_where_two_terms_cancel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = TENSOR(TG_F64, TG_SHAPE(1, 2), 0.7, -0.7);
    tg_tensor *b = TENSOR(TG_F64, TG_SHAPE(2, 1), 1, 1);

    start_plain();
    f64.matmul = rounding_product;
    MADE(tg_matmul(g, a, b));
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST_MAIN("verify_tolerance", asks_more_of_f64,
          wants_nan_where_plain_kernels_have_it, compares_whole_numbers,
          forgives_rounding_where_terms_cancel,
          forgives_rounding_where_two_terms_cancel)

#include "plain.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

static tg_tensor *make_labels(int64_t n, int64_t classes)
{
    tg_tensor *labels = MADE(tg_tensor_new(TG_I64, TG_SHAPE(n)));

    for (int64_t i = 0; i < n; i++)
        tg_data_i64(labels)[i] = (i * 5 + 2) % classes;
    return labels;
}

/* y = -mean log p[label], dx = (p - 1 at the label) / n, p = softmax x. */
static double plain(int64_t n, int64_t classes, const double *x,
                    const int64_t *label, double *dx)
{
    double y = 0;

    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t c = 0; c < classes; c++)
            sum += exp(x[i * classes + c]);
        y -= (x[i * classes + label[i]] - log(sum)) / (double)n;
        for (int64_t c = 0; c < classes; c++)
            dx[i * classes + c] =
                (exp(x[i * classes + c]) / sum - (c == label[i])) / (double)n;
    }
    return y;
}

static void check_values(tg_dtype dtype, int64_t n, int64_t classes)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(dtype, TG_SHAPE(n, classes), 1);
    tg_tensor *labels = make_labels(n, classes);
    double *values = elements(x), *dx = plain_zeros(n * classes);
    double loss = plain(n, classes, values, tg_data_i64(labels), dx);
    tg_tensor *y = MADE(tg_cross_entropy(g, x, labels));

    EXPECT_WITHIN(y, TG_SCALAR, &loss, 3 * tolerance(dtype));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_WITHIN(tg_grad(x), TG_SHAPE(n, classes), dx, tolerance(dtype));
    free(values), free(dx);
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

TEST(equals_a_plain_loop)
{
    for (int64_t n = 1; n < 9; n++)
        for (int64_t classes = 1; classes < 12; classes++) {
            check_values(TG_F32, n, classes);
            check_values(TG_F64, n, classes);
        }
    check_values(TG_F32, 301, 10);
    check_values(TG_F64, 3, 1001);
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n;
    return tg_cross_entropy(g, in[0], env);
}

TEST(is_differentiable)
{
    for (int64_t n = 1; n < 4; n++)
        for (int64_t classes = 1; classes < 4; classes++) {
            tg_tensor *labels = make_labels(n, classes);
            check_op(HERE, apply, labels, 1, &(tg_shape){2, {n, classes}});
            tg_tensor_free(labels);
        }
}

static void check_extremes(tg_dtype dtype)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(dtype, TG_SHAPE(4, 2), 1000, -1000, -1000, 1000, 1000,
                          1000, -1000, -1000);
    tg_tensor *labels = TENSOR(TG_I64, TG_SHAPE(4), 0, 0, 1, 0);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_cross_entropy(g, x, labels));
    EXPECT_VALUES(y, (2000 + 2 * log(2)) / 4);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 0, 0, -0.25, 0.25, 0.125, -0.125, -0.125, 0.125);
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

TEST(does_not_overflow)
{
    check_extremes(TG_F32);
    check_extremes(TG_F64);
}

TEST(has_no_mean_of_nothing)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(0, 3), 1);
    tg_tensor *labels = MADE(tg_tensor_new(TG_I64, TG_SHAPE(0)));
    tg_tensor *y = MADE(tg_cross_entropy(g, x, labels));

    EXPECT_VALUES(y, NAN);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_SHAPE(tg_grad(x), TG_SHAPE(0, 3));
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

TEST(lets_nan_travel)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(1, 3), 1, NAN, 2);
    tg_tensor *label = TENSOR(TG_I64, TG_SHAPE(1), 0);

    EXPECT_VALUES(tg_cross_entropy(g, x, label), NAN);
    tg_tensor_free(x);
    tg_tensor_free(label);
    tg_graph_free(g);
}

/* A replay reads the labels that are there then. */
TEST(takes_new_labels_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(1, 2), 0, 1000);
    tg_tensor *label = TENSOR(TG_I64, TG_SHAPE(1), 0);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_cross_entropy(g, x, label));
    EXPECT_VALUES(y, 1000);
    tg_data_i64(label)[0] = 1;
    EXPECT_OK(tg_replay(g));
    EXPECT_VALUES(y, 0);
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 0, 0);
    tg_tensor_free(x);
    tg_tensor_free(label);
    tg_graph_free(g);
}

static const int64_t no_labels[] = {3, -1, INT64_MIN, INT64_MAX,
                                    (int64_t)1 << 62};

TEST(refuses_labels_out_of_range)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *labels = make_labels(2, 3);

    for (size_t i = 0; i < sizeof no_labels / sizeof *no_labels; i++) {
        tg_data_i64(labels)[1] = no_labels[i];
        EXPECT_REFUSED(g, tg_cross_entropy(g, x, labels), TG_ERR_ARG,
                       "cross_entropy");
    }
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

TEST(refuses_labels_out_of_range_in_a_replay)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1), *dx;
    tg_tensor *labels = make_labels(2, 3);
    tg_tensor *y = MADE(tg_cross_entropy(g, x, labels));
    tg_gradients_options create = {.create_graph = true};

    EXPECT_OK(tg_gradients(g, y, NULL, 1, &x, &dx, create));
    for (size_t i = 0; i < sizeof no_labels / sizeof *no_labels; i++) {
        tg_data_i64(labels)[1] = no_labels[i];
        EXPECT_STATUS(tg_replay(g), TG_ERR_ARG);
    }
    tg_data_i64(labels)[1] = 2;
    EXPECT_OK(tg_replay(g));
    EXPECT_OK(tg_backward(g, y));
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

/* The labels went bad after the record was made, so neither a replay nor a
 * backward reads or writes by them, and gradients stay as they were. */
TEST(leaves_gradients_alone_when_labels_went_bad)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *labels = make_labels(2, 3);
    tg_tensor *y = MADE(tg_cross_entropy(g, x, labels));

    EXPECT_OK(tg_backward(g, y));
    tg_tensor *before = MADE(tg_tensor_clone(tg_grad(x)));
    for (size_t i = 0; i < sizeof no_labels / sizeof *no_labels; i++) {
        tg_data_i64(labels)[1] = no_labels[i];
        EXPECT_STATUS(tg_replay(g), TG_ERR_ARG);
        EXPECT_STATUS(tg_backward(g, y), TG_ERR_ARG);
        EXPECT_MESSAGE("cross_entropy: label");
        EXPECT_SAME_BITS(tg_grad(x), before);
    }
    tg_tensor_free(before);
    tg_tensor_free(x);
    tg_tensor_free(labels);
    tg_graph_free(g);
}

static void refuse_shapes(tg_graph *g, tg_shape x_shape, tg_shape label_shape)
{
    tg_tensor *x = random_leaf(TG_F32, x_shape, 1);
    tg_tensor *labels = MADE(tg_tensor_new(TG_I64, label_shape));

    EXPECT_REFUSED(g, tg_cross_entropy(g, x, labels), TG_ERR_SHAPE,
                   "cross_entropy");
    tg_tensor_free(x);
    tg_tensor_free(labels);
}

TEST(refuses_other_shapes)
{
    tg_graph *g = MADE(tg_graph_new());

    refuse_shapes(g, TG_SHAPE(2, 3), TG_SHAPE(3));
    refuse_shapes(g, TG_SHAPE(2, 3), TG_SHAPE(1));
    refuse_shapes(g, TG_SHAPE(2, 3), TG_SCALAR);
    refuse_shapes(g, TG_SHAPE(2, 3), TG_SHAPE(2, 1));
    refuse_shapes(g, TG_SHAPE(3), TG_SCALAR);
    refuse_shapes(g, TG_SHAPE(3), TG_SHAPE(3));
    refuse_shapes(g, TG_SHAPE(2, 3, 1), TG_SHAPE(2));
    refuse_shapes(g, TG_SCALAR, TG_SCALAR);
    tg_graph_free(g);
}

TEST(refuses_other_operands)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *z = random_tensor(TG_F32, TG_SHAPE(2), 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SHAPE(2, 3), 3);
    tg_tensor *labels = make_labels(2, 3);
    tg_tensor *foreign = MADE(tg_neg(other, x));

    EXPECT_REFUSED(g, tg_cross_entropy(g, x, z), TG_ERR_DTYPE, "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, n, labels), TG_ERR_DTYPE,
                   "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, foreign, labels), TG_ERR_ARG,
                   "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, x, TG_NONE), TG_ERR_ARG,
                   "cross_entropy");
    EXPECT_REFUSED(g, tg_cross_entropy(g, TG_NONE, labels), TG_ERR_ARG,
                   "cross_entropy");
    ck_assert_ptr_null(tg_cross_entropy(g, NULL, labels));
    ck_assert_ptr_null(tg_cross_entropy(g, x, NULL));
    ck_assert_ptr_null(tg_cross_entropy(NULL, x, labels));
    tg_tensor_free(x);
    tg_tensor_free(z);
    tg_tensor_free(n);
    tg_tensor_free(labels);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST_MAIN("cross_entropy", equals_a_plain_loop, is_differentiable,
          does_not_overflow, has_no_mean_of_nothing, lets_nan_travel,
          takes_new_labels_in_a_replay, refuses_labels_out_of_range,
          refuses_labels_out_of_range_in_a_replay,
          leaves_gradients_alone_when_labels_went_bad, refuses_other_shapes,
          refuses_other_operands)

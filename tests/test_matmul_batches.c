#include "plain.h"
#include "support.h"

#include <stdlib.h>

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], in[1]);
}

/* The shapes that operands are taken for, a vector as a row or a column, and
 * that of the product before the axis is dropped. */
typedef struct product {
    tg_shape a, b, batches;
    int64_t m, k, n;
} product;

static product product_of(tg_shape a, tg_shape b, tg_shape batches)
{
    if (a.ndim == 1)
        a = TG_SHAPE(1, a.dim[0]);
    if (b.ndim == 1)
        b = TG_SHAPE(b.dim[0], 1);
    product p = {
        a, b, batches, a.dim[a.ndim - 2], a.dim[a.ndim - 1], b.dim[b.ndim - 1]};
    p.a.ndim -= 2;
    p.b.ndim -= 2;
    return p;
}

typedef struct sheet {
    double *a, *b, *dy, *y, *da, *db;
} sheet;

/* Batch i: y += a b, da += dy b', db += a' dy, element by element. */
static void multiply_batch(const product *p, sheet *s, int64_t i)
{
    double *a = s->a, *da = s->da, *b = s->b, *db = s->db;
    int64_t of_a = plain_source(p->a, p->batches, i) * p->m * p->k;
    int64_t of_b = plain_source(p->b, p->batches, i) * p->k * p->n;

    for (int64_t r = 0; r < p->m; r++)
        for (int64_t c = 0; c < p->n; c++)
            for (int64_t l = 0; l < p->k; l++) {
                int64_t y = (i * p->m + r) * p->n + c;
                int64_t at = of_a + r * p->k + l, bt = of_b + l * p->n + c;
                s->y[y] += a[at] * b[bt];
                da[at] += s->dy[y] * b[bt];
                db[bt] += a[at] * s->dy[y];
            }
}

static void check_values(tg_dtype dtype, const tg_shape *shapes,
                         tg_shape batches)
{
    tg_graph *g = MADE(tg_graph_new());
    product p = product_of(shapes[0], shapes[1], batches);
    tg_tensor *a = random_leaf(dtype, shapes[0], 1);
    tg_tensor *b = random_leaf(dtype, shapes[1], 2);
    tg_tensor *dy = random_tensor(dtype, shapes[2], 3);
    sheet s = {elements(a),
               elements(b),
               elements(dy),
               plain_zeros(tg_tensor_size(dy)),
               plain_zeros(tg_tensor_size(a)),
               plain_zeros(tg_tensor_size(b))};
    double margin = tolerance(dtype) *
                    (double)(2 + p.k + extent_product(batches) * (p.m + p.n));

    ck_assert_int_eq(tg_tensor_size(dy), extent_product(batches) * p.m * p.n);
    for (int64_t i = 0; i < extent_product(batches); i++)
        multiply_batch(&p, &s, i);
    tg_tensor *y = MADE(tg_matmul(g, a, b));
    EXPECT_WITHIN(y, shapes[2], s.y, margin);
    EXPECT_OK(tg_backward_from(g, y, dy));
    EXPECT_WITHIN(tg_grad(a), shapes[0], s.da, margin);
    EXPECT_WITHIN(tg_grad(b), shapes[1], s.db, margin);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_tensor_free(dy);
    tg_graph_free(g);
    free(s.a), free(s.b), free(s.dy), free(s.y), free(s.da), free(s.db);
}

static void check(tg_shape a, tg_shape b, tg_shape y, tg_shape batches)
{
    const tg_shape shapes[] = {a, b, y};

    check_values(TG_F32, shapes, batches);
    check_values(TG_F64, shapes, batches);
    check_op(HERE, apply, NULL, 2, shapes);
}

TEST(multiplies_batch_by_batch)
{
    check(TG_SHAPE(2, 2, 3), TG_SHAPE(2, 3, 2), TG_SHAPE(2, 2, 2), TG_SHAPE(2));
    check(TG_SHAPE(2, 3, 1, 2), TG_SHAPE(2, 3, 2, 1), TG_SHAPE(2, 3, 1, 1),
          TG_SHAPE(2, 3));
    check(TG_SHAPE(1, 2, 2), TG_SHAPE(1, 2, 1), TG_SHAPE(1, 2, 1), TG_SHAPE(1));
}

TEST(broadcasts_batches_both_ways)
{
    check(TG_SHAPE(2, 2, 3), TG_SHAPE(3, 2), TG_SHAPE(2, 2, 2), TG_SHAPE(2));
    check(TG_SHAPE(2, 3), TG_SHAPE(2, 3, 2), TG_SHAPE(2, 2, 2), TG_SHAPE(2));
    check(TG_SHAPE(1, 2, 3), TG_SHAPE(2, 3, 1), TG_SHAPE(2, 2, 1), TG_SHAPE(2));
    check(TG_SHAPE(3, 1, 1, 2), TG_SHAPE(2, 2, 2), TG_SHAPE(3, 2, 1, 2),
          TG_SHAPE(3, 2));
    check(TG_SHAPE(2, 1, 2, 2), TG_SHAPE(1, 3, 2, 1), TG_SHAPE(2, 3, 2, 1),
          TG_SHAPE(2, 3));
    check(TG_SHAPE(2, 1, 2, 1, 2), TG_SHAPE(2, 1, 2, 1),
          TG_SHAPE(2, 2, 2, 1, 1), TG_SHAPE(2, 2, 2));
}

/* A vector is a row on the left and a column on the right. */
TEST(takes_vectors)
{
    check(TG_SHAPE(3), TG_SHAPE(3), TG_SCALAR, TG_SCALAR);
    check(TG_SHAPE(1), TG_SHAPE(1), TG_SCALAR, TG_SCALAR);
    check(TG_SHAPE(3), TG_SHAPE(3, 2), TG_SHAPE(2), TG_SCALAR);
    check(TG_SHAPE(2, 3), TG_SHAPE(3), TG_SHAPE(2), TG_SCALAR);
    check(TG_SHAPE(3), TG_SHAPE(2, 3, 2), TG_SHAPE(2, 2), TG_SHAPE(2));
    check(TG_SHAPE(2, 2, 3), TG_SHAPE(3), TG_SHAPE(2, 2), TG_SHAPE(2));
    check(TG_SHAPE(2), TG_SHAPE(2, 1, 2, 1), TG_SHAPE(2, 1, 1), TG_SHAPE(2, 1));
}

TEST(sums_nothing_to_zero)
{
    check(TG_SHAPE(0), TG_SHAPE(0), TG_SCALAR, TG_SCALAR);
    check(TG_SHAPE(2, 0), TG_SHAPE(0), TG_SHAPE(2), TG_SCALAR);
    check(TG_SHAPE(2, 2, 0), TG_SHAPE(0, 3), TG_SHAPE(2, 2, 3), TG_SHAPE(2));
    check(TG_SHAPE(2, 2, 0), TG_SHAPE(2, 0, 3), TG_SHAPE(2, 2, 3), TG_SHAPE(2));
    check(TG_SHAPE(0, 2, 3), TG_SHAPE(3, 2), TG_SHAPE(0, 2, 2), TG_SHAPE(0));
    check(TG_SHAPE(0, 2, 3), TG_SHAPE(1, 3, 2), TG_SHAPE(0, 2, 2), TG_SHAPE(0));
    check(TG_SHAPE(2, 0, 3), TG_SHAPE(3, 2), TG_SHAPE(2, 0, 2), TG_SHAPE(2));
}

static tg_tensor *gram(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], tg_transpose(g, in[0]));
}

static tg_tensor *squared(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    (void)n, (void)env;
    return tg_matmul(g, in[0], in[0]);
}

TEST(takes_one_tensor_twice)
{
    CHECK_OP(squared, TG_SHAPE(3));
    CHECK_OP(squared, TG_SHAPE(2, 2, 2));
    CHECK_OP(squared, TG_SHAPE(2, 1, 2, 2));
    CHECK_OP(gram, TG_SHAPE(1, 1));
    CHECK_OP(gram, TG_SHAPE(2, 2, 3));
}

/* A vector becomes a row or a column on the way: of a product that is refused
 * nothing of it stays, and the message has the vector as it was given. */
static void refuse_vector(tg_shape a_shape, tg_shape b_shape)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *a = random_leaf(TG_F32, a_shape, 1);
    tg_tensor *b = random_leaf(TG_F32, b_shape, 2);
    tg_tensor *y = MADE(tg_neg(g, a));
    size_t bytes = tg_graph_mark(g).memory;

    EXPECT_OK(tg_set_name(a, "left"));
    EXPECT_OK(tg_set_name(b, "right"));
    ck_assert_ptr_null(tg_matmul(g, a, b));
    EXPECT_STATUS(tg_graph_status(g), TG_ERR_SHAPE);
    EXPECT_MESSAGE(tg_describe(a).text);
    EXPECT_MESSAGE(tg_describe(b).text);
    ck_assert_uint_eq(tg_graph_size(g), 1);
    ck_assert_uint_eq(tg_graph_mark(g).memory, bytes);
    ck_assert_ptr_eq(tg_graph_node(g, 0).out, y);
    tg_tensor_free(a);
    tg_tensor_free(b);
    tg_graph_free(g);
}

TEST(refuses_vectors_that_do_not_fit)
{
    refuse_vector(TG_SHAPE(3), TG_SHAPE(2));
    refuse_vector(TG_SHAPE(3), TG_SHAPE(2, 3));
    refuse_vector(TG_SHAPE(2, 3), TG_SHAPE(2));
    refuse_vector(TG_SHAPE(3), TG_SHAPE(4, 2, 3));
    refuse_vector(TG_SHAPE(4, 2, 3), TG_SHAPE(4));
    refuse_vector(TG_SHAPE(1), TG_SHAPE(0));
    refuse_vector(TG_SHAPE(3), TG_SCALAR);
}

TEST_MAIN("matmul_batches", multiplies_batch_by_batch,
          broadcasts_batches_both_ways, takes_vectors, sums_nothing_to_zero,
          takes_one_tensor_twice, refuses_vectors_that_do_not_fit)

#include "movement.h"
#include "plain.h"
#include "support.h"
#include "unary.h"

static tg_tensor *op(tg_graph *g, tg_tensor *x, const void *how)
{
    return tg_reshape(g, x, *(const tg_shape *)how);
}

/* With every -1 of the target replaced by what is left for it. */
static tg_shape resolved(tg_shape x, tg_shape target)
{
    int64_t others = 1;

    for (int i = 0; i < target.ndim; i++)
        others *= target.dim[i] < 0 ? 1 : target.dim[i];
    for (int i = 0; i < target.ndim; i++)
        if (target.dim[i] < 0)
            target.dim[i] = extent_product(x) / others;
    return target;
}

static int64_t source(tg_shape x, const int64_t *at, const void *how)
{
    return plain_index(resolved(x, *(const tg_shape *)how), at);
}

static const movement reshape = {"reshape", op, source, 0};

static void check(tg_shape x, tg_shape target)
{
    check_movement(&reshape, &target, x, resolved(x, target));
}

TEST(keeps_the_elements_in_order)
{
    check(TG_SCALAR, TG_SHAPE(1));
    check(TG_SHAPE(1, 1), TG_SCALAR);
    check(TG_SHAPE(6), TG_SHAPE(2, 3));
    check(TG_SHAPE(2, 3), TG_SHAPE(3, 2));
    check(TG_SHAPE(2, 3), TG_SHAPE(2, 3));
    check(TG_SHAPE(2, 3, 4), TG_SHAPE(1, 4, 1, 6, 1));
    check(TG_SHAPE(0, 3), TG_SHAPE(5, 0, 7));
    check(TG_SHAPE(6), TG_SHAPE(1, 1, 2, 1, 1, 3, 1, 1));
}

TEST(infers_one_extent)
{
    check(TG_SCALAR, TG_SHAPE(-1));
    check(TG_SHAPE(2, 3, 4), TG_SHAPE(-1));
    check(TG_SHAPE(2, 3, 4), TG_SHAPE(4, -1));
    check(TG_SHAPE(2, 3, 4), TG_SHAPE(2, -1, 2));
    check(TG_SHAPE(0, 3), TG_SHAPE(3, -1));
}

TEST(shares_the_storage)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);

    ck_assert_ptr_eq(tg_data(tg_reshape(g, x, TG_SHAPE(3, 2))), tg_data(x));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* The sibling's share is added, not put in the other's place. */
TEST(adds_to_the_sibling)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2, 2), 1, 2, 3, 4);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *flat = tg_reshape(g, x, TG_SHAPE(4));
    tg_tensor *y = tg_add(g, tg_sum(g, tg_square(g, flat)),
                          tg_sum(g, tg_square(g, tg_square(g, x))));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 2 + 4, 4 + 32, 6 + 108, 8 + 256);
    tg_tensor_free(x);
    tg_graph_free(g);
}

static void refuse(tg_graph *g, tg_tensor *x, tg_status status, tg_shape shape)
{
    EXPECT_REFUSED(g, tg_reshape(g, x, shape), status, "reshape");
}

TEST(refuses_another_count)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(3), 1, 2, 3);
    tg_tensor *empty = MADE(tg_tensor_new(TG_F32, TG_SHAPE(0)));
    tg_shape deep = {.ndim = TG_MAX_DIMS + 1};
    tg_shape negative = {.ndim = -1};

    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(2, 2));
    refuse(g, x, TG_ERR_SHAPE, TG_SCALAR);
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(2, -1));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(-1, -1));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(-3, -1));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(-2));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(0, -1));
    refuse(g, empty, TG_ERR_SHAPE, TG_SHAPE(0, -1));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(INT64_MIN, 3));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE((int64_t)1 << 62, 4));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE((int64_t)1 << 32, (int64_t)1 << 32));
    refuse(g, x, TG_ERR_SHAPE, TG_SHAPE(INT64_MAX, 2, -1));
    refuse(g, x, TG_ERR_SHAPE, deep);
    refuse(g, x, TG_ERR_SHAPE, negative);
    tg_tensor_free(x);
    tg_tensor_free(empty);
    tg_graph_free(g);
}

static tg_tensor *flatten(tg_graph *g, tg_tensor *x)
{
    return tg_reshape(g, x, TG_SHAPE(-1));
}

TEST(refuses)
{
    check_refusals_of_one("reshape", flatten, TG_SHAPE(2, 3), true);
}

/* Backwards, joined from the left or right, and with an extent left open. */
TEST(reshapes_random_tensors)
{
    uint64_t state = 1;

    for (int i = 0; i < 100; i++) {
        tg_shape x = random_shape(&state, 5, 24), y = x;
        for (int axis = 0; axis < x.ndim; axis++)
            y.dim[axis] = x.dim[x.ndim - 1 - axis];
        if (y.ndim > 1 && i % 2) {
            y.dim[y.ndim - 2] *= y.dim[y.ndim - 1];
            y.ndim--;
        }
        if (y.ndim > 0 && i % 3 == 0)
            y.dim[random_below(&state, y.ndim)] = -1;
        check(x, y);
    }
}

TEST_MAIN("reshape", keeps_the_elements_in_order, infers_one_extent,
          reshapes_random_tensors, shares_the_storage, adds_to_the_sibling,
          refuses_another_count, refuses)

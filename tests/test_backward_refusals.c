/* When backward fails, and that a failed one has changed nothing. */
#include "support.h"

#include <string.h>

TEST(refuses_a_loss_of_many_elements)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *y = MADE(tg_square(g, x));

    EXPECT_STATUS(tg_backward(g, y), TG_ERR_SHAPE);
    EXPECT_MESSAGE("(2, 3)");
    EXPECT_STATUS(tg_backward(g, tg_slice(g, x, 0, 0, 0, 1)), TG_ERR_SHAPE);
    ck_assert_ptr_null(tg_grad(x));
    EXPECT_OK(tg_backward(g, tg_reshape(g, tg_sum(g, y), TG_SHAPE(1, 1))));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_a_gradient_that_does_not_fit)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2, 3), 1);
    tg_tensor *y = MADE(tg_square(g, x));
    tg_tensor *turned = random_tensor(TG_F32, TG_SHAPE(3, 2), 2);
    tg_tensor *flat = random_tensor(TG_F32, TG_SHAPE(6), 2);
    tg_tensor *wide = random_tensor(TG_F64, TG_SHAPE(2, 3), 2);

    EXPECT_STATUS(tg_backward_from(g, y, turned), TG_ERR_SHAPE);
    EXPECT_MESSAGE("(3, 2)");
    EXPECT_MESSAGE("(2, 3)");
    EXPECT_STATUS(tg_backward_from(g, y, flat), TG_ERR_SHAPE);
    EXPECT_STATUS(tg_backward_from(g, y, wide), TG_ERR_DTYPE);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(turned);
    tg_tensor_free(flat);
    tg_tensor_free(wide);
    tg_graph_free(g);
}

TEST(refuses_what_has_no_gradient)
{
    tg_graph *g = MADE(tg_graph_new()), *other = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SCALAR, 1);
    tg_tensor *c = random_tensor(TG_F32, TG_SCALAR, 2);
    tg_tensor *n = random_tensor(TG_I64, TG_SCALAR, 2);
    tg_tensor *foreign = MADE(tg_square(other, x));

    EXPECT_STATUS(tg_backward(g, foreign), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(g, tg_square(g, c)), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(g, c), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(g, n), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(g, tg_reshape(g, n, TG_SHAPE(1))), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(g, TG_NONE), TG_ERR_ARG);
    EXPECT_STATUS(tg_backward(NULL, foreign), TG_ERR_ARG);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_tensor_free(n);
    tg_graph_free(g);
    tg_graph_free(other);
}

TEST(returns_what_made_the_loss_fail)
{
    tg_graph *g = MADE(tg_graph_new());

    EXPECT_STATUS(tg_fail(g, TG_ERR_FORMAT, "the cause"), TG_ERR_FORMAT);
    tg_fail(NULL, TG_ERR_IO, "something later");
    EXPECT_STATUS(tg_backward(g, NULL), TG_ERR_FORMAT);
    ck_assert_str_eq(tg_error_message(), "the cause");
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_FORMAT);
    ck_assert_int_ne(tg_backward(g, NULL), TG_OK);
    tg_graph_free(g);
}

/* Row 11: never the new value silently. */
TEST(refuses_a_saved_tensor_that_changed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(3), 2);

    EXPECT_OK(tg_set_name(x, "kernel"));
    tg_tensor *y = MADE(tg_sum(g, tg_mul(g, x, x)));
    EXPECT_OK(tg_tensor_copy(x, fresh));
    EXPECT_STATUS(tg_backward(g, y), TG_ERR_STATE);
    EXPECT_MESSAGE("kernel");
    EXPECT_MESSAGE("mul");
    ck_assert_ptr_null(tg_grad(x));
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_STATE);
    EXPECT_OK(tg_backward(g, tg_sum(g, tg_mul(g, x, x))));
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

/* The result of an op may be written too; mul saved it as another's input. */
TEST(refuses_a_saved_result_that_changed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *y = MADE(tg_neg(g, x)), *z = MADE(tg_mul(g, y, x));

    EXPECT_OK(tg_tensor_copy(y, fresh));
    EXPECT_STATUS(tg_backward_from(g, z, NULL), TG_ERR_STATE);
    EXPECT_MESSAGE("mul");
    EXPECT_OK(tg_backward_from(g, y, NULL)); /* neg saved nothing */
    EXPECT_VALUES(tg_grad(x), -1, -1, -1);
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

/* What was made later, from what was written, hides nothing. */
TEST(refuses_a_saved_result_that_changed_before_others)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *y = MADE(tg_mul(g, x, x));

    EXPECT_OK(tg_tensor_copy(x, fresh));
    tg_tensor *z = MADE(tg_mul(g, x, x));
    EXPECT_STATUS(tg_backward_from(g, y, NULL), TG_ERR_STATE);
    EXPECT_OK(tg_backward_from(g, z, NULL));
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

/* The result of the op itself, which is nobody's input. */
TEST(refuses_a_last_result_that_changed)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *y = MADE(tg_exp(g, x));

    EXPECT_OK(tg_tensor_copy(y, fresh));
    EXPECT_STATUS(tg_backward_from(g, y, NULL), TG_ERR_STATE);
    EXPECT_MESSAGE("result (3,) of exp");
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

/* A view has its base's storage, so it changes with it. */
TEST(sees_a_change_through_a_view)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(4), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(4), 2);
    tg_tensor *matrix = MADE(tg_reshape(g, x, TG_SHAPE(2, 2)));
    tg_tensor *view = MADE(tg_reshape(g, matrix, TG_SHAPE(4)));
    tg_tensor *constant = MADE(tg_detach(g, x));
    tg_tensor *y = MADE(tg_square(g, view));
    tg_tensor *z = MADE(tg_mul(g, constant, x));

    EXPECT_OK(tg_tensor_copy(x, fresh));
    EXPECT_STATUS(tg_backward_from(g, y, NULL), TG_ERR_STATE);
    EXPECT_STATUS(tg_backward_from(g, z, NULL), TG_ERR_STATE);
    ck_assert_ptr_null(tg_grad(x));
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

/* add saves no value, so a step of an optimiser before backward is harmless;
 * and what lies beside the way to the leaves does not matter. */
TEST(allows_changes_that_nobody_saved)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *fresh = random_tensor(TG_F64, TG_SHAPE(3), 2);

    MADE(tg_square(g, x));
    tg_tensor *y = MADE(tg_sum(g, tg_add(g, x, x)));
    EXPECT_OK(tg_tensor_copy(x, fresh));
    EXPECT_OK(tg_backward(g, y));
    EXPECT_VALUES(tg_grad(x), 2, 2, 2);
    tg_tensor_free(x);
    tg_tensor_free(fresh);
    tg_graph_free(g);
}

static tg_status copy_forward(const tg_call *call)
{
    memcpy(tg_data(call->out), tg_data(call->in[0]),
           (size_t)tg_tensor_size(call->in[0]) * sizeof(double));
    return TG_OK;
}

static tg_status failing_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **dx)
{
    (void)call, (void)dx;
    MADE(tg_square(g, dy)); /* something to clean up */
    return tg_fail(g, TG_ERR_IO, "the disk is full");
}

/* Shares that had already arrived at other leaves are not added. */
TEST(changes_no_gradient_when_it_fails)
{
    static const tg_op failing = {.name = "failing",
                                  .forward = copy_forward,
                                  .backward = failing_backward};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
    tg_tensor *w = random_leaf(TG_F64, TG_SHAPE(3), 2);
    tg_tensor *fresh = random_leaf(TG_F64, TG_SHAPE(3), 2);
    EXPECT_OK(tg_backward_from(g, tg_mul(g, x, w), NULL));
    tg_tensor *dx = MADE(tg_tensor_clone(tg_grad(x)));
    tg_tensor *dw = MADE(tg_tensor_clone(tg_grad(w)));

    tg_tensor *y =
        MADE(tg_apply(g, &failing, TG_F64, TG_SHAPE(3), 1, &x, NULL, 0));
    tg_tensor *z = MADE(tg_mul(g, y, w)), *loss = MADE(tg_mul(g, z, fresh));
    EXPECT_STATUS(tg_backward_from(g, loss, NULL), TG_ERR_IO);
    EXPECT_MESSAGE("the disk is full");
    EXPECT_SAME_BITS(tg_grad(x), dx);
    EXPECT_SAME_BITS(tg_grad(w), dw);
    ck_assert_ptr_null(tg_grad(fresh));
    tg_tensor_free(x);
    tg_tensor_free(w);
    tg_tensor_free(fresh);
    tg_tensor_free(dx);
    tg_tensor_free(dw);
    tg_graph_free(g);
}

/* A gradient that an op saved is changed by the next backward, and by zeroing:
 * both are the library's doing. */
TEST(sees_a_change_of_a_gradient)
{
    for (int zero = 0; zero < 2; zero++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(3), 1);
        tg_tensor *w = random_leaf(TG_F64, TG_SHAPE(3), 2);
        tg_tensor *loss = MADE(tg_sum(g, tg_square(g, x)));
        EXPECT_OK(tg_backward(g, loss));
        tg_tensor *y = MADE(tg_mul(g, tg_grad(x), w));
        if (zero)
            tg_zero_grad(x);
        else
            EXPECT_OK(tg_backward(g, loss));
        EXPECT_STATUS(tg_backward_from(g, y, NULL), TG_ERR_STATE);
        ck_assert_ptr_null(tg_grad(w));
        tg_tensor_free(x);
        tg_tensor_free(w);
        tg_graph_free(g);
    }
}

TEST_MAIN("backward_refusals", refuses_a_loss_of_many_elements,
          refuses_a_gradient_that_does_not_fit, refuses_what_has_no_gradient,
          returns_what_made_the_loss_fail, refuses_a_saved_tensor_that_changed,
          refuses_a_saved_result_that_changed,
          refuses_a_saved_result_that_changed_before_others,
          refuses_a_last_result_that_changed, sees_a_change_through_a_view,
          sees_a_change_of_a_gradient, allows_changes_that_nobody_saved,
          changes_no_gradient_when_it_fails)

#include "support.h"

#include <stdio.h>

TEST(passes_on_who_requires_a_gradient)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *c = random_tensor(TG_F32, TG_SHAPE(2), 2);

    ck_assert(tg_requires_grad(tg_add(g, x, c)));
    ck_assert(tg_requires_grad(tg_add(g, c, x)));
    ck_assert(!tg_requires_grad(tg_add(g, c, c)));
    ck_assert(!tg_requires_grad(tg_detach(g, x)));
    tg_tensor_free(x);
    tg_tensor_free(c);
    tg_graph_free(g);
}

TEST(records_nothing_when_off)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F32, TG_SHAPE(2), 3, 4);

    EXPECT_OK(tg_set_requires_grad(x, true));
    ck_assert(tg_graph_set_recording(g, false));
    tg_tensor *y = MADE(tg_square(g, x)), *z = MADE(tg_add(g, y, x));
    ck_assert_uint_eq(tg_graph_size(g), 0);
    ck_assert(!tg_requires_grad(y));
    EXPECT_VALUES(y, 9, 16);
    EXPECT_VALUES(z, 12, 20);
    ck_assert(!tg_graph_set_recording(g, true));
    EXPECT_STATUS(tg_backward_from(g, z, NULL), TG_ERR_ARG);
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* d (x' x)/dx with x' = x^2 made while recording was off: x' alone. */
TEST(takes_unrecorded_results_for_constants)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SCALAR, 3);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_graph_set_recording(g, false);
    tg_tensor *square = MADE(tg_square(g, x));
    tg_graph_set_recording(g, true);
    EXPECT_OK(tg_backward(g, tg_mul(g, square, x)));
    EXPECT_VALUES(tg_grad(x), 9);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(remembers_its_modes)
{
    tg_graph *g = MADE(tg_graph_new());

    ck_assert(tg_graph_set_training(g, false));
    ck_assert(!tg_graph_set_training(g, true));
    ck_assert(tg_graph_set_recording(g, false));
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_msg(!tg_graph_set_recording(g, true),
                  "a reset drops nodes, not modes");
    ck_assert(tg_graph_set_training(g, true));
    tg_graph_seed(g, 7);
    tg_graph_free(g);
}

TEST(resets)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);

    for (int step = 0; step < 3; step++) {
        tg_tensor *y = MADE(tg_square(g, x));
        EXPECT_VALUES(y, 9, 16);
        ck_assert_uint_eq(tg_graph_size(g), 1);
        EXPECT_OK(tg_graph_reset(g));
        ck_assert_uint_eq(tg_graph_size(g), 0);
    }
    EXPECT_OK(tg_graph_reset(g));
    EXPECT_STATUS(tg_graph_reset(NULL), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_graph_free(g);
    tg_graph_free(NULL);
}

/* One check at the end of a step that failed in its middle. */
TEST(hands_back_the_first_failure)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *wide = random_leaf(TG_F32, TG_SHAPE(3), 1);

    tg_tensor *y = tg_sum(g, tg_square(g, tg_add(g, x, wide)));
    ck_assert_ptr_null(y);
    EXPECT_STATUS(tg_backward(g, y), TG_ERR_SHAPE);
    EXPECT_STATUS(tg_graph_status(g), TG_ERR_SHAPE);
    EXPECT_MESSAGE("add");
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_SHAPE);
    EXPECT_MESSAGE("add");
    EXPECT_OK(tg_graph_status(g));
    MADE(tg_add(g, x, x));
    EXPECT_OK(tg_graph_reset(g));
    tg_tensor_free(x);
    tg_tensor_free(wide);
    tg_graph_free(g);
}

TEST(rewinds_to_a_mark)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *kept = MADE(tg_square(g, x));
    tg_mark mark = tg_graph_mark(g);
    for (int i = 0; i < 3; i++) {
        tg_tensor *y = MADE(tg_mul(g, kept, x));
        EXPECT_OK(tg_backward_from(g, y, NULL));
        EXPECT_VALUES(tg_grad(x), 27, 48);
        tg_zero_grad(x);
        EXPECT_OK(tg_graph_rewind(g, mark));
        ck_assert_uint_eq(tg_graph_size(g), 1);
    }
    EXPECT_VALUES(kept, 9, 16);
    EXPECT_OK(tg_backward_from(g, kept, NULL));
    EXPECT_VALUES(tg_grad(x), 6, 8);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(takes_back_names_and_retained_gradients)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2), 1);
    tg_tensor *y = MADE(tg_square(g, x)), *named = MADE(tg_square(g, y));

    EXPECT_OK(tg_set_name(named, "before"));
    tg_mark mark = tg_graph_mark(g);
    EXPECT_OK(tg_set_name(y, "after"));
    EXPECT_OK(tg_retain_grad(y));
    EXPECT_OK(tg_backward_from(g, named, NULL));
    ck_assert_ptr_nonnull(tg_grad(y));
    EXPECT_OK(tg_graph_rewind(g, mark));
    ck_assert_ptr_null(tg_name(y));
    ck_assert_ptr_null(tg_grad(y));
    ck_assert_str_eq(tg_name(named), "before");
    EXPECT_OK(tg_backward_from(g, named, NULL));
    ck_assert_ptr_null(tg_grad(y));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(refuses_marks_that_it_has_not_reached)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F32, TG_SHAPE(2), 1);

    MADE(tg_square(g, x));
    tg_mark mark = tg_graph_mark(g);
    EXPECT_OK(tg_graph_rewind(g, mark));
    EXPECT_OK(tg_graph_reset(g));
    EXPECT_STATUS(tg_graph_rewind(g, mark), TG_ERR_ARG);
    EXPECT_STATUS(tg_graph_rewind(g, (tg_mark){SIZE_MAX, SIZE_MAX}),
                  TG_ERR_ARG);
    EXPECT_STATUS(tg_graph_rewind(NULL, mark), TG_ERR_ARG);
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(names_its_results)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F32, TG_SHAPE(2), 1);
    tg_tensor *y = MADE(tg_square(g, x));

    EXPECT_OK(tg_set_name(y, "loss"));
    EXPECT_OK(tg_set_name(y, "final loss"));
    ck_assert_str_eq(tg_name(y), "final loss");
    EXPECT_OK(tg_set_name(y, NULL));
    ck_assert_ptr_null(tg_name(y));
    EXPECT_OK(tg_set_name(y, "again"));
    tg_tensor_free(x);
    tg_graph_free(g);
}

/* Long names, each of its own, while the graph grows. */
TEST(names_many_results)
{
    enum { RESULTS = 50 };
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_tensor(TG_F32, TG_SHAPE(2), 1), *y[RESULTS];
    tg_mark mark = tg_graph_mark(g);
    char name[200];

    for (int i = 0; i < RESULTS; i++) {
        snprintf(name, sizeof name, "%0150d", i);
        y[i] = MADE(tg_neg(g, x));
        EXPECT_OK(tg_set_name(y[i], name));
    }
    for (int i = 0; i < RESULTS; i++) {
        snprintf(name, sizeof name, "%0150d", i);
        ck_assert_str_eq(tg_name(y[i]), name);
    }
    EXPECT_OK(tg_graph_rewind(g, mark));
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST_MAIN("graph", passes_on_who_requires_a_gradient, records_nothing_when_off,
          takes_unrecorded_results_for_constants, remembers_its_modes, resets,
          hands_back_the_first_failure, rewinds_to_a_mark,
          takes_back_names_and_retained_gradients,
          refuses_marks_that_it_has_not_reached, names_its_results,
          names_many_results)

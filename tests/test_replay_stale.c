/* Results that a planned replay leaves out, because only their group reads
 * them: whoever looks at one finds it made up, or is told why that is not
 * possible any more. And plans of records that change. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

enum { REPLAYS = 5 };

/* ---- results that nobody reads */

typedef struct observed {
    tg_graph *g;
    tg_tensor *a, *b, *difference, *square, *loss;
} observed;

static const int64_t size = 20001;

static observed begin(int replays)
{
    observed o = {.g = MADE(tg_graph_new()),
                  .a = random_leaf(TG_F32, TG_SHAPE(size), 1),
                  .b = random_leaf(TG_F32, TG_SHAPE(size), 2)};

    o.difference = MADE(tg_sub(o.g, o.a, o.b));
    o.square = MADE(tg_square(o.g, o.difference));
    o.loss = MADE(tg_sum(o.g, o.square));
    for (int i = 0; i < replays; i++) {
        tg_data_f32(o.a)[7] = (float)(3 + i);
        EXPECT_OK(tg_replay(o.g));
    }
    return o;
}

static void end(observed o)
{
    tg_graph_free(o.g);
    tg_tensor_free(o.a);
    tg_tensor_free(o.b);
}

static float expected_square(observed o, int64_t i)
{
    float d = tg_data_f32(o.a)[i] - tg_data_f32(o.b)[i];

    return d * d;
}

TEST(makes_up_what_is_looked_at)
{
    observed o = begin(REPLAYS);

    ck_assert(tg_data_f32(o.square)[7] == expected_square(o, 7));
    ck_assert(tg_data_f32(o.square)[size - 1] == expected_square(o, size - 1));
    for (int i = 0; i < 3; i++) {
        tg_data_f32(o.a)[7] = (float)(50 + i);
        EXPECT_OK(tg_replay(o.g));
        ck_assert(tg_data_f32(o.square)[7] == expected_square(o, 7));
    }
    end(o);
}

TEST(keeps_what_was_looked_at_or_named)
{
    observed o = begin(0);
    const float *square = tg_data_f32(o.square);

    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f32(o.a)[7] = (float)i;
        EXPECT_OK(tg_replay(o.g));
        ck_assert(square[7] == expected_square(o, 7));
    }
    end(o);
    o = begin(0);
    EXPECT_OK(tg_set_name(o.difference, "difference"));
    for (int i = 0; i < REPLAYS; i++)
        EXPECT_OK(tg_replay(o.g));
    tg_tensor_touch(o.a);
    ck_assert_ptr_nonnull(tg_data(o.difference));
    end(o);
}

/* What it was made of is no longer there. */
TEST(refuses_to_make_up_from_what_was_changed)
{
    observed o = begin(REPLAYS);
    double sum = tg_item(o.loss);

    tg_tensor_touch(o.b);
    ck_assert_ptr_null(tg_data_f32(o.square));
    EXPECT_MESSAGE("sub: the replay left (20001,) out");
    EXPECT_STATUS(tg_graph_status(o.g), TG_ERR_STATE);
    ck_assert_ptr_null(tg_tensor_clone(o.square));
    EXPECT_STATUS(tg_tensor_copy(o.a, o.square), TG_ERR_STATE);
    ck_assert_ptr_null(tg_neg(o.g, o.square));
    EXPECT_STATUS(tg_backward(o.g, o.loss), TG_ERR_STATE);
    EXPECT_OK(tg_replay(o.g));
    ck_assert(tg_item(o.loss) == sum);
    ck_assert(tg_data_f32(o.square)[7] == expected_square(o, 7));
    end(o);
}

TEST(lets_ops_and_views_read_it)
{
    observed o = begin(REPLAYS);

    tg_graph_set_recording(o.g, false);
    tg_tensor *twice = MADE(tg_mul_scalar(o.g, o.square, 2));
    tg_tensor *view = MADE(tg_reshape(o.g, o.difference, TG_SHAPE(1, size)));
    ck_assert(tg_data_f32(twice)[7] == 2 * expected_square(o, 7));
    for (int i = 0; i < 3; i++) {
        tg_data_f32(o.a)[7] = (float)(50 + i);
        EXPECT_OK(tg_replay(o.g));
        float d = tg_data_f32(o.a)[7] - tg_data_f32(o.b)[7];
        ck_assert(tg_data_f32(view)[7] == d);
        twice = MADE(tg_mul_scalar(o.g, o.square, 2));
        ck_assert(tg_data_f32(twice)[7] == 2 * expected_square(o, 7));
    }
    end(o);
}

TEST(lets_backward_read_it)
{
    observed o = begin(REPLAYS);

    for (int i = 0; i < 3; i++) {
        tg_data_f32(o.a)[7] = (float)(50 + i);
        EXPECT_OK(tg_replay(o.g));
        tg_zero_grad(o.a);
        EXPECT_OK(tg_backward(o.g, o.loss));
        float d = tg_data_f32(o.a)[7] - tg_data_f32(o.b)[7];
        ck_assert(tg_data_f32(tg_grad(o.a))[7] == 2 * d);
    }
    end(o);
}

/* ---- a record that changes */

TEST(follows_the_record)
{
    observed o = begin(REPLAYS);
    tg_mark before = tg_graph_mark(o.g);
    tg_tensor *more = MADE(tg_sum(o.g, tg_exp(o.g, tg_neg(o.g, o.square))));

    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f32(o.a)[7] = (float)i;
        EXPECT_OK(tg_replay(o.g));
    }
    double sum = tg_item(more);
    EXPECT_OK(tg_graph_rewind(o.g, before));
    more = MADE(tg_sum(o.g, tg_exp(o.g, tg_neg(o.g, o.square))));
    ck_assert(tg_item(more) == sum);
    for (int i = 0; i < REPLAYS; i++)
        EXPECT_OK(tg_replay(o.g));
    ck_assert(tg_item(more) == sum);
    end(o);
}

/* What is left after a rewind has lost its plan, but no value. */
TEST(survives_a_rewind)
{
    observed o = begin(0);
    tg_mark before = tg_graph_mark(o.g);

    MADE(tg_sum(o.g, tg_exp(o.g, o.square)));
    for (int i = 0; i < REPLAYS; i++) {
        tg_data_f32(o.a)[7] = (float)i;
        EXPECT_OK(tg_replay(o.g));
    }
    EXPECT_OK(tg_graph_rewind(o.g, before));
    ck_assert(tg_data_f32(o.square)[7] == expected_square(o, 7));
    end(o);
}

/* Nothing is planned where there is no memory for it, and nothing fails. */
TEST(does_without_memory)
{
    for (size_t k = 1; k <= 3; k++) {
        observed o = begin(2);
        fail_allocation(k, true);
        for (int i = 0; i < 3; i++)
            EXPECT_OK(tg_replay(o.g));
        fail_allocation(0, false);
        ck_assert(tg_data_f32(o.square)[7] == expected_square(o, 7));
        end(o);
    }
}

TEST_MAIN("replay_stale", makes_up_what_is_looked_at,
          keeps_what_was_looked_at_or_named,
          refuses_to_make_up_from_what_was_changed, lets_ops_and_views_read_it,
          lets_backward_read_it, follows_the_record, survives_a_rewind,
          does_without_memory)

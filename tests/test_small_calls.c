/* Calls on few elements take a short way once their graph has what they need:
 * what they give and refuse is what others give and refuse. */
#include "support.h"

enum { FEW = 64 };

/* A graph that has room, and knows its leaves. */
typedef struct scene {
    tg_graph *g;
    tg_tensor *x, *y; /* of one shape and dtype */
} scene;

static scene begin(tg_dtype dtype, tg_shape shape)
{
    scene s = {MADE(tg_graph_new()), random_leaf(dtype, shape, 1),
               random_leaf(dtype, shape, 2)};

    for (int i = 0; i < 5; i++)
        EXPECT_OK(tg_backward_from(s.g, MADE(tg_mul(s.g, s.x, s.y)), NULL));
    return s;
}

static void end(const scene *s)
{
    tg_tensor_free(s->x);
    tg_tensor_free(s->y);
    tg_graph_free(s->g);
}

static void expect_refusal(scene *s, tg_tensor *b, tg_status status,
                           const char *message)
{
    tg_graph_reset(s->g);
    MADE(tg_mul(s->g, s->x, s->y));
    size_t nodes = tg_graph_size(s->g), memory = tg_graph_memory(s->g);

    ck_assert_ptr_null(tg_mul(s->g, s->x, b));
    EXPECT_STATUS(tg_graph_status(s->g), status);
    EXPECT_MESSAGE(message);
    ck_assert_uint_eq(tg_graph_size(s->g), nodes);
    ck_assert_uint_eq(tg_graph_memory(s->g), memory);
}

TEST(refuses_what_does_not_fit)
{
    scene s = begin(TG_F32, TG_SHAPE(3)), other = begin(TG_F64, TG_SHAPE(3));
    tg_tensor *wide = random_leaf(TG_F32, TG_SHAPE(4), 3);
    tg_tensor *whole = MADE(tg_tensor_full(TG_I64, TG_SHAPE(3), 1));

    expect_refusal(&s, NULL, TG_ERR_ARG, "mul: input 1 is NULL");
    expect_refusal(&s, other.x, TG_ERR_DTYPE, "mul: (3,) of f32 with (3,)");
    expect_refusal(&s, whole, TG_ERR_DTYPE, "mul: no meaning for i64");
    expect_refusal(&s, wide, TG_ERR_SHAPE, "do not broadcast");
    expect_refusal(&s, TG_NONE, TG_ERR_ARG, "mul: input 1 is TG_NONE");
    expect_refusal(&s, MADE(tg_neg(other.g, other.x)), TG_ERR_ARG,
                   "belongs to another graph");
    ck_assert_ptr_null(tg_neg(s.g, whole));
    ck_assert_ptr_null(tg_neg(NULL, s.x));
    tg_tensor_free(wide);
    tg_tensor_free(whole);
    end(&other);
    end(&s);
}

/* Leaves that a graph does not hold yet take the long way in any case. */
TEST(refuses_results_that_do_not_fit)
{
    scene s = begin(TG_F32, TG_SHAPE(3));
    tg_tensor *leaf[] = {random_leaf(TG_F64, TG_SHAPE(3), 3),
                         random_leaf(TG_F32, TG_SHAPE(1, 3), 4)};
    tg_tensor *x = MADE(tg_neg(s.g, s.x)), *other = MADE(tg_neg(s.g, leaf[0]));
    tg_tensor *wide = MADE(tg_mul(s.g, x, tg_neg(s.g, leaf[1])));

    ck_assert_int_eq(tg_tensor_shape(wide).ndim, 2);
    ck_assert_ptr_null(tg_mul(s.g, x, other));
    EXPECT_MESSAGE("mul: (3,) of f32 with (3,) of f64");
    for (int i = 0; i < 2; i++)
        tg_tensor_free(leaf[i]);
    end(&s);
}

/* One element more, and the call takes the long way. */
TEST(gives_what_a_larger_one_gives)
{
    const tg_dtype dtypes[] = {TG_F32, TG_F64};

    for (int i = 0; i < 2; i++) {
        scene few = begin(dtypes[i], TG_SHAPE(FEW));
        scene more = begin(dtypes[i], TG_SHAPE(FEW + 1));
        tg_tensor *from = MADE(tg_slice(few.g, more.x, 0, 0, FEW, 1));
        EXPECT_OK(tg_tensor_copy(few.x, from));
        tg_tensor *y = MADE(tg_tanh(few.g, tg_mul(few.g, few.x, few.x)));
        tg_tensor *z = MADE(tg_tanh(more.g, tg_mul(more.g, more.x, more.x)));
        EXPECT_SAME_BITS(y, MADE(tg_slice(more.g, z, 0, 0, FEW, 1)));
        end(&few);
        end(&more);
    }
}

/* Without recording nothing is appended, and nothing wants a gradient. */
TEST(records_nothing_in_inference)
{
    scene s = begin(TG_F32, TG_SHAPE(2));
    tg_tensor *recorded = MADE(tg_neg(s.g, s.x));
    size_t nodes = tg_graph_size(s.g);

    ck_assert(tg_requires_grad(recorded));
    tg_graph_set_recording(s.g, false);
    tg_tensor *y = MADE(tg_neg(s.g, s.x));
    ck_assert(!tg_requires_grad(y));
    ck_assert_uint_eq(tg_graph_size(s.g), nodes);
    EXPECT_SAME_BITS(y, recorded);
    end(&s);
}

TEST_MAIN("small_calls", refuses_what_does_not_fit,
          refuses_results_that_do_not_fit, gives_what_a_larger_one_gives,
          records_nothing_in_inference)

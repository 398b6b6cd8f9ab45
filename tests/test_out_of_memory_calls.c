/* A single call that runs out of memory, and what it leaves. */
#include "samples.h"

/* What a call makes is taken from chunks; with each number of nodes before it,
 * another of its needs is the first that no longer fits. */
enum { PLACES = 50 };

static void fill(tg_graph *g, tg_tensor *x, size_t nodes)
{
    for (size_t i = 0; i < nodes; i++)
        MADE(tg_neg(g, x));
}

/* Runs s with the k-th allocation failing, and then without; whether there was
 * a k-th. An op that is made of others leaves none of them. */
static bool fail_and_repeat(const sample *s, size_t before, size_t k,
                            tg_tensor *const *in, const tg_tensor *expected)
{
    tg_graph *g = MADE(tg_graph_new());

    fill(g, in[0], before);
    fail_allocation(k, false);
    tg_tensor *y = s->fn(g, in, s->n, NULL);
    bool failed = allocation_failed();
    fail_allocation(0, false);
    ck_assert_msg(failed == (y == NULL), "%s, allocation %zu", s->name, k);
    ck_assert_msg(!failed || tg_graph_size(g) < before + s->calls,
                  "%s leaves nodes when allocation %zu fails", s->name, k);
    EXPECT_SAME_BITS(s->fn(g, in, s->n, NULL), expected);
    tg_graph_free(g);
    return failed;
}

/* A failure changes nothing: the same call, made again on the same graph,
 * gives what it gives without one. */
TEST(leaves_the_call_repeatable)
{
    for (int i = 0; i < n_samples; i++) {
        const sample *s = &samples[i];
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *in[MAX_LEAVES];
        make_inputs(s, TG_F32, 1, in);
        tg_tensor *expected = MADE(tg_tensor_clone(s->fn(g, in, s->n, NULL)));
        for (size_t before = 0; before < PLACES; before++)
            for (size_t k = 1; fail_and_repeat(s, before, k, in, expected);)
                k++;
        tg_tensor_free(expected);
        free_inputs(s, in);
        tg_graph_free(g);
    }
}

/* All gradients or none: those of a backward that ran out of memory are as
 * they were, and the next backward adds to them. */
TEST(adds_all_gradients_or_none)
{
    bool failed = true;

    for (size_t k = 1; failed; k++) {
        tg_graph *g = MADE(tg_graph_new());
        tg_tensor *x = TENSOR(TG_F64, TG_SHAPE(2), 3, 4);
        tg_tensor *w = TENSOR(TG_F64, TG_SHAPE(2), 5, 6);
        EXPECT_OK(tg_set_requires_grad(x, true));
        EXPECT_OK(tg_backward(g, tg_sum(g, x)));
        EXPECT_OK(tg_set_requires_grad(w, true));
        tg_tensor *y = MADE(tg_sum(g, tg_mul(g, tg_square(g, x), w)));
        fail_allocation(k, false);
        tg_status status = tg_backward(g, y);
        failed = allocation_failed();
        fail_allocation(0, false);
        if (failed) {
            EXPECT_STATUS(status, TG_ERR_NOMEM);
            EXPECT_VALUES(tg_grad(x), 1, 1);
            ck_assert_ptr_null(tg_grad(w));
            EXPECT_OK(tg_backward(g, y));
        }
        EXPECT_VALUES(tg_grad(x), 1 + 30, 1 + 48);
        EXPECT_VALUES(tg_grad(w), 9, 16);
        tg_tensor_free(x);
        tg_tensor_free(w);
        tg_graph_free(g);
    }
}

TEST_MAIN("out_of_memory_calls", leaves_the_call_repeatable,
          adds_all_gradients_or_none)

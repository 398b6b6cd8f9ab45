#include "thread_bits.h"
#include "parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the bits of a run */

static uint64_t bits_of(const tg_tensor *t, uint64_t hash)
{
    size_t bytes =
        (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
    const char *data = tg_data((tg_tensor *)t);

    for (size_t i = 0; i + 4 <= bytes; i += 4) {
        uint32_t word;
        memcpy(&word, data + i, sizeof word);
        hash = (hash ^ word) * 0x100000001B3;
    }
    return hash;
}

/* Of the result and of all gradients, in eager mode and replayed. */
static uint64_t run(const large_case *c, tg_tensor *const *in)
{
    const tg_gradients_options options = {0};
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *grads[3];
    tg_tensor *y = expect_made(c->name, c->name, c->fn(g, in));
    tg_tensor *dy = random_tensor(tg_tensor_dtype(y), tg_tensor_shape(y), 9);
    uint64_t hash = bits_of(y, 0xCBF29CE484222325);

    EXPECT_OK(tg_gradients(g, y, dy, c->n, in, grads, options));
    for (int i = 0; i < c->n; i++)
        hash = bits_of(grads[i], hash);
    EXPECT_OK(tg_replay(g));
    hash = bits_of(y, hash);
    tg_tensor_free(dy);
    tg_graph_free(g);
    return hash;
}

/* Says whether a loop was cut. */
static bool compare_runs(const large_case *c, tg_tensor *const *in)
{
    const int counts[] = {2, 3, 4, 8, 1};
    const char *text = getenv("TG_TEST_RUNS");
    int runs = text != NULL ? atoi(text) : 1, all = text != NULL ? 5 : 2;

    tg_set_threads(1);
    uint64_t serial = run(c, in);
    size_t before = tg_parallel_cuts();
    for (int k = 0; k < all; k++) {
        tg_set_threads(counts[k]);
        for (int r = 0; r < runs; r++)
            ck_assert_msg(run(c, in) == serial, "%s on %d threads differs",
                          c->name, counts[k]);
    }
    return tg_parallel_cuts() > before;
}

static void check_case(const large_case *c, tg_dtype dtype)
{
    tg_tensor *in[3];

    for (int i = 0; i < c->n; i++)
        in[i] = random_leaf(dtype, c->shape[i], (uint64_t)i + 1);
    bool cut = compare_runs(c, in);
    for (int i = 0; i < c->n; i++)
        tg_tensor_free(in[i]);
    tg_set_threads(2);
    ck_assert_msg(cut || c->whole || tg_threads() == 1, "%s: no loop is cut",
                  c->name);
    if (!cut && getenv("TG_TEST_RUNS") != NULL)
        printf("%s, %s: no loop is cut\n", c->name, tg_dtype_name(dtype));
}

void check_cases(const large_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_case(&cases[i], TG_F32);
        if (getenv("TG_TEST_RUNS") != NULL)
            check_case(&cases[i], TG_F64);
    }
}

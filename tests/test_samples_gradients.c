/* First and second derivatives of every op of the table agree with extrapolated
 * differences. */
#include "op_table.h"

enum { FIRST_ORDER = 200, SECOND_ORDER = 200 };

/* A call of which some inputs are leaves to be checked; the others are fixed.
 */
typedef struct trial {
    const op_info *op;
    op_case c;
    tg_tensor *in[MAX_INPUTS], *leaf[MAX_INPUTS];
    int n_leaves, of_leaf[MAX_INPUTS];
} trial;

static trial begin_trial(const op_info *op, uint64_t *state, uint64_t seed)
{
    trial t = {.op = op};

    op->draw(state, &t.c);
    make_case_inputs(&t.c, TG_F64, seed, t.in);
    for (int i = 0; i < t.c.n; i++) {
        if (!tg_requires_grad(t.in[i]) || (i == 1 && t.c.twice))
            continue;
        t.of_leaf[t.n_leaves] = i;
        t.leaf[t.n_leaves++] = t.in[i];
    }
    return t;
}

static tg_tensor *apply(tg_graph *g, tg_tensor *const *leaf, int n, void *env)
{
    const trial *t = env;
    tg_tensor *in[MAX_INPUTS];

    for (int i = 0; i < t->c.n; i++)
        in[i] = t->in[i];
    for (int i = 0; i < n; i++)
        in[t->of_leaf[i]] = leaf[i];
    if (t->c.twice)
        in[1] = in[0];
    return t->op->call(g, in, &t->c);
}

/* Whether there was something to compare. */
static bool check_trial(trial *t, int order, int number)
{
    int64_t size = 0;
    tg_gradcheck_options o = {
        .order = order, .rtol = order == 1 ? 1e-7 : 1e-6, .atol = 1e-9};

    for (int i = 0; i < t->n_leaves; i++)
        size += tg_tensor_size(t->leaf[i]);
    tg_status status = tg_gradcheck(apply, t->leaf, t->n_leaves, t, o);
    ck_assert_msg(status == (size > 0 ? TG_OK : TG_ERR_ARG),
                  "sample %d of tg_%s: %s", number, t->op->name,
                  tg_error_message());
    free_case_inputs(&t->c, t->in);
    return size > 0;
}

static void check_gradients(const op_info *ops)
{
    for (const op_info *op = ops; op->name; op++) {
        uint64_t state = 3;
        int compared = 0;
        for (int i = 0; !op->no_gradient && i < FIRST_ORDER; i++) {
            trial t = begin_trial(op, &state, (uint64_t)i);
            compared += check_trial(&t, 1, i);
        }
        for (int i = 0; !op->no_gradient && i < SECOND_ORDER; i++) {
            trial t = begin_trial(op, &state, (uint64_t)i);
            compared += check_trial(&t, 2, i);
        }
        ck_assert_int_gt(compared, op->no_gradient ? -1 : FIRST_ORDER);
    }
}

#define GRADIENTS(table)                                                       \
    TEST(differentiates_##table)                                               \
    {                                                                          \
        check_gradients(table);                                                \
    }                                                                          \
    END_TEST
OP_TABLES(GRADIENTS)

#define NAME_GRADIENTS(table) differentiates_##table,
TEST_MAIN("samples_gradients", OP_TABLES(NAME_GRADIENTS))

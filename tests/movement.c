#include "movement.h"
#include "plain.h"
#include "support.h"

#include <stdlib.h>

static int64_t source_of(const movement *m, const void *how, tg_shape x,
                         tg_shape y, int64_t i)
{
    int64_t at[TG_MAX_DIMS];

    plain_coordinates(y, i, at);
    return m->source(x, at, how);
}

static void check_moved(const movement *m, const void *how, tg_graph *g,
                        tg_tensor *x, tg_shape y)
{
    int64_t size = extent_product(y);
    double *expected = plain_zeros(size);

    for (int64_t i = 0; i < size; i++) {
        int64_t from = source_of(m, how, tg_tensor_shape(x), y, i);
        expected[i] = from < 0 ? m->fill : element(x, from);
    }
    expect_within(m->name, m->op(g, x, how), y, expected, 0);
    free(expected);
}

static void check_moved_back(const movement *m, const void *how, tg_graph *g,
                             tg_tensor *x, tg_shape y)
{
    tg_tensor *dy = random_tensor(TG_F64, y, 2);
    double *dx = plain_zeros(tg_tensor_size(x));

    for (int64_t i = 0; i < tg_tensor_size(dy); i++) {
        int64_t from = source_of(m, how, tg_tensor_shape(x), y, i);
        if (from >= 0)
            dx[from] += element(dy, i);
    }
    EXPECT_OK(tg_backward_from(g, m->op(g, x, how), dy));
    expect_within(m->name, tg_grad(x), tg_tensor_shape(x), dx,
                  4 * tolerance(TG_F64));
    tg_tensor_free(dy);
    free(dx);
}

typedef struct setting {
    const movement *m;
    const void *how;
} setting;

static tg_tensor *apply(tg_graph *g, tg_tensor *const *in, int n, void *env)
{
    const setting *s = env;

    ck_assert_int_eq(n, 1);
    return s->m->op(g, in[0], s->how);
}

void check_movement(const movement *m, const void *how, tg_shape x, tg_shape y)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *f32 = random_tensor(TG_F32, x, 1);
    tg_tensor *f64 = random_leaf(TG_F64, x, 1);
    tg_tensor *i64 = random_tensor(TG_I64, x, 1);

    check_moved(m, how, g, f32, y);
    check_moved(m, how, g, f64, y);
    check_moved(m, how, g, i64, y);
    check_moved_back(m, how, g, f64, y);
    tg_tensor_free(f32);
    tg_tensor_free(f64);
    tg_tensor_free(i64);
    tg_graph_free(g);
    check_op(m->name, apply, &(setting){m, how}, 1, &x);
}

/* Max pooling, by the places of the largest numbers. */
#include "parallel.h"
#include "squares.h"
#include "vectors.h"
#include "windows.h"

/* Where the largest is; NaN is larger than all before it. */
static size_t largest(const real *x, size_t W, extent rows, extent columns)
{
    size_t at = rows.first * W + columns.first;
    real best = x[at];

    for (size_t i = rows.first; i < rows.last; i++)
        for (size_t j = columns.first; j < columns.last; j++) {
            real value = x[i * W + j];
            if (value > best || value != value) {
                best = value;
                at = i * W + j;
            }
        }
    return at;
}

/* ---- windows of 2 x 2: which of two numbers is the larger one no processor
 * can foresee, so both are evaluated */

static inline mask are_larger(vec x, vec than)
{
    return (x > than) | (x != x);
}

static inline vec load_some(size_t n, const real *p)
{
    if (n >= LANES)
        return load(p);
    return n > 0 ? load_part(n, p) : (vec){0};
}

/* Pairs of a row: their larger numbers, and whether those are the right ones.
 */
static inline vec larger_of_pairs(size_t n, const real *x, mask *right)
{
    size_t first = 2 * n < LANES ? 2 * n : LANES;
    vec a = load_some(first, x), b = load_some(2 * n - first, x + first);
    vec left = every_second(a, b, 0), other = every_second(a, b, 1);

    *right = are_larger(other, left);
    return pick(*right, other, left);
}

/* Of n windows, up to LANES, in two rows that begin with pixel `first`. */
static inline void halve_some(size_t n, const real *x, size_t W, size_t first,
                              int64_t *at)
{
    mask right[2];
    vec above = larger_of_pairs(n, x, &right[0]);
    vec below = larger_of_pairs(n, x + W, &right[1]);
    mask low = are_larger(below, above);
    mask column = ((low & right[1]) | (~low & right[0])) & 1;

    for (size_t l = 0; l < n; l++)
        at[l] = (int64_t)(first + 2 * l + (size_t)column[l] + (low[l] ? W : 0));
}

static void halve(size_t n, const real *x, size_t W, size_t first, int64_t *at)
{
    for (size_t j = 0; j < n; j += LANES)
        halve_some(n - j < LANES ? n - j : LANES, x + 2 * j, W, first + 2 * j,
                   at + j);
}

/* ---- all windows */

typedef struct pooling {
    const tg_windows2d *at;
    bool halving;
    const real *x;
    int64_t *to;
} pooling;

static void pool(const pooling *l, const real *x, int64_t *at)
{
    const tg_windows2d *s = l->at;
    size_t W = s->in[1];

    for (size_t i = 0; i < s->out[0]; i++, at += s->out[1])
        if (l->halving)
            halve(s->out[1], x + 2 * i * W, W, 2 * i * W, at);
        else
            for (size_t j = 0; j < s->out[1]; j++)
                at[j] = (int64_t)largest(x, W, on_image(s, 0, i),
                                         on_image(s, 1, j));
}

static void pool_images(void *loop, size_t first, size_t last)
{
    const pooling *l = loop;
    size_t in = pixels(l->at->in), out = pixels(l->at->out);

    for (; first < last; first++)
        pool(l, l->x + first * in, l->to + first * out);
}

void KERNEL(max_pool2d)(size_t n, const tg_windows2d *s, const real *x,
                        int64_t *at)
{
    pooling l = {s, is_halving(s), x, at};

    tg_parallel(n, 1, 3 * windows_cost(n, s), pool_images, &l);
}

/* ---- what lies there */

typedef struct places {
    size_t from, m; /* numbers of an image, and places in it */
    const int64_t *at;
    const real *x;
    real *to;
} places;

static void run(size_t n, tg_piece *images, places *l)
{
    tg_parallel(n, 1, 0.3 * (double)n * (double)(l->from + l->m), images, l);
}

static void pick_images(void *loop, size_t first, size_t last)
{
    const places *l = loop;

    for (; first < last; first++)
        for (size_t i = first * l->m; i < (first + 1) * l->m; i++)
            l->to[i] = l->x[first * l->from + (size_t)l->at[i]];
}

void KERNEL(pick)(size_t n, size_t from, size_t m, const real *x,
                  const int64_t *at, real *y)
{
    run(n, pick_images, &(places){from, m, at, x, y});
}

static void unpick_images(void *loop, size_t first, size_t last)
{
    const places *l = loop;

    for (; first < last; first++) {
        real *to = l->to + first * l->from;
        memset(to, 0, l->from * sizeof *to);
        for (size_t i = first * l->m; i < (first + 1) * l->m; i++)
            to[l->at[i]] += l->x[i];
    }
}

void KERNEL(unpick)(size_t n, size_t from, size_t m, const real *y,
                    const int64_t *at, real *x)
{
    run(n, unpick_images, &(places){from, m, at, y, x});
}

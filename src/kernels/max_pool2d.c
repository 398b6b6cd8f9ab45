/* Max pooling, by the places of the largest numbers. */
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

void KERNEL(max_pool2d)(size_t n, const tg_windows2d *s, const real *x,
                        int64_t *at)
{
    for (; n > 0; n--, x += s->in[0] * s->in[1])
        for (size_t i = 0; i < s->out[0]; i++)
            for (size_t j = 0; j < s->out[1]; j++)
                *at++ = (int64_t)largest(x, s->in[1], on_image(s, 0, i),
                                         on_image(s, 1, j));
}

void KERNEL(pick)(size_t n, size_t from, size_t m, const real *x,
                  const int64_t *at, real *y)
{
    for (; n > 0; n--, x += from, at += m, y += m)
        for (size_t i = 0; i < m; i++)
            y[i] = x[at[i]];
}

void KERNEL(unpick)(size_t n, size_t from, size_t m, const real *y,
                    const int64_t *at, real *x)
{
    memset(x, 0, n * from * sizeof *x);
    for (; n > 0; n--, x += from, at += m, y += m)
        for (size_t i = 0; i < m; i++)
            x[at[i]] += y[i];
}

/* Plain loops that several entries of the table share. */
#include "op_table.h"

#include <math.h>

double *numbers_of(const tg_tensor *t)
{
    return t == TG_NONE ? NULL : elements(t);
}

tg_shape plain_broadcast_shape(const op_case *c, int n)
{
    tg_shape y = TG_SCALAR;

    for (int i = 0; i < n; i++)
        if (c->in[i].shape.ndim > y.ndim)
            y.ndim = c->in[i].shape.ndim;
    for (int d = 0; d < y.ndim; d++) {
        y.dim[d] = 1;
        for (int i = 0; i < n; i++) {
            int own = d - (y.ndim - c->in[i].shape.ndim);
            if (own >= 0 && c->in[i].shape.dim[own] != 1)
                y.dim[d] = c->in[i].shape.dim[own];
        }
    }
    return y;
}

static tg_shape reduced(tg_shape x, const bool *gone, bool keepdims)
{
    tg_shape y = TG_SCALAR;

    for (int d = 0; d < x.ndim; d++)
        if (!gone[d] || keepdims)
            y.dim[y.ndim++] = gone[d] ? 1 : x.dim[d];
    return y;
}

tg_shape plain_reduce(tg_shape shape, const double *x, tg_axes axes,
                      bool keepdims, double (*fold)(int64_t n, const double *),
                      double *y)
{
    bool gone[TG_MAX_DIMS] = {false};
    double terms[PLAIN_ROOM];

    for (int i = 0; i < axes.count; i++)
        gone[axis_from_start(axes.axis[i], shape.ndim)] = true;
    for (int d = 0; axes.count == 0 && d < shape.ndim; d++)
        gone[d] = true;
    tg_shape kept = reduced(shape, gone, true);
    for (int64_t o = 0; o < extent_product(kept); o++) {
        int64_t n = 0;
        for (int64_t i = 0; i < extent_product(shape); i++)
            if (plain_source(kept, shape, i) == o)
                terms[n++] = x[i];
        y[o] = fold(n, terms);
    }
    return reduced(shape, gone, keepdims);
}

double fold_sum(int64_t n, const double *x)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

double fold_mean(int64_t n, const double *x)
{
    return fold_sum(n, x) / (double)n;
}

double fold_variance(int64_t n, const double *x)
{
    double mean = fold_mean(n, x), sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / (double)n;
}

double fold_logsumexp(int64_t n, const double *x)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += exp(x[i]);
    return log(sum);
}

#include "tensors.h"

#include <stdio.h>
#include <stdlib.h>

void bench_ok(tg_status s)
{
    if (s == TG_OK)
        return;
    fprintf(stderr, "%s\n", tg_error_message());
    exit(1);
}

tg_tensor *bench_tensor(tg_shape shape, unsigned seed, float scale,
                        bool requires_grad)
{
    tg_tensor *t = tg_tensor_new(TG_F32, shape);

    if (t == NULL)
        bench_ok(TG_ERR_NOMEM);
    size_t n = (size_t)tg_tensor_size(t);
    float *x = tg_data_f32(t);
    if (seed != 0)
        bench_fill(x, n, seed);
    for (size_t i = 0; i < n; i++)
        x[i] *= scale;
    tg_set_requires_grad(t, requires_grad);
    return t;
}

double bench_tensor_sum(const tg_tensor *t)
{
    return bench_sum(tg_data_f32(t), (size_t)tg_tensor_size(t));
}

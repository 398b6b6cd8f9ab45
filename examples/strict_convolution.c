/* Strict convolution is cross-correlation with the kernel flipped along both
 * axes. A layer that learns does not mind: from data made by the one it learns
 * the flipped kernel of the other, and its output is the same. */
#include <tinygrad.h>

#include <math.h>
#include <stdio.h>

static tg_tensor *conv2d_strict(tg_graph *g, tg_tensor *x, tg_tensor *k)
{
    return tg_corr2d(g, x, tg_flip(g, k, TG_AXES(0, 1)));
}

int main(void)
{
    tg_graph *g = tg_graph_new();
    tg_rng rng = tg_rng_seed(3);
    tg_tensor *x = tg_tensor_normal(TG_F32, TG_SHAPE(12, 12), 0, 1, &rng);
    tg_tensor *k = tg_tensor_f32(TG_SHAPE(2, 3), (float[]){1, 2, 3, 4, 5, 6});
    tg_tensor *learned = tg_tensor_new(TG_F32, TG_SHAPE(2, 3));
    tg_set_requires_grad(learned, true);

    puts("data are made by strict convolution with");
    tg_print(stdout, k); /* [[1. 2. 3.] [4. 5. 6.]] */
    tg_tensor *y = tg_tensor_clone(conv2d_strict(g, x, k));
    for (int step = 1; step <= 60; step++) {
        tg_tensor *error = tg_sub(g, tg_corr2d(g, x, learned), y);
        tg_backward(g, tg_mean(g, tg_square(g, error)));
        tg_tensor *dk = tg_mul_scalar(g, tg_grad(learned), 0.2);
        tg_tensor_copy(learned, tg_sub(g, learned, dk));
        tg_zero_grad(learned);
        if (tg_graph_reset(g) != TG_OK)
            break;
    }
    puts("cross-correlation learns from them");
    tg_print(stdout, learned); /* [[6. 5. 4.] [3. 2. 1.]], nearly */

    tg_tensor *flipped = tg_flip(g, k, TG_AXES(0, 1));
    double error = tg_item(tg_sum(g, tg_abs(g, tg_sub(g, learned, flipped))));
    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!(error < 1e-3))
        fprintf(stderr, "not the flipped kernel: off by %g\n", error);
    tg_tensor_free(learned);
    tg_tensor_free(y);
    tg_tensor_free(k);
    tg_tensor_free(x);
    tg_graph_free(g);
    return !(error < 1e-3);
}

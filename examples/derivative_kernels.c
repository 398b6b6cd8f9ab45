/* Exercise 4: kernels for derivatives and for the integral, tried on samples of
 * 1, x, ... x^4 at x = 0 ... 7, a row each.
 *
 * The smallest kernel for a derivative of degree d has d + 1 elements. One with
 * d elements that turns 1 ... x^(d-2) into zeros, as it must, is a multiple of
 * the kernel for degree d - 1, which turns x^(d-1) into (d-1)! and not into 0.
 */
#include <tinygrad.h>

#include <stdio.h>

/* sum |x|; NaN if anything failed before. */
static double size(tg_graph *g, tg_tensor *x)
{
    return tg_item(tg_sum(g, tg_abs(g, x)));
}

int main(void)
{
    double samples[5][8];
    for (int p = 0; p < 5; p++)
        for (int x = 0; x < 8; x++)
            samples[p][x] = p == 0 ? 1 : x * samples[p - 1][x];

    tg_graph *g = tg_graph_new();
    tg_tensor *f = tg_tensor_f64(TG_SHAPE(5, 8), &samples[0][0]);
    tg_tensor *difference = tg_tensor_f64(TG_SHAPE(1, 2), (double[]){-1, 1});
    tg_tensor *ones = tg_tensor_full(TG_F64, TG_SHAPE(1, 8), 1);
    tg_tensor *k = difference, *second = NULL;
    double factorial = 1, error = 0;

    puts("kernels for derivatives of degree 1, 2, 3, 4:");
    for (int d = 1; d <= 4; d++) {
        tg_print(stdout, k); /* [-1 1] [1 -2 1] [-1 3 -3 1] [1 -4 6 -4 1] */
        tg_tensor *df = tg_corr2d(g, f, k);
        factorial *= d; /* lower powers become zeros, x^d becomes d! */
        error += size(g, tg_slice(g, df, 0, 0, d, 1));
        tg_tensor *top = tg_slice(g, df, 0, d, d + 1, 1);
        error += size(g, tg_add_scalar(g, top, -factorial));
        second = d == 2 ? df : second;
        /* Differences of differences: convolve k with [-1, 1], strictly. */
        k = tg_corr2d(g, tg_pad(g, k, 1, 1, 1, 0),
                      tg_flip(g, difference, TG_AXES(1)));
    }

    puts("the second derivatives of 1, x, x^2, x^3, x^4:");
    tg_print(stdout, second); /* 0, 0, 2, 6x, ... at x = 1 ... 6 */

    /* The integral from the left: ones, as many as there are samples. */
    tg_tensor *area = tg_corr2d(g, tg_pad(g, f, 1, 7, 0, 0), ones);
    puts("the integral of x^2, by ones:");
    tg_print(stdout, tg_slice(g, area, 0, 2, 3, 1)); /* 0 1 5 14 30 ... */
    tg_tensor *back = tg_corr2d(g, area, difference);
    error += size(g, tg_sub(g, back, tg_slice(g, f, 1, 1, 8, 1)));

    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (error != 0)
        fprintf(stderr, "a kernel is not the derivative or integral\n");
    tg_tensor_free(ones);
    tg_tensor_free(difference);
    tg_tensor_free(f);
    tg_graph_free(g);
    return error != 0; /* NaN is not 0 either */
}

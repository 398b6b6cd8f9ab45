/* Finding edges: the kernel [1, -1] gives 0 where two neighbours in a row are
 * equal, 1 where white (1) meets black (0), -1 where black meets white. */
#include <tinygrad.h>

#include <stdio.h>

/* Prints y and returns sum |y - expected|, NaN if anything failed before. */
static double show(tg_graph *g, const char *title, tg_tensor *y,
                   tg_tensor *expected)
{
    puts(title);
    tg_print(stdout, y);
    return tg_item(tg_sum(g, tg_abs(g, tg_sub(g, y, expected))));
}

int main(void)
{
    float stripe[6 * 8], triangle[6 * 6], diagonal[6 * 5];
    for (int i = 0; i < 6 * 8; i++)
        stripe[i] = i % 8 < 2 || i % 8 > 5; /* columns 2 to 5 are black */
    for (int i = 0; i < 6 * 6; i++)
        triangle[i] = i % 6 <= i / 6; /* white below the diagonal */
    for (int i = 0; i < 6 * 5; i++)
        diagonal[i] = i % 5 == i / 5;

    tg_graph *g = tg_graph_new();
    tg_tensor *k = tg_tensor_f32(TG_SHAPE(1, 2), (float[]){1, -1});
    tg_tensor *x = tg_tensor_f32(TG_SHAPE(6, 8), stripe);
    tg_tensor *t = tg_tensor_f32(TG_SHAPE(6, 6), triangle);
    tg_tensor *row =
        tg_tensor_f32(TG_SHAPE(7), (float[]){0, 1, 0, 0, 0, -1, 0});
    tg_tensor *zero = tg_tensor_new(TG_F32, TG_SCALAR);
    tg_tensor *eye = tg_tensor_f32(TG_SHAPE(6, 5), diagonal);

    double error = show(g, "A stripe:", x, x);
    error += show(g, "Its edges (every row is one):", tg_corr2d(g, x, k), row);
    error += show(g, "Lying down, the stripe has none that [1, -1] can see:",
                  tg_corr2d(g, tg_transpose(g, x), k), zero);

    /* Exercise 1: a diagonal edge is both an upright and a lying one. */
    error += show(g, "A triangle's edge:", tg_corr2d(g, t, k), eye);
    tg_tensor *turned = tg_corr2d(g, tg_transpose(g, t), k);
    error +=
        show(g, "The triangle transposed, black before white:", turned,
             tg_neg(g, tg_pad(g, tg_slice(g, eye, 0, 0, 5, 1), 0, 1, 0, 0)));
    error += show(g, "The kernel transposed, the same but lying:",
                  tg_corr2d(g, t, tg_transpose(g, k)), tg_transpose(g, turned));

    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (error != 0)
        fprintf(stderr, "an edge is not where it should be\n");
    tg_tensor *mine[] = {k, x, t, row, zero, eye};
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        tg_tensor_free(mine[i]);
    tg_graph_free(g);
    return error != 0; /* NaN is not 0 either */
}

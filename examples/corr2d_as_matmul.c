/* Exercise 3: cross-correlation as a matrix product. The image becomes a
 * column, the kernel a matrix that holds it once a row, at every place where it
 * fits. */
#include <tinygrad.h>

#include <stdio.h>

enum { H = 3, W = 4, h = 2, w = 2, rows = H - h + 1, columns = W - w + 1 };

static tg_tensor *kernel_matrix(tg_graph *g, tg_tensor *k)
{
    /* One row: the kernel's rows as far apart as the image's, then zeros, and
     * one zero too many. */
    tg_tensor *t = tg_reshape(g, tg_pad(g, k, 1, 0, W - w, 0), TG_SHAPE(h * W));
    t = tg_pad(g, t, 0, 0, H * W + 1 - h * W, 0);

    /* Repeated and cut into rows one shorter: each starts one place later. */
    t = tg_broadcast_to(g, t, TG_SHAPE(rows * W, H * W + 1));
    t = tg_reshape(g, t, TG_SHAPE(-1));
    t = tg_slice(g, t, 0, 0, rows * W * H * W, 1);

    /* Places where the kernel would hang over the right edge go. */
    t = tg_reshape(g, t, TG_SHAPE(rows, W, H * W));
    t = tg_slice(g, t, 1, 0, columns, 1);
    return tg_reshape(g, t, TG_SHAPE(rows * columns, H * W));
}

/* sum |a - b|; NaN if anything failed before. */
static double distance(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_item(tg_sum(g, tg_abs(g, tg_sub(g, a, b))));
}

int main(void)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_f32(
        TG_SHAPE(H, W), (float[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    tg_tensor *k = tg_tensor_f32(TG_SHAPE(h, w), (float[]){1, 2, 3, 4});
    tg_tensor *leaves[] = {x, k}, *d[2] = {0}, *e[2] = {0};
    tg_set_requires_grad(x, true);
    tg_set_requires_grad(k, true);

    tg_tensor *matrix = kernel_matrix(g, k);
    tg_tensor *column = tg_reshape(g, x, TG_SHAPE(H * W, 1));
    tg_tensor *y = tg_matmul(g, matrix, column);
    y = tg_reshape(g, y, TG_SHAPE(rows, columns));
    tg_tensor *same = tg_corr2d(g, x, k);
    tg_print(stdout, matrix);
    tg_print(stdout, y); /* [[34. 44. 54.] [74. 84. 94.]] */

    tg_gradients_options none = {0};
    tg_gradients(g, tg_sum(g, tg_square(g, y)), NULL, 2, leaves, d, none);
    tg_gradients(g, tg_sum(g, tg_square(g, same)), NULL, 2, leaves, e, none);
    double error = distance(g, y, same) + distance(g, d[0], e[0]) +
                   distance(g, d[1], e[1]);
    printf("outputs and gradients to x and k differ by %g\n", error); /* 0 */

    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (error != 0)
        fprintf(stderr, "the product is not the cross-correlation\n");
    tg_tensor_free(k);
    tg_tensor_free(x);
    tg_graph_free(g);
    return error != 0; /* NaN is not 0 either */
}

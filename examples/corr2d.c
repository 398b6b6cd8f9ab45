/* Cross-correlation: a kernel slides over an image, and at each place where it
 * fits gives one number, the sum of window times kernel. */
#include <tinygrad.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    const float expected[2][2] = {{19, 25}, {37, 43}};
    tg_graph *g = tg_graph_new();
    tg_tensor *x =
        tg_tensor_f32(TG_SHAPE(3, 3), (float[]){0, 1, 2, 3, 4, 5, 6, 7, 8});
    tg_tensor *k = tg_tensor_f32(TG_SHAPE(2, 2), (float[]){0, 1, 2, 3});

    /* A (2, 2) kernel fits at (3-2+1) x (3-2+1) places of a (3, 3) image. */
    tg_tensor *y = tg_corr2d(g, x, k);
    tg_print(stdout, y); /* [[19. 25.] [37. 43.]] */

    /* The same by its definition; 19 = 0*0 + 1*1 + 3*2 + 4*3. */
    bool holds = y != NULL;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            tg_tensor *rows = tg_slice(g, x, 0, i, i + 2, 1);
            tg_tensor *window = tg_slice(g, rows, 1, j, j + 2, 1);
            double sum = tg_item(tg_sum(g, tg_mul(g, window, k)));
            printf("window at (%d, %d): %g\n", i, j, sum);
            holds = holds && sum == (double)expected[i][j];
        }

    holds = holds && memcmp(tg_data(y), expected, sizeof expected) == 0;
    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!holds)
        fprintf(stderr, "corr2d is not 19 25 37 43\n");
    tg_tensor_free(k);
    tg_tensor_free(x);
    tg_graph_free(g);
    return !holds;
}

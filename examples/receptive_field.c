/* The receptive field: which elements of its input does one element of a
 * feature map depend on? Those where its gradient is not zero. Two stacked 2x2
 * kernels see as much as one of 3x3. */
#include <tinygrad.h>

#include <stdio.h>
#include <string.h>

/* Draws a matrix into picture: '#' where it is not zero, else '.'. */
static void draw(const tg_tensor *t, char *picture)
{
    const float *element = tg_data_f32(t);
    int64_t width = tg_tensor_shape(t).dim[1];

    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        *picture++ = element[i] != 0 ? '#' : '.';
        if ((i + 1) % width == 0)
            *picture++ = '\n';
    }
    *picture = '\0';
}

int main(void)
{
    float place[4 * 4] = {0};
    place[1 * 4 + 1] = 1; /* the element of z that is asked, (1, 1) */
    char seen_in_y[5 * 6 + 1] = "", seen_in_x[6 * 7 + 1] = "";

    tg_graph *g = tg_graph_new();
    tg_tensor *one = tg_tensor_f32(TG_SHAPE(4, 4), place);
    tg_tensor *k = tg_tensor_full(TG_F32, TG_SHAPE(2, 2), 1);
    tg_tensor *x = tg_tensor_new(TG_F32, TG_SHAPE(6, 6));
    tg_set_requires_grad(x, true);

    tg_tensor *y = tg_corr2d(g, x, k); /* (5, 5) */
    tg_tensor *z = tg_corr2d(g, y, k); /* (4, 4) */
    tg_retain_grad(y);
    if (tg_backward_from(g, z, one) == TG_OK) {
        draw(tg_grad(y), seen_in_y);
        draw(tg_grad(x), seen_in_x);
        printf("one element of z sees in y\n%sand in x\n%s", seen_in_y,
               seen_in_x);
        puts("over so many paths");
        tg_print(stdout,
                 tg_grad(x)); /* 1 2 1, 2 4 2, 1 2 1 where it is not 0 */
    }

    bool holds =
        strcmp(seen_in_y, ".....\n.##..\n.##..\n.....\n.....\n") == 0 &&
        strcmp(seen_in_x, "......\n.###..\n.###..\n.###..\n......\n"
                          "......\n") == 0;
    if (tg_graph_reset(g) != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!holds)
        fprintf(stderr, "the receptive field is not 3x3\n");
    tg_tensor_free(x);
    tg_tensor_free(k);
    tg_tensor_free(one);
    tg_graph_free(g);
    return !holds;
}

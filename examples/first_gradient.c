/* The first gradient: compute, go backward, read. */
#include <tinygrad.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    /* README begins */
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_f32(TG_SHAPE(3), (float[]){1, 2, 3});
    tg_set_requires_grad(x, true);

    tg_tensor *y = tg_sum(g, tg_square(g, x)); /* y = 1 + 4 + 9 */
    if (tg_backward(g, y) == TG_OK)            /* dy/dx = 2 x */
        tg_print(stdout, tg_grad(x));          /* [2. 4. 6.] */
    else
        fprintf(stderr, "%s\n", tg_error_message());
    /* README ends */

    const float expected[] = {2, 4, 6};
    bool holds = tg_graph_status(g) == TG_OK && tg_item(y) == 14 &&
                 memcmp(tg_data(tg_grad(x)), expected, sizeof expected) == 0;
    if (!holds && tg_graph_status(g) == TG_OK)
        fprintf(stderr, "the gradient of x.x is not 2 x\n");
    tg_graph_free(g); /* ends y too, which g recorded */
    tg_tensor_free(x);
    return !holds;
}

/* A program outside the project: built from the installed tree alone. */
#include <tinygrad.h>

#include <math.h>

int main(void)
{
    double values[] = {1, 2, 3};
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_f64(TG_SHAPE(3), values);

    tg_set_requires_grad(x, true);
    tg_backward(g, tg_sum(g, tg_square(g, x)));
    tg_status s = tg_graph_reset(g);
    double slope = tg_grad(x) != NULL ? tg_data_f64(tg_grad(x))[2] : NAN;
    tg_tensor_free(x);
    tg_graph_free(g);
    return s == TG_OK && fabs(slope - 6) < 1e-12 ? 0 : 1;
}

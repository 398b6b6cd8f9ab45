// A C++ program outside the project: built from the installed tree alone.
#include <tinygrad.h>

#include <cmath>

int main()
{
    const double values[] = {1, 2, 3, 4};
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_f64(TG_SHAPE(2, 2), values);

    tg_set_requires_grad(x, true);
    tg_tensor *columns = tg_sum_axes(g, tg_square(g, x), TG_AXES(-1), false);
    tg_backward(g, tg_sum_axes(g, columns, TG_ALL_AXES, false));
    tg_tensor *one = tg_reshape(g, tg_sum(g, x), TG_SCALAR);
    bool right = tg_item(one) == 10 && tg_tensor_shape(one).ndim == 0;
    tg_status s = tg_graph_reset(g);
    double slope = tg_grad(x) != nullptr ? tg_data_f64(tg_grad(x))[3] : NAN;
    tg_tensor_free(x);
    tg_graph_free(g);
    return right && s == TG_OK && std::fabs(slope - 8) < 1e-12 ? 0 : 1;
}

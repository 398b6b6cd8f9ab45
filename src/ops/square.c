#include <tinygrad/ops.h>

#include "elementwise.h"
#include "scaled_product.h"

static inline void square_run(const tg_work *w)
{
    tg_kernel_square(w->is_f64, w->n, w->in[0], w->out);
}

static tg_status square_forward(const tg_call *call)
{
    return tg_elementwise(call, 1, square_run);
}

/* y = x^2; dx = 2 x dy. */
static tg_status square_backward(tg_graph *g, const tg_call *call,
                                 tg_tensor *dy, tg_tensor **grad_in)
{
    grad_in[0] = tg_scaled_product(g, 2.0, call->in[0], dy);
    return TG_OK;
}

static const tg_op square = {.name = "square",
                             .formula = "y = x^2; dx = 2 x dy",
                             .forward = square_forward,
                             .backward = square_backward,
                             .reads_grad_once = true,
                             .run = square_run};

tg_tensor *tg_square(tg_graph *g, tg_tensor *x)
{
    return tg_unary_apply(g, &square, x);
}

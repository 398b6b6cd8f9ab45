/* Second derivatives: a recorded gradient has a gradient too. One more backward
 * pass gives the product H v of the Hessian with a vector, without the matrix;
 * conjugate gradients solve H s = -dx from such products alone, and x + s is
 * Newton's step. Gradient descent needs thousands of steps in this valley. */
#include <tinygrad.h>

#include <math.h>
#include <stdio.h>

/* 100 (x1 - x0^2)^2 + (1 - x0)^2, Rosenbrock's valley: lowest at (1, 1). */
static tg_tensor *rosenbrock(tg_graph *g, tg_tensor *x)
{
    tg_tensor *x0 = tg_slice(g, x, 0, 0, 1, 1);
    tg_tensor *x1 = tg_slice(g, x, 0, 1, 2, 1);
    tg_tensor *wall = tg_square(g, tg_sub(g, x1, tg_square(g, x0)));
    tg_tensor *slope = tg_square(g, tg_add_scalar(g, x0, -1));

    return tg_sum(g, tg_add(g, tg_mul_scalar(g, wall, 100), slope));
}

/* H v: the gradient of dx, weighed with v. */
static tg_tensor *hessian_times(tg_graph *g, tg_tensor *x, tg_tensor *dx,
                                tg_tensor *v)
{
    tg_tensor *hv = NULL;
    tg_gradients(g, dx, v, 1, &x, &hv, (tg_gradients_options){0});
    return hv;
}

static double dot(tg_graph *g, tg_tensor *a, tg_tensor *b)
{
    return tg_item(tg_sum(g, tg_mul(g, a, b)));
}

/* a + c b */
static tg_tensor *plus(tg_graph *g, tg_tensor *a, double c, tg_tensor *b)
{
    return tg_add(g, a, tg_mul_scalar(g, b, c));
}

/* Solves H s = r by conjugate gradients, exactly in as many steps as x has
 * elements. */
static tg_tensor *solve(tg_graph *g, tg_tensor *x, tg_tensor *dx, tg_tensor *r)
{
    tg_tensor *s = tg_mul_scalar(g, r, 0), *p = r;
    double rr = dot(g, r, r);

    for (int64_t i = 0; i < tg_tensor_size(x) && rr > 0; i++) {
        tg_tensor *hp = hessian_times(g, x, dx, p);
        double length = rr / dot(g, p, hp), before = rr;
        s = plus(g, s, length, p);
        r = plus(g, r, -length, hp);
        rr = dot(g, r, r);
        p = plus(g, r, rr / before, p);
    }
    return s;
}

int main(void)
{
    tg_graph *g = tg_graph_new();
    tg_tensor *x = tg_tensor_f64(TG_SHAPE(2), (double[]){-1.2, 1});
    tg_tensor *v = tg_tensor_f64(TG_SHAPE(2), (double[]){1, 0});
    tg_set_requires_grad(x, true);

    tg_status status = TG_OK;
    double value = NAN;
    for (int step = 0; step <= 6 && status == TG_OK; step++) {
        tg_tensor *dx = NULL, *y = rosenbrock(g, x);
        tg_gradients_options recorded = {.create_graph = true};
        tg_gradients(g, y, NULL, 1, &x, &dx, recorded);
        if (step == 0) {
            puts("H at (-1.2, 1) times (1, 0):");
            tg_print(stdout, hessian_times(g, x, dx, v)); /* [1330. 480.] */
        }

        value = tg_item(y);
        printf("step %d, value %.3g\n", step, value);
        tg_tensor *s = solve(g, x, dx, tg_neg(g, dx));
        tg_tensor_copy(x, tg_add(g, x, s));
        status = tg_graph_reset(g);
    }
    tg_print(stdout, x); /* [1. 1.] after values 24.2 4.73 1412 ... 3e-20 */

    if (status != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!(value < 1e-15))
        fprintf(stderr, "Newton's method did not converge: %g\n", value);
    tg_tensor_free(v);
    tg_tensor_free(x);
    tg_graph_free(g);
    return !(value < 1e-15);
}

/* Learns the edge detector [1, -1] from an image and its edges alone: ten steps
 * of gradient descent on the sum of l = (corr2d(x, k) - y)^2. The gradient is
 * taken in three manners: one computation, and so the same bits. */
#include <tinygrad.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static tg_tensor *loss(tg_graph *g, tg_tensor *x, tg_tensor *k, tg_tensor *y)
{
    return tg_square(g, tg_sub(g, tg_corr2d(g, x, k), y));
}

/* k <- k - 0.03 dk */
static void descend(tg_graph *g, tg_tensor *k, tg_tensor *dk)
{
    tg_tensor_copy(k, tg_sub(g, k, tg_mul_scalar(g, dk, 3e-2)));
}

int main(void)
{
    float pixels[6 * 8];
    for (int i = 0; i < 6 * 8; i++)
        pixels[i] = i % 8 < 2 || i % 8 > 5; /* white; columns 2 to 5 black */

    tg_graph *g = tg_graph_new();
    tg_rng rng = tg_rng_seed(5);
    tg_tensor *x = tg_tensor_f32(TG_SHAPE(6, 8), pixels);
    tg_tensor *edge = tg_tensor_f32(TG_SHAPE(1, 2), (float[]){1, -1});
    tg_tensor *y = tg_tensor_clone(tg_corr2d(g, x, edge));
    tg_tensor *a = tg_tensor_normal(TG_F32, TG_SHAPE(1, 2), 0, 1, &rng);
    tg_tensor *b = tg_tensor_clone(a), *c = tg_tensor_clone(a);
    tg_tensor *k[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        tg_set_requires_grad(k[i], true);

    puts("start:");
    tg_print(stdout, a);
    tg_status status = TG_OK;
    double first = NAN, last = NAN;
    for (int step = 1; step <= 10 && status == TG_OK; step++) {
        /* PyTorch: backward adds to the gradient of the leaf, zeroed before. */
        tg_tensor *la = tg_sum(g, loss(g, x, a, y));
        tg_zero_grad(a);
        tg_backward(g, la);
        descend(g, a, tg_grad(a));

        /* MXNet: backward from every element at once, each with weight 1. */
        tg_tensor *lb = loss(g, x, b, y);
        tg_zero_grad(b);
        tg_backward_from(g, lb, NULL);
        descend(g, b, tg_grad(b));

        /* TensorFlow: a function returns the gradient and touches no leaf. */
        tg_tensor *lc = tg_sum(g, loss(g, x, c, y)), *dc = NULL;
        tg_gradients(g, lc, NULL, 1, &c, &dc, (tg_gradients_options){0});
        descend(g, c, dc);

        last = tg_item(la);
        first = step == 1 ? last : first;
        if (step % 2 == 0)
            printf("step %2d, loss %.3f %.3f %.3f\n", step, last,
                   tg_item(tg_sum(g, lb)), tg_item(lc));
        status = tg_graph_reset(g); /* the one check of a step */
    }
    puts("learned, in the manner of PyTorch, MXNet and TensorFlow:");
    for (int i = 0; i < 3; i++)
        tg_print(stdout, k[i]); /* near [[1. -1.]], and the same */

    bool holds = status == TG_OK && last < 0.1 * first;
    for (int i = 0; i < 3 && holds; i++)
        holds = memcmp(tg_data(k[i]), tg_data(a), 2 * sizeof(float)) == 0 &&
                fabsf(tg_data_f32(k[i])[0] - 1) < 0.1F &&
                fabsf(tg_data_f32(k[i])[1] + 1) < 0.1F;
    if (status != TG_OK)
        fprintf(stderr, "%s\n", tg_error_message());
    else if (!holds)
        fprintf(stderr, "[1, -1] was not learned, or not by all alike\n");
    tg_tensor *mine[] = {x, edge, y, a, b, c};
    for (size_t i = 0; i < sizeof mine / sizeof *mine; i++)
        tg_tensor_free(mine[i]);
    tg_graph_free(g);
    return !holds;
}

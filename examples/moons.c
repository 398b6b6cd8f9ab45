/* micrograd's demo (https://github.com/karpathy/micrograd) in C: a perceptron
 * learns to tell two moons apart. The loss is a support vector machine's, the
 * mean of max(0, 1 - y score) with y = -1 or 1, plus a decay of the weights;
 * the rate falls in a straight line to a tenth. */
#include <tinygrad.h>

#include "moons/map.h"
#include "moons/net.h"
#include "moons/points.h"
#include "program/picture.h"
#include "program/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    int64_t seed, steps, points;
    double noise, rate, decay;
    const char *image;
} settings;

/* ----------------------------------------------------------- training */

static tg_tensor *hinge_loss(net *n, const points *p)
{
    tg_tensor *margin = tg_mul(n->g, p->y, net_score(n, p->x));

    return tg_mean(n->g,
                   tg_relu(n->g, tg_add_scalar(n->g, tg_neg(n->g, margin), 1)));
}

/* All points at once: so the loss is recorded once, and a step replays it. */
static bool step(net *n, tg_tensor *loss, tg_optim *sgd)
{
    tg_params_zero_grad(n->params);
    return tg_backward(n->g, loss) == TG_OK && tg_optim_step(sgd) == TG_OK &&
           tg_replay(n->g) == TG_OK;
}

static bool run_steps(const settings *s, net *n, tg_tensor *loss, tg_optim *sgd,
                      tg_progress *shown)
{
    for (int64_t i = 0; i < s->steps; ++i) {
        double gone = (double)i / (double)s->steps;
        tg_optim_set_lr(sgd, s->rate * (1 - 0.9 * gone));
        if (!step(n, loss, sgd))
            return false;
        tg_progress_update(shown, i + 1, "loss %.4f", tg_item(loss));
    }
    return true;
}

static bool train(const settings *s, net *n, const points *p)
{
    tg_tensor *loss = hinge_loss(n, p);
    tg_optim *sgd = tg_sgd(n->params, (tg_sgd_options){
                                          .lr = s->rate,
                                          .weight_decay = s->decay,
                                      });
    tg_progress *shown = tg_progress_new(stderr, "moons", s->steps);
    bool ok = loss && sgd && shown && run_steps(s, n, loss, sgd, shown);

    tg_progress_free(shown);
    tg_optim_free(sgd);
    if (!ok)
        return refuse_tensors();
    printf("%" PRId64 " steps: loss %.4f\n", s->steps, tg_item(loss));
    return true;
}

/* ------------------------------------------------------------- results */

static bool print_accuracy(net *n, const points *p, const char *which)
{
    int64_t count = tg_tensor_size(p->y);
    float *score = malloc((size_t)count * sizeof *score);

    if (!score)
        return refuse("the scores: %s", strerror(ENOMEM));
    bool ok = net_scores(n, p->x, score) || refuse_tensors();
    if (ok) {
        int64_t right = points_right(p, score);
        printf("%s: %" PRId64 " of %" PRId64 " right, %.1f %%\n", which, right,
               count, 100 * (double)right / (double)count);
    }
    free(score);
    return ok;
}

/* New points tell what was learned from what was learned by heart. */
static bool report(const settings *s, net *n, const points *p, const points *q)
{
    if (!map_print(n, p) || !print_accuracy(n, p, "these points") ||
        !print_accuracy(n, q, "as many new ones"))
        return false;
    if (s->image && !map_write(n, p, s->image))
        return false;
    if (s->image)
        printf("wrote %s\n", s->image);
    return fflush(stdout) == 0 ||
           refuse("standard output: %s", strerror(errno));
}

/* --------------------------------------------------------- the program */

static program_request read_settings(settings *s, int argc, char **argv)
{
    *s = (settings){.seed = 1337,
                    .steps = 300,
                    .points = 200,
                    .noise = 0.15,
                    .rate = 1,
                    .decay = 2e-4};
    const option_row rows[] = {
        {"seed", OPTION_WHOLE, &s->seed, 0, INT32_MAX,
         "of the points and of the first weights"},
        {"steps", OPTION_WHOLE, &s->steps, 0, 1e6, "of gradient descent"},
        {"points", OPTION_WHOLE, &s->points, 2, 1e5, "in both moons together"},
        {"noise", OPTION_NUMBER, &s->noise, 0, 10,
         "standard deviation of what moves the points off their moon"},
        {"rate", OPTION_NUMBER, &s->rate, 0, 100, "length of the first step"},
        {"decay", OPTION_NUMBER, &s->decay, 0, 1, "of the weights"},
        {"image", OPTION_TEXT, &s->image, 0, 0,
         "a PNG file to draw the map into"},
    };
    const program p = {"moons",
                       "Teaches a perceptron to tell two moons apart and draws "
                       "a map of what it learned.",
                       rows, sizeof rows / sizeof *rows};

    return program_begin(&p, argc, argv);
}

static bool run(const settings *s, net *n, points *p, points *q)
{
    uint64_t seed = (uint64_t)s->seed;

    if (!picture_possible(s->image))
        return false;
    if (!points_draw(p, s->points, s->noise, seed) ||
        !points_draw(q, s->points, s->noise, seed + 1) || !net_new(n, seed))
        return refuse_tensors();
    return train(s, n, p) && report(s, n, p, q);
}

int main(int argc, char **argv)
{
    settings s;
    program_request request = read_settings(&s, argc, argv);
    net n = {0};
    points p = {0}, q = {0};

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    bool ok = run(&s, &n, &p, &q);
    net_free(&n);
    points_free(&p);
    points_free(&q);
    return ok ? 0 : 2;
}

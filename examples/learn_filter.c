/* Finds the filter that made one photograph out of another.
 *
 * With x = IN, y = OUT and m = 1, but 0 where OUT was clipped, the kernel k
 * and the offset c that are looked for make
 *
 *     E(k, c) = sum m (corr2d(x, k) + c - y)^2 / 2N,    N = sum m,
 *
 * smallest. E is quadratic in the unknowns u = (k, c), so a single step d of
 * Newton's method gets there: H d = -dE/du. H is never built. The graph
 * records dE/du, which is differentiated once more along a direction v: that
 * is the product H v. As many such products as there are unknowns solve for
 * d. */
#include <tinygrad.h>

#include "learn_filter/conjugate.h"
#include "learn_filter/options.h"
#include "learn_filter/report.h"
#include "program/png_image.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fit {
    const filter_options *options;
    int taps, n;     /* n unknowns: the taps, row-major, and mostly c */
    double compared; /* N */
    double scale;    /* gray levels of full scale */
    tg_graph *g;
    tg_tensor *x, *out, *unclipped;       /* the images, borrowed */
    tg_tensor *y, *m;                     /* their part that k reaches */
    tg_tensor *unknowns, *direction;      /* (n) */
    tg_tensor *result, *error, *gradient; /* recorded: corr2d + c, E, dE/du */
    tg_mark recorded;
    conjugate solver;
} fit;

/* ------------------------------------------------------------ the graph */

/* What a centred kernel reaches of an image. */
static tg_tensor *interior(fit *f, tg_tensor *image)
{
    tg_shape s = tg_tensor_shape(image);
    int64_t top = f->options->rows / 2, left = f->options->columns / 2;
    tg_tensor *rows = tg_slice(f->g, image, 0, top, s.dim[0] - top, 1);

    return tg_slice(f->g, rows, 1, left, s.dim[1] - left, 1);
}

static tg_tensor *apply_filter(fit *f)
{
    tg_shape shape = TG_SHAPE(f->options->rows, f->options->columns);
    tg_tensor *taps = tg_slice(f->g, f->unknowns, 0, 0, f->taps, 1);
    tg_tensor *y = tg_corr2d(f->g, f->x, tg_reshape(f->g, taps, shape));

    if (f->n > f->taps)
        y = tg_add(f->g, y, tg_slice(f->g, f->unknowns, 0, f->taps, f->n, 1));
    return y;
}

/* y and m are constants and stay out of the record. */
static bool cut_constants(fit *f)
{
    tg_graph_set_recording(f->g, false);
    f->y = interior(f, f->out);
    f->m = interior(f, f->unclipped);
    f->compared = tg_item(tg_sum(f->g, f->m));
    tg_graph_set_recording(f->g, true);
    if (tg_graph_status(f->g) != TG_OK)
        return refuse_tensors();
    if (f->compared < 1)
        return refuse("%s: every pixel is clipped, nothing is left to compare",
                      f->options->out);
    if (f->compared < f->n)
        return refuse("%s: the %.0f pixels left to compare are too few for %d "
                      "unknowns",
                      f->options->out, f->compared, f->n);
    return true;
}

static bool record(fit *f)
{
    tg_graph *g = f->g;

    f->result = apply_filter(f);
    tg_tensor *difference = tg_mul(g, f->m, tg_sub(g, f->result, f->y));
    tg_tensor *sum = tg_sum(g, tg_square(g, difference));
    f->error = tg_mul_scalar(g, sum, 0.5 / f->compared);
    tg_gradients(g, f->error, NULL, 1, &f->unknowns, &f->gradient,
                 (tg_gradients_options){.create_graph = true});
    f->recorded = tg_graph_mark(g);
    return tg_graph_status(g) == TG_OK || refuse_tensors();
}

/* H v, the gradient of v' dE/du. It lives until the next call; NULL after a
 * failure. */
static const double *hessian_times(fit *f, const double *v)
{
    tg_tensor *product = NULL;

    tg_graph_rewind(f->g, f->recorded);
    memcpy(tg_data_f64(f->direction), v, (size_t)f->n * sizeof *v);
    tg_gradients(f->g, f->gradient, f->direction, 1, &f->unknowns, &product,
                 (tg_gradients_options){0});
    return product ? tg_data_f64(product) : NULL;
}

/* -------------------------------------------------------------- the fit */

/* The root mean square of the difference, in gray levels. */
static double rms(const fit *f, double error)
{
    return f->scale * sqrt(2 * fmax(error, 0));
}

static void show_progress(const fit *f, double error)
{
    int every = (f->n + 24) / 25;

    if (f->solver.steps % every == 0 || f->solver.steps == f->n)
        printf("step %*d of %d: rms difference %.2f gray levels\n",
               f->n < 100 ? 2 : 3, f->solver.steps, f->n, rms(f, error));
    fflush(stdout);
}

static bool solve(fit *f)
{
    double error = tg_item(f->error);

    while (f->solver.steps < f->n) {
        const double *hv = hessian_times(f, conjugate_direction(&f->solver));
        if (!hv)
            return refuse_tensors();
        if (!conjugate_step(&f->solver, hv))
            return refuse("%s varies too little to tell %d taps apart; try a "
                          "smaller kernel",
                          f->options->in, f->taps);
        show_progress(f, error -= f->solver.gain);
    }
    return true;
}

/* Newton's step from u = 0: the unknowns become d. */
static bool newton_step(fit *f)
{
    size_t n = (size_t)f->n;
    double *down = tg_data_f64(f->direction);

    for (size_t i = 0; i < n; ++i)
        down[i] = -tg_data_f64(f->gradient)[i];
    if (!conjugate_new(&f->solver, f->n, down))
        return refuse("%s", strerror(ENOMEM));
    if (!solve(f))
        return false;
    memcpy(tg_data_f64(f->unknowns), f->solver.d, n * sizeof *down);
    return tg_replay(f->g) == TG_OK || refuse_tensors();
}

/* The largest standard error of a tap: the unknowns' covariance is s^2 / N
 * times the inverse of H, where s^2, the variance of the difference, is taken
 * to be no less than what rounding to gray levels makes. */
static double uncertainty(const fit *f)
{
    double freedom = fmax(f->compared - f->n, 1);
    double seen = 2 * tg_item(f->error) / freedom;
    double rounding = 1 / (12 * f->scale * f->scale * f->compared);
    double largest = 0;

    for (int i = 0; i < f->taps; ++i)
        largest = fmax(largest, conjugate_inverse(&f->solver, i));
    return sqrt(fmax(seen, rounding) * largest);
}

/* The largest difference of a compared pixel, in gray levels. */
static double largest_difference(const fit *f)
{
    const double *y = tg_data_f64(f->y), *m = tg_data_f64(f->m);
    const double *result = tg_data_f64(f->result);
    double largest = 0;

    for (int64_t i = 0; i < tg_tensor_size(f->y); ++i)
        largest = fmax(largest, m[i] * fabs(result[i] - y[i]));
    return f->scale * largest;
}

static bool report(const fit *f, const gray_image *out)
{
    const double *unknowns = tg_data_f64(f->unknowns);
    double offset = f->n > f->taps ? unknowns[f->taps] : 0;
    filter_report r = {.options = f->options,
                       .out = out,
                       .kernel = unknowns,
                       .result = tg_data_f64(f->result),
                       .offset = f->scale * offset,
                       .uncertainty = uncertainty(f),
                       .compared = f->compared,
                       .clipped = (double)tg_tensor_size(f->m) - f->compared,
                       .scale = f->scale,
                       .rms = rms(f, tg_item(f->error)),
                       .largest = largest_difference(f)};

    return filter_report_print(&r) && filter_report_write(&r);
}

/* ---------------------------------------------------------- the program */

static bool open_fit(fit *f, const filter_options *o, const gray_image *in,
                     const gray_image *out)
{
    tg_shape shape = TG_SHAPE(in->height, in->width);

    *f = (fit){.options = o, .taps = o->rows * o->columns};
    f->n = f->taps + o->offset;
    f->scale = (1 << out->depth) - 1;
    f->g = tg_graph_new();
    f->x = tg_tensor_borrow(TG_F64, shape, in->value);
    f->out = tg_tensor_borrow(TG_F64, shape, out->value);
    f->unclipped = tg_tensor_borrow(TG_F64, shape, out->unclipped);
    f->unknowns = tg_tensor_new(TG_F64, TG_SHAPE(f->n));
    f->direction = tg_tensor_new(TG_F64, TG_SHAPE(f->n));
    return f->g && f->x && f->out && f->unclipped && f->direction &&
                   tg_set_requires_grad(f->unknowns, true) == TG_OK
               ? true
               : refuse_tensors();
}

static void close_fit(fit *f)
{
    conjugate_free(&f->solver);
    tg_graph_free(f->g);
    tg_tensor_free(f->x);
    tg_tensor_free(f->out);
    tg_tensor_free(f->unclipped);
    tg_tensor_free(f->unknowns);
    tg_tensor_free(f->direction);
}

static bool learn(const filter_options *o, const gray_image *in,
                  const gray_image *out)
{
    fit f;
    bool ok = open_fit(&f, o, in, out) && cut_constants(&f) && record(&f) &&
              newton_step(&f) && report(&f, out);

    close_fit(&f);
    return ok;
}

static bool read_image(gray_image *image, const char *path)
{
    png_failure why;

    return gray_image_read(image, path, &why) ||
           refuse("%s: %s", path, why.text);
}

static bool check(const filter_options *o, const gray_image *in,
                  const gray_image *out)
{
    if (in->height != out->height || in->width != out->width)
        return refuse("%s is %dx%d pixels, %s is %dx%d", o->in, (int)in->width,
                      (int)in->height, o->out, (int)out->width,
                      (int)out->height);
    if (o->rows > in->height || o->columns > in->width)
        return refuse("a kernel of %d rows and %d columns is too large for "
                      "%dx%d pixels",
                      o->rows, o->columns, (int)in->width, (int)in->height);
    return true;
}

int main(int argc, char **argv)
{
    filter_options o;
    program_request request = filter_options_read(&o, argc, argv);
    gray_image in = {0}, out = {0};

    if (request != REQUEST_RUN)
        return request == REQUEST_HELP ? 0 : 2;
    bool ok = read_image(&in, o.in) && read_image(&out, o.out) &&
              check(&o, &in, &out) && learn(&o, &in, &out);
    gray_image_free(&in);
    gray_image_free(&out);
    return ok ? 0 : 2;
}

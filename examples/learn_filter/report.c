#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double largest_tap(const filter_report *r)
{
    double largest = 0;

    for (int64_t i = 0; i < r->options->rows * r->options->columns; ++i)
        largest = fmax(largest, fabs(r->kernel[i]));
    return largest;
}

/* ------------------------------------------------------------ printing */

/* Without a minus before what rounds to zero. */
static double tidy(double tap)
{
    return round(tap * 1e6) / 1e6 + 0.0;
}

static void print_kernel(const filter_report *r)
{
    const filter_options *o = r->options;

    printf("kernel %dx%d, for cross-correlation (turn it by 180 degrees for a "
           "true convolution)\n",
           o->rows, o->columns);
    for (int i = 0; i < o->rows; ++i)
        for (int j = 0; j < o->columns; ++j)
            printf("%11.6f%s", tidy(r->kernel[i * o->columns + j]),
                   j + 1 < o->columns ? "" : "\n");
    printf("standard error of a tap: at most %.2g\n", r->uncertainty);
    if (o->offset)
        printf("offset %.3f gray levels\n", tidy(r->offset));
}

static void warn(const filter_report *r)
{
    const char *in = r->options->in, *out = r->options->out;

    if (!(r->largest <= 1))
        fprintf(stderr,
                "learn_filter: warning: %s is not exactly such a filter of "
                "%s; is the kernel too small?\n",
                out, in);
    if (!(r->uncertainty <= 0.01 * largest_tap(r)))
        fprintf(stderr,
                "learn_filter: warning: %s has too little fine detail to tell "
                "the taps apart well\n",
                in);
}

bool filter_report_print(const filter_report *r)
{
    print_kernel(r);
    printf("difference to %s: rms %.3f, largest %.3f of %.0f gray levels, over "
           "%.0f pixels (%.0f clipped ones left out)\n",
           r->options->out, r->rms, r->largest, r->scale, r->compared,
           r->clipped);
    if (fflush(stdout))
        return refuse("standard output: %s", strerror(errno));
    warn(r);
    return true;
}

/* ------------------------------------------------------------ pictures */

static bool new_picture(gray_image *picture, int64_t height, int64_t width,
                        int depth)
{
    size_t size = (size_t)(height * width);

    *picture = (gray_image){height, width, depth,
                            calloc(size, sizeof *picture->value), NULL};
    return picture->value || refuse("%s", strerror(ENOMEM));
}

/* Each tap as a square, together about 320 pixels high or wide. */
static bool draw_kernel(const filter_report *r, gray_image *picture)
{
    int rows = r->options->rows, columns = r->options->columns;
    int side = 320 / (rows > columns ? rows : columns);
    int height = rows * side, width = columns * side;
    double largest = largest_tap(r), scale = largest > 0 ? 0.5 / largest : 0;

    if (!new_picture(picture, height, width, 8))
        return false;
    for (int i = 0; i < height; ++i)
        for (int j = 0; j < width; ++j)
            picture->value[i * width + j] =
                0.5 + scale * r->kernel[i / side * columns + j / side];
    return true;
}

/* The result in the middle of a black picture as large and deep as OUT. */
static bool draw_result(const filter_report *r, gray_image *picture)
{
    int64_t top = r->options->rows / 2, left = r->options->columns / 2;
    int64_t height = r->out->height, width = r->out->width;
    int64_t reach = width - 2 * left;

    if (!new_picture(picture, height, width, r->out->depth))
        return false;
    for (int64_t i = 0; i < height - 2 * top; ++i)
        memcpy(picture->value + (top + i) * width + left, r->result + i * reach,
               (size_t)reach * sizeof *r->result);
    return true;
}

/* A picture on its way to path: first it is written beside it. */
typedef struct output {
    const gray_image *image;
    const char *path;
    char part[4096];
    const char *made; /* the name of the file that there is by now, if any */
} output;

static bool write_part(output *o)
{
    png_failure why;
    int length = snprintf(o->part, sizeof o->part, "%s.part", o->path);

    if (length >= (int)sizeof o->part)
        return refuse("%s: the name is too long", o->path);
    if (!gray_image_write(o->image, o->part, &why))
        return refuse("%s: %s", o->part, why.text);
    o->made = o->part;
    return true;
}

static bool put_in_place(output *o)
{
    if (rename(o->part, o->path))
        return refuse("%s: %s", o->path, strerror(errno));
    o->made = o->path;
    return true;
}

static bool write_both(output outputs[2])
{
    if (write_part(&outputs[0]) && write_part(&outputs[1]) &&
        put_in_place(&outputs[0]) && put_in_place(&outputs[1])) {
        printf("wrote %s and %s\n", outputs[0].path, outputs[1].path);
        return true;
    }
    for (int i = 0; i < 2; ++i)
        if (outputs[i].made)
            remove(outputs[i].made);
    return false;
}

bool filter_report_write(const filter_report *r)
{
    gray_image kernel = {0}, result = {0};
    output outputs[2] = {{&kernel, r->options->kernel_image, "", NULL},
                         {&result, r->options->image, "", NULL}};
    bool ok = draw_kernel(r, &kernel) && draw_result(r, &result) &&
              write_both(outputs);

    gray_image_free(&kernel);
    gray_image_free(&result);
    return ok;
}

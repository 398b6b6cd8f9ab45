#include "map.h"

#include "program/picture.h"
#include "program/program.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cells over all points and a margin, from the upper left corner on. */
typedef struct map {
    double left, top, width, height;
    int rows, columns;
    float *score; /* of the middle of each cell */
} map;

/* -------------------------------------------------------------- scores */

static void range(const points *p, int axis, double *low, double *high)
{
    const float *x = tg_data_f32(p->x);
    const double margin = 0.3;

    *low = INFINITY;
    *high = -INFINITY;
    for (int64_t i = 0; i < tg_tensor_size(p->y); ++i) {
        *low = fmin(*low, x[2 * i + axis]);
        *high = fmax(*high, x[2 * i + axis]);
    }
    *low -= margin;
    *high += margin;
}

static bool score_row(const map *m, net *n, int row, tg_tensor *middles)
{
    float *x = tg_data_f32(middles);

    for (int j = 0; j < m->columns; ++j) {
        x[2 * j] = (float)(m->left + (j + 0.5) * m->width / m->columns);
        x[2 * j + 1] = (float)(m->top - (row + 0.5) * m->height / m->rows);
    }
    return net_scores(n, middles, m->score + row * m->columns);
}

static bool score_cells(const map *m, net *n)
{
    tg_tensor *middles = tg_tensor_new(TG_F32, TG_SHAPE(m->columns, 2));
    bool ok = middles;

    for (int i = 0; ok && i < m->rows; ++i)
        ok = score_row(m, n, i, middles);
    tg_tensor_free(middles);
    return ok || refuse_tensors();
}

/* Cells that are `slender` times as high as they are wide. free(m->score)
 * ends it. */
static bool map_new(map *m, net *n, const points *p, int columns,
                    double slender)
{
    double right, bottom;

    range(p, 0, &m->left, &right);
    range(p, 1, &bottom, &m->top);
    m->width = right - m->left;
    m->height = m->top - bottom;
    m->columns = columns;
    m->rows = (int)ceil(columns * m->height / m->width / slender);
    m->score = calloc((size_t)m->rows * (size_t)columns, sizeof *m->score);
    if (!m->score)
        return refuse("the map: %s", strerror(ENOMEM));
    return score_cells(m, n);
}

/* The margin keeps points inside. */
static int column_of(const map *m, double x)
{
    return (int)((x - m->left) / m->width * m->columns);
}

static int row_of(const map *m, double y)
{
    return (int)((m->top - y) / m->height * m->rows);
}

/* The score changes its sign towards the right or down. */
static bool is_boundary(const map *m, int i, int j)
{
    const float *s = m->score + i * m->columns + j;

    return (j + 1 < m->columns && (s[0] > 0) != (s[1] > 0)) ||
           (i + 1 < m->rows && (s[0] > 0) != (s[m->columns] > 0));
}

/* ------------------------------------------------------- on a terminal */

static char shade(const map *m, int i, int j)
{
    if (is_boundary(m, i, j))
        return '#';
    return m->score[i * m->columns + j] > 0 ? '.' : ' ';
}

static void print_cells(const map *m, const points *p, char *cell)
{
    const float *x = tg_data_f32(p->x), *y = tg_data_f32(p->y);

    for (int i = 0; i < m->rows; ++i)
        for (int j = 0; j < m->columns; ++j)
            cell[i * m->columns + j] = shade(m, i, j);
    for (int64_t i = 0; i < tg_tensor_size(p->y); ++i)
        cell[row_of(m, x[2 * i + 1]) * m->columns + column_of(m, x[2 * i])] =
            y[i] > 0 ? 'O' : 'x';
    for (int i = 0; i < m->rows; ++i)
        printf("%.*s\n", m->columns, cell + i * m->columns);
}

bool map_print(net *n, const points *p)
{
    enum { COLUMNS = 72 };
    map m = {0};
    bool ok = map_new(&m, n, p, COLUMNS, 2.1);
    char *cell = ok ? malloc((size_t)m.rows * COLUMNS) : NULL;

    if (cell)
        print_cells(&m, p, cell);
    else if (ok)
        ok = refuse("the map: %s", strerror(ENOMEM));
    free(cell);
    free(m.score);
    return ok;
}

/* --------------------------------------------------------- as a picture */

static const colour dark = {40, 40, 48};
static const colour point_of[] = {{32, 96, 176}, {208, 84, 20}};
static const colour region_of[] = {{140, 184, 232}, {248, 184, 132}};

static uint8_t mix(uint8_t a, uint8_t b, double share)
{
    return (uint8_t)lround(a + share * (b - a));
}

/* White where the score is 0. */
static colour region(double score)
{
    colour c = region_of[score > 0];
    double sure = tanh(fabs(score));

    return (colour){mix(255, c.red, sure), mix(255, c.green, sure),
                    mix(255, c.blue, sure)};
}

static void paint_regions(const map *m, picture *to)
{
    for (int i = 0; i < m->rows; ++i)
        for (int j = 0; j < m->columns; ++j) {
            int at = i * m->columns + j;
            to->pixel[at] = is_boundary(m, i, j) ? dark : region(m->score[at]);
        }
}

/* A disc with a dark rim; what lies outside is left out. */
static void paint_disc(picture *to, int row, int column, colour inside)
{
    const int radius = 5;

    for (int i = -radius; i <= radius; ++i)
        for (int j = -radius; j <= radius; ++j) {
            int y = row + i, x = column + j;
            double away = sqrt(i * i + j * j);
            if (away > radius || y < 0 || y >= to->height || x < 0 ||
                x >= to->width)
                continue;
            to->pixel[y * to->width + x] = away > radius - 1 ? dark : inside;
        }
}

static void paint_points(const map *m, const points *p, picture *to)
{
    const float *x = tg_data_f32(p->x), *y = tg_data_f32(p->y);

    for (int64_t i = 0; i < tg_tensor_size(p->y); ++i)
        paint_disc(to, row_of(m, x[2 * i + 1]), column_of(m, x[2 * i]),
                   point_of[y[i] > 0]);
}

bool map_write(net *n, const points *p, const char *path)
{
    enum { COLUMNS = 800 };
    map m = {0};
    picture to = {0};
    bool ok =
        map_new(&m, n, p, COLUMNS, 1) && picture_new(&to, m.rows, m.columns);

    if (ok) {
        paint_regions(&m, &to);
        paint_points(&m, p, &to);
        ok = picture_write(&to, path);
    }
    picture_free(&to);
    free(m.score);
    return ok;
}

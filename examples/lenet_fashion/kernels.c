#include "kernels.h"

#include "program/picture.h"

#include <math.h>

/* ---- the layout: rows of ACROSS kernels, with gaps around each */

enum { ZOOM = 12, GAP = 6, ACROSS = 8 };

typedef struct sheet {
    const float *taps;
    int count, rows, columns; /* kernels, and the extents of one */
    double largest;           /* magnitude, or 1 if all are 0 */
} sheet;

static sheet lay_out(const tg_tensor *kernels)
{
    tg_shape shape = tg_tensor_shape(kernels);
    sheet s = {tg_data_f32(kernels), (int)shape.dim[0], (int)shape.dim[2],
               (int)shape.dim[3], 0};

    for (int64_t i = 0; i < tg_tensor_size(kernels); i++)
        s.largest = fmax(s.largest, fabs((double)s.taps[i]));
    s.largest = s.largest > 0 ? s.largest : 1;
    return s;
}

static int extent(int cells, int taps)
{
    return cells * (taps * ZOOM + GAP) + GAP;
}

static void paint_tap(picture *to, int y, int x, double share)
{
    uint8_t gray = (uint8_t)lround(127.5 + 127.5 * share);

    for (int i = 0; i < ZOOM; i++)
        for (int j = 0; j < ZOOM; j++)
            to->pixel[(y + i) * to->width + x + j] = (colour){gray, gray, gray};
}

static void paint(const sheet *s, picture *to)
{
    const float *tap = s->taps;

    for (int n = 0; n < s->count; n++) {
        int top = extent(n / ACROSS, s->rows);
        int left = extent(n % ACROSS, s->columns);
        for (int i = 0; i < s->rows; i++)
            for (int j = 0; j < s->columns; j++)
                paint_tap(to, top + i * ZOOM, left + j * ZOOM,
                          (double)*tap++ / s->largest);
    }
}

bool kernels_draw(const tg_tensor *kernels, const char *path)
{
    sheet s = lay_out(kernels);
    int down = (s.count + ACROSS - 1) / ACROSS;
    int across = s.count < ACROSS ? s.count : ACROSS;
    picture p;

    if (!picture_new(&p, extent(down, s.rows), extent(across, s.columns)))
        return false;
    paint(&s, &p);
    bool ok = picture_write(&p, path);
    picture_free(&p);
    return ok;
}

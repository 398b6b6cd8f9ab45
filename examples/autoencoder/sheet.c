#include "sheet.h"

#include "images.h"

#include "program/picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ZOOM = 2, CELL = ZOOM * SIDE, GAP = 4, APART = 12 };
enum {
    PAIR = 2 * CELL + GAP, /* an original over its reconstruction */
    WIDTH = SHEET_COLUMNS * (CELL + GAP) + GAP,
    HEIGHT = SHEET_PAIRS * (PAIR + APART) + APART
};

_Static_assert(SHEET_IMAGES == SHEET_COLUMNS * SHEET_PAIRS, "a full sheet");

static void paint(picture *to, int top, int left, const float *image)
{
    for (int i = 0; i < CELL; ++i)
        for (int j = 0; j < CELL; ++j) {
            float value = image[i / ZOOM * SIDE + j / ZOOM];
            uint8_t gray = (uint8_t)lroundf(255 * fminf(fmaxf(value, 0), 1));
            to->pixel[(top + i) * to->width + left + j] =
                (colour){gray, gray, gray};
        }
}

static void paint_paper(picture *to)
{
    const colour paper = {96, 112, 136};

    for (int i = 0; i < to->height * to->width; ++i)
        to->pixel[i] = paper;
}

bool sheet_write(const tg_tensor *x, const tg_tensor *y, const char *path)
{
    int count = (int)(tg_tensor_size(x) / PIXELS);
    picture to;

    if (!picture_new(&to, HEIGHT, WIDTH))
        return false;
    paint_paper(&to);
    for (int i = 0; i < count; ++i) {
        int top = APART + i / SHEET_COLUMNS * (PAIR + APART);
        int left = GAP + i % SHEET_COLUMNS * (CELL + GAP);
        paint(&to, top, left, tg_data_f32(x) + i * PIXELS);
        paint(&to, top + CELL + GAP, left, tg_data_f32(y) + i * PIXELS);
    }
    bool ok = picture_write(&to, path);
    picture_free(&to);
    return ok;
}

/* Images and what came back of them, on one sheet. Refusals are printed. */
#ifndef AUTOENCODER_SHEET_H
#define AUTOENCODER_SHEET_H

#include <tinygrad.h>

enum { SHEET_COLUMNS = 12, SHEET_PAIRS = 4, SHEET_IMAGES = 48 };

/* A PNG file: in each of SHEET_PAIRS pairs of rows, originals over their
 * reconstructions, of which x and y hold the same number, at most
 * SHEET_IMAGES. */
bool sheet_write(const tg_tensor *x, const tg_tensor *y, const char *path);

#endif

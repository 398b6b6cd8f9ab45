/* Gray images out of PNG files and into them. */
#ifndef PNG_IMAGE_H
#define PNG_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Row-major. Colour becomes gray by the weights of Rec. 709 on the values as
 * they are stored: no gamma is undone, so what a filter did linearly to the
 * stored values it did linearly to the gray ones. */
typedef struct gray_image {
    int64_t height, width;
    int depth;         /* bits of a stored sample: 1, 2, 4, 8 or 16 */
    double *value;     /* 0 is black, 1 is full scale */
    double *unclipped; /* 1, but 0 where a sample is at an end of its scale */
} gray_image;

/* Why a call failed, in words for the user, without the path. */
typedef struct png_failure {
    char text[200];
} png_failure;

/* Reads any PNG whose pixels are all opaque; gray_image_free ends it. After a
 * failure there is nothing to end. */
bool gray_image_read(gray_image *image, const char *path, png_failure *why);
void gray_image_free(gray_image *image); /* one of all zeros is fine */

/* Writes a new file; that it exists already is a failure. Values are clipped
 * to the scale and rounded to 16 bits if that is the depth, else to 8;
 * `unclipped` may be NULL. A file that cannot be written whole is removed. */
bool gray_image_write(const gray_image *image, const char *path,
                      png_failure *why);

#endif

/* Pictures in colour, to be looked at. Refusals are printed. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct colour {
    uint8_t red, green, blue;
} colour;

typedef struct picture {
    int height, width;
    colour *pixel; /* row-major */
} picture;

/* A black one; picture_free ends it. After a failure there is nothing to end.
 */
bool picture_new(picture *p, int height, int width);
void picture_free(picture *p); /* one of all zeros is fine */

/* Writes a PNG file, whole or not at all, in place of what was there. Without
 * libpng it refuses. */
bool picture_write(const picture *p, const char *path);
/* Whether that could be done; to be asked before the work that the picture is
 * to show. NULL, no picture wanted, is fine. */
bool picture_possible(const char *path);

#endif

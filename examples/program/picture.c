#include "picture.h"

#include "output.h"
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool picture_new(picture *p, int height, int width)
{
    size_t size = (size_t)height * (size_t)width;

    *p = (picture){height, width, calloc(size, sizeof *p->pixel)};
    return p->pixel || refuse("a picture: %s", strerror(ENOMEM));
}

void picture_free(picture *p)
{
    free(p->pixel);
    *p = (picture){0};
}

#ifdef HAVE_PNG
#include <png.h>

_Static_assert(sizeof(colour) == 3, "pixels are libpng's RGB");

bool picture_possible(const char *path)
{
    return output_possible(path);
}

bool picture_write(const picture *p, const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)p->width,
                       .height = (png_uint_32)p->height,
                       .format = PNG_FORMAT_RGB};
    output o;

    if (!output_begin(&o, path))
        return false;
    bool ok =
        png_image_write_to_stdio(&image, o.file, false, p->pixel, 0, NULL);
    if (!ok)
        refuse("%s: %s", path, image.message);
    png_image_free(&image);
    return output_end(&o, ok);
}
#else
bool picture_possible(const char *path)
{
    return !path || refuse("%s: no pictures in a build without libpng", path);
}

bool picture_write(const picture *p, const char *path)
{
    (void)p;
    return picture_possible(path);
}
#endif

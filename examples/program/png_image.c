#include "png_image.h"

#include <errno.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All that reading or writing holds. libpng leaves a call that fails by
 * longjmp, after which the locals of the function that called setjmp cannot be
 * trusted: whatever must be freed is kept here, and the caller frees it. */
typedef struct codec {
    FILE *file;
    png_structp png;
    png_infop info;
    png_bytep bytes; /* pixels as libpng hands them over */
    png_bytepp rows; /* where in bytes each row begins */
    int depth;       /* bits of a sample in the file, not in bytes */
    png_failure *why;
} codec;

static bool fail(png_failure *why, const char *text)
{
    snprintf(why->text, sizeof why->text, "%s", text);
    return false;
}

static void on_error(png_structp png, png_const_charp text)
{
    codec *c = png_get_error_ptr(png);

    fail(c->why, text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

/* ------------------------------------------------------------- reading */

static void read_bytes(png_structp png, png_bytep to, size_t n)
{
    FILE *file = png_get_io_ptr(png);

    if (fread(to, 1, n, file) < n)
        png_error(png, ferror(file) ? strerror(errno) : "the file is cut off");
}

/* One buffer for all rows, because interlaced files fill them in turns. */
static void allocate_rows(codec *c)
{
    size_t height = png_get_image_height(c->png, c->info);
    size_t row = png_get_rowbytes(c->png, c->info);

    if (height <= SIZE_MAX / row)
        c->bytes = malloc(height * row);
    c->rows = malloc(height * sizeof *c->rows);
    if (!c->bytes || !c->rows)
        png_error(c->png, strerror(ENOMEM));
    for (size_t i = 0; i < height; ++i)
        c->rows[i] = c->bytes + i * row;
}

/* Fills c->bytes with samples of 8 or 16 bits: palettes become colour and
 * transparency an alpha channel. */
static bool decode(codec *c)
{
    if (setjmp(png_jmpbuf(c->png)))
        return false;
    png_set_read_fn(c->png, c->file, read_bytes);
    png_read_info(c->png, c->info);
    c->depth = png_get_bit_depth(c->png, c->info);
    if (png_get_color_type(c->png, c->info) == PNG_COLOR_TYPE_PALETTE)
        c->depth = 8;
    png_set_expand(c->png);
    png_set_interlace_handling(c->png);
    png_read_update_info(c->png, c->info);
    allocate_rows(c);
    png_read_image(c->png, c->rows);
    png_read_end(c->png, NULL);
    return true;
}

/* A pixel's sample number i, as a fraction of full scale. */
static double sample(const png_byte *pixel, int i, bool wide)
{
    return wide ? (pixel[2 * i] * 256 + pixel[2 * i + 1]) / 65535.0
                : pixel[i] / 255.0;
}

/* Converts n pixels from p on; false if one is transparent. */
static bool to_gray(const codec *c, const png_byte *p, size_t n, double *value,
                    double *unclipped)
{
    static const double gray[] = {1}, rec709[] = {0.2126, 0.7152, 0.0722};
    int channels = png_get_channels(c->png, c->info);
    int colours = channels < 3 ? 1 : 3;
    const double *weight = colours == 1 ? gray : rec709;
    bool wide = png_get_bit_depth(c->png, c->info) == 16;

    for (size_t at = 0; at < n; ++at, p += channels * (wide ? 2 : 1)) {
        value[at] = 0;
        unclipped[at] = 1;
        for (int i = 0; i < colours; ++i) {
            double s = sample(p, i, wide);
            value[at] += weight[i] * s;
            if (s <= 0 || s >= 1)
                unclipped[at] = 0;
        }
        if (channels > colours && sample(p, colours, wide) < 1)
            return false;
    }
    return true;
}

static bool to_image(const codec *c, gray_image *image)
{
    size_t height = png_get_image_height(c->png, c->info);
    size_t width = png_get_image_width(c->png, c->info);
    size_t size = height * width;

    *image = (gray_image){(int64_t)height, (int64_t)width, c->depth,
                          calloc(size, sizeof *image->value),
                          calloc(size, sizeof *image->unclipped)};
    bool ok = image->value && image->unclipped;
    if (!ok)
        fail(c->why, strerror(ENOMEM));
    else if (!to_gray(c, c->bytes, size, image->value, image->unclipped))
        ok = fail(c->why, "has transparent pixels; flatten it first");
    if (!ok)
        gray_image_free(image);
    return ok;
}

static bool read_file(codec *c, gray_image *image)
{
    png_byte signature[8];

    if (fread(signature, 1, 8, c->file) < 8 || png_sig_cmp(signature, 0, 8))
        return fail(c->why, ferror(c->file) ? strerror(errno) : "not a PNG");
    c->png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, c, on_error, on_warning);
    c->info = c->png ? png_create_info_struct(c->png) : NULL;
    if (!c->info)
        return fail(c->why, strerror(ENOMEM));
    png_set_sig_bytes(c->png, 8);
    return decode(c) && to_image(c, image);
}

bool gray_image_read(gray_image *image, const char *path, png_failure *why)
{
    codec c = {.file = fopen(path, "rb"), .why = why};

    *image = (gray_image){0};
    if (!c.file)
        return fail(why, strerror(errno));
    bool ok = read_file(&c, image);
    png_destroy_read_struct(&c.png, &c.info, NULL);
    free(c.rows);
    free(c.bytes);
    fclose(c.file);
    return ok;
}

void gray_image_free(gray_image *image)
{
    free(image->value);
    free(image->unclipped);
    *image = (gray_image){0};
}

/* ------------------------------------------------------------- writing */

static void to_samples(const double *value, size_t n, int depth, png_bytep row)
{
    double full = depth == 16 ? 65535 : 255;

    for (size_t i = 0; i < n; ++i) {
        unsigned s = (unsigned)lround(full * fmin(fmax(value[i], 0), 1));
        if (depth == 16)
            *row++ = (png_byte)(s >> 8);
        *row++ = (png_byte)(s & 255);
    }
}

static void write_bytes(png_structp png, png_bytep from, size_t n)
{
    if (fwrite(from, 1, n, png_get_io_ptr(png)) < n)
        png_error(png, strerror(errno));
}

static bool encode(codec *c, const gray_image *image)
{
    if (setjmp(png_jmpbuf(c->png)))
        return false;
    png_set_write_fn(c->png, c->file, write_bytes, NULL);
    png_set_IHDR(c->png, c->info, (png_uint_32)image->width,
                 (png_uint_32)image->height, c->depth, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(c->png, c->info);
    for (int64_t i = 0; i < image->height; ++i) {
        to_samples(image->value + i * image->width, (size_t)image->width,
                   c->depth, c->bytes);
        png_write_row(c->png, c->bytes);
    }
    png_write_end(c->png, NULL);
    return true;
}

static bool write_file(codec *c, const gray_image *image)
{
    c->bytes = malloc((size_t)image->width * 2);
    c->png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, c, on_error, on_warning);
    c->info = c->png ? png_create_info_struct(c->png) : NULL;
    if (!c->bytes || !c->info)
        return fail(c->why, strerror(ENOMEM));
    return encode(c, image);
}

bool gray_image_write(const gray_image *image, const char *path,
                      png_failure *why)
{
    codec c = {.file = fopen(path, "wbx"),
               .depth = image->depth == 16 ? 16 : 8,
               .why = why};

    if (!c.file)
        return fail(why, strerror(errno));
    bool ok = write_file(&c, image);
    png_destroy_write_struct(&c.png, &c.info);
    free(c.bytes);
    if (fclose(c.file) && ok)
        ok = fail(why, strerror(errno));
    if (!ok)
        remove(path);
    return ok;
}

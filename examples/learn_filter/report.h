/* What learn_filter found, in print and as pictures. */
#ifndef REPORT_H
#define REPORT_H

#include "options.h"
#include "program/png_image.h"

typedef struct filter_report {
    const filter_options *options;
    const gray_image *out;
    const double *kernel;     /* rows x columns, row-major */
    const double *result;     /* what it makes of IN, where it reaches */
    double offset;            /* in gray levels */
    double uncertainty;       /* the largest standard error of a tap */
    double compared, clipped; /* pixels */
    double scale;             /* gray levels of full scale: 255 or 65535 */
    double rms, largest;      /* difference to OUT, in gray levels */
} filter_report;

/* Prints the kernel and how well it fits; warns where it is to be doubted. */
bool filter_report_print(const filter_report *r);
/* Writes both pictures, or neither. */
bool filter_report_write(const filter_report *r);

#endif

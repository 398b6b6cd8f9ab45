/* Numbers as npy and IDX files hold them, one behind the other. */
#ifndef TINYGRAD_IO_NUMBERS_H
#define TINYGRAD_IO_NUMBERS_H

#include "source.h"

#include <tinygrad/tensor.h>

typedef struct tg_number_format {
    char kind; /* 'f', 'i', 'u', or 'b': 0 is false, all else is true */
    int size;  /* bytes of a number */
    bool big_endian;
} tg_number_format;

/* A tensor of what is left of the file, which has to be as many numbers as the
 * shape says; nothing is allocated before that is sure. In Fortran's order the
 * first axis is the one that moves fastest. f32 and f64 take any number, i64
 * all but those of kind 'f'. */
tg_tensor *tg_load_numbers(tg_source *in, const tg_number_format *f,
                           bool fortran_order, tg_dtype dtype, tg_shape shape);

#endif

/* The header of an npy file: a Python dictionary of three keys. */
#ifndef TINYGRAD_IO_NPY_HEADER_H
#define TINYGRAD_IO_NPY_HEADER_H

#include "numbers.h"

#define TG_NPY_MAGIC "\x93NUMPY"
enum { TG_NPY_MAGIC_SIZE = 6 };

typedef struct tg_npy_header {
    tg_number_format format;
    bool fortran_order;
    tg_shape shape;
} tg_npy_header;

/* Reads the dictionary, and nothing else, from text[0..size); NULL, or what is
 * wrong with the file. */
const char *tg_npy_parse(const char *text, size_t size, tg_npy_header *h);

#endif

/* The header of an npy file: a Python dictionary of three keys. */
#ifndef TINYGRAD_IO_NPY_HEADER_H
#define TINYGRAD_IO_NPY_HEADER_H

#include <tinygrad/tensor.h>

typedef struct tg_npy_header {
    char kind; /* 'f', 'i', 'u' or 'b' */
    int size;  /* bytes of a number */
    bool big_endian, fortran_order;
    tg_shape shape;
} tg_npy_header;

/* Reads the dictionary, and nothing else, from text[0..size); NULL, or why it
 * is not one. */
const char *tg_npy_parse(const char *text, size_t size, tg_npy_header *h);

#endif

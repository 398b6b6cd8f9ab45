/* A file of a data set in the manner of MNIST. Refusals are printed. */
#ifndef DATA_SET_H
#define DATA_SET_H

#include <tinygrad.h>

/* Reads FOLDER/NAME.gz or, where there is none, FOLDER/NAME. The caller owns
 * the result; NULL for a file that is not there or not right. */
tg_tensor *data_set_load(const char *folder, const char *name, tg_dtype dtype);

#endif

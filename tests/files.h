/* What the tests of files share: a folder of their own, files as bytes, and
 * safetensors files from text. Included first, since it asks for POSIX. */
#ifndef FILES_H
#define FILES_H

#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <stdlib.h>
#include <string.h>

typedef struct bytes {
    unsigned char *data;
    size_t size;
} bytes;

/* A path in a new, empty folder of this process, which ends with it. The text
 * is overwritten by the fourth call from now. */
const char *in_folder(const char *name);
size_t folder_count(void); /* how many files lie there */

void write_bytes(const char *path, const void *data, size_t size);
/* Writes over a part of a file that is there. */
void patch_bytes(const char *path, long at, const void *data, size_t size);
bytes read_bytes(const char *path); /* the caller frees the data */
void expect_bytes(const char *at, const char *path, bytes expected);
#define EXPECT_BYTES(path, expected) expect_bytes(HERE, path, expected)

/* A safetensors file of this header, in which ' stands for ", and of `size`
 * bytes 0, 1, 2, ... */
void write_safetensors(const char *path, const char *header, size_t size);

/* Saves (4, 50) times the number as the array `file` of the folder. */
tg_status save_array(int number);

/* A model of three tensors, and one of the optimisers 0 to 3 of it. */
typedef struct model {
    tg_params *p;
    tg_optim *o;
} model;
enum { OPTIMS = 4 };
model new_model(tg_dtype dtype, uint64_t seed, int optim, double beta);
void free_model(model *m);
/* Steps `first` to `last` of a small regression. */
void train(model *m, int first, int last);
/* The same names, shapes and bits in both, the state of optimisers included. */
void expect_same_model(const char *at, const model *a, const model *b);
#define EXPECT_SAME_MODEL(a, b) expect_same_model(HERE, a, b)

#endif

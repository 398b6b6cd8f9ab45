/* Files: checkpoints as safetensors, arrays as npy, data sets as IDX.
 *
 * A save is whole or absent: it goes to a temporary file beside the path, which
 * is brought to the disk and then renamed. A load checks the whole file before
 * it changes anything. TG_ERR_IO says that the operating system refused, with
 * its reason; TG_ERR_FORMAT that the file is not what it should be. Numbers are
 * little-endian in files; on other machines loads and saves of safetensors and
 * npy are TG_ERR_UNSUPPORTED. */
#ifndef TINYGRAD_IO_H
#define TINYGRAD_IO_H

#include <tinygrad/optim.h>

TG_BEGIN_DECLS

/* ----------------------------------------------------------- checkpoints
 * https://huggingface.co/docs/safetensors. Every parameter and buffer by its
 * name; the optimiser's state (tg_optim_state) by "optim." and its name.
 * TG_ERR_UNSUPPORTED in a library that was built without JSON. */

/* o may be NULL. */
TG_API tg_status tg_save(const tg_params *p, const tg_optim *o,
                         const char *path);

typedef struct tg_load_options {
    bool allow_missing; /* what the file lacks stays as it is */
    bool allow_extra;   /* what is in the file alone is passed over */
} tg_load_options;

/* Into the tensors that p and o have: the model must have run once, or else
 * they are yet to be made. Shapes must be equal (TG_ERR_SHAPE); f16, bf16 and
 * f32 are widened to the parameter's dtype, any other difference is
 * TG_ERR_DTYPE. Without o the file's optimiser is passed over. */
TG_API tg_status tg_load(tg_params *p, tg_optim *o, const char *path,
                         tg_load_options options);

/* ---------------------------------------------------------------- arrays */

/* NumPy's format, versions 1 to 3: f4 and f8, of either byte order and in C or
 * Fortran order, become f32 and f64; b1, i1 to i8 and u1 to u4 become i64. */
TG_API tg_tensor *tg_load_npy(const char *path);
TG_API tg_status tg_save_npy(const tg_tensor *t, const char *path);

/* MNIST's format, plain or, with zlib, compressed by gzip: the numbers as they
 * are, as dtype. f32 and f64 files do not become i64 (TG_ERR_DTYPE). */
TG_API tg_tensor *tg_load_idx(const char *path, tg_dtype dtype);

TG_END_DECLS

#endif

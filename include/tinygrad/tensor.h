/* Tensors: dense arrays of numbers with a shape.
 *
 * Contiguous and row-major; storage that the library makes is 64-byte aligned.
 * tg_tensor_* makes tensors that the caller frees; ops make tensors that their
 * graph owns (graph.h). A tensor that a graph has recorded may be freed at any
 * time: its memory stays until the graph drops the record. */
#ifndef TINYGRAD_TENSOR_H
#define TINYGRAD_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tinygrad/error.h>

TG_BEGIN_DECLS

/* X(dtype, C type, name). f32 for work, f64 for science and for checking
 * gradients; i64 tensors are indices and never carry gradients. dtypes do not
 * mix: f32 with f64 is TG_ERR_DTYPE. */
#define TG_DTYPES(X)                                                           \
    X(TG_F32, float, "f32")                                                    \
    X(TG_F64, double, "f64")                                                   \
    X(TG_I64, int64_t, "i64")

typedef enum tg_dtype {
#define TG_DTYPE_NAME(dtype, type, name) dtype,
    TG_DTYPES(TG_DTYPE_NAME)
#undef TG_DTYPE_NAME
} tg_dtype;

TG_API const char *tg_dtype_name(tg_dtype dtype); /* "f32", "f64", "i64" */
TG_API size_t tg_dtype_size(tg_dtype dtype);      /* bytes of an element */

#define TG_MAX_DIMS 8

/* The extents of a tensor, outermost first; ndim 0 is a scalar. */
typedef struct tg_shape {
    int ndim;
    int64_t dim[TG_MAX_DIMS];
} tg_shape;

/* A list of axes; negative ones count from the end. */
typedef struct tg_axes {
    int count;
    int axis[TG_MAX_DIMS];
} tg_axes;

/* TG_SHAPE(2, 3), TG_SCALAR, TG_AXES(0, -1), TG_ALL_AXES: shapes and axes as
 * expressions. (The C++ forms are at the end of this header.) */
#ifndef __cplusplus
#define TG_SHAPE(...)                                                          \
    ((tg_shape){(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),     \
                {__VA_ARGS__}})
#define TG_AXES(...)                                                           \
    ((tg_axes){(int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)),              \
               {__VA_ARGS__}})
#define TG_SCALAR ((tg_shape){0})
#define TG_ALL_AXES ((tg_axes){0})
#endif

/* As many axes, and the same extents. */
TG_API bool tg_shape_equal(tg_shape a, tg_shape b);

typedef struct tg_tensor tg_tensor;

/* ------------------------------------------------------------- making
 * The caller owns what these return and ends it with tg_tensor_free. They
 * return NULL with TG_ERR_SHAPE when a dimension is negative, there are more
 * than TG_MAX_DIMS, or the number of bytes overflows; TG_ERR_DTYPE for a value
 * outside the enum; TG_ERR_NOMEM. */

TG_API tg_tensor *tg_tensor_new(tg_dtype dtype, tg_shape shape); /* zeros */
/* Every element is value; for i64 the value must be a whole number that fits,
 * else TG_ERR_ARG. */
TG_API tg_tensor *tg_tensor_full(tg_dtype dtype, tg_shape shape, double value);
/* These copy as many elements from data as the shape has; data may be NULL
 * only if there are none. */
TG_API tg_tensor *tg_tensor_f32(tg_shape shape, const float *data);
TG_API tg_tensor *tg_tensor_f64(tg_shape shape, const double *data);
TG_API tg_tensor *tg_tensor_i64(tg_shape shape, const int64_t *data);
/* Makes a tensor on the caller's own memory, without a copy. data must be
 * aligned for its dtype, must outlive the tensor and every graph that has
 * recorded it, and is never freed by the library. */
TG_API tg_tensor *tg_tensor_borrow(tg_dtype dtype, tg_shape shape, void *data);
/* A new tensor with the values, dtype, shape and name of t, whoever owns t;
 * it does not require a gradient. */
TG_API tg_tensor *tg_tensor_clone(const tg_tensor *t);
/* Ends a tensor that tg_tensor_* made. NULL, TG_NONE and tensors that a graph
 * or another tensor (as its gradient) owns are left alone. */
TG_API void tg_tensor_free(tg_tensor *t);
/* Copies the values of from; both of one dtype (TG_ERR_DTYPE) and shape
 * (TG_ERR_SHAPE). An op recorded before with the old values of `to` refuses to
 * run backward after this (TG_ERR_STATE). */
TG_API tg_status tg_tensor_copy(tg_tensor *to, const tg_tensor *from);

/* ------------------------------------------------------------- looking
 * NULL has dtype f32, a scalar's shape, size 0, no data, name or gradient. */

TG_API tg_dtype tg_tensor_dtype(const tg_tensor *t);
TG_API tg_shape tg_tensor_shape(const tg_tensor *t);
TG_API int64_t tg_tensor_size(const tg_tensor *t); /* number of elements */
/* The elements, row-major; valid as long as the tensor. The typed ones return
 * NULL if the dtype is another; all do for a result that a replay left out and
 * that cannot be made up any more (TG_ERR_STATE; see tg_replay). Writing
 * through them into a tensor that an op has recorded is not noticed by the
 * version check of backward. */
TG_API void *tg_data(const tg_tensor *t);
TG_API float *tg_data_f32(const tg_tensor *t);
TG_API double *tg_data_f64(const tg_tensor *t);
TG_API int64_t *tg_data_i64(const tg_tensor *t);
/* Says that the elements were written through tg_data: ops recorded before
 * with the old values refuse to run backward (TG_ERR_STATE). */
TG_API void tg_tensor_touch(tg_tensor *t);
/* Rises whenever the library writes the elements, or they are said to be
 * written; 0 before that. */
TG_API uint64_t tg_tensor_version(const tg_tensor *t);
/* The one element, as a double; NaN and TG_ERR_SHAPE if there is not one. */
TG_API double tg_item(const tg_tensor *t);
/* A name for messages, prints and pictures; copied. NULL takes it away.
 * TG_ERR_ARG without a tensor, TG_ERR_NOMEM. */
TG_API tg_status tg_set_name(tg_tensor *t, const char *name);
TG_API const char *tg_name(const tg_tensor *t); /* NULL if it has none */

/* How messages call a shape, "(3, 3)", and a tensor, "'K' (3, 3)" or, without
 * a name, its shape alone. Returned by value: use tg_describe(t).text within
 * the call that prints it. A long name is cut. */
typedef struct tg_text {
    char text[256];
} tg_text;
TG_API tg_text tg_shape_text(tg_shape shape);
TG_API tg_text tg_describe(const tg_tensor *t);

/* An optional input that is left out on purpose (a layer without bias). NULL,
 * in contrast, always means that something failed before. */
extern TG_API tg_tensor *const tg_none;
#define TG_NONE tg_none

/* ----------------------------------------------------------- gradients */

/* Asks for gradients of this leaf, or stops asking. TG_ERR_DTYPE for i64,
 * TG_ERR_STATE for the result of an op, which inherits from its inputs. */
TG_API tg_status tg_set_requires_grad(tg_tensor *leaf, bool on);
/* Whether it was asked, or any input of the op was. */
TG_API bool tg_requires_grad(const tg_tensor *t);
/* The accumulated gradient, owned by t; NULL until a backward has reached t.
 * Gradients add up over backward passes until they are zeroed. */
TG_API tg_tensor *tg_grad(const tg_tensor *t);
/* How many backward passes have reached t's gradient so far. */
TG_API uint32_t tg_grad_count(const tg_tensor *t);
/* Sets the gradient to zeros, if there is one. */
TG_API void tg_zero_grad(tg_tensor *t);

/* -------------------------------------------------------------- random
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * 2011): block number `counter` under `key`. Each draw below takes one block,
 * so a generator is resumed by its copy and skipped ahead by an addition. */
typedef struct tg_rng {
    uint64_t key, counter;
} tg_rng;

TG_API tg_rng tg_rng_seed(uint64_t seed);  /* its first block is number 0 */
TG_API double tg_rng_uniform(tg_rng *rng); /* in [0, 1), 53 random bits */
TG_API double tg_rng_normal(tg_rng *rng);  /* mean 0, standard deviation 1 */
/* In [0, n), without bias; 0 for n = 0. May take more than one block. */
TG_API uint64_t tg_rng_below(tg_rng *rng, uint64_t n);
/* One draw an element, in row-major order; f32 or f64. tg_tensor_uniform is in
 * [low, high). TG_ERR_ARG if low > high, std < 0 or a bound is not finite. */
TG_API tg_tensor *tg_tensor_uniform(tg_dtype dtype, tg_shape shape, double low,
                                    double high, tg_rng *rng);
TG_API tg_tensor *tg_tensor_normal(tg_dtype dtype, tg_shape shape, double mean,
                                   double std, tg_rng *rng);

TG_END_DECLS

#ifdef __cplusplus
template <typename... Extent> inline tg_shape tg_make_shape(Extent... extent)
{
    static_assert(sizeof...(extent) <= TG_MAX_DIMS, "too many dimensions");
    return tg_shape{static_cast<int>(sizeof...(extent)),
                    {static_cast<int64_t>(extent)...}};
}
template <typename... Axis> inline tg_axes tg_make_axes(Axis... axis)
{
    static_assert(sizeof...(axis) <= TG_MAX_DIMS, "too many axes");
    return tg_axes{static_cast<int>(sizeof...(axis)),
                   {static_cast<int>(axis)...}};
}
#define TG_SHAPE(...) tg_make_shape(__VA_ARGS__)
#define TG_AXES(...) tg_make_axes(__VA_ARGS__)
#define TG_SCALAR (tg_shape{})
#define TG_ALL_AXES (tg_axes{})
#endif

#endif

/* Models: parameters that are found by name, and layers that make theirs.
 *
 * A model is a plain function of (graph, params, x). The first run makes the
 * parameters, later runs find them; a name used twice is one tensor (tied
 * weights). Names and layouts are PyTorch's: a layer "fc1" has "fc1.weight"
 * and "fc1.bias". */
#ifndef TINYGRAD_NN_H
#define TINYGRAD_NN_H

#include <stdio.h>

#include <tinygrad/ops.h>

TG_BEGIN_DECLS

/* ------------------------------------------------------------ parameters */

typedef struct tg_params tg_params;

/* How a new tensor is filled. fan_in counts the elements that one result
 * depends on, dim[1] dim[2] ...; fan_out is dim[0] dim[2] ... (both are the
 * size where there are fewer than two axes).
 *   ZEROS
 *   CONSTANT         a
 *   UNIFORM          in [a, b)
 *   NORMAL           mean a, standard deviation b
 *   KAIMING_UNIFORM  in +-sqrt(6 / ((1 + a^2) fan_in)); a is the slope below 0
 *                    of the (leaky) relu behind (He et al., 2015)
 *   XAVIER_UNIFORM   in +-a sqrt(6 / (fan_in + fan_out)); a is the gain, 0
 *                    stands for 1 (Glorot and Bengio, 2010) */
typedef enum tg_init_kind {
    TG_INIT_ZEROS,
    TG_INIT_CONSTANT,
    TG_INIT_UNIFORM,
    TG_INIT_NORMAL,
    TG_INIT_KAIMING_UNIFORM,
    TG_INIT_XAVIER_UNIFORM
} tg_init_kind;
typedef struct tg_init {
    tg_init_kind kind;
    double a, b;
} tg_init;

/* A table of parameters and buffers of dtype (f32 or f64, else TG_ERR_DTYPE).
 * What is made at random is drawn from one generator, in order of creation:
 * the same seed and the same model give the same bits. */
TG_API tg_params *tg_params_new(tg_dtype dtype, uint64_t seed);
TG_API void tg_params_free(tg_params *p);
TG_API tg_dtype tg_params_dtype(const tg_params *p);

/* The parameter of this name, which is made if there is none: it requires a
 * gradient and p owns it. NULL if there is one of another shape (TG_ERR_SHAPE)
 * or a buffer (TG_ERR_ARG), for a name that is NULL or empty, for a range that
 * is none (TG_ERR_ARG), without memory. */
TG_API tg_tensor *tg_param(tg_params *p, const char *name, tg_shape shape,
                           tg_init init);
/* The same for what is saved with the parameters but not trained. */
TG_API tg_tensor *tg_buffer(tg_params *p, const char *name, tg_shape shape,
                            tg_init init);
/* The same with a dtype of its own, TG_ERR_DTYPE if it has another. i64 takes
 * ZEROS and CONSTANT. */
TG_API tg_tensor *tg_buffer_of(tg_params *p, const char *name, tg_dtype dtype,
                               tg_shape shape, tg_init init);
/* The one of this name, or NULL, which is no failure. */
TG_API tg_tensor *tg_params_find(const tg_params *p, const char *name);
TG_API size_t tg_params_count(const tg_params *p);
/* In order of creation; NULL from the count on. Its name is tg_name(). */
TG_API tg_tensor *tg_params_at(const tg_params *p, size_t i);
/* Zeros every gradient that there is. */
TG_API void tg_params_zero_grad(tg_params *p);
/* Scales all gradients by max_norm / (norm + 1e-6) if that is below 1, where
 * norm is that of all of them together, which is returned; a norm that is not
 * finite scales nothing. (PyTorch: clip_grad_norm_.) */
TG_API double tg_clip_grad_norm(tg_params *p, double max_norm);
/* A table: name, shape and count of each, and the sum. TG_ERR_IO if out cannot
 * be written. */
TG_API tg_status tg_params_print(FILE *out, const tg_params *p);

/* ---------------------------------------------------------------- layers
 * Each returns NULL where its op does, where `name` is already used for other
 * shapes, and for a name that leaves no room for its suffix in 256 bytes.
 * Default initialisation, as PyTorch's, is uniform in +-1 / sqrt(fan_in) for
 * weights and biases, normal for embeddings, 1 and 0 for norms. */

/* x (..., in) -> (..., out_features): x weight^T + bias, with name.weight
 * (out_features, in), name.bias (out_features). */
TG_API tg_tensor *tg_nn_linear(tg_graph *g, tg_params *p, const char *name,
                               tg_tensor *x, int64_t out_features);

typedef struct tg_nn_conv2d_options {
    tg_conv2d_options conv;
    bool no_bias;
} tg_nn_conv2d_options;
/* tg_conv2d with name.weight (out_channels, C / groups, height, width) and,
 * unless told not to, name.bias (out_channels). */
TG_API tg_tensor *tg_nn_conv2d(tg_graph *g, tg_params *p, const char *name,
                               tg_tensor *x, int64_t out_channels,
                               int kernel_height, int kernel_width,
                               tg_nn_conv2d_options options);
/* tg_batch_norm over axis 1 with name.weight, name.bias, and the buffers
 * name.running_mean, name.running_var; momentum 0.1, eps 1e-5. */
TG_API tg_tensor *tg_nn_batch_norm(tg_graph *g, tg_params *p, const char *name,
                                   tg_tensor *x);
/* tg_layer_norm over the last axis with name.weight, name.bias; eps 1e-5. */
TG_API tg_tensor *tg_nn_layer_norm(tg_graph *g, tg_params *p, const char *name,
                                   tg_tensor *x);
/* Rows of name.weight (rows, width) that the i64 indices name: indices' shape
 * and (width). */
TG_API tg_tensor *tg_nn_embedding(tg_graph *g, tg_params *p, const char *name,
                                  tg_tensor *indices, int64_t rows,
                                  int64_t width);

TG_END_DECLS

#endif

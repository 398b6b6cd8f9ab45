/* One entry for every op: how a call of it is drawn, what a plain loop makes
 * of that call, and what the op refuses. test_samples.c walks the table and
 * fails for an op of ops.h that has no entry.
 *
 * A new op: its draw, call, plain and refuse functions and a line in one of the
 * tables below; a table of its own also goes into OP_TABLES and meson.build. */
#ifndef OP_TABLE_H
#define OP_TABLE_H

#include "plain.h"
#include "support.h"

enum { MAX_INPUTS = 5, PLAIN_ROOM = 4096 };

typedef enum op_values {
    SIGNED,   /* magnitudes in [0.5, 1.5) of either sign: away from 0 */
    POSITIVE, /* in [0.5, 1.5) */
    DISTINCT, /* in (-1.5, 1.5), no two of the call near each other */
    FLAGS,    /* i64: 0 or not */
    INDICES,  /* i64, in [0, below) of the case */
} op_values;

typedef struct op_input {
    tg_shape shape;
    op_values values;
    bool constant; /* no gradient is asked for */
    bool left_out; /* TG_NONE */
} op_input;

/* A call: its inputs and whatever settings the op has. */
typedef struct op_case {
    int n;
    op_input in[MAX_INPUTS];
    bool twice; /* the second input is the first, once more */
    int64_t below, index[3];
    double number[2];
    bool flag[2];
    tg_axes axes;
    tg_shape shape;
    tg_conv2d_options conv;
    tg_pool2d_options pool;
} op_case;

typedef struct op_info {
    const char *name; /* tg_<name> */
    void (*draw)(uint64_t *state, op_case *c);
    tg_tensor *(*call)(tg_graph *g, tg_tensor *const *in, const op_case *c);
    /* Writes the result to y, which has PLAIN_ROOM places, and returns its
     * shape. x[i] is NULL for an input that is left out. */
    tg_shape (*plain)(const op_case *c, double *const *x, double *y);
    /* EXPECT_REFUSED, at least once; x is (2, 3) and i is (2), i64. */
    void (*refuse)(tg_graph *g, tg_tensor *x, tg_tensor *i);
    bool no_gradient; /* its result never requires one */
    bool moves;       /* takes i64 too, and only moves elements */
} op_info;

/* X(table): all of them. Each ends with an entry that has no name. */
#define OP_TABLES(X)                                                           \
    X(unary_ops)                                                               \
    X(binary_ops)                                                              \
    X(reduction_ops)                                                           \
    X(softmax_ops)                                                             \
    X(movement_ops)                                                            \
    X(join_ops)                                                                \
    X(product_ops)                                                             \
    X(convolution_ops)                                                         \
    X(pooling_ops)                                                             \
    X(norm_ops)
#define DECLARE_TABLE(table) extern const op_info table[];
OP_TABLES(DECLARE_TABLE)
#undef DECLARE_TABLE
extern const op_info *const op_tables[];
const op_info *find_op(const char *name); /* or NULL */

/* ---- drawing */

int64_t draw_below(uint64_t *state, int64_t n); /* in [0, n) */
/* Few elements; now and then none. */
tg_shape draw_shape(uint64_t *state, int min_dims, int max_dims);
/* n shapes that broadcast, of up to 5 axes. */
void draw_broadcast(uint64_t *state, int n, op_input *in);
/* Some of the axes in any order, from either end; none means all. */
tg_axes draw_axes(uint64_t *state, int ndim);
int draw_axis(uint64_t *state, int ndim);
int axis_from_start(int axis, int ndim);

/* Tensors for the case, the same numbers in every dtype; free_case_inputs
 * ends them. */
void make_case_inputs(const op_case *c, tg_dtype dtype, uint64_t seed,
                      tg_tensor **in);
void free_case_inputs(const op_case *c, tg_tensor **in);

/* ---- plain loops */

double *numbers_of(const tg_tensor *t); /* NULL for TG_NONE; caller frees */
/* The shape to which the first n inputs broadcast. */
tg_shape plain_broadcast_shape(const op_case *c, int n);
/* y = fold of the elements that differ only along the axes. */
tg_shape plain_reduce(tg_shape shape, const double *x, tg_axes axes,
                      bool keepdims, double (*fold)(int64_t n, const double *),
                      double *y);
double fold_sum(int64_t n, const double *x);
double fold_mean(int64_t n, const double *x);
double fold_variance(int64_t n, const double *x); /* over n */
double fold_logsumexp(int64_t n, const double *x);

#endif

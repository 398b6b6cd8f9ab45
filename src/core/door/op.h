/* The core's door to the ops: what a tensor is made of, and how an op asks for
 * its result. */
#ifndef TINYGRAD_CORE_OP_H
#define TINYGRAD_CORE_OP_H

#include <tinygrad/graph.h>

typedef enum tg_owner {
    TG_OWNER_CALLER, /* made by tg_tensor_*, freed by tg_tensor_free */
    TG_OWNER_TENSOR, /* the gradient of a leaf */
    TG_OWNER_GRAPH,  /* until reset, rewind or free */
    TG_OWNER_PASS,   /* a temporary of a backward pass, counted by refs */
    TG_OWNER_NOBODY  /* tg_none */
} tg_owner;

/* What runs when something fails is kept out of what runs otherwise; a large
 * function apart from the small one that calls it; and what a caller knows is
 * folded into a function that becomes part of it. */
#if defined(__GNUC__)
#define TG_COLD __attribute__((cold, noinline))
#define TG_APART __attribute__((noinline))
#define TG_FOLDED inline __attribute__((always_inline))
#else
#define TG_COLD
#define TG_APART
#define TG_FOLDED inline
#endif

#define TG_NO_NODE UINT32_MAX

/* What only leaves have from the start, others when it is asked of them. */
typedef struct tg_details {
    char *name;
    tg_tensor *grad;
    uint32_t reached; /* by so many backward passes */
} tg_details;

enum {
    TG_RETAINS_GRAD = 1,
    TG_LOOKED_AT = 2, /* its values were asked for */
    TG_STALE = 4      /* they are to be made up before they are read (plan.h) */
};

/* A view shares the storage of `base`, which is never a view itself; so a
 * storage was written when its base was.
 *
 * The shape comes last, and of a result no more of it is there than the extents
 * in use: so no tensor is copied whole, nor its shape but by tg_shape_copy.
 */
struct tg_tensor {
    void *data;
    int64_t size;  /* number of elements */
    uint32_t node; /* its place in the record, or TG_NO_NODE */
    uint8_t dtype; /* a tg_dtype */
    uint8_t owner; /* a tg_owner */
    bool requires_grad;
    uint8_t flags;    /* TG_RETAINS_GRAD, ... */
    tg_graph *graph;  /* whose record it belongs to; NULL for leaves */
    tg_tensor *base;  /* whose storage it shares; NULL: its own */
    uint64_t written; /* when the library last wrote into it, or 0 */
    tg_details *details;
    tg_shape shape;
};

/* The dtype is a number type that ops compute on. */
static inline bool tg_is_float(const tg_tensor *t)
{
    return t->dtype != TG_I64;
}

static inline size_t tg_element_size(tg_dtype dtype)
{
    return dtype == TG_F32 ? sizeof(float) : sizeof(double);
}

/* tg_shape_equal without copies. */
static inline bool tg_same_shape(const tg_shape *a, const tg_shape *b)
{
    int ndim = a->ndim;

    if (ndim != b->ndim)
        return false;
    for (int d = 0; d < ndim; d++)
        if (a->dim[d] != b->dim[d])
            return false;
    return true;
}

/* A copy that reads no more than the extents in use, even if they are too
 * many. */
static inline tg_shape tg_shape_copy(const tg_shape *from)
{
    tg_shape shape = {.ndim = from->ndim};

    for (int d = 0; d < shape.ndim && d < TG_MAX_DIMS; d++)
        shape.dim[d] = from->dim[d];
    return shape;
}

/* Counts elements and bytes; false if the shape is not one or overflows. This
 * is the only place that multiplies extents. */
bool tg_shape_count(const tg_shape *shape, tg_dtype dtype, int64_t *size,
                    size_t *bytes);

/* Writes the axes as a mask, bit d for axis d of ndim; TG_ALL_AXES is all of
 * them. TG_ERR_ARG if one is out of range or named twice. */
tg_status tg_axes_mask(tg_graph *g, const char *op, tg_axes axes,
                       const tg_tensor *x, unsigned *mask);

/* Axis as 0..ndim-1, or -1 with a failure reported. */
int tg_axis_index(tg_graph *g, const char *op, int axis, const tg_tensor *x);

/* Says why the inputs of an op do not fit: a NULL (whose failure stands), a
 * tensor of another graph, or, if the op computes on floats, their dtypes. */
tg_status tg_refuse_inputs(tg_graph *g, const char *op, int n,
                           tg_tensor *const *in);

static inline bool tg_belongs(const tg_graph *g, const tg_tensor *t)
{
    return t != NULL && (t->graph == g || t->graph == NULL) &&
           t->owner != TG_OWNER_NOBODY;
}

/* What every op asks of its inputs before it reads them: tensors, of g or
 * leaves. Reports what does not fit. */
static inline tg_status tg_check_inputs(tg_graph *g, const char *op, int n,
                                        tg_tensor *const *in)
{
    for (int i = 0; i < n; i++)
        if (!tg_belongs(g, in[i]))
            return tg_refuse_inputs(g, op, n, in);
    return g != NULL ? TG_OK : tg_refuse_inputs(g, op, n, in);
}

/* Also: of the same float dtype. */
static inline tg_status tg_check_floats(tg_graph *g, const char *op, int n,
                                        tg_tensor *const *in)
{
    for (int i = 0; i < n; i++)
        if (!tg_belongs(g, in[i]) || !tg_is_float(in[i]) ||
            in[i]->dtype != in[0]->dtype)
            return tg_refuse_inputs(g, op, n, in);
    return g != NULL ? TG_OK : tg_refuse_inputs(g, op, n, in);
}

/* tg_apply for inputs that one of the above has seen. */
tg_tensor *tg_apply_checked(tg_graph *g, const tg_op *op, tg_dtype dtype,
                            const tg_shape *shape, int n_in,
                            tg_tensor *const *in, const void *env,
                            size_t env_size);

/* A call whose inputs have been checked and whose result has been counted. */
typedef struct tg_request {
    const tg_op *op;
    tg_dtype dtype;
    const tg_shape *shape;
    int64_t size; /* elements */
    int n_in;
    tg_tensor *const *in;
    tg_tensor *base; /* whose storage the result shares, or NULL */
    const void *env;
    size_t env_size;
} tg_request;
tg_tensor *tg_make(tg_graph *g, const tg_request *request);

/* tg_apply_checked where the result has so many elements. */
static inline tg_tensor *tg_apply_counted(tg_graph *g, const tg_op *op,
                                          tg_dtype dtype, const tg_shape *shape,
                                          int64_t size, int n_in,
                                          tg_tensor *const *in, const void *env,
                                          size_t env_size)
{
    return tg_make(g, &(tg_request){.op = op,
                                    .dtype = dtype,
                                    .shape = shape,
                                    .size = size,
                                    .n_in = n_in,
                                    .in = in,
                                    .env = env,
                                    .env_size = env_size});
}

/* The same for one input and a result of its dtype and shape. */
static inline tg_tensor *tg_apply_like(tg_graph *g, const tg_op *op,
                                       tg_tensor *x, const void *env,
                                       size_t env_size)
{
    return tg_apply_counted(g, op, x->dtype, &x->shape, x->size, 1, &x, env,
                            env_size);
}

/* An elementwise op (with a run, without env) of few elements, whose operands
 * have one shape: as tg_apply_like and tg_apply_counted do, their checks
 * included, but faster. NULL, with nothing done or reported, if the call is
 * not so simple. */
tg_tensor *tg_small_unary(tg_graph *g, const tg_op *op, tg_tensor *x);
tg_tensor *tg_small_binary(tg_graph *g, const tg_op *op, tg_tensor *a,
                           tg_tensor *b);

/* The same for one input whose storage the result shares. */
static inline tg_tensor *tg_apply_view(tg_graph *g, const tg_op *op,
                                       const tg_shape *shape, tg_tensor *x)
{
    tg_tensor *base = x->base != NULL ? x->base : x;

    if (base->graph != NULL)
        base->flags |= TG_LOOKED_AT;
    return tg_make(g, &(tg_request){.op = op,
                                    .dtype = x->dtype,
                                    .shape = shape,
                                    .size = x->size,
                                    .n_in = 1,
                                    .in = &x,
                                    .base = base});
}

/* Memory for a forward that needs some while it runs; NULL if there is none.
 * Its bytes are undefined, and the next op's. A graph keeps the largest that it
 * was asked for, so that a replay, which asks for the same, allocates nothing.
 */
void *tg_graph_room(tg_graph *g, size_t bytes);

/* The result y of an op that is made of others: if it failed on the way, what
 * was recorded since `before` is taken back. */
tg_tensor *tg_all_or_nothing(tg_graph *g, tg_mark before, tg_tensor *y);

/* Where element i lies. */
static inline void *tg_element_at(const tg_tensor *t, size_t i)
{
    return (char *)t->data + i * tg_element_size(t->dtype);
}

/* An element of a float tensor, as a double. */
static inline double tg_get(const tg_tensor *t, int64_t i)
{
    return t->dtype == TG_F32 ? (double)((const float *)t->data)[i]
                              : ((const double *)t->data)[i];
}

static inline void tg_set(tg_tensor *t, int64_t i, double value)
{
    if (t->dtype == TG_F32)
        ((float *)t->data)[i] = (float)value;
    else
        ((double *)t->data)[i] = value;
}

bool tg_is_training(const tg_graph *g);
/* A checkpoint's function runs once more, for its backward: what happened when
 * it ran first must not happen again. */
bool tg_is_recomputing(const tg_graph *g);

/* Random words of an op that draws: each draw from a graph is a stream of its
 * own, whose blocks can be made again in any order. */
typedef struct tg_stream {
    uint64_t seed, number;
} tg_stream;
tg_stream tg_graph_draw(tg_graph *g);
void tg_stream_block(tg_stream s, uint64_t i, uint32_t block[4]);

/* Philox4x32-10: one block of four random words. */
void tg_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t block[4]);

#endif

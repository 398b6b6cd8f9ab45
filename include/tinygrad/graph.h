/* The graph: what ops record, and how a record becomes gradients.
 *
 * Eager, on a tape: an op computes when it is called and, while recording is
 * on, is appended to the graph; call order is a topological order. A graph
 * owns what its ops return until tg_graph_reset, _rewind or _free, and one
 * thread at a time uses it. Leaves that nobody writes may be shared between
 * graphs in several threads. */
#ifndef TINYGRAD_GRAPH_H
#define TINYGRAD_GRAPH_H

#include <tinygrad/tensor.h>

TG_BEGIN_DECLS

/* ---------------------------------------------------------------- life */

/* Recording, in training mode, seed 0; NULL if there is no memory. */
TG_API tg_graph *tg_graph_new(void);
/* Ends the graph and all that it owns; gradients of leaves stay. NULL is
 * ignored. */
TG_API void tg_graph_free(tg_graph *g);
/* Drops every node and keeps the memory for the next step. Returns the first
 * failure since the last reset (its text is then tg_error_message()) and
 * clears it, so that a training loop has one check, at its end. */
TG_API tg_status tg_graph_reset(tg_graph *g);
/* The first failure since the last reset; its text is then
 * tg_error_message(). TG_ERR_ARG for NULL. */
TG_API tg_status tg_graph_status(const tg_graph *g);

/* A place in the record. Rewinding drops every tensor and node made after it,
 * and takes back names and retained gradients given after it. TG_ERR_ARG if
 * the graph is not as far as the mark, TG_ERR_STATE during a backward. What a
 * replay left out is made up before; if that fails (see tg_replay), so does
 * the call, but the graph is rewound. */
typedef struct tg_mark {
    size_t node, memory;
} tg_mark;
TG_API tg_mark tg_graph_mark(const tg_graph *g);
TG_API tg_status tg_graph_rewind(tg_graph *g, tg_mark mark);

/* Each returns what was set before. With recording off (inference) results do
 * not require gradients and nothing is appended; the results still live until
 * the reset. Training concerns dropout and batch norm. */
TG_API bool tg_graph_set_recording(tg_graph *g, bool on);
TG_API bool tg_graph_set_training(tg_graph *g, bool on);
/* Seeds the generator of the ops that draw (dropout); 0 at the start. */
TG_API void tg_graph_seed(tg_graph *g, uint64_t seed);

/* ------------------------------------------------------------- backward
 * Gradients accumulate (+=) into the .grad of leaves and of retained tensors
 * until zeroed. Backward may run again: values live until the reset. A
 * backward that fails leaves every .grad as it was. It fails with
 *   TG_ERR_ARG          y is of another graph, or no leaf it depends on
 *                       requires a gradient
 *   TG_ERR_SHAPE        y (without a grad_y) has not one element, or grad_y
 *                       has another shape; TG_ERR_DTYPE likewise
 *   TG_ERR_STATE        a tensor was changed by the library (an optimiser's
 *                       step, tg_tensor_copy) after an op saved it
 *   TG_ERR_UNSUPPORTED  an op on the way has no derivative
 *   the graph's status  y is NULL: what made it failed before */
TG_API tg_status tg_backward(tg_graph *g, tg_tensor *y);
/* From any y: the vector-Jacobian product with grad_y; NULL means ones. */
TG_API tg_status tg_backward_from(tg_graph *g, tg_tensor *y,
                                  const tg_tensor *grad_y);

typedef struct tg_gradients_options {
    bool create_graph; /* record the gradients, to differentiate them again */
    bool allow_unused; /* zeros for an x that y does not depend on */
} tg_gradients_options;

/* Writes d y/d xs[i] into grads[i] (owned by g) and touches no .grad. xs are
 * leaves or results that require gradients. grad_y has y's shape; a y of one
 * element needs none (NULL), any other does (TG_ERR_SHAPE). An x that y does
 * not depend on is TG_ERR_ARG unless allowed. On failure no grads[i] is
 * written. */
TG_API tg_status tg_gradients(tg_graph *g, tg_tensor *y,
                              const tg_tensor *grad_y, int n,
                              tg_tensor *const *xs, tg_tensor **grads,
                              tg_gradients_options options);

/* Keeps the .grad of a recorded tensor, as if it were a leaf. TG_ERR_STATE if
 * it requires no gradient or was not recorded. A leaf needs no retaining. */
TG_API tg_status tg_retain_grad(tg_tensor *t);
/* x's values, in x's storage, as a constant: no gradient flows through
 * (torch.Tensor.detach). */
TG_API tg_tensor *tg_detach(tg_graph *g, tg_tensor *x);

/* ----------------------------------------------------------------- ops
 * An op is what users add and what the library's own ops are. Op plus captured
 * env is the closure that a node holds. */
typedef struct tg_call {
    tg_tensor *out;
    int n_in;
    tg_tensor *const *in;
    void *env;
    const bool *wanted; /* in backward: which inputs want a share */
} tg_call;

struct tg_work;
struct tg_fold;

typedef struct tg_op {
    const char *name;
    const char *formula; /* "y = x^2; dx = 2 x dy", for tg_explain; or NULL */
    /* Fills call->out, whose memory is not cleared. Also called by tg_replay,
     * so it depends on nothing but the inputs' values and env. */
    tg_status (*forward)(const tg_call *call);
    /* Sets grad_in[i], a tensor of in[i]'s shape, for every input that
     * call->wanted[i] marks (more is allowed), from ops on g; the engine adds
     * the shares up. TG_NONE is a share of zero that nobody has to compute.
     * Tensors made here end with the closure, but for shares.
     * NULL: not differentiable, so that backward is TG_ERR_UNSUPPORTED. */
    tg_status (*backward)(tg_graph *g, const tg_call *call, tg_tensor *grad_out,
                          tg_tensor **grad_in);
    void (*destroy)(void *env); /* once a node, when it is dropped; or NULL */
    /* The result never requires a gradient: its derivative is zero (sign) or
     * nothing that one could use (argmax). */
    bool stops_gradient;
    /* backward reads shapes but no values of in and out, so that changing
     * them after the call is harmless (add, reshape). */
    bool saves_nothing;
    /* backward gives grad_out to one elementwise op, whose result may then be
     * written over it, and to nothing else. */
    bool reads_grad_once;
    /* The library's own, see core/door/work.h: how an elementwise op, or a sum,
     * computes a part at a time. NULL for others. */
    void (*run)(const struct tg_work *work);
    const struct tg_fold *fold;
} tg_op;

/* Runs op on n_in tensors of g (or leaves) and returns its result, which g
 * owns. env_size bytes of env are copied into the node, aligned as malloc's.
 * A forward that fails fails the call with the status it returned, and env
 * stays the caller's; a text that it gave to tg_fail stands. With recording
 * off, destroy runs as soon as forward has. TG_ERR_ARG for an op without name
 * or forward, inputs of another graph, or an env that is not there;
 * TG_ERR_SHAPE and TG_ERR_DTYPE as in making a tensor. */
TG_API tg_tensor *tg_apply(tg_graph *g, const tg_op *op, tg_dtype dtype,
                           tg_shape shape, int n_in, tg_tensor *const *in,
                           const void *env, size_t env_size);

/* The shortest op of one's own: y = f(x) elementwise, with its derivative df.
 * f32 or f64, computed in double. Without df there is no derivative
 * (TG_ERR_UNSUPPORTED in backward), and a second one is TG_ERR_UNSUPPORTED,
 * never zero. user must outlive the record. */
TG_API tg_tensor *tg_map(tg_graph *g, tg_tensor *x, double (*f)(double, void *),
                         double (*df)(double, void *), void *user);

/* --------------------------------------------------------------- replay
 * Recomputes every recorded node in order from what the leaves hold now (write
 * them through tg_data or tg_tensor_copy first), gradients recorded by
 * tg_gradients with create_graph among them: no allocation, no shape check, and
 * every tensor keeps its memory (tg_data stays valid). So a whole step is
 * recorded once and replayed on new data; after it, values are current and
 * backward is allowed again. Stops at the first op whose forward fails, with
 * its status: an index that went bad is TG_ERR_ARG, from backward too.
 * TG_ERR_STATE during a backward.
 *
 * The third replay of a record of many nodes, or of large elementwise ones,
 * may allocate once, for a plan. From then on chains of elementwise ops on
 * large tensors, and sums at their ends, run block by block in the nearest
 * cache. A result that only its chain reads, or a number that only small
 * elementwise ops read, is not written to its tensor then, unless it has a name
 * or was looked at before; it is made up when somebody looks at it (tg_data, an
 * op, a backward, tg_graph_rewind), from what its inputs hold, and is kept from
 * then on. If the library has written into an input since the replay, that is
 * TG_ERR_STATE: look at such a result once before, or name it. */
TG_API tg_status tg_replay(tg_graph *g);

/* A plain function of tensors on a graph. */
typedef tg_tensor *(*tg_function)(tg_graph *g, tg_tensor *const *inputs, int n,
                                  void *env);

/* Runs fn now, keeps only its inputs and its result, and runs it again during
 * backward: memory for time. Whatever else fn reaches for (parameters, earlier
 * results) gets its gradient too. Ops that draw draw the same again, and batch
 * norm's running statistics move once. fn and env must outlive the record and
 * do the same each time (a result of another shape or dtype fails backward with
 * TG_ERR_STATE); a replay runs fn, and may allocate. What fails in fn fails
 * this call. Source: Chen et al., "Training deep nets with sublinear memory
 * cost", 2016; torch.utils.checkpoint. */
TG_API tg_tensor *tg_checkpoint(tg_graph *g, tg_function fn,
                                tg_tensor *const *inputs, int n, void *env);

/* -------------------------------------------------------- graph as data */

typedef struct tg_node_view {
    const char *op;
    tg_tensor *out;
    int n_in;
    tg_tensor *const *in;
    const char *formula;
} tg_node_view;

TG_API size_t tg_graph_size(const tg_graph *g); /* number of nodes */
/* Node i in recorded order; all zeros if there is no such node. */
TG_API tg_node_view tg_graph_node(const tg_graph *g, size_t i);
/* The leaves that the record holds, each once, in order of first use. */
TG_API size_t tg_graph_leaves(const tg_graph *g);
TG_API tg_tensor *tg_graph_leaf(const tg_graph *g, size_t i); /* or NULL */
/* A number for every tensor of the record: i for the result of node i,
 * tg_graph_size(g) + i for leaf i, SIZE_MAX for any other tensor. */
TG_API size_t tg_graph_number(const tg_graph *g, const tg_tensor *t);
/* Bytes held, including what is kept for the next step. */
TG_API size_t tg_graph_memory(const tg_graph *g);

/* One turn of a backward pass: the node, the gradient that arrived at its
 * result, and the share that each input got (TG_NONE: zero; NULL: it wanted
 * none). */
typedef struct tg_backward_step {
    tg_node_view node;
    const tg_tensor *grad_out;
    tg_tensor *const *grad_in;
} tg_backward_step;
typedef void (*tg_observer)(const tg_backward_step *step, void *env);
/* Runs the backward pass of y (grad_y as in tg_backward_from), tells observer
 * each turn, newest node first, and leaves every .grad as it was. Fails as
 * tg_backward_from does, and with TG_ERR_ARG without an observer. */
TG_API tg_status tg_backward_observe(tg_graph *g, tg_tensor *y,
                                     const tg_tensor *grad_y,
                                     tg_observer observer, void *env);

/* ------------------------------------------------------------ gradcheck */

/* 0 means the default: order 1; f64: step 1e-3, rtol 1e-6, atol 1e-7;
 * f32: step 1e-2, rtol 1e-2, atol 1e-3. */
typedef struct tg_gradcheck_options {
    int order;
    double step, rtol, atol;
} tg_gradcheck_options;

/* Holds the gradient of fn against extrapolated central differences
 * (4 D(h/2) - D(h)) / 3, over every element of every leaf, with the sign. The
 * result is weighed with fixed pseudo-random weights, so fn may return any
 * shape. Order 2 checks the gradient's own gradient, to the leaves and to the
 * weights. An element passes if |difference| <= atol + rtol scale + rounding,
 * where scale is the largest gradient of its leaf and rounding what the
 * differences lose in fn's own magnitude. TG_ERR_GRADIENT names the leaf, the
 * element and both values; TG_ERR_ARG if there was nothing to compare. Leaves
 * are changed during the call and restored bit for bit; they all require
 * gradients and have fn's dtype. Uses a graph of its own. */
TG_API tg_status tg_gradcheck(tg_function fn, tg_tensor *const *leaves, int n,
                              void *env, tg_gradcheck_options options);

TG_END_DECLS

#endif

/* Arithmetic on plain arrays: the kernels' door.
 *
 * A kernel takes sizes and pointers, never allocates and never fails; results
 * are apart from inputs or, elementwise, the very same array. Every kernel is
 * written once and compiled for f32 and f64 and for several instruction sets,
 * of which the machine's best is chosen at the first call. */
#ifndef TINYGRAD_KERNELS_H
#define TINYGRAD_KERNELS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Windows that slide over an image, [0] for its rows and [1] for its columns:
 * tap t of window i lies at i stride - padding + t dilation, and counts for
 * nothing outside of the image. */
typedef struct tg_windows2d {
    size_t in[2];     /* the image */
    size_t kernel[2]; /* taps of a window */
    size_t out[2];    /* windows */
    size_t stride[2], padding[2], dilation[2];
} tg_windows2d;

/* x (N, groups C, in), w (groups O, C, kernel), y (N, groups O, out). */
typedef struct tg_conv2d_sizes {
    size_t N, groups, C, O;
    tg_windows2d at;
} tg_conv2d_sizes;

/* `count` products y = a b of matrices, (m, k) x (k, n) -> (m, n); the next
 * operands lie so many elements further. A transposed matrix is stored with its
 * extents swapped. */
typedef struct tg_matmul_sizes {
    size_t m, n, k;
    bool a_transposed, b_transposed;
    size_t count, a_next, b_next, y_next;
} tg_matmul_sizes;

/* The numbers of the room of matmul: all of b, in panels, whose width divides
 * 48, where so many rows of a make use of it that it pays to arrange it first.
 */
static inline size_t tg_matmul_room(const tg_matmul_sizes *s)
{
    bool pays = s->m > 96 && s->n >= 16 && (s->count == 1 || s->b_next == 0);

    return pays ? s->k * ((s->n + 47) / 48 * 48) : 0;
}

/* Lanes of any vector divide this. */
#define TG_LANES 16

static inline size_t tg_in_lanes(size_t channels)
{
    return (channels + TG_LANES - 1) / TG_LANES * TG_LANES;
}

/* The numbers of the room of conv2d and its gradient to x: weights, with the
 * channels of the result as lanes. */
static inline size_t tg_conv2d_room(const tg_conv2d_sizes *s)
{
    return s->C * tg_in_lanes(s->O) * s->at.kernel[0] * s->at.kernel[1];
}

static inline size_t tg_conv2d_dx_room(const tg_conv2d_sizes *s)
{
    return s->O * tg_in_lanes(s->C) * s->at.kernel[0] * s->at.kernel[1];
}

/* The numbers of the room of its gradient to w: twice as many parts of sums as
 * make eight parts of all work. */
enum { TG_DW_PARTS = 8 };

static inline size_t tg_conv2d_dw_parts(const tg_conv2d_sizes *s)
{
    size_t blocks = (s->O + 63) / 64;

    return (TG_DW_PARTS + blocks - 1) / blocks;
}

static inline size_t tg_conv2d_dw_room(const tg_conv2d_sizes *s)
{
    return 2 * tg_conv2d_dw_parts(s) * tg_conv2d_room(s);
}

/* X(name, (arguments), parameters...) with real for the element type. A step of
 * 0 repeats the operand's one element, 1 walks along it. */
#define TG_KERNELS(X, real)                                                    \
    /* y = a + b, a - b, a b, a / b */                                         \
    X(add, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,           \
      const real *b, size_t sb, real *y)                                       \
    X(sub, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,           \
      const real *b, size_t sb, real *y)                                       \
    X(mul, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,           \
      const real *b, size_t sb, real *y)                                       \
    X(div, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,           \
      const real *b, size_t sb, real *y)                                       \
    /* y = x, or its one element */                                            \
    X(repeat, (n, x, sx, y), size_t n, const real *x, size_t sx, real *y)      \
    /* y = c (a b) */                                                          \
    X(scaled_mul, (n, c, a, b, y), size_t n, double c, const real *a,          \
      const real *b, real *y)                                                  \
    /* y = -x, |x|, sign of x (0 at 0), x^2 */                                 \
    X(neg, (n, x, y), size_t n, const real *x, real *y)                        \
    X(abs, (n, x, y), size_t n, const real *x, real *y)                        \
    X(sign, (n, x, y), size_t n, const real *x, real *y)                       \
    X(square, (n, x, y), size_t n, const real *x, real *y)                     \
    /* the larger, the smaller; NaN if either is */                            \
    X(maximum, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,       \
      const real *b, size_t sb, real *y)                                       \
    X(minimum, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,       \
      const real *b, size_t sb, real *y)                                       \
    /* a's share of dy: all, half of it on a tie, or nothing */                \
    X(maximum_share, (n, dy, a, sa, b, sb, y), size_t n, const real *dy,       \
      const real *a, size_t sa, const real *b, size_t sb, real *y)             \
    X(minimum_share, (n, dy, a, sa, b, sb, y), size_t n, const real *dy,       \
      const real *a, size_t sa, const real *b, size_t sb, real *y)             \
    /* y = c is not 0 ? a : b */                                               \
    X(select, (n, c, sc, a, sa, b, sb, y), size_t n, const int64_t *c,         \
      size_t sc, const real *a, size_t sa, const real *b, size_t sb, real *y)  \
    /* functions of one number; gelu is x times the normal distribution */     \
    X(sqrt, (n, x, y), size_t n, const real *x, real *y)                       \
    X(exp, (n, x, y), size_t n, const real *x, real *y)                        \
    X(log, (n, x, y), size_t n, const real *x, real *y)                        \
    X(sin, (n, x, y), size_t n, const real *x, real *y)                        \
    X(cos, (n, x, y), size_t n, const real *x, real *y)                        \
    X(tanh, (n, x, y), size_t n, const real *x, real *y)                       \
    X(sigmoid, (n, x, y), size_t n, const real *x, real *y)                    \
    X(softplus, (n, x, y), size_t n, const real *x, real *y)                   \
    X(silu, (n, x, y), size_t n, const real *x, real *y)                       \
    X(gelu, (n, x, y), size_t n, const real *x, real *y)                       \
    X(relu, (n, x, y), size_t n, const real *x, real *y)                       \
    /* dy times the derivative, from the result y for tanh and sigmoid, from x \
     * for the others */                                                       \
    X(tanh_slope, (n, y, dy, dx), size_t n, const real *y, const real *dy,     \
      real *dx)                                                                \
    X(sigmoid_slope, (n, y, dy, dx), size_t n, const real *y, const real *dy,  \
      real *dx)                                                                \
    X(silu_slope, (n, x, dy, dx), size_t n, const real *x, const real *dy,     \
      real *dx)                                                                \
    X(gelu_slope, (n, x, dy, dx), size_t n, const real *x, const real *dy,     \
      real *dx)                                                                \
    X(relu_slope, (n, x, dy, dx), size_t n, const real *x, const real *dy,     \
      real *dx)                                                                \
    /* x^p */                                                                  \
    X(power, (n, p, x, y), size_t n, double p, const real *x, real *y)         \
    /* x or, below 0, c x; and dy times that slope */                          \
    X(leaky_relu, (n, c, x, y), size_t n, double c, const real *x, real *y)    \
    X(leaky_relu_slope, (n, c, x, dy, dx), size_t n, double c, const real *x,  \
      const real *dy, real *dx)                                                \
    /* x between two limits; and dy where x is, the limits included */         \
    X(clamp, (n, low, high, x, y), size_t n, double low, double high,          \
      const real *x, real *y)                                                  \
    X(clamp_slope, (n, low, high, x, dy, dx), size_t n, double low,            \
      double high, const real *x, const real *dy, real *dx)                    \
    /* y = 1 where a = b, else 0 */                                            \
    X(equal, (n, a, sa, b, sb, y), size_t n, const real *a, size_t sa,         \
      const real *b, size_t sb, real *y)                                       \
    /* the largest and the smallest of each row of n, NaN if there is one,     \
     * rows `step` apart; n > 0 */                                             \
    X(largest, (rows, n, step, x, y), size_t rows, size_t n, size_t step,      \
      const real *x, real *y)                                                  \
    X(smallest, (rows, n, step, x, y), size_t rows, size_t n, size_t step,     \
      const real *x, real *y)                                                  \
    /* log sum e^x, e^x / sum e^x and x - log sum e^x of n numbers `step`      \
     * apart: of the first `width` of the `step` sums of each block */         \
    X(logsumexp, (blocks, n, step, width, x, y), size_t blocks, size_t n,      \
      size_t step, size_t width, const real *x, real *y)                       \
    X(softmax, (blocks, n, step, width, x, y), size_t blocks, size_t n,        \
      size_t step, size_t width, const real *x, real *y)                       \
    X(log_softmax, (blocks, n, step, width, x, y), size_t blocks, size_t n,    \
      size_t step, size_t width, const real *x, real *y)                       \
    /* y (dy - sum(dy y)) and dy - e^y sum(dy), from the results y */          \
    X(softmax_slope, (blocks, n, step, width, y, dy, dx), size_t blocks,       \
      size_t n, size_t step, size_t width, const real *y, const real *dy,      \
      real *dx)                                                                \
    X(log_softmax_slope, (blocks, n, step, width, y, dy, dx), size_t blocks,   \
      size_t n, size_t step, size_t width, const real *y, const real *dy,      \
      real *dx)                                                                \
    /* likewise: where the first of the largest is, NaN being largest; n > 0   \
     */                                                                        \
    X(argmax, (blocks, n, step, width, x, y), size_t blocks, size_t n,         \
      size_t step, size_t width, const real *x, int64_t *y)                    \
    /* the sum of x, in blocks whose sums are added in double */               \
    X(sum, (n, x, y), size_t n, const real *x, double *y)                      \
    /* the same in parts, whole blocks of 4096 bytes but for the last: what    \
     * they add to 16 numbers; and the sum that these are */                   \
    X(sum_blocks, (n, x, numbers), size_t n, const real *x, double *numbers)   \
    X(sum_numbers, (numbers, y), const double *numbers, double *y)             \
    /* to each of `sums` is added a row of n numbers, rows `step` apart; to    \
     * each of n, a column of as many rows; in blocks too */                   \
    X(sum_rows, (rows, n, step, x, sums), size_t rows, size_t n, size_t step,  \
      const real *x, double *sums)                                             \
    X(sum_columns, (rows, n, step, x, sums), size_t rows, size_t n,            \
      size_t step, const real *x, double *sums)                                \
    /* y = sums rounded */                                                     \
    X(round_sums, (n, sums, y), size_t n, const double *sums, real *y)         \
    /* writes into the room, of as many numbers as tg_matmul_room says */      \
    X(matmul, (s, a, b, room, y), const tg_matmul_sizes *s, const real *a,     \
      const real *b, real *room, real *y)                                      \
    /* count matrices (m, n) -> (n, m): y[j,i] = x[i,j] */                     \
    X(transpose, (count, m, n, x, y), size_t count, size_t m, size_t n,        \
      const real *x, real *y)                                                  \
    /* (H, W) x (h, w) -> (H-h+1, W-w+1): y[i,j] = sum_ab x[i+a,j+b] k[a,b] */ \
    X(corr2d, (H, W, h, w, x, k, y), size_t H, size_t W, size_t h, size_t w,   \
      const real *x, const real *k, real *y)                                   \
    /* (H, W) x (h, w) -> (H+h-1, W+w-1): y[i,j] = sum_ab x[i-a,j-b] k[a,b] */ \
    X(conv2d_full, (H, W, h, w, x, k, y), size_t H, size_t W, size_t h,        \
      size_t w, const real *x, const real *k, real *y)                         \
    /* cross-correlation of many channels, with a bias (groups O) or NULL; its \
     * gradients to x, with a bias (groups C) or NULL, and to w. All write     \
     * into the room, of as many numbers as tg_conv2d_room says */             \
    X(conv2d, (s, x, w, b, room, y), const tg_conv2d_sizes *s, const real *x,  \
      const real *w, const real *b, real *room, real *y)                       \
    X(conv2d_dx, (s, dy, w, b, room, dx), const tg_conv2d_sizes *s,            \
      const real *dy, const real *w, const real *b, real *room, real *dx)      \
    X(conv2d_dw, (s, x, dy, room, dw), const tg_conv2d_sizes *s,               \
      const real *x, const real *dy, real *room, real *dw)                     \
    /* n images; where the largest of each window is, counted in its image:    \
     * the first one, or the last NaN */                                       \
    X(max_pool2d, (n, s, x, at), size_t n, const tg_windows2d *s,              \
      const real *x, int64_t *at)                                              \
    /* n images of `from` numbers: y[i] = x[at[i]] for m of each; and the      \
     * transpose, x = 0, then x[at[i]] += y[i] */                              \
    X(pick, (n, from, m, x, at, y), size_t n, size_t from, size_t m,           \
      const real *x, const int64_t *at, real *y)                               \
    X(unpick, (n, from, m, y, at, x), size_t n, size_t from, size_t m,         \
      const real *y, const int64_t *at, real *x)                               \
    /* n images; the mean of each window, what lies outside being 0; and the   \
     * transpose */                                                            \
    X(avg_pool2d, (n, s, x, y), size_t n, const tg_windows2d *s,               \
      const real *x, real *y)                                                  \
    X(avg_pool2d_dx, (n, s, dy, dx), size_t n, const tg_windows2d *s,          \
      const real *dy, real *dx)

#define TG_KERNEL_FIELD(name, arguments, ...) void (*name)(__VA_ARGS__);
typedef struct tg_kernels_f32 {
    TG_KERNELS(TG_KERNEL_FIELD, float)
} tg_kernels_f32;
typedef struct tg_kernels_f64 {
    TG_KERNELS(TG_KERNEL_FIELD, double)
} tg_kernels_f64;
#undef TG_KERNEL_FIELD

/* The kernels for one instruction set. */
typedef struct tg_kernels {
    const char *name;
    const tg_kernels_f32 *f32;
    const tg_kernels_f64 *f64;
} tg_kernels;

/* The best that this machine can run. Safe from any thread. */
const tg_kernels *tg_kernels_best(void);
/* Plain loops, which the others are tested against. */
const tg_kernels *tg_kernels_plain(void);
/* All but these that it can run, the portable one first; for tests. */
size_t tg_kernels_all(const tg_kernels *all[], size_t room);
/* From now on this set, or for NULL the best; for tests. */
void tg_kernels_use(const tg_kernels *set);

/* What is called. Until the first call, and for good while kernels are
 * verified, these are kernels that choose others and call them. */
extern _Atomic(const tg_kernels *) tg_kernels_chosen;

/* tg_kernel_NAME(is_f64, parameters...): the kernel for one of both types. */
#define TG_KERNEL_CALL(name, arguments, ...)                                   \
    static inline void tg_kernel_##name(bool is_f64, __VA_ARGS__)              \
    {                                                                          \
        const tg_kernels *set =                                                \
            atomic_load_explicit(&tg_kernels_chosen, memory_order_relaxed);    \
        if (is_f64)                                                            \
            set->f64->name arguments;                                          \
        else                                                                   \
            set->f32->name arguments;                                          \
    }
TG_KERNELS(TG_KERNEL_CALL, void)
#undef TG_KERNEL_CALL

#endif

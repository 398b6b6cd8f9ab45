/* Ranks that fit together. */
#include "ranks.h"

#include <math.h>

static const tg_init normal = {TG_INIT_NORMAL, 0, 1};
static const tg_init zeros = {.kind = TG_INIT_ZEROS};

static tg_shape shape_of(int64_t rows, int64_t columns)
{
    return columns > 0 ? TG_SHAPE(rows, columns) : TG_SHAPE(rows);
}

/* ---- a model: two layers of 3 -> 4 -> 1 on rows of joined data */

enum { ROWS = 11 };

typedef struct bench {
    tg_params *p;
    tg_graph *g;
    tg_tensor *x, *y;
} bench;

static bench new_bench(tg_dtype dtype, uint64_t seed)
{
    return (bench){.p = tg_params_new(dtype, seed),
                   .g = tg_graph_new(),
                   .x = random_tensor(dtype, TG_SHAPE(ROWS, 3), 1),
                   .y = random_tensor(dtype, TG_SHAPE(ROWS, 1), 2)};
}

static void free_bench(bench *b)
{
    tg_tensor_free(b->x);
    tg_tensor_free(b->y);
    tg_params_free(b->p);
    tg_graph_free(b->g);
}

/* The gradients of the mean over rows [from, to). */
static void backward(bench *b, int64_t from, int64_t to)
{
    tg_tensor *x = tg_slice(b->g, b->x, 0, from, to, 1);
    tg_tensor *y = tg_slice(b->g, b->y, 0, from, to, 1);

    tg_params_zero_grad(b->p);
    x = tg_tanh(b->g, tg_nn_linear(b->g, b->p, "one", x, 4));
    x = tg_nn_linear(b->g, b->p, "two", x, 1);
    tg_backward(b->g, tg_mse_loss(b->g, x, y));
    HOLDS(tg_graph_reset(b->g) == TG_OK);
}

/* Parts that grow with the rank: of 11 rows, 3 and 8, or 1, 3 and 7. */
static int64_t part(int r)
{
    return r == size ? ROWS : (int64_t)ROWS * r * (r + 1) / (size * (size + 1));
}

static double distance(const tg_tensor *a, const tg_tensor *b)
{
    double largest = 0;

    HOLDS(tg_tensor_size(a) > 0 && tg_tensor_size(a) == tg_tensor_size(b));
    for (int64_t i = 0; i < tg_tensor_size(a); i++)
        largest = fmax(largest, fabs(element(a, i) - element(b, i)));
    return largest;
}

/* ---- broadcast */

static void one_step(bench *b, tg_optim *o)
{
    backward(b, 0, rank + 2);
    HOLDS(tg_optim_step(o) == TG_OK);
}

static bool all_same_everywhere(const tg_params *p)
{
    bool same = tg_params_count(p) > 0;

    for (size_t i = 0; i < tg_params_count(p); i++)
        same &= same_everywhere(tg_params_at(p, i));
    return same;
}

static void broadcast_from(int root)
{
    bench b = new_bench(TG_F32, (uint64_t)rank);
    tg_optim *o = tg_adam(b.p, (tg_adam_options){.lr = 0.1 * (rank + 1)});
    tg_buffer_of(b.p, "seen", TG_I64, TG_SHAPE(2),
                 (tg_init){TG_INIT_CONSTANT, rank, 0});
    one_step(&b, o);
    tg_mpi *m = tg_mpi_new(b.p, MPI_COMM_WORLD);
    tg_tensor *w = tg_params_find(b.p, "one.weight");
    uint64_t version = tg_tensor_version(w);
    double kept = element(w, 0);

    HOLDS(tg_mpi_rank(m) == rank && tg_mpi_size(m) == size);
    HOLDS(size == 1 || !all_same_everywhere(b.p));
    HOLDS(tg_mpi_broadcast(m, o, root) == TG_OK);
    HOLDS(all_same_everywhere(b.p));
    HOLDS(all_same_everywhere(tg_optim_state(o)));
    HOLDS(element(tg_params_find(b.p, "seen"), 1) == root);
    HOLDS(fabs(tg_optim_lr(o) - 0.1 * (root + 1)) < 1e-12);
    HOLDS(rank == root ? element(w, 0) == kept
                       : tg_tensor_version(w) > version);
    tg_mpi_free(m);
    tg_optim_free(o);
    free_bench(&b);
}

static void broadcast_makes_alike(void)
{
    broadcast_from(0);
    broadcast_from(size - 1);
}

static void broadcast_without_an_optimiser(void)
{
    bench b = new_bench(TG_F64, (uint64_t)rank);
    backward(&b, 0, ROWS);
    tg_mpi *m = tg_mpi_new(b.p, MPI_COMM_WORLD);

    HOLDS(tg_mpi_broadcast(m, NULL, 0) == TG_OK);
    HOLDS(all_same_everywhere(b.p));
    tg_mpi_free(m);
    free_bench(&b);
}

/* ---- averages */

/* Against one process on the joined batch. */
static void average_of(tg_dtype dtype, double tolerance)
{
    bench own = new_bench(dtype, 5), joined = new_bench(dtype, 5);
    backward(&own, part(rank), part(rank + 1));
    backward(&joined, 0, ROWS);
    tg_mpi *m = tg_mpi_new(own.p, MPI_COMM_WORLD);
    double rows = (double)(part(rank + 1) - part(rank));
    const tg_tensor *first = tg_grad(tg_params_at(own.p, 0));
    uint64_t version = tg_tensor_version(first);

    HOLDS(tg_mpi_average_grads(m, rows) == TG_OK);
    HOLDS(tg_tensor_version(first) > version);
    for (size_t i = 0; i < tg_params_count(own.p); i++) {
        const tg_tensor *d = tg_grad(tg_params_at(own.p, i));
        HOLDS(distance(d, tg_grad(tg_params_at(joined.p, i))) <= tolerance);
        HOLDS(same_everywhere(d));
    }
    tg_mpi_free(m);
    free_bench(&own);
    free_bench(&joined);
}

static void average_is_the_joined_gradient(void)
{
    average_of(TG_F64, 1e-15);
    average_of(TG_F32, 3e-7);
}

/* A single rank keeps its bits, whatever its weight. */
static void average_of_one(void)
{
    bench own = new_bench(TG_F64, 5), other = new_bench(TG_F64, 5);
    backward(&own, 0, 3);
    backward(&other, 0, 3);
    tg_mpi *m = tg_mpi_new(own.p, MPI_COMM_SELF);

    HOLDS(tg_mpi_average_grads(m, 0.3) == TG_OK);
    for (size_t i = 0; i < tg_params_count(own.p); i++)
        HOLDS(distance(tg_grad(tg_params_at(own.p, i)),
                       tg_grad(tg_params_at(other.p, i))) == 0);
    tg_mpi_free(m);
    free_bench(&own);
    free_bench(&other);
}

/* More numbers than ranks add up at once: element i is i + rank. */
static void average_of_many(void)
{
    enum { MANY = 500001 };
    tg_params *p = tg_params_new(TG_F64, 0);
    tg_graph *g = tg_graph_new();
    tg_tensor *w = tg_param(p, "w", TG_SHAPE(MANY), zeros);
    tg_tensor *slope = tg_tensor_new(TG_F64, TG_SHAPE(MANY));
    tg_mpi *m = tg_mpi_new(p, MPI_COMM_WORLD);
    bool right = true;

    for (int i = 0; i < MANY; i++)
        tg_data_f64(slope)[i] = i + rank;
    HOLDS(tg_backward_from(g, tg_add(g, w, w), slope) == TG_OK);
    HOLDS(tg_mpi_average_grads(m, 1) == TG_OK);
    for (int i = 0; i < MANY; i++)
        right &= fabs(element(tg_grad(w), i) - 2 * i - (size - 1)) < 1e-6;
    HOLDS(right && same_everywhere(tg_grad(w)));
    tg_mpi_free(m);
    tg_tensor_free(slope);
    tg_graph_free(g);
    tg_params_free(p);
}

/* Rank 0 has a gradient to a, the others to b, none to c. */
static void average_makes_what_is_missing(void)
{
    tg_params *p = tg_params_new(TG_F32, 3);
    tg_graph *g = tg_graph_new();
    tg_tensor *a = tg_param(p, "a", shape_of(2, 3), normal);
    tg_tensor *b = tg_param(p, "b", shape_of(4, 0), normal);
    tg_tensor *c = tg_param(p, "c", shape_of(1, 0), normal);
    tg_mpi *m = tg_mpi_new(p, MPI_COMM_WORLD);

    for (int step = 1; step < 3; step++) {
        HOLDS(tg_backward(g, tg_sum(g, rank == 0 ? a : b)) == TG_OK);
        HOLDS(tg_graph_reset(g) == TG_OK);
        HOLDS(tg_mpi_average_grads(m, 2) == TG_OK);
        HOLDS(tg_grad(c) == NULL);
        HOLDS(fabs(element(tg_grad(a), 5) - 1.0 / size) < 1e-6);
        HOLDS(size == 1 ||
              fabs(element(tg_grad(b), 3) - 1 + 1.0 / size) < 1e-6);
        tg_params_zero_grad(p);
    }
    tg_mpi_free(m);
    tg_graph_free(g);
    tg_params_free(p);
}

/* Rank 0 has no rows, and a NaN left from elsewhere; all make the same step. */
static void average_without_rows(void)
{
    bench b = new_bench(TG_F32, 5);
    tg_optim *o = tg_sgd(b.p, (tg_sgd_options){.lr = 0.1});
    tg_mpi *m = tg_mpi_new(b.p, MPI_COMM_WORLD);
    bool without = rank == 0 && size > 1;

    backward(&b, 0, ROWS);
    HOLDS(tg_mpi_average_grads(m, 1) == TG_OK && tg_optim_step(o) == TG_OK);
    if (without)
        tg_data_f32(tg_grad(tg_params_at(b.p, 0)))[0] = NAN;
    else
        backward(&b, 0, ROWS);
    HOLDS(tg_mpi_average_grads(m, without ? 0 : 1) == TG_OK);
    HOLDS(tg_optim_step(o) == TG_OK && all_same_everywhere(b.p));
    HOLDS(isfinite(element(tg_params_at(b.p, 0), 0)));
    tg_mpi_free(m);
    tg_optim_free(o);
    free_bench(&b);
}

static void average_allocates_once(void)
{
    bench b = new_bench(TG_F32, 5);
    tg_mpi *m = tg_mpi_new(b.p, MPI_COMM_WORLD);
    size_t calls = 0;

    for (int step = 0; step < 5; step++) {
        backward(&b, 0, ROWS);
        calls = allocator_calls();
        HOLDS(tg_mpi_average_grads(m, 1) == TG_OK);
        HOLDS((allocator_calls() == calls) == (step > 0));
    }
    tg_mpi_free(m);
    free_bench(&b);
}

static const ranks_test tests[] = {
    {"broadcast_makes_alike", broadcast_makes_alike},
    {"broadcast_without_an_optimiser", broadcast_without_an_optimiser},
    {"average_is_the_joined_gradient", average_is_the_joined_gradient},
    {"average_of_one", average_of_one},
    {"average_of_many", average_of_many},
    {"average_makes_what_is_missing", average_makes_what_is_missing},
    {"average_without_rows", average_without_rows},
    {"average_allocates_once", average_allocates_once},
};

int main(void)
{
    return run_ranks(tests, sizeof tests / sizeof *tests);
}

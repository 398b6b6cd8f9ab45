/* Ranks that do not fit together: each call fails on all of them. */
#include "ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const tg_init zeros = {.kind = TG_INIT_ZEROS};

/* What all ranks but the last have, unless a test makes the last one alike. */
typedef struct scene {
    tg_params *p;
    tg_graph *g;
    tg_mpi *m;
    tg_tensor *w;
} scene;

static scene new_scene_of(tg_dtype dtype)
{
    scene s = {.p = tg_params_new(dtype, 0), .g = tg_graph_new()};

    s.m = tg_mpi_new(s.p, MPI_COMM_WORLD);
    HOLDS(s.m != NULL);
    s.w = tg_param(s.p, "w", TG_SHAPE(2, 3), zeros);
    return s;
}

static void end_scene(scene *s)
{
    tg_mpi_free(s->m);
    tg_graph_free(s->g);
    tg_params_free(s->p);
}

static void backward(const scene *s)
{
    tg_backward(s->g, tg_sum(s->g, s->w));
    HOLDS(tg_graph_reset(s->g) == TG_OK);
}

static bool is_last(void)
{
    return rank == size - 1;
}

/* "rank 2: ..." is said of the last rank. */
static const char *of_last(const char *text)
{
    static char words[256];

    snprintf(words, sizeof words, "rank %d: %s", size - 1, text);
    return words;
}

/* Both calls; neither changes the parameter. */
static void expect_refused_model(scene *s, tg_status status, const char *text)
{
    uint64_t version = tg_tensor_version(s->w);

    FAILS(tg_mpi_broadcast(s->m, NULL, 0), status, of_last(text));
    backward(s);
    FAILS(tg_mpi_average_grads(s->m, 1), status, of_last(text));
    HOLDS(tg_tensor_version(s->w) == version);
    HOLDS(tg_mpi_agree(s->m, TG_OK) == TG_OK);
    end_scene(s);
}

static void models_that_differ(void)
{
    scene s = new_scene_of(TG_F32);
    tg_param(s.p, "x", is_last() ? TG_SHAPE(3, 2) : TG_SHAPE(2, 3), zeros);
    expect_refused_model(&s, TG_ERR_SHAPE,
                         "'x' (3, 2) is 'x' (2, 3) on rank 0");

    s = new_scene_of(TG_F32);
    tg_param(s.p, is_last() ? "y" : "x", TG_SHAPE(2), zeros);
    expect_refused_model(&s, TG_ERR_ARG,
                         "'y' (2,) is where rank 0 has 'x' (2,)");

    s = new_scene_of(is_last() ? TG_F64 : TG_F32);
    expect_refused_model(&s, TG_ERR_DTYPE, "'w' (2, 3) is f64, f32 on rank 0");

    s = new_scene_of(TG_F32);
    tg_tensor *x = tg_param(s.p, "x", TG_SHAPE(2), zeros);
    tg_set_requires_grad(x, !is_last());
    expect_refused_model(&s, TG_ERR_STATE,
                         "'x' (2,) requires no gradient, but does on rank 0");

    s = new_scene_of(TG_F32);
    if (is_last())
        tg_buffer(s.p, "x", TG_SCALAR, zeros);
    expect_refused_model(&s, TG_ERR_ARG, "'x' (), which rank 0 has not");

    s = new_scene_of(TG_F32);
    if (!is_last())
        tg_buffer(s.p, "x", TG_SCALAR, zeros);
    expect_refused_model(&s, TG_ERR_ARG, "no 'x' (), which rank 0 has");
}

static void optimisers_that_differ(void)
{
    scene s = new_scene_of(TG_F32);
    tg_optim *o = is_last() ? tg_adam(s.p, (tg_adam_options){0})
                            : tg_sgd(s.p, (tg_sgd_options){.lr = 1});

    FAILS(tg_mpi_broadcast(s.m, o, 0), TG_ERR_ARG,
          of_last("'adam' (5,) is where rank 0 has 'sgd'"));
    FAILS(tg_mpi_broadcast(s.m, is_last() ? NULL : o, 0), TG_ERR_ARG,
          of_last("no 'sgd'"));
    tg_optim_free(o);
    end_scene(&s);
}

static void calls_that_differ(void)
{
    scene s = new_scene_of(TG_F32);

    backward(&s);
    FAILS(is_last() ? tg_mpi_average_grads(s.m, 1)
                    : tg_mpi_broadcast(s.m, NULL, 0),
          TG_ERR_STATE,
          of_last("calls mpi_average_grads, rank 0 mpi_broadcast"));
    FAILS(is_last() ? tg_mpi_agree(s.m, TG_OK) : tg_mpi_average_grads(s.m, 1),
          TG_ERR_STATE, of_last("calls mpi_agree, rank 0 mpi_average_grads"));
    FAILS(tg_mpi_broadcast(s.m, NULL, is_last()), TG_ERR_ARG,
          of_last("root is 1, 0 on rank 0"));
    FAILS(tg_mpi_broadcast(s.m, NULL, is_last() ? size : 0), TG_ERR_ARG,
          of_last("no rank"));
    end_scene(&s);
}

static void a_rank_that_failed(void)
{
    scene s = new_scene_of(TG_F32);

    backward(&s);
    HOLDS(tg_mpi_agree(s.m, TG_OK) == TG_OK);
    tg_fail(NULL, TG_ERR_FORMAT, "no data on %d", rank);
    FAILS(tg_mpi_agree(s.m, rank > 0 ? TG_ERR_FORMAT : TG_OK), TG_ERR_FORMAT,
          "mpi_agree: rank 1: no data on 1");
    tg_fail(NULL, TG_ERR_IO, "it is %d's fault", rank);
    FAILS(is_last() ? tg_mpi_agree(s.m, TG_ERR_IO)
                    : tg_mpi_average_grads(s.m, 1),
          TG_ERR_IO, of_last("it is"));
    FAILS(is_last() ? tg_mpi_agree(s.m, TG_ERR_IO)
                    : tg_mpi_broadcast(s.m, NULL, 0),
          TG_ERR_IO, of_last("mpi_a"));
    HOLDS(tg_mpi_average_grads(s.m, 1) == TG_OK);
    end_scene(&s);
}

static void weights(void)
{
    static const double bad[] = {-1, NAN, INFINITY};
    scene s = new_scene_of(TG_F32);

    backward(&s);
    for (int i = 0; i < 3; i++)
        FAILS(tg_mpi_average_grads(s.m, is_last() ? bad[i] : 1), TG_ERR_ARG,
              of_last("weight "));
    HOLDS(element(tg_grad(s.w), 0) == 1);
    FAILS(tg_mpi_average_grads(s.m, 1.7e308), TG_ERR_ARG,
          "the weights add up to inf");
    FAILS(tg_mpi_average_grads(s.m, 0), TG_ERR_ARG, "the weights add up to 0");
    end_scene(&s);
}

static void stale_gradients(void)
{
    scene s = new_scene_of(TG_F32);
    tg_tensor *x = tg_param(s.p, "x", TG_SHAPE(2), zeros);

    FAILS(tg_mpi_average_grads(s.m, 1), TG_ERR_STATE,
          "rank 0: no backward since the last average");
    backward(&s);
    tg_backward(s.g, tg_sum(s.g, x));
    HOLDS(tg_mpi_average_grads(s.m, 1) == TG_OK);
    tg_params_zero_grad(s.p);
    if (!is_last())
        backward(&s);
    FAILS(tg_mpi_average_grads(s.m, 1), TG_ERR_STATE,
          of_last("no backward since the last average"));
    backward(&s);
    HOLDS(tg_mpi_average_grads(s.m, 1) == TG_OK);
    backward(&s);
    if (!is_last())
        tg_zero_grad(x);
    FAILS(tg_mpi_average_grads(s.m, 1), TG_ERR_STATE,
          of_last("the gradient of 'x' (2,) is from before the last average"));
    end_scene(&s);
}

static void no_ranks(void)
{
    tg_params *p = tg_params_new(TG_F32, 0);
    MPI_Errhandler handler;

    HOLDS(tg_mpi_new(is_last() ? NULL : p, MPI_COMM_WORLD) == NULL);
    FAILS(TG_ERR_ARG, TG_ERR_ARG, of_last("no table of parameters"));
    MPI_Comm_get_errhandler(MPI_COMM_WORLD, &handler);
    HOLDS(handler == MPI_ERRORS_ARE_FATAL); /* as it was */
    MPI_Errhandler_free(&handler);
    HOLDS(tg_mpi_new(p, MPI_COMM_NULL) == NULL);
    FAILS(TG_ERR_ARG, TG_ERR_ARG, "mpi_new: no communicator");
    FAILS(tg_mpi_average_grads(NULL, 1), TG_ERR_ARG, "no ranks");
    FAILS(tg_mpi_broadcast(NULL, NULL, 0), TG_ERR_ARG, "no ranks");
    FAILS(tg_mpi_agree(NULL, TG_OK), TG_ERR_ARG, "no ranks");
    HOLDS(tg_mpi_rank(NULL) == 0 && tg_mpi_size(NULL) == 1);
    tg_mpi_free(NULL);
    tg_params_free(p);
}

/* ---- the k-th allocation fails on the last rank, until there is no k-th */

/* Rank 0 has one gradient, the others another; o has no state yet. */
static tg_status use_memory(scene *s, tg_tensor *x, tg_optim *o, size_t k)
{
    tg_backward(s->g, tg_sum(s->g, rank == 0 ? x : s->w));
    tg_graph_reset(s->g);
    if (is_last())
        fail_allocation(k, false);
    s->m = tg_mpi_new(s->p, MPI_COMM_WORLD);
    tg_status status =
        s->m != NULL ? tg_mpi_average_grads(s->m, 1) : TG_ERR_NOMEM;
    return status == TG_OK ? tg_mpi_broadcast(s->m, o, 0) : status;
}

static bool survives(size_t k)
{
    scene s = {.p = tg_params_new(TG_F32, 0), .g = tg_graph_new()};
    tg_optim *o = tg_adam(s.p, (tg_adam_options){0});
    s.w = tg_param(s.p, "w", TG_SHAPE(2, 3), zeros);
    tg_tensor *x = tg_param(s.p, "x", TG_SHAPE(2), zeros);
    tg_status status = use_memory(&s, x, o, k);
    int failed = allocation_failed();

    fail_allocation(0, false);
    MPI_Bcast(&failed, 1, MPI_INT, size - 1, MPI_COMM_WORLD);
    HOLDS(status == (failed ? TG_ERR_NOMEM : TG_OK));
    HOLDS(!failed || strstr(tg_error_message(), of_last("")) != NULL);
    if (s.m != NULL)
        HOLDS(tg_mpi_agree(s.m, TG_OK) == TG_OK);
    tg_optim_free(o);
    end_scene(&s);
    return failed;
}

static void a_rank_without_memory(void)
{
    size_t k = 1;

    while (survives(k))
        k++;
    HOLDS(k > 5);
}

static const ranks_test tests[] = {
    {"models_that_differ", models_that_differ},
    {"optimisers_that_differ", optimisers_that_differ},
    {"calls_that_differ", calls_that_differ},
    {"a_rank_that_failed", a_rank_that_failed},
    {"weights", weights},
    {"stale_gradients", stale_gradients},
    {"no_ranks", no_ranks},
    {"a_rank_without_memory", a_rank_without_memory},
};

static void outside(const char *text)
{
    tg_params *p = tg_params_new(TG_F32, 0);

    if (tg_mpi_new(p, MPI_COMM_WORLD) != NULL ||
        strstr(tg_error_message(), text) == NULL) {
        fprintf(stderr, "not refused: %s\n", text);
        exit(1);
    }
    tg_params_free(p);
}

int main(void)
{
    outside("before MPI_Init");
    int status = run_ranks(tests, sizeof tests / sizeof *tests);
    outside("after MPI_Finalize");
    return status;
}

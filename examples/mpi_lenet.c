/* LeNet on Fashion-MNIST, trained by several processes: each takes a part of
 * every batch, and what they learn is what one process learns from the whole.
 *
 *     mpirun -n 2 mpi_lenet
 *
 * All ranks know of a failure, whoever had it, and leave together; rank 0 alone
 * says why. What one rank finds alone ends the job by MPI_Abort. */
#include "lenet_fashion/models.h"
#include "program/program.h"

#include <tinygrad.h>
#include <tinygrad/mpi.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct options {
    const char *data;
    int64_t steps, batch, print, seed;
    double rate;
    bool f64;
} options;

typedef struct training {
    const options *o;
    const image_model *lenet;
    tg_graph *g;
    tg_params *p;
    tg_optim *sgd;
    tg_mpi *m;
    tg_tensor *columns[2]; /* images, labels */
    tg_batches *set;
} training;

/* ---- beginning */

/* Says nothing, as yet: each rank reads the files, but one speaks. */
static tg_tensor *load(const char *folder, const char *name, tg_dtype dtype)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/train-%s-ubyte.gz", folder, name);
    tg_tensor *t = tg_load_idx(path, dtype);
    if (t == NULL)
        tg_fail(NULL, TG_ERR_IO,
                "%s; --data names the folder, Debian's dataset-fashion-mnist "
                "fills /usr/share/datasets/fashion-mnist",
                tg_error_message());
    return t;
}

/* The other ranks' numbers are drawn in vain: the broadcast replaces them. */
static bool make_model(training *t, tg_dtype dtype)
{
    int rank;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    t->g = tg_graph_new();
    t->p = tg_params_new(dtype, (uint64_t)(t->o->seed + rank));
    t->sgd = tg_sgd(t->p, (tg_sgd_options){.lr = t->o->rate, .momentum = 0.9});
    t->m = tg_mpi_new(t->p, MPI_COMM_WORLD);
    return t->m != NULL;
}

/* Every rank goes through the same batches: they have one seed. */
static tg_status open_data(training *t, tg_dtype dtype)
{
    t->columns[0] = load(t->o->data, "images-idx3", dtype);
    if (t->columns[0] != NULL)
        t->columns[1] = load(t->o->data, "labels-idx1", TG_I64);
    if (t->columns[1] != NULL)
        t->set = tg_batches_new(t->columns, 2, t->o->batch, true,
                                (uint64_t)t->o->seed);
    return t->set != NULL ? TG_OK : TG_ERR_IO;
}

/* Of images from 0 to 255. */
static tg_tensor *logits(const training *t, tg_tensor *x)
{
    x = tg_reshape(t->g, x, TG_SHAPE(-1, 1, SIDE, SIDE));
    return t->lenet->logits(t->g, t->p, tg_mul_scalar(t->g, x, 1 / 255.0));
}

/* A run on one image makes the parameters. */
static tg_status make_parameters(training *t)
{
    bool recording = tg_graph_set_recording(t->g, false);

    logits(t, tg_slice(t->g, t->columns[0], 0, 0, 1, 1));
    tg_graph_set_recording(t->g, recording);
    return tg_graph_reset(t->g);
}

static tg_status begin(training *t)
{
    tg_dtype dtype = t->o->f64 ? TG_F64 : TG_F32;

    if (!make_model(t, dtype))
        return TG_ERR_STATE;
    tg_status s = t->sgd != NULL ? open_data(t, dtype) : TG_ERR_NOMEM;
    if (s == TG_OK)
        s = make_parameters(t);
    return s == TG_OK ? tg_mpi_broadcast(t->m, t->sgd, 0)
                      : tg_mpi_agree(t->m, s);
}

static void end(training *t)
{
    tg_batches_free(t->set);
    tg_tensor_free(t->columns[0]);
    tg_tensor_free(t->columns[1]);
    tg_mpi_free(t->m);
    tg_optim_free(t->sgd);
    tg_params_free(t->p);
    tg_graph_free(t->g);
}

/* ---- steps */

/* The sum of the losses of rows [from, to), whose mean is differentiated. */
static tg_status backward(training *t, tg_tensor **batch, int64_t from,
                          int64_t to, double *sum)
{
    tg_tensor *images = tg_slice(t->g, batch[0], 0, from, to, 1);
    tg_tensor *labels = tg_slice(t->g, batch[1], 0, from, to, 1);
    tg_tensor *mean = tg_cross_entropy(t->g, logits(t, images), labels);

    tg_backward(t->g, mean);
    *sum = mean != NULL ? (double)(to - from) * tg_item(mean) : 0;
    return tg_graph_reset(t->g);
}

/* From the parts of all ranks to gradients, and on rank 0 the loss, of the
 * joined batch. */
static tg_status differentiate(training *t, tg_tensor **batch, double *loss)
{
    int64_t n = tg_tensor_size(batch[1]), ranks = tg_mpi_size(t->m);
    int64_t rank = tg_mpi_rank(t->m);
    int64_t from = n * rank / ranks, to = n * (rank + 1) / ranks;
    double sum = 0;
    tg_status s = TG_OK;

    tg_params_zero_grad(t->p);
    if (from < to)
        s = backward(t, batch, from, to, &sum);
    s = s == TG_OK ? tg_mpi_average_grads(t->m, (double)(to - from))
                   : tg_mpi_agree(t->m, s);
    if (s == TG_OK)
        MPI_Reduce(&sum, loss, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    *loss /= (double)n;
    return s;
}

static tg_status print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int printed = vprintf(format, arguments);
    va_end(arguments);
    return printed >= 0 && fflush(stdout) == 0
               ? TG_OK
               : tg_fail(NULL, TG_ERR_IO, "standard output: %s",
                         strerror(errno));
}

/* What a rank does for itself; if it fails the others hear of it in what they
 * call next. */
static tg_status update(const training *t, int64_t done, double loss)
{
    tg_status s = tg_optim_step(t->sgd);

    if (s == TG_OK && tg_mpi_rank(t->m) == 0 &&
        (done % t->o->print == 0 || done == t->o->steps))
        s = print("step %4" PRId64 "  loss %.9f\n", done, loss);
    return s == TG_OK ? TG_OK : tg_mpi_agree(t->m, s);
}

static double now(void)
{
    struct timespec t;

    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tg_status train(training *t)
{
    tg_tensor *batch[2];
    double loss = 0, start = now();
    tg_status s = TG_OK;

    for (int64_t done = 0; s == TG_OK && done < t->o->steps;) {
        if (!tg_batches_next(t->set, batch))
            continue; /* between two epochs */
        s = differentiate(t, batch, &loss);
        if (s == TG_OK)
            s = update(t, ++done, loss);
    }
    if (s != TG_OK)
        return s;
    if (tg_mpi_rank(t->m) == 0)
        s = print("ranks: %d, %.3g ms a step\n", tg_mpi_size(t->m),
                  1e3 * (now() - start) / (double)t->o->steps);
    return tg_mpi_agree(t->m, s);
}

/* ---- the program */

static bool run(const options *o, int rank)
{
    training t = {.o = o, .lenet = image_model_find("lenet")};
    tg_status s = begin(&t);

    if (s == TG_OK)
        s = train(&t);
    if (s != TG_OK && rank == 0)
        refuse_tensors();
    /* Where MPI itself has failed, ranks cannot leave together. */
    if (s != TG_OK && t.m != NULL && tg_mpi_agree(t.m, TG_OK) != TG_OK)
        MPI_Abort(MPI_COMM_WORLD, 2);
    end(&t);
    return s == TG_OK;
}

/* Rank 0 reads the command line first: what is wrong is wrong on all. */
static program_request read(const program *p, int argc, char **argv, int rank)
{
    int request = rank == 0 ? (int)program_begin(p, argc, argv) : REQUEST_RUN;

    MPI_Bcast(&request, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (rank > 0 && request == REQUEST_RUN &&
        program_begin(p, argc, argv) != REQUEST_RUN)
        MPI_Abort(MPI_COMM_WORLD, 2);
    return (program_request)request;
}

static bool start(int argc, char **argv, int rank)
{
    options o = {.data = "/usr/share/datasets/fashion-mnist",
                 .steps = 300,
                 .batch = 64,
                 .print = 20,
                 .seed = 1,
                 .rate = 0.05};
    const option_row rows[] = {
        {"data", OPTION_TEXT, &o.data, 0, 0, "folder of Fashion-MNIST"},
        {"steps", OPTION_WHOLE, &o.steps, 1, 1e9, "batches to learn from"},
        {"batch", OPTION_WHOLE, &o.batch, 1, 1e5,
         "images a step, of all ranks"},
        {"rate", OPTION_NUMBER, &o.rate, 0, 10, "learning rate"},
        {"seed", OPTION_WHOLE, &o.seed, 0, 1e9, "of the order, and the start"},
        {"print", OPTION_WHOLE, &o.print, 1, 1e9, "steps from line to line"},
        {"f64", OPTION_FLAG, &o.f64, 0, 0, "compute in f64, not f32"}};
    const program p = {
        .name = "mpi_lenet",
        .summary = "Trains LeNet on Fashion-MNIST; under mpirun, by several "
                   "processes.",
        .options = rows,
        .count = sizeof rows / sizeof *rows};

    program_request request = read(&p, argc, argv, rank);
    return request == REQUEST_RUN ? run(&o, rank) : request == REQUEST_HELP;
}

int main(int argc, char **argv)
{
    int level, rank;

    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    bool ok = start(argc, argv, rank);
    MPI_Finalize();
    return ok ? 0 : 2;
}

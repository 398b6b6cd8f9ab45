/* Gradients of all ranks become one: made where they are missing, added up,
 * put back. */
#include "group.h"

#include <tinygrad/memory.h>

#include <math.h>
#include <string.h>

static const char what[] = "mpi_average_grads";

/* A gradient as the last average left it. */
typedef struct held {
    uint64_t version;
    uint32_t reached;
} held;

static held *held_at(const tg_mpi *m, size_t i)
{
    return (held *)m->held.start + i;
}

/* The gradient that takes part, or NULL. */
static tg_tensor *grad_at(const tg_mpi *m, size_t i)
{
    const tg_tensor *w = tg_params_at(m->params, i);

    return tg_requires_grad(w) ? tg_grad(w) : NULL;
}

/* ---- memory, before anything is changed */

static bool grow(tg_mpi_room *room, size_t size)
{
    if (size <= room->size)
        return true;
    char *start = tg_memory_resize(room->start, room->size, size);
    if (start == NULL)
        return false;
    memset(start + room->size, 0, size - room->size);
    *room = (tg_mpi_room){start, size};
    return true;
}

static size_t most_numbers(const tg_mpi *m)
{
    size_t n = 0;

    for (size_t i = 0; i < tg_params_count(m->params); i++)
        if (tg_requires_grad(tg_params_at(m->params, i)))
            n += (size_t)tg_tensor_size(tg_params_at(m->params, i));
    return n;
}

static tg_status reserve(tg_mpi *m)
{
    size_t count = tg_params_count(m->params), n = most_numbers(m);

    return grow(&m->sums, tg_mpi_sums_size(&m->link, n)) &&
                   grow(&m->held, count * sizeof(held)) &&
                   grow(&m->there, count)
               ? TG_OK
               : tg_fail(NULL, TG_ERR_NOMEM, "no memory to add up %zu numbers",
                         n);
}

/* ---- what this rank brings */

static tg_status check_fresh(const tg_mpi *m)
{
    bool reached = false;

    for (size_t i = 0; i < tg_params_count(m->params); i++) {
        const tg_tensor *w = tg_params_at(m->params, i), *d = grad_at(m, i);
        if (d == NULL)
            continue;
        reached |= tg_grad_count(w) != held_at(m, i)->reached;
        if (tg_tensor_version(d) == held_at(m, i)->version)
            return tg_fail(NULL, TG_ERR_STATE,
                           "the gradient of %s is from before the last average",
                           tg_describe(w).text);
    }
    return reached ? TG_OK
                   : tg_fail(NULL, TG_ERR_STATE,
                             "no backward since the last average");
}

/* The gradient to w that nobody has to compute: dw = 0. */
static tg_status nothing_forward(const tg_call *call)
{
    memset(tg_data(call->out), 0, tg_dtype_size(tg_tensor_dtype(call->out)));
    return TG_OK;
}

static tg_status nothing_backward(tg_graph *g, const tg_call *call,
                                  tg_tensor *dy, tg_tensor **dw)
{
    (void)g;
    (void)call;
    (void)dy;
    dw[0] = TG_NONE;
    return TG_OK;
}

static const tg_op nothing = {.name = "mpi_nothing",
                              .formula = "y = 0; dw = 0",
                              .forward = nothing_forward,
                              .backward = nothing_backward,
                              .saves_nothing = true};

static tg_status reach(const tg_mpi *m, size_t i)
{
    tg_tensor *w = tg_params_at(m->params, i);

    tg_backward(m->graph, tg_apply(m->graph, &nothing, tg_tensor_dtype(w),
                                   TG_SCALAR, 1, &w, NULL, 0));
    return tg_graph_reset(m->graph);
}

/* A rank without rows: zeros, as if a backward had found them. */
static tg_status bring_nothing(const tg_mpi *m)
{
    tg_status s = TG_OK;

    tg_params_zero_grad(m->params);
    for (size_t i = 0; s == TG_OK && i < tg_params_count(m->params); i++)
        if (grad_at(m, i) != NULL)
            s = reach(m, i);
    return s;
}

static tg_status prepare(tg_mpi *m, double weight)
{
    if (!(weight >= 0 && isfinite(weight)))
        return tg_fail(NULL, TG_ERR_ARG,
                       "weight %g is not a finite number from 0 on", weight);
    tg_status s = reserve(m);
    if (s == TG_OK)
        s = weight > 0 ? check_fresh(m) : bring_nothing(m);
    return s;
}

/* ---- the same gradients everywhere */

static uint64_t digest_grads(const tg_mpi *m)
{
    uint64_t digest = 0;

    for (size_t i = 0; i < tg_params_count(m->params); i++)
        digest = tg_mpi_fold(digest, grad_at(m, i) != NULL);
    return digest;
}

static tg_status make_missing(const tg_mpi *m, const unsigned char *there)
{
    tg_status s = TG_OK;

    for (size_t i = 0; s == TG_OK && i < tg_params_count(m->params); i++)
        if (there[i] && grad_at(m, i) == NULL)
            s = reach(m, i);
    return s;
}

static tg_status even_out(tg_mpi *m, const tg_mpi_call *call)
{
    size_t count = tg_params_count(m->params);
    unsigned char *there = m->there.start;

    for (size_t i = 0; i < count; i++)
        there[i] = grad_at(m, i) != NULL;
    int error = MPI_Allreduce(MPI_IN_PLACE, there, (int)count,
                              MPI_UNSIGNED_CHAR, MPI_MAX, m->link.comm);
    return error != MPI_SUCCESS
               ? tg_mpi_check(what, error)
               : tg_mpi_meet(&m->link, call, make_missing(m, there), NULL);
}

static tg_status meet(tg_mpi *m, tg_status s)
{
    tg_mpi_call call = {
        .name = what, .table = {m->params, NULL}, .grads = digest_grads(m)};
    bool same = true;

    s = tg_mpi_meet(&m->link, &call, s, &same);
    return s == TG_OK && !same ? even_out(m, &call) : s;
}

/* ---- the sums */

/* How much this rank's gradients count: the shares of all add up to 1. */
static tg_status share_of(const tg_mpi *m, double weight, double *share)
{
    double total = 0;
    int error =
        MPI_Allreduce(&weight, &total, 1, MPI_DOUBLE, MPI_SUM, m->link.comm);

    if (error != MPI_SUCCESS)
        return tg_mpi_check(what, error);
    if (!(total > 0 && isfinite(total)))
        return tg_fail(NULL, TG_ERR_ARG, "%s: the weights add up to %g", what,
                       total);
    *share = weight / total;
    return TG_OK;
}

static size_t pack(const tg_mpi *m, double share, double *to)
{
    size_t n = 0;

    for (size_t i = 0; i < tg_params_count(m->params); i++) {
        const tg_tensor *d = grad_at(m, i);
        const float *f = tg_data_f32(d);
        const double *x = tg_data_f64(d);
        for (int64_t k = 0; k < tg_tensor_size(d); k++)
            to[n++] = share * (f != NULL ? (double)f[k] : x[k]);
    }
    return n;
}

static void unpack(const tg_mpi *m, const double *from)
{
    for (size_t i = 0; i < tg_params_count(m->params); i++) {
        tg_tensor *d = grad_at(m, i);
        float *f = tg_data_f32(d);
        double *x = tg_data_f64(d);
        for (int64_t k = 0; k < tg_tensor_size(d); k++, from++) {
            if (f != NULL)
                f[k] = (float)*from;
            else
                x[k] = *from;
        }
        tg_tensor_touch(d);
        *held_at(m, i) =
            (held){.version = tg_tensor_version(d),
                   .reached = tg_grad_count(tg_params_at(m->params, i))};
    }
}

tg_status tg_mpi_average_grads(tg_mpi *m, double weight)
{
    double share = 0;

    if (m == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no ranks", what);
    tg_status s = meet(m, prepare(m, weight));
    if (s == TG_OK)
        s = share_of(m, weight, &share);
    if (s != TG_OK)
        return s;
    double *sums = m->sums.start;
    int error = tg_mpi_add_up(&m->link, sums, pack(m, share, sums));
    if (error == MPI_SUCCESS)
        unpack(m, sums);
    return tg_mpi_check(what, error);
}

#include "group.h"

#include <limits.h>

static const char what[] = "mpi_broadcast";

/* What o remembers; *s tells of a failure, without o there is none. */
static tg_params *state_of(tg_optim *o, tg_status *s)
{
    tg_params *state = o != NULL ? tg_optim_state(o) : NULL;

    if (o != NULL && state == NULL)
        *s = TG_ERR_NOMEM;
    return state;
}

static tg_status check_root(const tg_mpi *m, int root)
{
    return root >= 0 && root < m->link.size
               ? TG_OK
               : tg_fail(NULL, TG_ERR_ARG, "no rank %d of %d", root,
                         m->link.size);
}

/* ---- values on their way */

static MPI_Datatype type_of(const tg_tensor *t)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        return MPI_FLOAT;
    case TG_F64:
        return MPI_DOUBLE;
    default:
        return MPI_INT64_T;
    }
}

/* MPI counts in int. */
static int send(const tg_mpi *m, tg_tensor *t, int root)
{
    size_t size = tg_dtype_size(tg_tensor_dtype(t));
    int64_t rest = tg_tensor_size(t);
    int error = MPI_SUCCESS;

    for (char *at = tg_data(t); rest > 0 && error == MPI_SUCCESS;) {
        int n = rest < INT_MAX ? (int)rest : INT_MAX;
        error = MPI_Bcast(at, n, type_of(t), root, m->link.comm);
        at += (size_t)n * size;
        rest -= n;
    }
    if (m->link.rank != root)
        tg_tensor_touch(t);
    return error;
}

static tg_status send_all(const tg_mpi *m, const tg_params *p, int root)
{
    int error = MPI_SUCCESS;

    for (size_t i = 0; error == MPI_SUCCESS && i < tg_params_count(p); i++)
        error = send(m, tg_params_at(p, i), root);
    return tg_mpi_check(what, error);
}

tg_status tg_mpi_broadcast(tg_mpi *m, tg_optim *o, int root)
{
    if (m == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "%s: no ranks", what);
    tg_status s = check_root(m, root);
    tg_mpi_call call = {
        .name = what, .root = root, .table = {m->params, state_of(o, &s)}};

    s = tg_mpi_meet(&m->link, &call, s, NULL);
    if (s == TG_OK)
        s = send_all(m, call.table[0], root);
    return s == TG_OK ? send_all(m, call.table[1], root) : s;
}

#include "group.h"

#include <tinygrad/memory.h>

/* ---- life */

static tg_status check_comm(MPI_Comm comm)
{
    int begun = 0, over = 0, two_groups = 0;

    MPI_Initialized(&begun);
    MPI_Finalized(&over);
    if (!begun || over)
        return tg_fail(NULL, TG_ERR_STATE, "mpi_new: %s",
                       over ? "after MPI_Finalize" : "before MPI_Init");
    if (comm != MPI_COMM_NULL)
        MPI_Comm_test_inter(comm, &two_groups);
    if (comm == MPI_COMM_NULL || two_groups)
        return tg_fail(NULL, TG_ERR_ARG, "mpi_new: %s",
                       two_groups ? "a communicator of two groups"
                                  : "no communicator");
    return TG_OK;
}

/* A communicator's handler may end the program: while it is copied ours stands
 * in, and the copy keeps ours. */
static tg_status connect(tg_mpi_link *l, MPI_Comm comm)
{
    MPI_Errhandler theirs;

    MPI_Comm_get_errhandler(comm, &theirs);
    MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
    int error = MPI_Comm_dup(comm, &l->comm);
    MPI_Comm_set_errhandler(comm, theirs);
    MPI_Errhandler_free(&theirs);
    if (error != MPI_SUCCESS)
        return tg_mpi_check("mpi_new", error);
    MPI_Comm_set_errhandler(l->comm, MPI_ERRORS_RETURN);
    MPI_Comm_rank(l->comm, &l->rank);
    MPI_Comm_size(l->comm, &l->size);
    return TG_OK;
}

static void disconnect(tg_mpi_link *l)
{
    int over = 0;

    MPI_Finalized(&over);
    if (!over)
        MPI_Comm_free(&l->comm);
}

static tg_status make(tg_mpi **m, tg_params *p, const tg_mpi_link *l)
{
    if (p == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "no table of parameters");
    *m = tg_memory_new(sizeof **m);
    if (*m == NULL)
        return tg_fail(NULL, TG_ERR_NOMEM, "no memory");
    **m = (tg_mpi){.link = *l, .params = p, .graph = tg_graph_new()};
    return (*m)->graph != NULL ? TG_OK : TG_ERR_NOMEM;
}

static void give_back(tg_mpi_room *room)
{
    tg_memory_free(room->start, room->size);
}

static void end(tg_mpi *m)
{
    if (m == NULL)
        return;
    tg_graph_free(m->graph);
    give_back(&m->sums);
    give_back(&m->held);
    give_back(&m->there);
    tg_memory_free(m, sizeof *m);
}

tg_mpi *tg_mpi_new(tg_params *p, MPI_Comm comm)
{
    tg_mpi_link l;
    tg_mpi *m = NULL;
    tg_mpi_call call = {.name = "mpi_new"};

    if (check_comm(comm) != TG_OK || connect(&l, comm) != TG_OK)
        return NULL;
    if (tg_mpi_meet(&l, &call, make(&m, p, &l), NULL) == TG_OK)
        return m;
    end(m);
    disconnect(&l);
    return NULL;
}

void tg_mpi_free(tg_mpi *m)
{
    if (m == NULL)
        return;
    disconnect(&m->link);
    end(m);
}

/* ---- looking */

int tg_mpi_rank(const tg_mpi *m)
{
    return m != NULL ? m->link.rank : 0;
}

int tg_mpi_size(const tg_mpi *m)
{
    return m != NULL ? m->link.size : 1;
}

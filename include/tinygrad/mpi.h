/* Data-parallel training: several processes, MPI's ranks, hold copies of one
 * model, take a part each of every batch, and average their gradients.
 *
 * A library of its own, there where MPI was found, so that no other program
 * loads MPI; tinygrad.h leaves this header out:
 *
 *     mpicc my.c $(pkg-config --cflags --libs tinygrad-mpi)
 *
 * The program calls MPI_Init_thread, for which MPI_THREAD_FUNNELED will do, and
 * MPI_Finalize. After a run that has made the parameters, and a tg_mpi_new and
 * tg_mpi_broadcast, a step is
 *
 *     tg_params_zero_grad(p);
 *     tg_backward(g, loss(g, p, rows of this rank));
 *     tg_status s = tg_graph_reset(g);
 *     s = s == TG_OK ? tg_mpi_average_grads(m, rows) : tg_mpi_agree(m, s);
 *     s = s == TG_OK ? tg_optim_step(o) : s;
 *
 * Calls that take ranks together are collective: all ranks make the same ones
 * in the same order. They succeed on all ranks or fail on all, with one status
 * and one message, which names the rank that it is about. So models that
 * differ, other calls than rank 0's, and a rank without memory are refused, not
 * waited for, and change nothing. A rank that has failed elsewhere calls
 * tg_mpi_agree instead of what the others call. TG_ERR_IO is a failure of MPI
 * itself, after which nothing is promised of what was on its way. A program
 * that gives up calls MPI_Abort: a rank that merely leaves is waited for. */
#ifndef TINYGRAD_MPI_H
#define TINYGRAD_MPI_H

#include <mpi.h>

#include <tinygrad/optim.h>

TG_BEGIN_DECLS

typedef struct tg_mpi tg_mpi;

/* Collective: the ranks of comm, each with its p, which must outlive this.
 * Messages are kept apart from the program's own. NULL on all ranks if one has
 * no p (TG_ERR_ARG) or no memory; TG_ERR_STATE outside of MPI's life,
 * TG_ERR_ARG for no communicator, or one of two groups. */
TG_API tg_mpi *tg_mpi_new(tg_params *p, MPI_Comm comm);
/* Collective. NULL is ignored. */
TG_API void tg_mpi_free(tg_mpi *m);
TG_API int tg_mpi_rank(const tg_mpi *m); /* 0 for NULL */
TG_API int tg_mpi_size(const tg_mpi *m); /* 1 for NULL */

/* Collective: the status and message of the lowest rank whose s is not TG_OK,
 * as tg_error_message() has it there; TG_OK if there is none. Called by a rank
 * that has failed, it fails whatever the others call. */
TG_API tg_status tg_mpi_agree(tg_mpi *m, tg_status s);

/* Collective: all parameters and buffers, and the state of o, which may be
 * NULL, become those of root. They are made before, by a run of the model, with
 * the same names in the same order. Buffers that a run changes (batch norm's
 * statistics) are each rank's own until then: broadcast before saving. */
TG_API tg_status tg_mpi_broadcast(tg_mpi *m, tg_optim *o, int root);

/* Collective: every gradient d becomes sum(weight d) / sum(weight) over the
 * ranks, with the same bits on all: added in f64, then rounded once. With the
 * mean over its part of a batch as each rank's loss and the part's number of
 * rows as its weight, that is the gradient of the whole batch's mean, whatever
 * the parts; not so where rows see each other (batch norm).
 *
 * A gradient that some ranks do not have is zeros there, and is made; one that
 * none has stays missing. A rank without rows has weight 0 and runs nothing:
 * its gradients are zeroed first, and those it gets count as reached by a
 * backward. TG_ERR_ARG for a weight below 0, not finite, or if all are 0.
 * TG_ERR_STATE, as in tg_optim_step, if a rank with a weight has run no
 * backward since the last average, or holds a gradient that was neither
 * reached nor zeroed since. After the first, allocates nothing as long as the
 * same gradients are there. */
TG_API tg_status tg_mpi_average_grads(tg_mpi *m, double weight);

TG_END_DECLS

#endif

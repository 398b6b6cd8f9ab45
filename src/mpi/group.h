/* The ranks from within: how they meet, and what is kept between calls.
 *
 * Invariant: every call begins with a meeting, which is the same two or three
 * messages whatever is called, and goes on only if all ranks go on. Until it
 * has met the others, a rank that fails keeps its failure for the meeting. */
#ifndef TINYGRAD_MPI_GROUP_H
#define TINYGRAD_MPI_GROUP_H

#include <tinygrad/mpi.h>

typedef struct tg_mpi_link {
    MPI_Comm comm;
    int rank, size;
} tg_mpi_link;

/* Memory that grows and is kept. */
typedef struct tg_mpi_room {
    void *start;
    size_t size;
} tg_mpi_room;

struct tg_mpi {
    tg_mpi_link link;
    tg_params *params;
    tg_graph *graph;   /* where gradients that are missing are made */
    tg_mpi_room sums;  /* doubles: all gradients, then a block to add up in */
    tg_mpi_room held;  /* by the parameter's place: its gradient, as left */
    tg_mpi_room there; /* bytes: which ranks' gradients there are */
};

/* What a rank brings to a meeting. The call and the tensors must be the same
 * on all ranks. */
typedef struct tg_mpi_call {
    const char *name;
    int root; /* 0 where there is none */
    const tg_params *table[2];
    uint64_t grads; /* a digest of which gradients there are */
} tg_mpi_call;

/* All succeed, or all fail with the lowest rank's failure. The text of a rank
 * that brings one is its latest. Where all succeed, *same_grads (or NULL) says
 * whether all have brought the same digest. */
tg_status tg_mpi_meet(const tg_mpi_link *l, const tg_mpi_call *call,
                      tg_status s, bool *same_grads);

/* Finds how this rank differs from rank 0, on all ranks at once, and fails. */
tg_status tg_mpi_compare(const tg_mpi_link *l, const tg_mpi_call *call);
/* Of all that tg_mpi_compare compares. */
uint64_t tg_mpi_digest(const tg_mpi_call *call);
/* A digest, first 0, with one more value folded in. */
uint64_t tg_mpi_fold(uint64_t digest, uint64_t value);

/* Replaces n numbers by their sums over the ranks, added up in f64 with the
 * same bits on all; MPI's error. They are the start of so many bytes. */
int tg_mpi_add_up(const tg_mpi_link *l, double *sums, size_t n);
size_t tg_mpi_sums_size(const tg_mpi_link *l, size_t n);

/* TG_OK for MPI_SUCCESS, else a failure with MPI's text. */
tg_status tg_mpi_check(const char *call, int error);

#endif

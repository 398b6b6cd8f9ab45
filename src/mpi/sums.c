/* Numbers of all ranks, added up to the same bits. */
#include "group.h"

#include <string.h>

/* How many numbers a rank adds up at once. */
#define BLOCK ((size_t)1 << 17)

static size_t block_of(const tg_mpi_link *l, size_t n)
{
    size_t share = (n + (size_t)l->size - 1) / (size_t)l->size;

    return share < BLOCK ? share : BLOCK;
}

/* The numbers, what fills up the last block of each rank, and the block that
 * this rank adds up. */
size_t tg_mpi_sums_size(const tg_mpi_link *l, size_t n)
{
    return (n + (size_t)l->size + block_of(l, n)) * sizeof(double);
}

/* Each number is added up on one rank, which sends it to all: MPI does not
 * promise the same bits on all ranks where each adds up for itself. */
int tg_mpi_add_up(const tg_mpi_link *l, double *sums, size_t n)
{
    double *own = sums + n + l->size;
    int error = MPI_SUCCESS;
    size_t done = 0;

    memset(sums + n, 0, (size_t)l->size * sizeof *sums);
    while (done < n && error == MPI_SUCCESS) {
        int block = (int)block_of(l, n - done);
        error = MPI_Reduce_scatter_block(sums + done, own, block, MPI_DOUBLE,
                                         MPI_SUM, l->comm);
        if (error == MPI_SUCCESS)
            error = MPI_Allgather(own, block, MPI_DOUBLE, sums + done, block,
                                  MPI_DOUBLE, l->comm);
        done += (size_t)block * (size_t)l->size;
    }
    return error;
}

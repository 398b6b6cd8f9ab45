/* The last rank ends in the manner that is asked for while the others wait for
 * it in a call: "abort" after a failure that all were told of, "leave" without
 * a word, "kill" by a signal. */
#include <tinygrad.h>
#include <tinygrad/mpi.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void end(tg_mpi *m, const char *manner)
{
    if (strcmp(manner, "leave") == 0)
        exit(3);
    if (strcmp(manner, "kill") == 0)
        raise(SIGKILL);
    tg_mpi_agree(m, tg_fail(NULL, TG_ERR_IO, "the data are gone"));
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    MPI_Init(&argc, &argv);
    tg_params *p = tg_params_new(TG_F32, 0);
    tg_mpi *m = tg_mpi_new(p, MPI_COMM_WORLD);
    int last = tg_mpi_size(m) - 1;

    if (tg_mpi_rank(m) == last)
        end(m, argv[1]);
    else if (tg_mpi_broadcast(m, NULL, 0) != TG_OK && tg_mpi_rank(m) == 0) {
        fprintf(stderr, "%s\n", tg_error_message());
        MPI_Abort(MPI_COMM_WORLD, 4);
    }
    tg_mpi_free(m); /* the last rank gets here, and waits to be ended */
    tg_params_free(p);
    MPI_Finalize();
    return 0;
}

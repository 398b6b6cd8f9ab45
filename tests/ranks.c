#include "ranks.h"
#include "support_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rank, size;

void holds(const char *at, const char *text, bool condition)
{
    if (condition)
        return;
    fprintf(stderr, "%s: rank %d of %d: not so: %s (last message: %s)\n", at,
            rank, size, text, tg_error_message());
    MPI_Abort(MPI_COMM_WORLD, 1);
}

void fails(const char *at, const char *call, tg_status got, tg_status expected,
           const char *text)
{
    if (got == expected && strstr(tg_error_message(), text) != NULL)
        return;
    fprintf(stderr, "%s: rank %d of %d: %s: %s, '%s' instead of %s, '%s'\n", at,
            rank, size, call, tg_status_name(got), tg_error_message(),
            tg_status_name(expected), text);
    MPI_Abort(MPI_COMM_WORLD, 1);
}

bool same_everywhere(const tg_tensor *t)
{
    size_t bytes =
        (size_t)tg_tensor_size(t) * tg_dtype_size(tg_tensor_dtype(t));
    void *zero = malloc(bytes + 1);
    int same = 0;

    HOLDS(zero != NULL);
    memcpy(zero, tg_data(t), bytes);
    MPI_Bcast(zero, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
    same = memcmp(zero, tg_data(t), bytes) == 0;
    free(zero);
    MPI_Allreduce(MPI_IN_PLACE, &same, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return same;
}

int run_ranks(const ranks_test *tests, size_t count)
{
    int level;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (size_t i = 0; i < count; i++) {
        begin_counting();
        tests[i].run();
        holds(tests[i].name, "nothing is left allocated", live_bytes() == 0);
        if (rank == 0)
            printf("%s: ok\n", tests[i].name);
    }
    MPI_Finalize();
    return EXIT_SUCCESS;
}

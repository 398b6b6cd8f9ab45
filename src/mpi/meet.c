#include "group.h"

tg_status tg_mpi_check(const char *call, int error)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;

    if (error == MPI_SUCCESS)
        return TG_OK;
    MPI_Error_string(error, text, &length);
    return tg_fail(NULL, TG_ERR_IO, "%s: %s", call, text);
}

/* ---- a failure, told to all */

/* Bytes alone: the same on machines of any byte order. */
typedef struct verdict {
    unsigned char status;
    char text[511];
} verdict;

static tg_status report(const tg_mpi_link *l, const char *call, int from,
                        tg_status s)
{
    verdict v = {.status = (unsigned char)s};

    if (l->rank == from)
        snprintf(v.text, sizeof v.text, "%s", tg_error_message());
    tg_status sent =
        tg_mpi_check(call, MPI_Bcast(&v, sizeof v, MPI_BYTE, from, l->comm));
    return sent != TG_OK ? sent
                         : tg_fail(NULL, (tg_status)v.status, "%s: rank %d: %s",
                                   call, from, v.text);
}

/* ---- the meeting */

enum { FAILED, CALL, NOT_CALL, GRADS, NOT_GRADS, WORDS };

/* Of a word and its complement, one maximum finds the largest and the smallest
 * on any rank. */
static bool differs(const uint64_t *word)
{
    return word[0] != ~word[1];
}

tg_status tg_mpi_meet(const tg_mpi_link *l, const tg_mpi_call *call,
                      tg_status s, bool *same_grads)
{
    uint64_t digest = tg_mpi_digest(call);
    uint64_t word[WORDS] = {[FAILED] =
                                s != TG_OK ? (uint64_t)(l->size - l->rank) : 0,
                            [CALL] = digest,
                            [NOT_CALL] = ~digest,
                            [GRADS] = call->grads,
                            [NOT_GRADS] = ~call->grads};
    int error = MPI_Allreduce(MPI_IN_PLACE, word, WORDS, MPI_UINT64_T, MPI_MAX,
                              l->comm);

    if (error != MPI_SUCCESS)
        return tg_mpi_check(call->name, error);
    if (word[FAILED] > 0)
        return report(l, call->name, l->size - (int)word[FAILED], s);
    if (differs(&word[CALL]))
        return tg_mpi_compare(l, call);
    if (same_grads != NULL)
        *same_grads = !differs(&word[GRADS]);
    return TG_OK;
}

tg_status tg_mpi_agree(tg_mpi *m, tg_status s)
{
    tg_mpi_call call = {.name = "mpi_agree"};

    return m != NULL ? tg_mpi_meet(&m->link, &call, s, NULL)
                     : tg_fail(NULL, TG_ERR_ARG, "mpi_agree: no ranks");
}

/* Are all ranks in the same call, with the same model? Digests are compared
 * each time; where they differ, rank 0 shows what it has. */
#include "group.h"

#include <string.h>

static size_t count_of(const tg_mpi_call *call)
{
    return tg_params_count(call->table[0]) + tg_params_count(call->table[1]);
}

static const tg_tensor *tensor_at(const tg_mpi_call *call, size_t i)
{
    size_t n = tg_params_count(call->table[0]);

    return i < n ? tg_params_at(call->table[0], i)
                 : tg_params_at(call->table[1], i - n);
}

/* ---- digests */

uint64_t tg_mpi_fold(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return digest ^ digest >> 32;
}

static uint64_t fold_text(uint64_t digest, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        digest = tg_mpi_fold(digest, (unsigned char)*text);
    return tg_mpi_fold(digest, 0);
}

/* A tensor in numbers, as ranks show it to each other. */
enum { NAME, DTYPE, WANTED, NDIM, DIM, NUMBERS = DIM + TG_MAX_DIMS };

typedef struct facts {
    uint64_t number[NUMBERS];
    tg_text text;
} facts;

static facts facts_of(const tg_tensor *t)
{
    tg_shape shape = tg_tensor_shape(t);
    facts f = {.number = {[NAME] = fold_text(0, tg_name(t)),
                          [DTYPE] = tg_tensor_dtype(t),
                          [WANTED] = tg_requires_grad(t),
                          [NDIM] = (uint64_t)shape.ndim}};

    for (int d = 0; d < shape.ndim; d++)
        f.number[DIM + d] = (uint64_t)shape.dim[d];
    return f;
}

uint64_t tg_mpi_digest(const tg_mpi_call *call)
{
    uint64_t digest = fold_text(0, call->name);

    digest = tg_mpi_fold(digest, (uint64_t)call->root);
    for (size_t i = 0; i < count_of(call); i++) {
        facts f = facts_of(tensor_at(call, i));
        for (int k = 0; k < NUMBERS; k++)
            digest = tg_mpi_fold(digest, f.number[k]);
    }
    return digest;
}

/* ---- what rank 0 has */

static int show(const tg_mpi_link *l, facts *f)
{
    int error = MPI_Bcast(f->number, NUMBERS, MPI_UINT64_T, 0, l->comm);

    return error != MPI_SUCCESS ? error
                                : MPI_Bcast(f->text.text, sizeof f->text.text,
                                            MPI_CHAR, 0, l->comm);
}

static int show_call(const tg_mpi_link *l, const tg_mpi_call *call, facts *f)
{
    *f = (facts){.number = {(uint64_t)call->root, count_of(call)}};
    snprintf(f->text.text, sizeof f->text.text, "%s", call->name);
    return show(l, f);
}

static int show_tensor(const tg_mpi_link *l, const tg_tensor *t, facts *f)
{
    if (l->rank == 0) {
        *f = facts_of(t);
        f->text = tg_describe(t);
    }
    return show(l, f);
}

/* ---- how this rank differs */

static tg_status check_call(const tg_mpi_call *call, const facts *zero)
{
    if (strcmp(call->name, zero->text.text) != 0)
        return tg_fail(NULL, TG_ERR_STATE, "calls %s, rank 0 %s", call->name,
                       zero->text.text);
    if ((uint64_t)call->root != zero->number[0])
        return tg_fail(NULL, TG_ERR_ARG, "root is %d, %llu on rank 0",
                       call->root, (unsigned long long)zero->number[0]);
    return TG_OK;
}

static tg_status check_numbers(const tg_tensor *t, const facts *zero)
{
    tg_text text = tg_describe(t);
    facts own = facts_of(t);
    const uint64_t *a = own.number, *b = zero->number;

    if (a[NAME] != b[NAME])
        return tg_fail(NULL, TG_ERR_ARG, "%s is where rank 0 has %s", text.text,
                       zero->text.text);
    if (a[DTYPE] != b[DTYPE])
        return tg_fail(NULL, TG_ERR_DTYPE, "%s is %s, %s on rank 0", text.text,
                       tg_dtype_name((tg_dtype)a[DTYPE]),
                       tg_dtype_name((tg_dtype)b[DTYPE]));
    if (memcmp(&a[NDIM], &b[NDIM], (NUMBERS - NDIM) * sizeof *a) != 0)
        return tg_fail(NULL, TG_ERR_SHAPE, "%s is %s on rank 0", text.text,
                       zero->text.text);
    if (a[WANTED] != b[WANTED])
        return tg_fail(NULL, TG_ERR_STATE, "%s requires %s gradient, %s rank 0",
                       text.text, a[WANTED] ? "a" : "no",
                       a[WANTED] ? "but not on" : "but does on");
    return TG_OK;
}

static tg_status check_tensor(const tg_tensor *t, const facts *zero)
{
    return t != NULL ? check_numbers(t, zero)
                     : tg_fail(NULL, TG_ERR_ARG, "no %s, which rank 0 has",
                               zero->text.text);
}

static tg_status check_rest(const tg_mpi_call *call, size_t count)
{
    return count_of(call) <= count
               ? TG_OK
               : tg_fail(NULL, TG_ERR_ARG, "%s, which rank 0 has not",
                         tg_describe(tensor_at(call, count)).text);
}

/* The first difference stands; the rest of the messages are still to come. */
static int find(const tg_mpi_link *l, const tg_mpi_call *call, tg_status *s)
{
    facts zero;
    int error = show_call(l, call, &zero);

    if (error != MPI_SUCCESS)
        return error;
    size_t count = (size_t)zero.number[1];
    *s = check_call(call, &zero);
    for (size_t i = 0; i < count && error == MPI_SUCCESS; i++) {
        const tg_tensor *t = tensor_at(call, i);
        error = show_tensor(l, t, &zero);
        if (error == MPI_SUCCESS && *s == TG_OK)
            *s = check_tensor(t, &zero);
    }
    if (error == MPI_SUCCESS && *s == TG_OK)
        *s = check_rest(call, count);
    return error;
}

tg_status tg_mpi_compare(const tg_mpi_link *l, const tg_mpi_call *call)
{
    tg_status s = TG_OK;
    int error = find(l, call, &s);
    tg_mpi_call same = {.name = call->name};

    return error != MPI_SUCCESS ? tg_mpi_check(call->name, error)
                                : tg_mpi_meet(l, &same, s, NULL);
}

/* What the tests of several ranks share. Check lets a failed test be followed
 * by the next, on one rank alone: here a failure ends all ranks at once. */
#ifndef RANKS_H
#define RANKS_H

#include <tinygrad.h>
#include <tinygrad/mpi.h>

#include "support.h"

/* Ends all ranks where the condition does not hold here. */
#define HOLDS(condition) holds(HERE, #condition, condition)
void holds(const char *at, const char *text, bool condition);
/* The same for a failure with this status, and a message with this text. */
#define FAILS(call, status, text) fails(HERE, #call, call, status, text)
void fails(const char *at, const char *call, tg_status got, tg_status expected,
           const char *text);

extern int rank, size; /* in MPI_COMM_WORLD */

/* Has all ranks the same bits in t? */
bool same_everywhere(const tg_tensor *t);

typedef struct ranks_test {
    const char *name;
    void (*run)(void);
} ranks_test;

/* MPI_Init to MPI_Finalize; each test may leave nothing allocated. */
int run_ranks(const ranks_test *tests, size_t count);

#endif

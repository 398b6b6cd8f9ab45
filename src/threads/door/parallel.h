/* The threads' door: a loop that is cut into pieces. */
#ifndef TINYGRAD_PARALLEL_H
#define TINYGRAD_PARALLEL_H

#include <stddef.h>

/* Does [first, last) of a loop. */
typedef void tg_piece(void *loop, size_t first, size_t last);

/* Calls `piece` for ranges that make up [0, n), each but the last a multiple of
 * `grain` long, on several threads where that pays: `cost` is about how many
 * nanoseconds the whole loop takes one core. A piece within a piece runs where
 * it is.
 *
 * How many ranges there are depends on the number of threads, so a piece must
 * give the same bits however [0, n) is cut; sums over more than one grain are
 * made of one sum a grain, added up in order afterwards. */
void tg_parallel(size_t n, size_t grain, double cost, tg_piece *piece,
                 void *loop);

/* How many loops have been cut so far; for tests. */
size_t tg_parallel_cuts(void);

#endif

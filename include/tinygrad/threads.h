/* How many threads an op may use. */
#ifndef TINYGRAD_THREADS_H
#define TINYGRAD_THREADS_H

#include <tinygrad/export.h>

TG_BEGIN_DECLS

/* Large ops are split among threads, small ones never are: a program of small
 * tensors starts no thread. No result depends on the number of threads, to the
 * last bit.
 *
 * Threads of OpenMP that wait for each other keep their cores busy for a while:
 * the fastest way on cores of their own, and a slow one where other programs
 * want the cores. There, one thread is better, or OMP_WAIT_POLICY=passive in
 * the environment before the program starts. */

/* Sets, for the process, the most threads that an op may use; 0, the default,
 * and what is below 0: as many as there are cores, or as OMP_NUM_THREADS says.
 * Safe from any thread; ops that already run keep their number. */
TG_API void tg_set_threads(int n);

/* The most threads that an op may use now: at least 1, and always 1 in a
 * library that was built without OpenMP. */
TG_API int tg_threads(void);

TG_END_DECLS

#endif

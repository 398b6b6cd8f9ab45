/* No result depends on the number of threads, to the last bit: large calls of
 * the ops, forward, backward and replayed, in f32 and on 1, 2 and 3 threads.
 * With TG_TEST_RUNS=20 in the environment: 20 times on 1, 2, 3, 4 and 8, in f64
 * too. */
#ifndef THREAD_BITS_H
#define THREAD_BITS_H

#include "support.h"

typedef tg_tensor *(*large_fn)(tg_graph *g, tg_tensor *const *in);

/* A function of tensors of these shapes. */
typedef struct large_case {
    const char *name;
    large_fn fn;
    int n;
    tg_shape shape[3];
    bool whole; /* no loop of it is cut, so far */
} large_case;

/* A large_fn: an expression of g and in. */
#define FN(name, ...)                                                          \
    static tg_tensor *name(tg_graph *g, tg_tensor *const *in)                  \
    {                                                                          \
        return __VA_ARGS__;                                                    \
    }

/* Each gives the same bits on any number of threads, and cuts a loop. */
void check_cases(const large_case *cases, size_t count);
#define CHECK_CASES(...)                                                       \
    do {                                                                       \
        const large_case cases[] = {__VA_ARGS__};                              \
        check_cases(cases, sizeof cases / sizeof *cases);                      \
    } while (0)

#endif

/* Failures: the thread's latest, and a graph's first. */
#ifndef TINYGRAD_CORE_ERROR_H
#define TINYGRAD_CORE_ERROR_H

#include <tinygrad/error.h>

#define TG_MESSAGE_SIZE 512

typedef struct tg_failure {
    tg_status status;
    char text[TG_MESSAGE_SIZE];
} tg_failure;

/* This thread's latest failure; status TG_OK before the first. */
tg_failure *tg_last_failure(void);

/* Read around every closure, so where it lies must be known without a call. */
#if defined(__ELF__)
#define TG_NEAR __attribute__((tls_model("initial-exec")))
#else
#define TG_NEAR
#endif
extern _Thread_local unsigned long tg_failures TG_NEAR;

/* How many failures this thread has seen: differs from an earlier value if a
 * closure that failed in between has given a text to tg_fail. */
static inline unsigned long tg_failure_count(void)
{
    return tg_failures;
}

/* Lets g remember the thread's latest failure as its own, if it has none. */
void tg_graph_remember(tg_graph *g);

/* A closure returned s: its own text stands if it gave one since `before`. */
tg_status tg_closure_failed(tg_graph *g, tg_status s, unsigned long before,
                            const char *op, const char *closure);

#endif

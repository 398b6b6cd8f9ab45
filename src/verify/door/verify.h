/* The door of verification: vector kernels against plain ones, on the user's
 * own data.
 *
 * With TG_VERIFY=1 in the environment each kernel that an op calls leaves its
 * name here; the core then runs the op once more as a reference and compares.
 * Whoever works for a reference takes the plain way: plain kernels, one thread.
 */
#ifndef TINYGRAD_VERIFY_H
#define TINYGRAD_VERIFY_H

#include <stdatomic.h>
#include <stdbool.h>

typedef enum tg_verify_mode {
    TG_VERIFY_UNKNOWN, /* the environment was not read yet */
    TG_VERIFY_OFF,
    TG_VERIFY_ON
} tg_verify_mode;

extern atomic_int tg_verify_known;
bool tg_verify_read_environment(void);

/* One load and a branch that is always the same. */
static inline bool tg_is_verifying(void)
{
    int mode = atomic_load_explicit(&tg_verify_known, memory_order_relaxed);

    return mode != TG_VERIFY_OFF && tg_verify_read_environment();
}

/* Kernels that this thread has called, each once; more than fit are left out.
 */
typedef struct tg_kernels_called {
    const char *set; /* NULL if none was called */
    const char *name[4];
    int count;
} tg_kernels_called;

void tg_verify_note(const char *kernel, const char *set);
/* What was noted since it was last taken. */
tg_kernels_called tg_verify_take(void);

/* Does this thread work for a reference? */
bool tg_is_reference(void);
void tg_set_reference(bool on);

#endif

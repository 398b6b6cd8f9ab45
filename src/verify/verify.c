#include "verify.h"

#include <stdlib.h>
#include <string.h>

atomic_int tg_verify_known;

static _Thread_local tg_kernels_called called;
static _Thread_local bool is_reference;

/* Two threads that read at once read the same. */
bool tg_verify_read_environment(void)
{
    int mode = atomic_load_explicit(&tg_verify_known, memory_order_relaxed);

    if (mode == TG_VERIFY_UNKNOWN) {
        const char *value = getenv("TG_VERIFY");
        bool on = value != NULL && *value != '\0' && strcmp(value, "0") != 0;
        mode = on ? TG_VERIFY_ON : TG_VERIFY_OFF;
        atomic_store_explicit(&tg_verify_known, mode, memory_order_relaxed);
    }
    return mode == TG_VERIFY_ON;
}

void tg_verify_note(const char *kernel, const char *set)
{
    const int room = sizeof called.name / sizeof *called.name;

    called.set = set;
    for (int i = 0; i < called.count; i++)
        if (strcmp(called.name[i], kernel) == 0)
            return;
    if (called.count < room)
        called.name[called.count++] = kernel;
}

tg_kernels_called tg_verify_take(void)
{
    tg_kernels_called taken = called;

    called = (tg_kernels_called){0};
    return taken;
}

bool tg_is_reference(void)
{
    return is_reference;
}

void tg_set_reference(bool on)
{
    is_reference = on;
}

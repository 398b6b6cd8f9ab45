#include "split.h"

#include "parallel.h"

/* A multiple of a page, and of what elementwise ops need. */
enum { GRAIN = 1 << 14 };

typedef struct split {
    const tg_call *call;
    tg_elements *run;
    const void *arg;
} split;

static void run_piece(void *loop, size_t first, size_t last)
{
    const split *s = loop;

    s->run(s->call, s->arg, first, last - first);
}

void tg_split_elements(const tg_call *call, tg_elements *run, const void *arg)
{
    size_t n = (size_t)call->out->size;
    double ns = call->out->dtype == TG_F64 ? 1 : 0.3;

    tg_parallel(n, GRAIN, ns * (double)n, run_piece, &(split){call, run, arg});
}

#include "elementwise.h"

#include "chunks.h"
#include "parallel.h"

/* A multiple of a page, and of what kernels take at once. */
enum { GRAIN = 1 << 14 };

typedef struct split {
    tg_work work;
    int n_in;
    tg_run *run;
} split;

static void run_piece(void *loop, size_t first, size_t last)
{
    const split *s = loop;
    tg_work w = s->work;

    tg_work_move(&w, s->n_in, first, last - first);
    s->run(&w);
}

tg_status tg_elementwise_parts(const tg_call *call, tg_run *run)
{
    split s = {tg_work_of(call, call->n_in), call->n_in, run};

    for (int i = 0; i < call->n_in; i++) {
        if (s.work.step[i] == 0 && call->in[i]->size != 1) {
            tg_run_chunks(call, run);
            return TG_OK;
        }
    }
    tg_parallel(s.work.n, GRAIN, (s.work.is_f64 ? 1 : 0.3) * (double)s.work.n,
                run_piece, &s);
    return TG_OK;
}

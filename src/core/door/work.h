/* The core's door to ops that compute in parts: what tg_op.run and tg_op.fold
 * are. A replay runs parts of several ops in turn. */
#ifndef TINYGRAD_CORE_WORK_H
#define TINYGRAD_CORE_WORK_H

#include "op.h"

/* An elementwise call at work: n elements of the result, from here on. */
enum { TG_WORK_INPUTS = 3 };
typedef struct tg_work {
    size_t n;
    void *out;
    const void *in[TG_WORK_INPUTS];
    const void *env;
    uint8_t step[TG_WORK_INPUTS];  /* 1, or 0 for an operand that is repeated */
    uint8_t width[TG_WORK_INPUTS]; /* bytes of an operand's element */
    bool is_f64;                   /* is the result */
} tg_work;
typedef void tg_run(const tg_work *w);

/* All of a call whose operands have as many elements as its result, or one. */
static inline tg_work tg_work_of(const tg_call *call, int n_in)
{
    tg_work w = {.n = (size_t)call->out->size,
                 .out = call->out->data,
                 .env = call->env,
                 .is_f64 = call->out->dtype == TG_F64};

    for (int i = 0; i < n_in; i++) {
        w.in[i] = call->in[i]->data;
        w.step[i] = call->in[i]->size == call->out->size;
        w.width[i] = (uint8_t)tg_element_size(call->in[i]->dtype);
    }
    return w;
}

/* n elements, so many further on. */
static inline void tg_work_move(tg_work *w, int n_in, size_t by, size_t n)
{
    w->n = n;
    w->out = (char *)w->out + by * (w->is_f64 ? sizeof(double) : sizeof(float));
    for (int i = 0; i < n_in; i++)
        w->in[i] = (const char *)w->in[i] + by * w->step[i] * w->width[i];
}

/* A sum of all elements of x, in parts. Where there are many it is made of
 * slices, whose borders depend on the size alone, and a slice of blocks: so its
 * bits depend neither on the number of threads nor on who takes it. */
enum {
    TG_SLICES = 16,
    TG_SLICE_GRAIN = 1024, /* elements: whole blocks of either dtype */
    TG_BLOCK_BYTES = 4096,
    TG_FOLD_NUMBERS = 16 /* what a part leaves behind */
};

typedef struct tg_fold {
    bool (*takes)(const tg_call *call); /* is it such a sum? */
    /* Adds a block of n elements to the numbers of its slice, which are 0
     * before. */
    void (*add)(bool is_f64, size_t n, const void *x, double *numbers);
    /* Makes the result of all slices' numbers. */
    void (*end)(const tg_call *call, double numbers[][TG_FOLD_NUMBERS]);
} tg_fold;

/* The first of n elements that belongs to slice s. */
static inline int64_t tg_slice_begin(int64_t n, size_t s)
{
    int64_t grains = (n + TG_SLICE_GRAIN - 1) / TG_SLICE_GRAIN;
    int64_t first = grains / TG_SLICES * (int64_t)s +
                    grains % TG_SLICES * (int64_t)s / TG_SLICES;

    return first * TG_SLICE_GRAIN < n ? first * TG_SLICE_GRAIN : n;
}

#endif

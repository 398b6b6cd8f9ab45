#include "sum_whole.h"

#include "kernels.h"
#include "parallel.h"

/* From so many elements on there are slices. */
enum { MANY = 1 << 14 };

static void set_sum(const tg_call *call, const double *sum)
{
    tg_kernel_round_sums(call->out->dtype == TG_F64, 1, sum, call->out->data);
}

static bool takes(const tg_call *call)
{
    return call->out->size == 1 && call->in[0]->size >= MANY;
}

static void add(bool is_f64, size_t n, const void *x, double *numbers)
{
    tg_kernel_sum_blocks(is_f64, n, x, numbers);
}

static void end(const tg_call *call, double numbers[][TG_FOLD_NUMBERS])
{
    double slice, sum = 0;

    for (int s = 0; s < TG_SLICES; s++) {
        tg_kernel_sum_numbers(call->out->dtype == TG_F64, numbers[s], &slice);
        sum += slice;
    }
    set_sum(call, &sum);
}

const tg_fold tg_sum_fold = {takes, add, end};

typedef struct slices {
    const tg_tensor *x;
    double numbers[TG_SLICES][TG_FOLD_NUMBERS];
} slices;

static void add_slices(void *loop, size_t first, size_t last)
{
    slices *l = loop;

    for (size_t s = first; s < last; s++) {
        int64_t begin = tg_slice_begin(l->x->size, s);
        size_t n = (size_t)(tg_slice_begin(l->x->size, s + 1) - begin);
        add(l->x->dtype == TG_F64, n, tg_element_at(l->x, (size_t)begin),
            l->numbers[s]);
    }
}

tg_status tg_sum_whole(const tg_call *call)
{
    const tg_tensor *x = call->in[0];
    slices l = {.x = x};
    double few, sum = 0;

    if (takes(call)) {
        tg_parallel(TG_SLICES, 1, 0.1 * (double)x->size, add_slices, &l);
        end(call, l.numbers);
        return TG_OK;
    }
    tg_kernel_sum(x->dtype == TG_F64, (size_t)x->size, x->data, &few);
    sum += few; /* never -0 */
    set_sum(call, &sum);
    return TG_OK;
}

#include "lane.h"

#include "parallel.h"
#include "reduce.h"

bool tg_lanes_of(tg_graph *g, const char *op, tg_tensor *x, int axis,
                 tg_lanes *lanes)
{
    if (tg_check_floats(g, op, 1, &x) != TG_OK)
        return false;
    axis = tg_axis_index(g, op, axis, x);
    if (axis < 0)
        return false;
    *lanes = (tg_lanes){axis, 1, x->shape.dim[axis], 1};
    for (int d = 0; d < axis; d++)
        lanes->before *= x->shape.dim[d];
    for (int d = axis + 1; d < x->shape.ndim; d++)
        lanes->after *= x->shape.dim[d];
    return true;
}

tg_shape tg_lanes_reduced(const tg_lanes *l, const tg_tensor *x, bool keepdims)
{
    return tg_reduced_shape(&x->shape, 1U << l->axis, keepdims);
}

typedef struct lane_loop {
    const tg_call *call;
    tg_lanes_run *run;
} lane_loop;

static void run_blocks(void *loop, size_t first, size_t last)
{
    const lane_loop *l = loop;
    const tg_lanes *lanes = l->call->env;

    l->run(l->call,
           &(tg_lane_part){first, last - first, 0, (size_t)lanes->after});
}

static void run_columns(void *loop, size_t first, size_t last)
{
    const lane_loop *l = loop;
    const tg_lanes *lanes = l->call->env;

    l->run(l->call,
           &(tg_lane_part){0, (size_t)lanes->before, first, last - first});
}

/* Pieces are whole blocks, or columns of all of them where those are few. */
tg_status tg_run_lanes(const tg_call *call, double ns, tg_lanes_run *run)
{
    enum { FEW = 8, GRAIN_OF_BLOCKS = 64, GRAIN_OF_COLUMNS = 256 };
    const tg_lanes *l = call->env;
    double cost = ns * (double)(l->before * l->extent * l->after);
    size_t grain = l->after == 1 ? GRAIN_OF_BLOCKS : 1;

    if (l->extent > GRAIN_OF_BLOCKS)
        grain = 1;
    if (l->before < FEW && l->after > GRAIN_OF_COLUMNS)
        tg_parallel((size_t)l->after, GRAIN_OF_COLUMNS, cost, run_columns,
                    &(lane_loop){call, run});
    else
        tg_parallel((size_t)l->before, grain, cost, run_blocks,
                    &(lane_loop){call, run});
    return TG_OK;
}

static void *element_at(const tg_tensor *t, size_t i)
{
    return (char *)t->data + i * tg_element_size(t->dtype);
}

void *tg_lane_part_at(const tg_lanes *l, const tg_lane_part *p,
                      const tg_tensor *t)
{
    return element_at(t, p->block * (size_t)(l->extent * l->after) + p->first);
}

void *tg_lane_part_of_reduced(const tg_lanes *l, const tg_lane_part *p,
                              const tg_tensor *t)
{
    return element_at(t, p->block * (size_t)l->after + p->first);
}

/* A group of nodes at work, block by block.
 *
 * What a node writes goes to memory, or to a place in scratch from which the
 * next one reads it while it is in the nearest cache. */
#include "plan.h"

#include "graph.h"
#include "parallel.h"

/* Per sum and slice, what the blocks so far have added up to. */
typedef struct group_loop {
    const tg_group *group;
    double numbers[TG_GROUP_FOLDS][TG_SLICES][TG_FOLD_NUMBERS];
} group_loop;

/* A thread's own. */
typedef struct worker {
    group_loop *loop;
    tg_work work[TG_GROUP_NODES]; /* at the first element of all */
    _Alignas(64) char scratch[TG_GROUP_SCRATCH][TG_BLOCK_BYTES];
} worker;

static size_t block_size(const tg_group *group)
{
    return TG_BLOCK_BYTES / (group->is_f64 ? sizeof(double) : sizeof(float));
}

/* ---- where operands and results lie */

/* Which of the group's nodes makes t, or -1. */
static int maker_of(const tg_group *group, const tg_tensor *t)
{
    for (int k = 0; k < group->count; k++)
        if (&group->member[k].node->out == t)
            return k;
    return -1;
}

static void set_operand(worker *w, int k, int i, const tg_tensor *t)
{
    const tg_group *group = w->loop->group;
    int maker = maker_of(group, t);
    tg_work *work = &w->work[k];

    if (maker < 0 || group->member[maker].place == TG_IN_MEMORY)
        return;
    work->in[i] = w->scratch[group->member[maker].place];
    work->width[i] = 0; /* it does not move on */
}

static void run_once(worker *w, int k)
{
    const tg_member *m = &w->loop->group->member[k];

    w->work[k].out = w->scratch[m->place];
    w->work[k].n = block_size(w->loop->group);
    m->node->op->run(&w->work[k]);
}

static void begin(worker *w, group_loop *loop)
{
    const tg_group *group = loop->group;

    w->loop = loop;
    for (int k = 0; k < group->count; k++) {
        const tg_member *m = &group->member[k];
        tg_call call = tg_node_call(m->node);
        w->work[k] = tg_work_of(&call, call.n_in);
        if (m->node->op->run == NULL)
            w->work[k].step[0] = 1; /* a sum walks along what it adds */
        for (int i = 0; i < call.n_in; i++)
            set_operand(w, k, i, call.in[i]);
        if (m->once)
            run_once(w, k);
    }
}

/* ---- blocks */

static void add_block(worker *w, const tg_work *block, const tg_node *node,
                      int fold, size_t slice)
{
    node->op->fold->add(block->is_f64, block->n, block->in[0],
                        w->loop->numbers[fold][slice]);
}

static void run_block(worker *w, size_t slice, size_t first, size_t n)
{
    const tg_group *group = w->loop->group;

    for (int k = 0, fold = 0; k < group->count; k++) {
        const tg_member *m = &group->member[k];
        tg_work block = w->work[k];
        if (m->once)
            continue;
        tg_work_move(&block, m->node->n_in, first, n);
        if (m->place != TG_IN_MEMORY)
            block.out = w->scratch[m->place];
        if (m->node->op->run != NULL)
            m->node->op->run(&block);
        else
            add_block(w, &block, m->node, fold++, slice);
    }
}

static void run_slices(void *arg, size_t first, size_t last)
{
    group_loop *loop = arg;
    const tg_group *group = loop->group;
    size_t block = block_size(group);
    worker w;

    begin(&w, loop);
    for (size_t s = first; s < last; s++) {
        size_t end = (size_t)tg_slice_begin(group->size, s + 1);
        for (size_t i = (size_t)tg_slice_begin(group->size, s); i < end;
             i += block)
            run_block(&w, s, i, end - i < block ? end - i : block);
    }
}

/* ---- the whole */

static void end_folds(group_loop *loop)
{
    const tg_group *group = loop->group;

    for (int k = 0, fold = 0; k < group->count; k++) {
        tg_node *node = group->member[k].node;
        tg_call call = tg_node_call(node);
        if (node->op->run == NULL)
            node->op->fold->end(&call, loop->numbers[fold++]);
    }
}

void tg_group_run(const tg_group *group)
{
    group_loop loop = {.group = group};
    double ns = 0.3 * group->count * (double)group->size;

    tg_parallel(TG_SLICES, 1, ns, run_slices, &loop);
    end_folds(&loop);
    for (int k = 0; k < group->count; k++) {
        tg_node *node = group->member[k].node;
        node->made = tg_now();
    }
}

/* From nodes to steps: what runs, and where its numbers lie. */
#include "plan_make.h"

/* Steps that a plan is made of stand in order, each with its node. */
typedef struct filler {
    tg_builder *b;
    tg_work *next_work;
    size_t numbers; /* halves of doubles that are taken */
} filler;

/* ---- where numbers lie */

static void *place_of(const filler *f, const tg_tensor *t)
{
    const tg_builder *b = f->b;
    bool is_apart = tg_has_node(t) && b->place[t->node] > 0;

    return is_apart ? b->numbers + b->place[t->node] - 1 : t->data;
}

/* The number that only steps read lies with others, close to when it is
 * written. */
static void place_result(filler *f, tg_tensor *t)
{
    if (t->size != 1 || tg_goes_to_memory(f->b, t))
        return;
    if (t->dtype == TG_F64)
        f->numbers += f->numbers % 2;
    f->b->place[t->node] = (uint32_t)f->numbers + 1;
    f->numbers += t->dtype == TG_F64 ? 2 : 1;
    tg_plan_leave_out(f->b->g, t);
}

/* ---- steps */

static void fill_number_step(const filler *f, tg_step *step, tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);

    step->run = node->op->run;
    step->of.number = (tg_number_step){place_of(f, &node->out), {NULL, NULL}};
    for (int i = 0; i < node->n_in; i++)
        step->of.number.in[i] = place_of(f, in[i]);
}

static void fill_other_step(filler *f, tg_step *step, tg_node *node)
{
    tg_call call = tg_node_call(node);
    tg_work *work = f->next_work++;

    *work = tg_work_of(&call, call.n_in);
    work->out = place_of(f, &node->out);
    for (int i = 0; i < node->n_in; i++)
        work->in[i] = place_of(f, call.in[i]);
    step->run = node->op->run;
    step->of.other = (tg_other_step){NULL, work};
}

static void fill_step(filler *f, tg_step *step)
{
    tg_node *node = step->of.node;

    if (!tg_is_step(f->b, node))
        return;
    place_result(f, &node->out);
    if (tg_makes_number(f->b->plan, node))
        fill_number_step(f, step, node);
    else
        fill_other_step(f, step, node);
}

void tg_plan_fill_steps(tg_builder *b)
{
    filler f = {b, b->works, 0};

    for (size_t i = 0; i < b->n_steps; i++)
        fill_step(&f, &b->steps[i]);
}

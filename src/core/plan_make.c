/* Which nodes of a record run together.
 *
 * While a group is open, nodes join it; of the others, small elementwise ones
 * run before the group or, if they need one of its results, after it, and any
 * other node closes it. Only ops that say that they are elementwise change
 * places: of them nothing but the results can be told. */
#include "plan_make.h"

#include <string.h>

/* ---- what a node is */

static bool is_fold(tg_node *node)
{
    tg_call call = tg_node_call(node);

    return node->op->fold != NULL && tg_is_large(call.in[0]) &&
           node->op->fold->takes(&call);
}

/* ---- what it reads of the open group */

static bool reads(const tg_builder *b, const tg_node *node,
                  const uint32_t *numbers)
{
    tg_tensor **in = tg_node_inputs(node);

    for (int i = 0; i < node->n_in; i++)
        if (tg_has_node(in[i]) && numbers[in[i]->node] == b->number)
            return true;
    return false;
}

/* ---- groups */

/* A node that runs alone. */
static void emit(tg_builder *b, tg_node *node)
{
    b->steps[b->n_steps++] = (tg_step){.of.node = node};
    b->stage->count++;
}

static void open_stage(tg_builder *b)
{
    b->stage = &b->plan->stages[b->plan->n_stages++];
    *b->stage = (tg_stage){.steps = b->steps + b->n_steps};
}

/* One node alone is no group. */
static void close_group(tg_builder *b)
{
    tg_group *group = &b->stage->group;

    if (group->count == 1) {
        b->group[group->member[0].node->out.node] = 0;
        emit(b, group->member[0].node);
        *group = (tg_group){0};
    } else if (group->count > 1) {
        open_stage(b);
    }
    for (size_t i = 0; i < b->n_later; i++)
        emit(b, b->later[i]);
    b->n_later = 0;
}

typedef enum role { NO_ROLE, MAPS, FOLDS } role;

static role role_of(const tg_builder *b, tg_node *node)
{
    const tg_group *group = &b->stage->group;

    if (group->count == 0)
        return tg_is_large(&node->out) && tg_is_elementwise(node) ? MAPS
                                                                  : NO_ROLE;
    if (group->count == TG_GROUP_NODES || reads(b, node, b->after))
        return NO_ROLE;
    if ((node->out.dtype == TG_F64) != group->is_f64)
        return NO_ROLE;
    if (node->out.size == group->size && tg_is_elementwise(node))
        return MAPS;
    return group->folds < TG_GROUP_FOLDS && is_fold(node) &&
                   tg_node_inputs(node)[0]->size == group->size
               ? FOLDS
               : NO_ROLE;
}

static void join(tg_builder *b, tg_node *node, role as)
{
    tg_group *group = &b->stage->group;

    if (group->count == 0) {
        b->number++;
        group->size = node->out.size;
        group->is_f64 = node->out.dtype == TG_F64;
    }
    if (as == FOLDS) {
        b->after[node->out.node] = b->number;
        group->folds++;
    }
    b->group[node->out.node] = b->number;
    group->member[group->count++] = (tg_member){.node = node};
}

static void place(tg_builder *b, tg_node *node)
{
    role as = role_of(b, node);

    if (as != NO_ROLE) {
        join(b, node, as);
    } else if (b->stage->group.count == 0) {
        emit(b, node);
    } else if (tg_is_large(&node->out) || !tg_is_elementwise(node)) {
        close_group(b);
        place(b, node);
    } else if (reads(b, node, b->group) || reads(b, node, b->after)) {
        b->after[node->out.node] = b->number;
        b->later[b->n_later++] = node;
    } else {
        emit(b, node);
    }
}

/* ---- the whole */

bool tg_makes_number(const tg_plan *plan, const tg_node *node)
{
    return node->n_in <= 2 && node->out.size == 1 &&
           (node->out.dtype == TG_F64) == plan->is_f64 && !node->has_env;
}

/* Elementwise nodes: the large ones, each of which may become a group, and the
 * others; and of those the ones that make a number in a number step. */
typedef struct counts {
    size_t large, small, numbers;
} counts;

/* Number steps are of the dtype of the first number. */
static counts count(tg_graph *g)
{
    counts c = {0, 0, 0};

    for (size_t i = 0; i < g->n_nodes; i++) {
        const tg_node *node = g->nodes[i];
        if (!tg_is_elementwise(node))
            continue;
        if (c.numbers == 0 && node->out.size == 1)
            g->plan.is_f64 = node->out.dtype == TG_F64;
        c.large += tg_is_large(&node->out);
        c.small += !tg_is_large(&node->out);
        c.numbers += tg_makes_number(&g->plan, node);
    }
    return c;
}

/* One block holds all that the plan keeps. */
static bool take(tg_builder *b, const counts *c)
{
    tg_plan *p = b->plan;
    size_t steps = b->g->n_nodes * sizeof *b->steps;
    size_t stages = (c->large + 1) * sizeof *p->stages;
    size_t works = (c->small - c->numbers) * sizeof *b->works;

    p->block_size = steps + stages + works + c->small * sizeof(double);
    char *block = p->block = tg_pool_take(&b->g->pool, p->block_size);
    if (block == NULL)
        return false;
    b->steps = (tg_step *)(void *)block;
    p->stages = (tg_stage *)(void *)(block + steps);
    b->works = (tg_work *)(void *)(block + steps + stages);
    b->numbers = (float *)(void *)(block + steps + stages + works);
    p->n_stages = 0;
    return true;
}

static void fill(tg_builder *b)
{
    open_stage(b);
    for (size_t i = 0; i < b->g->n_nodes; i++)
        place(b, b->g->nodes[i]);
    close_group(b);
    tg_plan_place_groups(b);
    tg_plan_fill_steps(b);
}

void tg_plan_make(tg_graph *g)
{
    counts c = count(g);
    size_t n = g->n_nodes;
    size_t bytes = n * (sizeof(tg_node *) + 3 * sizeof(uint32_t));
    tg_builder b = {.g = g, .plan = &g->plan};

    if ((c.large == 0 && c.small < TG_STEPS_LEAST) || !take(&b, &c))
        return;
    b.later = tg_pool_take(&g->pool, bytes);
    if (b.later == NULL) {
        tg_plan_give(g);
        return;
    }
    b.group = (uint32_t *)(void *)(b.later + n);
    b.after = b.group + n;
    b.place = b.after + n;
    memset(b.group, 0, 3 * n * sizeof *b.group);
    fill(&b);
    tg_pool_give(&g->pool, b.later, bytes);
}

/* Which nodes of a record run together.
 *
 * While a group is open, nodes join it; of the others, small elementwise ones
 * run before the group or, if they need one of its results, after it, and any
 * other node closes it. Only ops that say that they are elementwise change
 * places: of them nothing but the results can be told. */
#include "builder.h"

#include <string.h>

typedef tg_builder builder;

/* ---- what a node is */

static bool is_elementwise(const tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);

    if (node->op->run == NULL || !tg_is_float(&node->out))
        return false;
    for (int i = 0; i < node->n_in; i++)
        if (in[i]->size != node->out.size && in[i]->size != 1)
            return false;
    return true;
}

static bool is_large(const tg_tensor *t)
{
    return t->size >= TG_GROUP_LEAST;
}

static bool is_fold(tg_node *node)
{
    tg_call call = tg_node_call(node);

    return node->op->fold != NULL && is_large(call.in[0]) &&
           node->op->fold->takes(&call);
}

/* ---- what it reads of the open group */

static bool reads(const builder *b, const tg_node *node,
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
static void emit(builder *b, tg_node *node)
{
    b->steps[b->n_steps++] = (tg_step){.of.node = node};
    b->stage->count++;
}

static void open_stage(builder *b)
{
    b->stage = &b->plan->stages[b->plan->n_stages++];
    *b->stage = (tg_stage){.steps = b->steps + b->n_steps};
}

/* One node alone is no group. */
static void close_group(builder *b)
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

static role role_of(const builder *b, tg_node *node)
{
    const tg_group *group = &b->stage->group;

    if (group->count == 0)
        return is_large(&node->out) && is_elementwise(node) ? MAPS : NO_ROLE;
    if (group->count == TG_GROUP_NODES || reads(b, node, b->after))
        return NO_ROLE;
    if ((node->out.dtype == TG_F64) != group->is_f64)
        return NO_ROLE;
    if (node->out.size == group->size && is_elementwise(node))
        return MAPS;
    return group->folds < TG_GROUP_FOLDS && is_fold(node) &&
                   tg_node_inputs(node)[0]->size == group->size
               ? FOLDS
               : NO_ROLE;
}

static void join(builder *b, tg_node *node, role as)
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

static void place(builder *b, tg_node *node)
{
    role as = role_of(b, node);

    if (as != NO_ROLE) {
        join(b, node, as);
    } else if (b->stage->group.count == 0) {
        emit(b, node);
    } else if (is_large(&node->out) || !is_elementwise(node)) {
        close_group(b);
        place(b, node);
    } else if (reads(b, node, b->group) || reads(b, node, b->after)) {
        b->after[node->out.node] = b->number;
        b->later[b->n_later++] = node;
    } else {
        emit(b, node);
    }
}

/* ---- results that only their group reads, or only steps */

/* Marks, in place of the groups after which nodes come, results that others
 * read, or nobody. */
enum { READ = 1, READ_ELSEWHERE = 2 };

/* What reads a tensor which the replay writes into has to tell when it ran, and
 * a step does not. */
bool tg_is_step(const builder *b, const tg_node *node)
{
    return !b->plan->is_loud && !is_large(&node->out) && is_elementwise(node);
}

static void mark_readers(builder *b)
{
    memset(b->after, 0, b->g->n_nodes * sizeof *b->after);
    for (size_t i = 0; i < b->g->n_nodes; i++) {
        const tg_node *node = b->g->nodes[i];
        tg_tensor **in = tg_node_inputs(node);
        bool has_peers = b->group[i] != 0 || tg_is_step(b, node);
        for (int k = 0; k < node->n_in; k++)
            if (tg_has_node(in[k]))
                b->after[in[k]->node] |=
                    has_peers && b->group[in[k]->node] == b->group[i]
                        ? READ
                        : READ_ELSEWHERE;
    }
}

bool tg_goes_to_memory(const builder *b, const tg_tensor *t)
{
    return b->plan->keeps_all || b->after[t->node] != READ ||
           (t->flags & TG_LOOKED_AT) != 0 || tg_name(t) != NULL;
}

/* The last of the group's nodes that reads the result of node k. */
static int last_reader(const tg_group *group, int k)
{
    int last = k;

    for (int i = k + 1; i < group->count; i++) {
        tg_tensor **in = tg_node_inputs(group->member[i].node);
        for (int j = 0; j < group->member[i].node->n_in; j++)
            if (in[j] == &group->member[k].node->out)
                last = i;
    }
    return last;
}

/* A number, repeated. */
static bool is_the_same_everywhere(const tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);

    for (int i = 0; i < node->n_in; i++)
        if (in[i]->size != 1)
            return false;
    return true;
}

/* The first place that nobody needs any more before node k writes, if any. */
static int free_place(const int *busy_until, int k)
{
    for (int s = 0; s < TG_GROUP_SCRATCH; s++)
        if (busy_until[s] <= k)
            return s;
    return TG_IN_MEMORY;
}

/* What is the same everywhere keeps a place that no other result had before. */
static void place_results(const builder *b, tg_group *group)
{
    int busy_until[TG_GROUP_SCRATCH] = {0};

    for (int k = 0; k < group->count; k++) {
        tg_member *m = &group->member[k];
        bool same = is_the_same_everywhere(m->node);
        m->place = TG_IN_MEMORY;
        if (!tg_goes_to_memory(b, &m->node->out))
            m->place = free_place(busy_until, same ? 0 : k);
        m->once = same && m->place != TG_IN_MEMORY;
        if (m->place == TG_IN_MEMORY)
            continue;
        busy_until[m->place] =
            same ? TG_GROUP_NODES : last_reader(group, k) + 1;
        tg_plan_leave_out(b->g, &m->node->out);
    }
}

/* ---- the whole */

bool tg_makes_number(const tg_plan *plan, const tg_node *node)
{
    return node->n_in <= 2 && node->out.size == 1 && node->op->run != NULL &&
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
        if (!is_elementwise(node))
            continue;
        if (c.numbers == 0 && node->out.size == 1)
            g->plan.is_f64 = node->out.dtype == TG_F64;
        c.large += is_large(&node->out);
        c.small += !is_large(&node->out);
        c.numbers += tg_makes_number(&g->plan, node);
    }
    return c;
}

/* One block holds all that the plan keeps. */
static bool take(builder *b, const counts *c)
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

static void fill(builder *b)
{
    open_stage(b);
    for (size_t i = 0; i < b->g->n_nodes; i++)
        place(b, b->g->nodes[i]);
    close_group(b);
    mark_readers(b);
    for (size_t i = 0; i < b->plan->n_stages; i++)
        place_results(b, &b->plan->stages[i].group);
    tg_plan_fill_steps(b);
}

void tg_plan_make(tg_graph *g)
{
    counts c = count(g);
    size_t n = g->n_nodes;
    size_t bytes = n * (sizeof(tg_node *) + 3 * sizeof(uint32_t));
    builder b = {.g = g, .plan = &g->plan};

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

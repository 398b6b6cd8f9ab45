/* Which results of a planned replay go to memory: not those that only their
 * group reads, or only steps. And where those of groups lie instead. */
#include "plan_make.h"

#include <string.h>

/* ---- who reads what */

/* Marks, in place of the groups after which nodes come, results that others
 * read, or nobody. */
enum { READ = 1, READ_ELSEWHERE = 2 };

/* What reads a tensor which the replay writes into has to tell when it ran, and
 * a step does not. */
bool tg_is_step(const tg_builder *b, const tg_node *node)
{
    return !b->plan->is_loud && !tg_is_large(&node->out) &&
           tg_is_elementwise(node);
}

static void mark_readers(tg_builder *b)
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

bool tg_goes_to_memory(const tg_builder *b, const tg_tensor *t)
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
static void place_results(const tg_builder *b, tg_group *group)
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

void tg_plan_place_groups(tg_builder *b)
{
    mark_readers(b);
    for (size_t i = 0; i < b->plan->n_stages; i++)
        place_results(b, &b->plan->stages[i].group);
}

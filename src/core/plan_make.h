/* A plan that is being made. */
#ifndef TINYGRAD_CORE_PLAN_MAKE_H
#define TINYGRAD_CORE_PLAN_MAKE_H

#include "graph.h"

typedef struct tg_builder {
    tg_graph *g;
    tg_plan *plan;
    tg_step *steps;
    size_t n_steps;
    tg_work *works;  /* of steps that are not number steps */
    float *numbers;  /* that lie apart from their tensors, or halves of them */
    tg_stage *stage; /* that is filled now */
    uint32_t *group; /* by node: the number of its group, from 1 on, or 0 */
    uint32_t *after; /* by node: the group after which it comes, or 0 */
    uint32_t
        *place; /* by node: of its number, from 1 on, or 0: in its tensor */
    tg_node **later; /* nodes that wait for the open group to end */
    size_t n_later;
    uint32_t number; /* of the open group */
} tg_builder;

static inline bool tg_has_node(const tg_tensor *t)
{
    return t->graph != NULL && t->node != TG_NO_NODE;
}

static inline bool tg_is_elementwise(const tg_node *node)
{
    tg_tensor **in = tg_node_inputs(node);

    if (node->op->run == NULL || !tg_is_float(&node->out))
        return false;
    for (int i = 0; i < node->n_in; i++)
        if (in[i]->size != node->out.size && in[i]->size != 1)
            return false;
    return true;
}

static inline bool tg_is_large(const tg_tensor *t)
{
    return t->size >= TG_GROUP_LEAST;
}

/* Is the node's result written to where its tensor says? */
bool tg_goes_to_memory(const tg_builder *b, const tg_tensor *t);
/* Does the node, which belongs to no group, run as a step? */
bool tg_is_step(const tg_builder *b, const tg_node *node);
/* Does an elementwise node make a number of one or two of the plan's kind? */
bool tg_makes_number(const tg_plan *plan, const tg_node *node);

/* Says which results do not go to memory, and where those of groups lie. */
void tg_plan_place_groups(tg_builder *b);
/* Makes steps of the nodes that stand there. */
void tg_plan_fill_steps(tg_builder *b);

#endif

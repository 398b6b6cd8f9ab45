/* How a record is replayed: in which order, and which nodes together. Worth it
 * for a record of many small nodes, and for large elementwise ones.
 *
 * A small elementwise node becomes a step: its function and where its numbers
 * lie, instead of a call that is looked up again. Where it makes one number
 * that only steps read, the number lies among others of its kind, not beside
 * its node: so most steps and what they write take half a cache line.
 *
 * A group is a chain of elementwise nodes of one size, and sums of their
 * results. It runs block by block, so that what one node writes is still in the
 * nearest cache when the next one reads it, and what only the group reads never
 * goes to memory.
 *
 * A result that was left out like that is stale after each replay: its tensor
 * shows what it was before. Whoever looks at it settles the record first, which
 * makes it up. */
#ifndef TINYGRAD_CORE_PLAN_H
#define TINYGRAD_CORE_PLAN_H

#include "work.h"

struct tg_node;

enum {
    TG_GROUP_NODES = 16,
    TG_GROUP_FOLDS = 4,
    TG_GROUP_SCRATCH = 8,     /* results that do not go to memory, at once */
    TG_GROUP_LEAST = 1 << 14, /* elements that are worth a group */
    TG_STEPS_LEAST = 1024,    /* small nodes that are worth a plan */
    TG_IN_MEMORY = -1
};

typedef struct tg_member {
    struct tg_node *node;
    int place; /* of its result: in scratch, or TG_IN_MEMORY */
    bool once; /* the same in every block, and kept in scratch */
} tg_member;

typedef struct tg_group {
    tg_member member[TG_GROUP_NODES];
    int count, folds;
    int64_t size; /* elements of each */
    bool is_f64;  /* all are */
} tg_group;

/* What makes a number of one or two. */
typedef struct tg_number_step {
    void *out; /* never NULL */
    const void *in[2];
} tg_number_step;

/* What else a step may be. */
typedef struct tg_other_step {
    void *none; /* NULL */
    const tg_work *work;
} tg_other_step;

typedef struct tg_step {
    tg_run *run; /* NULL: the node's forward */
    union {
        tg_number_step number;
        tg_other_step other;
        struct tg_node *node;
    } of;
} tg_step;

/* Steps, and then a group, which in the last stage is empty. */
typedef struct tg_stage {
    const tg_step *steps;
    size_t count;
    tg_group group;
} tg_stage;

typedef struct tg_plan {
    size_t n_nodes;  /* of the record that it is for */
    size_t replays;  /* of that record, so far */
    bool keeps_all;  /* backward reads what a replay writes */
    bool is_loud;    /* a replay writes into tensors that it reads */
    bool is_made;    /* else it is to be made, or made anew */
    bool leaves_out; /* results, which are marked with TG_STALE */
    bool is_stale;   /* the latest replay did */
    bool is_f64;     /* are the numbers of number steps */
    void *block; /* that holds all of these; NULL: nothing is worth a plan */
    size_t block_size;
    tg_stage *stages;
    size_t n_stages;
} tg_plan;

/* Counts a replay, and says whether there is a plan for it. The first two
 * replays write everything and show which results are looked at. */
bool tg_plan_begin(tg_graph *g);
/* The record is not what it was. */
void tg_plan_drop(tg_graph *g);
/* Sorts the nodes into stages, and says which results go to memory. Nothing is
 * planned where nothing is worth it, or where there is no memory for it. */
void tg_plan_make(tg_graph *g);
/* Marks a result that a replay by the plan leaves out. */
void tg_plan_leave_out(tg_graph *g, tg_tensor *t);
/* Returns the memory of the plan, and takes back its marks. */
void tg_plan_give(tg_graph *g);

void tg_group_run(const tg_group *group);

/* Makes up the results that were left out. TG_ERR_STATE, reported, if what they
 * are made of was written since. */
tg_status tg_plan_settle(tg_graph *g);
/* The same for the first n nodes. */
tg_status tg_plan_settle_first(tg_graph *g, size_t n);
/* Settles for a backward: from now on all results are written. */
tg_status tg_plan_settle_all(tg_graph *g);

#endif

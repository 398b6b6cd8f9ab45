/* The leaves that a graph holds: each once, in order of first use, with a
 * handle on its memory, so that freeing a leaf early is harmless. */
#ifndef TINYGRAD_CORE_LEAVES_H
#define TINYGRAD_CORE_LEAVES_H

#include "leaf.h"

typedef struct tg_leaves {
    tg_tensor **items;
    size_t count, capacity;
    struct tg_leaf_entry *index; /* only while graphs share leaves */
} tg_leaves;

/* Tells the slot of a leaf, TG_NO_SLOT if g does not hold it; false if there
 * is no memory. */
bool tg_leaf_slot(tg_graph *g, tg_tensor *leaf, uint32_t *slot);
/* Takes a leaf that g may hold already; false if there is no memory. */
bool tg_leaf_hold_new(tg_graph *g, tg_tensor *leaf);
void tg_leaves_free(tg_leaves *leaves);

/* The hint in a leaf is right if this graph's slot of that number has it: no
 * other graph, past or present, can make that test lie. */
static inline bool tg_leaf_hint_holds(const tg_leaves *leaves,
                                      const tg_tensor *leaf)
{
    unsigned slot =
        atomic_load_explicit(&tg_leaf_of(leaf)->slot, memory_order_relaxed);

    return slot < leaves->count && leaves->items[slot] == leaf;
}

#endif

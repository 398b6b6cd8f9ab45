#include "leaves.h"

#include "graph.h"

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(entry) ((entry)->slot = TG_NO_SLOT)
#define uthash_malloc(size) tg_pool_take(&g->pool, size)
#define uthash_free(p, size) tg_pool_give(&g->pool, p, size)
#include <uthash.h>

/* A leaf has one hint but may be held by several graphs, in several threads.
 * From the first time that a hint fails on a leaf which somebody holds, where
 * there are more than a few, this table, keyed by address, tells the slots of
 * all leaves of this graph. */
typedef struct tg_leaf_entry {
    const tg_tensor *leaf;
    uint32_t slot;
    UT_hash_handle hh;
} leaf_entry;

static bool index_add(tg_graph *g, const tg_tensor *leaf, uint32_t slot)
{
    leaf_entry *entry = tg_pool_take(&g->pool, sizeof *entry);

    if (entry == NULL)
        return false;
    entry->leaf = leaf;
    entry->slot = slot;
    HASH_ADD_PTR(g->leaves.index, leaf, entry);
    if (entry->slot == slot)
        return true;
    tg_pool_give(&g->pool, entry, sizeof *entry);
    return false;
}

static void index_remove(tg_graph *g, const tg_tensor *leaf)
{
    leaf_entry *entry = NULL;

    HASH_FIND_PTR(g->leaves.index, &leaf, entry);
    if (entry == NULL)
        return;
    HASH_DEL(g->leaves.index, entry);
    tg_pool_give(&g->pool, entry, sizeof *entry);
}

static void index_drop(tg_graph *g)
{
    while (g->leaves.index != NULL)
        index_remove(g, g->leaves.index->leaf);
}

/* A table that lacks some leaves would lie: all or none. */
static bool index_build(tg_graph *g)
{
    for (size_t i = 0; i < g->leaves.count; i++) {
        if (!index_add(g, g->leaves.items[i], (uint32_t)i)) {
            index_drop(g);
            return false;
        }
    }
    return true;
}

static uint32_t index_find(tg_graph *g, tg_tensor *leaf)
{
    leaf_entry *entry = NULL;

    HASH_FIND_PTR(g->leaves.index, &leaf, entry);
    if (entry == NULL)
        return TG_NO_SLOT;
    atomic_store_explicit(&tg_leaf_of(leaf)->slot, entry->slot,
                          memory_order_relaxed);
    return entry->slot;
}

/* So many are looked through as fast as in a table. */
enum { FEW = 16 };

static uint32_t scan(const tg_leaves *leaves, tg_tensor *leaf)
{
    for (size_t i = 0; i < leaves->count; i++) {
        if (leaves->items[i] != leaf)
            continue;
        atomic_store_explicit(&tg_leaf_of(leaf)->slot, (unsigned)i,
                              memory_order_relaxed);
        return (uint32_t)i;
    }
    return TG_NO_SLOT;
}

bool tg_leaf_slot(tg_graph *g, tg_tensor *leaf, uint32_t *slot)
{
    if (tg_leaf_hint_holds(&g->leaves, leaf)) {
        *slot =
            atomic_load_explicit(&tg_leaf_of(leaf)->slot, memory_order_relaxed);
        return true;
    }
    if (g->leaves.index == NULL && g->leaves.count <= FEW) {
        *slot = scan(&g->leaves, leaf);
        return true;
    }
    if (g->leaves.index == NULL && !index_build(g))
        return false;
    *slot = index_find(g, leaf);
    return true;
}

static void release_newest(tg_graph *g, void *arg)
{
    tg_tensor *leaf = g->leaves.items[--g->leaves.count];

    (void)arg;
    if (g->leaves.index != NULL)
        index_remove(g, leaf);
    tg_leaf_release(leaf);
}

static bool has_room(tg_leaves *leaves)
{
    if (leaves->count < leaves->capacity)
        return true;
    tg_tensor **items = tg_memory_grow(leaves->items, &leaves->capacity,
                                       leaves->count + 1, sizeof *items);
    if (items != NULL)
        leaves->items = items;
    return items != NULL;
}

static bool append(tg_graph *g, tg_tensor *leaf)
{
    tg_leaves *leaves = &g->leaves;
    uint32_t slot = (uint32_t)leaves->count;

    if (!has_room(leaves))
        return false;
    if (leaves->index != NULL && !index_add(g, leaf, slot))
        return false;
    if (!tg_graph_on_rewind(g, release_newest, NULL)) {
        if (leaves->index != NULL)
            index_remove(g, leaf);
        return false;
    }
    atomic_fetch_add_explicit(&tg_leaf_of(leaf)->refs, 1, memory_order_relaxed);
    atomic_store_explicit(&tg_leaf_of(leaf)->slot, slot, memory_order_relaxed);
    leaves->items[leaves->count++] = leaf;
    return true;
}

/* Only this thread could have let g hold the leaf, so a leaf that shows no
 * other handle than its owner's is certainly new here. */
bool tg_leaf_hold_new(tg_graph *g, tg_tensor *leaf)
{
    uint32_t slot = TG_NO_SLOT;

    if (atomic_load_explicit(&tg_leaf_of(leaf)->refs, memory_order_relaxed) >
            1 &&
        g->leaves.count > 0 && !tg_leaf_slot(g, leaf, &slot))
        return false;
    return slot != TG_NO_SLOT || append(g, leaf);
}

void tg_leaves_free(tg_leaves *leaves)
{
    tg_memory_free(leaves->items, leaves->capacity * sizeof *leaves->items);
    *leaves = (tg_leaves){0};
}

#include <tinygrad/inspect.h>

#include "reference.h"
#include "tale.h"

typedef struct leaf_list {
    int count;
    tg_tensor **leaves, **grads;
} leaf_list;

static void list_leaves(leaf_list *list, const tg_tale *tale)
{
    const int64_t *shares = tg_data_i64(tale->shares);
    size_t nodes = tg_graph_size(tale->g);

    for (size_t i = 0; i < tg_graph_leaves(tale->g); i++)
        if (shares[nodes + i] > 0)
            list->leaves[list->count++] = tg_graph_leaf(tale->g, i);
}

/* A second pass adds the shares up; its results are dropped again. */
static tg_status tell_sums(tg_tale *tale, const leaf_list *list,
                           const tg_tensor *ones)
{
    tg_mark mark = tg_graph_mark(tale->g);
    tg_status status =
        tg_gradients(tale->g, tale->y, ones, list->count, list->leaves,
                     list->grads, (tg_gradients_options){0});

    if (status)
        return status;
    for (int i = 0; i < list->count; i++)
        tg_tale_leaf(tale, list->leaves[i], list->grads[i]);
    return tg_graph_rewind(tale->g, mark);
}

/* The lists lie in a tensor, as all memory comes through the library's
 * allocator; pointers fit into i64. */
static tg_status tell_leaves(tg_tale *tale, const tg_tensor *ones)
{
    int64_t room = (int64_t)tg_graph_leaves(tale->g);
    tg_tensor *memory = tg_tensor_new(TG_I64, TG_SHAPE(2, room));

    if (!memory)
        return TG_ERR_NOMEM;
    leaf_list list = {.leaves = tg_data(memory)};
    list.grads = list.leaves + room;
    list_leaves(&list, tale);
    tg_status status = tell_sums(tale, &list, ones);
    tg_tensor_free(memory);
    return status;
}

/* No turn was told if y is a leaf itself. */
static tg_status tell_end(tg_tale *tale, const tg_tensor *ones)
{
    bool is_leaf = !tale->begun;

    if (is_leaf)
        tg_tale_heading(tale);
    tg_pen_newline(&tale->pen);
    tg_pen_text(&tale->pen, "Gradients of the leaves");
    tg_pen_newline(&tale->pen);
    if (!is_leaf)
        return tell_leaves(tale, ones);
    tg_tale_leaf(tale, tale->y, ones);
    return TG_OK;
}

static tg_status tell(tg_tale *tale)
{
    tg_status status =
        tg_backward_observe(tale->g, tale->y, NULL, tg_tale_turn, tale);

    if (status)
        return status;
    tg_tensor *ones =
        tg_tensor_full(tg_tensor_dtype(tale->y), tg_tensor_shape(tale->y), 1.0);
    status = ones ? tell_end(tale, ones) : TG_ERR_NOMEM;
    tg_tensor_free(ones);
    return status;
}

tg_status tg_explain(FILE *out, tg_graph *g, tg_tensor *y)
{
    if (!out || !g)
        return tg_fail(NULL, TG_ERR_ARG, "explain: no %s",
                       out ? "graph" : "stream");
    tg_status status = tg_reference_check(g, "explain");
    if (status)
        return status;
    size_t count = tg_graph_size(g) + tg_graph_leaves(g);
    tg_tensor *shares = tg_tensor_new(TG_I64, TG_SHAPE((int64_t)count));
    if (!shares)
        return TG_ERR_NOMEM;
    tg_tale tale = {.pen = {.out = out}, .g = g, .y = y, .shares = shares};
    status = tell(&tale);
    tg_tensor_free(shares);
    tg_status written = tg_pen_finish(&tale.pen, "explain");
    return status ? status : written;
}

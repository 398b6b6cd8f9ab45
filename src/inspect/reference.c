#include "reference.h"

tg_status tg_reference_check(const tg_graph *g, const char *who)
{
    for (size_t i = 0; i < tg_graph_leaves(g); i++)
        if (tg_graph_number(g, tg_graph_leaf(g, i)) == SIZE_MAX)
            return tg_fail(NULL, TG_ERR_NOMEM,
                           "%s: no memory to number the leaves", who);
    return TG_OK;
}

static void write_numbered(tg_pen *pen, const char *what, size_t number)
{
    tg_pen_text(pen, what);
    tg_pen_size(pen, number);
}

void tg_pen_reference(tg_pen *pen, const tg_graph *g, const tg_tensor *t)
{
    size_t number = tg_graph_number(g, t), nodes = tg_graph_size(g);

    if (number < nodes)
        write_numbered(pen, "%", number);
    else if (tg_name(t))
        tg_pen_name(pen, tg_name(t));
    else if (number == SIZE_MAX)
        tg_pen_text(pen, "constant");
    else
        write_numbered(pen, "leaf ", number - nodes);
}

/* How texts about a graph name its tensors. */
#ifndef TG_INSPECT_REFERENCE_H
#define TG_INSPECT_REFERENCE_H

#include "pen.h"

/* TG_ERR_NOMEM if g cannot tell the numbers of its leaves: leaves that other
 * graphs use too are looked up in a table, made at the first need. Asked
 * first, so that no leaf is taken for a constant. */
tg_status tg_reference_check(const tg_graph *g, const char *who);

/* "%3" for the result of node 3; for a leaf its name, or "leaf 0". What was
 * computed while nothing was recorded is a constant to the record. */
void tg_pen_reference(tg_pen *pen, const tg_graph *g, const tg_tensor *t);

#endif

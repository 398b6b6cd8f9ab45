/* Looking at tensors, graphs and backward passes. Everything is written to a
 * stream that the caller gives; TG_ERR_IO if the stream refuses, TG_ERR_ARG if
 * it or the object is NULL. */
#ifndef TINYGRAD_INSPECT_H
#define TINYGRAD_INSPECT_H

#include <stdio.h>

#include <tinygrad/graph.h>

TG_BEGIN_DECLS

/* Writes the values as NumPy's print does, and a newline: at most 8 digits
 * after the point, columns aligned, "..." for the middle of more than 1000
 * elements. */
TG_API tg_status tg_print(FILE *out, const tg_tensor *t);
/* Writes a table, a node a row: number, op, inputs, shape, dtype, whether it
 * requires a gradient. */
TG_API tg_status tg_graph_print(FILE *out, const tg_graph *g);
/* Writes the graph in Graphviz' language: leaves as boxes, ops as ellipses,
 * edges with shapes; gradients too where there are any. */
TG_API tg_status tg_graph_dot(FILE *out, const tg_graph *g);
/* Runs the backward pass of y (from ones) and tells it turn by turn: each node
 * visited, its formula, the gradient that arrives and the share that each
 * input gets; at the end the gradient of each leaf. Leaves every .grad as it
 * was. Fails as tg_backward does, but y may have any shape. */
TG_API tg_status tg_explain(FILE *out, tg_graph *g, tg_tensor *y);

TG_END_DECLS

#endif

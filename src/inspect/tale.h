/* The telling of a backward pass, turn by turn. */
#ifndef TG_INSPECT_TALE_H
#define TG_INSPECT_TALE_H

#include "pen.h"

typedef struct tg_tale {
    tg_pen pen;
    tg_graph *g;
    tg_tensor *y;
    tg_tensor *shares; /* i64: how many each numbered tensor has got */
    bool begun;
} tg_tale;

void tg_tale_heading(tg_tale *tale);
/* A tg_observer; env is the tale. */
void tg_tale_turn(const tg_backward_step *step, void *env);
/* A line or more: what a leaf has received, and from how many shares. */
void tg_tale_leaf(tg_tale *tale, const tg_tensor *leaf, const tg_tensor *grad);

#endif

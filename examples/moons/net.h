/* The perceptron 2-16-16-1. Failures are the library's. */
#ifndef MOONS_NET_H
#define MOONS_NET_H

#include <tinygrad.h>

typedef struct net {
    tg_graph *g;
    tg_params *params;
} net;

bool net_new(net *n, uint64_t seed);
void net_free(net *n); /* half made ones, too */

/* (m, 2) -> (m, 1): how much each point looks like one of the lower moon. */
tg_tensor *net_score(net *n, tg_tensor *x);
/* The same without a record, for x of m points. What the graph held is gone. */
bool net_scores(net *n, tg_tensor *x, float *score);

#endif

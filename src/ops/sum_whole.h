/* The sum of all elements. */
#ifndef TINYGRAD_OPS_SUM_WHOLE_H
#define TINYGRAD_OPS_SUM_WHOLE_H

#include "work.h"

/* The forward of a sum whose result has one element. */
tg_status tg_sum_whole(const tg_call *call);

/* The same in parts. */
extern const tg_fold tg_sum_fold;

#endif

/* TG_VERIFY=1 against kernels that are wrong on purpose. They are put in
 * through a neighbour's door, so the library is linked as its rooms. Included
 * first, since it asks for POSIX. */
#ifndef WRONG_KERNELS_H
#define WRONG_KERNELS_H

#define _POSIX_C_SOURCE 200809L /* setenv */

#include "kernels.h"
#include "support.h"

#include <stdlib.h>

static tg_kernels_f32 f32;
static tg_kernels_f64 f64;
static const tg_kernels wrong = {"wrong", &f32, &f64};

/* All kernels are plain ones, until the test puts in others. */
static inline void start_plain(void)
{
    ck_assert_int_eq(setenv("TG_VERIFY", "1", 1), 0);
    f32 = *tg_kernels_plain()->f32;
    f64 = *tg_kernels_plain()->f64;
    tg_kernels_use(&wrong);
}

#endif

#include "support.h"

#include <math.h>

/* PyTorch's CosineAnnealingLR and StepLR, by their formulas. */
TEST(schedules_rates)
{
    ck_assert(tg_lr_cosine(2, 0, 4, 10) == 0.5);
    ck_assert(tg_lr_cosine(2, 3, 4, 10) == 2);
    ck_assert(tg_lr_cosine(2, 4, 4, 10) == 2);
    ck_assert(fabs(tg_lr_cosine(2, 7, 4, 10) - 1) <= 1e-15);
    ck_assert(fabs(tg_lr_cosine(2, 5, 4, 10) - (1 + cos(acos(-1) / 6))) <=
              1e-15);
    ck_assert(tg_lr_cosine(2, 10, 4, 10) == 0);
    ck_assert(tg_lr_cosine(2, 99, 4, 10) == 0);
    ck_assert(tg_lr_cosine(2, 0, 0, 0) == 0);
    ck_assert(tg_lr_step(2, 9, 10, 0.5) == 2);
    ck_assert(tg_lr_step(2, 10, 10, 0.5) == 1);
    ck_assert(tg_lr_step(2, 35, 10, 0.5) == 0.25);
    ck_assert(tg_lr_step(2, 35, 0, 0.5) == 2);
}

TEST_MAIN("schedule", schedules_rates)

#include <tinygrad/optim.h>

#include <math.h>

double tg_lr_cosine(double base, int64_t step, int64_t warmup, int64_t total)
{
    const double pi = 3.14159265358979323846;

    if (step < warmup)
        return base * (double)(step + 1) / (double)warmup;
    if (step >= total)
        return 0;
    return base * 0.5 *
           (1 + cos(pi * (double)(step - warmup) / (double)(total - warmup)));
}

double tg_lr_step(double base, int64_t step, int64_t every, double factor)
{
    return every > 0 ? base * pow(factor, floor((double)step / (double)every))
                     : base;
}

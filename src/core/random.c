/* Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011. */
#include <tinygrad/tensor.h>

#include "tensor.h"

#include <math.h>
#include <string.h>

static void philox_round(uint32_t c[4], const uint32_t k[2])
{
    uint64_t p0 = (uint64_t)0xD2511F53 * c[0];
    uint64_t p1 = (uint64_t)0xCD9E8D57 * c[2];
    uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ k[0], (uint32_t)p1,
                        (uint32_t)(p0 >> 32) ^ c[3] ^ k[1], (uint32_t)p0};

    for (int i = 0; i < 4; i++)
        c[i] = next[i];
}

void tg_philox(const uint32_t counter[4], const uint32_t key[2],
               uint32_t block[4])
{
    uint32_t k[2] = {key[0], key[1]};

    memcpy(block, counter, 4 * sizeof *block);
    for (int round = 0; round < 10; round++) {
        philox_round(block, k);
        k[0] += 0x9E3779B9; /* the golden ratio */
        k[1] += 0xBB67AE85; /* sqrt(3) - 1 */
    }
}

/* The upper half of a counter tells streams apart; tg_rng's is 0. */
void tg_stream_block(tg_stream s, uint64_t i, uint32_t block[4])
{
    uint64_t stream = s.number + 1;
    uint32_t counter[4] = {(uint32_t)i, (uint32_t)(i >> 32), (uint32_t)stream,
                           (uint32_t)(stream >> 32)};
    uint32_t key[2] = {(uint32_t)s.seed, (uint32_t)(s.seed >> 32)};

    tg_philox(counter, key, block);
}

tg_rng tg_rng_seed(uint64_t seed)
{
    return (tg_rng){seed, 0};
}

static void next_block(tg_rng *rng, uint64_t words[2])
{
    uint32_t counter[4] = {(uint32_t)rng->counter,
                           (uint32_t)(rng->counter >> 32), 0, 0};
    uint32_t key[2] = {(uint32_t)rng->key, (uint32_t)(rng->key >> 32)};
    uint32_t block[4];

    tg_philox(counter, key, block);
    words[0] = block[0] | (uint64_t)block[1] << 32;
    words[1] = block[2] | (uint64_t)block[3] << 32;
    rng->counter++;
}

/* The upper 53 bits as a fraction. */
static double to_unit(uint64_t word)
{
    return (double)(word >> 11) * 0x1p-53;
}

double tg_rng_uniform(tg_rng *rng)
{
    uint64_t words[2];

    next_block(rng, words);
    return to_unit(words[0]);
}

/* Box and Muller's transform; 1 - u keeps the logarithm from 0. */
double tg_rng_normal(tg_rng *rng)
{
    const double two_pi = 6.283185307179586;
    uint64_t words[2];

    next_block(rng, words);
    double radius = sqrt(-2.0 * log(1.0 - to_unit(words[0])));
    return radius * cos(two_pi * to_unit(words[1]));
}

/* Words below the remainder of 2^64 by n would favour small results. */
uint64_t tg_rng_below(tg_rng *rng, uint64_t n)
{
    uint64_t words[2];

    if (n == 0)
        return 0;
    uint64_t unfair = -n % n;
    do
        next_block(rng, words);
    while (words[0] < unfair);
    return words[0] % n;
}

static bool check_draw(const char *name, tg_dtype dtype, double a, double b,
                       const tg_rng *rng)
{
    if (dtype == TG_I64)
        tg_fail(NULL, TG_ERR_DTYPE, "%s: draws f32 or f64, not i64", name);
    else if (!isfinite(a) || !isfinite(b) || rng == NULL)
        tg_fail(NULL, TG_ERR_ARG, "%s: %s", name,
                rng == NULL ? "no generator" : "a bound is not finite");
    else
        return true;
    return false;
}

/* Rounding may carry a value up to high, which is outside the interval. */
static double below_high(tg_dtype dtype, double value, double low, double high)
{
    if (dtype == TG_F32) {
        float rounded = (float)value;
        if (rounded >= (float)high && low < high)
            rounded = nextafterf((float)high, (float)low);
        return (double)rounded;
    }
    return value >= high && low < high ? nextafter(high, low) : value;
}

tg_tensor *tg_tensor_uniform(tg_dtype dtype, tg_shape shape, double low,
                             double high, tg_rng *rng)
{
    if (!check_draw("uniform", dtype, low, high, rng))
        return NULL;
    if (low > high) {
        tg_fail(NULL, TG_ERR_ARG, "uniform: low %g is above high %g", low,
                high);
        return NULL;
    }
    tg_tensor *t = tg_tensor_new(dtype, shape);
    for (int64_t i = 0; t != NULL && i < t->size; i++) {
        double u = tg_rng_uniform(rng);
        double value = low * (1.0 - u) + high * u;
        tg_set(t, i, below_high(dtype, value, low, high));
    }
    return t;
}

tg_tensor *tg_tensor_normal(tg_dtype dtype, tg_shape shape, double mean,
                            double std, tg_rng *rng)
{
    if (!check_draw("normal", dtype, mean, std, rng))
        return NULL;
    if (std < 0) {
        tg_fail(NULL, TG_ERR_ARG, "normal: std %g is negative", std);
        return NULL;
    }
    tg_tensor *t = tg_tensor_new(dtype, shape);
    for (int64_t i = 0; t != NULL && i < t->size; i++)
        tg_set(t, i, mean + std * tg_rng_normal(rng));
    return t;
}

/* The decimal digits of a floating-point number. */
#ifndef TG_INSPECT_DECIMAL_H
#define TG_INSPECT_DECIMAL_H

#include <tinygrad/tensor.h>

/* Enough digits to tell any two doubles apart. */
#define TG_DECIMAL_MOST 17

/* d.ddd x 10^exponent, without a sign; count digits, one at least. Zero is
 * all zeros with exponent 0. */
typedef struct tg_decimal {
    int exponent, count;
    char digits[TG_DECIMAL_MOST];
} tg_decimal;

/* |x|, which is finite and of dtype f32 or f64, with exactly count digits. */
tg_decimal tg_decimal_exact(tg_dtype dtype, double x, int count);
/* The fewest digits that no other number of this dtype shares, but at most
 * `most`; never a zero at the end. */
tg_decimal tg_decimal_shortest(tg_dtype dtype, double x, int most);

#endif

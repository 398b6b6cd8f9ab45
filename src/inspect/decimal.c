#include "decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The C library rounds correctly, but writes the locale's decimal point, which
 * may be any text; only digits are taken from what it writes. */
static tg_decimal nearest(double x, int count)
{
    tg_decimal d = {.count = count};
    char text[TG_DECIMAL_MOST + 32];
    int taken = 0;

    snprintf(text, sizeof text, "%.*e", count - 1, fabs(x));
    for (const char *c = text; *c != 'e' && taken < count; c++)
        if (*c >= '0' && *c <= '9')
            d.digits[taken++] = *c;
    d.exponent = atoi(strrchr(text, 'e') + 1);
    return d;
}

/* The digits are read back as a whole number, which needs no decimal point. */
static bool names(const tg_decimal *d, tg_dtype dtype, double x)
{
    char text[TG_DECIMAL_MOST + 16];

    snprintf(text, sizeof text, "%.*se%d", d->count, d->digits,
             d->exponent - d->count + 1);
    double value = dtype == TG_F32 ? strtof(text, NULL) : strtod(text, NULL);
    return value == fabs(x);
}

static tg_decimal one_more(tg_decimal d)
{
    int i = d.count - 1;

    while (i > 0 && d.digits[i] == '9')
        d.digits[i--] = '0';
    if (d.digits[i] == '9') {
        d.digits[i] = '1';
        d.exponent++;
    } else {
        d.digits[i]++;
    }
    return d;
}

/* Below a power of two numbers lie twice as dense as above it, so the nearest
 * decimal below may belong to a neighbour when the next one above does not. */
tg_decimal tg_decimal_exact(tg_dtype dtype, double x, int count)
{
    tg_decimal d = nearest(x, count);

    if (names(&d, dtype, x))
        return d;
    tg_decimal above = one_more(d);
    return names(&above, dtype, x) ? above : d;
}

/* If some digits name x, more digits do too, which allows the bisection. */
tg_decimal tg_decimal_shortest(tg_dtype dtype, double x, int most)
{
    int low = 1, high = most;

    while (low < high) {
        int middle = (low + high) / 2;
        tg_decimal d = tg_decimal_exact(dtype, x, middle);

        if (names(&d, dtype, x))
            high = middle;
        else
            low = middle + 1;
    }
    tg_decimal d = tg_decimal_exact(dtype, x, low);
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.count--;
    return d;
}

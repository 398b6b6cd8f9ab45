#include "number.h"

#include "decimal.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define FRACTION 8 /* NumPy's precision */

static int largest_of(int a, int b)
{
    return a > b ? a : b;
}

tg_number tg_number_at(const tg_tensor *t, int64_t i)
{
    switch (tg_tensor_dtype(t)) {
    case TG_F32:
        return (tg_number){.real = tg_data_f32(t)[i]};
    case TG_F64:
        return (tg_number){.real = tg_data_f64(t)[i]};
    case TG_I64:
        break;
    }
    return (tg_number){.whole = tg_data_i64(t)[i]};
}

/* ---- the parts */

static int integer_length(int64_t x)
{
    return snprintf(NULL, 0, "%" PRId64, x);
}

/* Before the point all digits are exact, after it the eighth is the last. The
 * exponent comes from all digits, since fewer could round up to the next power
 * of ten. */
static tg_decimal positional(tg_dtype dtype, double x)
{
    int before = tg_decimal_exact(dtype, x, TG_DECIMAL_MOST).exponent + 1;
    int most = largest_of(before + FRACTION, 1);

    if (most > TG_DECIMAL_MOST)
        most = TG_DECIMAL_MOST;
    tg_decimal d = tg_decimal_shortest(dtype, x, most);
    return d.count < before ? tg_decimal_exact(dtype, x, before) : d;
}

static int digits_before_point(const tg_decimal *d)
{
    return largest_of(d->exponent + 1, 1);
}

static int digits_after_point(const tg_decimal *d)
{
    return largest_of(d->count - 1 - d->exponent, 0);
}

/* Writes `count` digits of d from number `first` on, the leading one being
 * number 0; zeros where d has none. */
static void write_digits(tg_pen *pen, const tg_decimal *d, int first, int count)
{
    for (int i = first; i < first + count; i++) {
        char digit[2] = "0";

        if (i >= 0 && i < d->count)
            digit[0] = d->digits[i];
        tg_pen_text(pen, digit);
    }
}

static void write_positional(tg_pen *pen, const tg_decimal *d, int fraction)
{
    int before = digits_before_point(d);

    write_digits(pen, d, d->exponent + 1 - before, before);
    tg_pen_text(pen, ".");
    write_digits(pen, d, d->exponent + 1, fraction);
}

static int exponent_length(int exponent)
{
    return exponent <= -100 || exponent >= 100 ? 3 : 2;
}

static void write_exponent(tg_pen *pen, int exponent, int length)
{
    char text[16];

    snprintf(text, sizeof text, "e%c%0*d", exponent < 0 ? '-' : '+', length,
             exponent < 0 ? -exponent : exponent);
    tg_pen_text(pen, text);
}

static const char *not_finite(double x)
{
    return isnan(x) ? "nan" : x < 0 ? "-inf" : "inf";
}

/* ---- the form */

void tg_number_form_range(tg_number_form *form, tg_number x)
{
    if (form->dtype == TG_I64 || !isfinite(x.real) || x.real == 0)
        return;
    double size = fabs(x.real);
    if (size > form->largest)
        form->largest = size;
    if (form->smallest == 0 || size < form->smallest)
        form->smallest = size;
}

/* The ratio is rounded to the dtype, as NumPy's is. */
static bool wide_range(const tg_number_form *form)
{
    if (form->dtype == TG_F32)
        return (float)form->largest / (float)form->smallest > 1000;
    return form->largest / form->smallest > 1000;
}

void tg_number_form_choose(tg_number_form *form)
{
    if (form->smallest == 0)
        return;
    form->scientific =
        form->largest >= 1e8 || form->smallest < 1e-4 || wide_range(form);
}

static void widen_real(tg_number_form *form, double x)
{
    bool negative = signbit(x);

    if (!isfinite(x)) {
        int length = isinf(x) && negative ? 4 : 3;
        form->left_of_inf = largest_of(form->left_of_inf, length - 1);
    } else if (form->scientific) {
        tg_decimal d = tg_decimal_shortest(form->dtype, x, FRACTION + 1);
        form->left = largest_of(form->left, 1 + negative);
        form->fraction = largest_of(form->fraction, d.count - 1);
        form->exponent =
            largest_of(form->exponent, exponent_length(d.exponent));
    } else {
        tg_decimal d = positional(form->dtype, x);
        form->left = largest_of(form->left, digits_before_point(&d) + negative);
        form->fraction = largest_of(form->fraction, digits_after_point(&d));
    }
}

void tg_number_form_widen(tg_number_form *form, tg_number x)
{
    if (form->dtype == TG_I64)
        form->left = largest_of(form->left, integer_length(x.whole));
    else
        widen_real(form, x.real);
}

void tg_number_form_finish(tg_number_form *form)
{
    form->right = form->fraction;
    if (form->scientific)
        form->right += 2 + form->exponent;
    form->left = largest_of(form->left, form->left_of_inf - form->right);
}

size_t tg_number_width(const tg_number_form *form)
{
    if (form->dtype == TG_I64)
        return (size_t)form->left;
    return (size_t)(form->left + 1 + form->right);
}

/* ---- writing */

static void write_whole(tg_pen *pen, int64_t x)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, x);
    tg_pen_text(pen, text);
}

static void write_scientific(tg_pen *pen, const tg_number_form *form, double x)
{
    tg_decimal d = tg_decimal_exact(form->dtype, x, form->fraction + 1);

    tg_pen_spaces(pen, (size_t)(form->left - 1 - !!signbit(x)));
    tg_pen_text(pen, signbit(x) ? "-" : "");
    write_digits(pen, &d, 0, 1);
    tg_pen_text(pen, ".");
    write_digits(pen, &d, 1, form->fraction);
    write_exponent(pen, d.exponent, form->exponent);
}

static void write_plain(tg_pen *pen, const tg_number_form *form, double x)
{
    tg_decimal d = positional(form->dtype, x);
    int before = digits_before_point(&d) + !!signbit(x);
    int after = digits_after_point(&d);

    tg_pen_spaces(pen, (size_t)(form->left - before));
    tg_pen_text(pen, signbit(x) ? "-" : "");
    write_positional(pen, &d, after);
    tg_pen_spaces(pen, (size_t)(form->fraction - after));
}

void tg_number_write(tg_pen *pen, const tg_number_form *form, tg_number x)
{
    size_t end = pen->column + tg_number_width(form);

    if (form->dtype == TG_I64) {
        tg_pen_to_column(pen, end - (size_t)integer_length(x.whole));
        write_whole(pen, x.whole);
    } else if (!isfinite(x.real)) {
        tg_pen_to_column(pen, end - strlen(not_finite(x.real)));
        tg_pen_text(pen, not_finite(x.real));
    } else if (form->scientific) {
        write_scientific(pen, form, x.real);
    } else {
        write_plain(pen, form, x.real);
    }
}

static void write_real(tg_pen *pen, tg_dtype dtype, double x, int most)
{
    double size = fabs(x);
    tg_decimal d = tg_decimal_shortest(dtype, x, most);
    bool small = size < 1e16 && d.exponent < most;

    tg_pen_text(pen, signbit(x) ? "-" : "");
    if (size == 0 || (size >= 1e-4 && small)) {
        write_positional(pen, &d, largest_of(digits_after_point(&d), 1));
        return;
    }
    write_digits(pen, &d, 0, 1);
    tg_pen_text(pen, d.count > 1 ? "." : "");
    write_digits(pen, &d, 1, d.count - 1);
    write_exponent(pen, d.exponent, exponent_length(d.exponent));
}

void tg_number_write_scalar(tg_pen *pen, tg_dtype dtype, tg_number x, int most)
{
    if (dtype == TG_I64)
        write_whole(pen, x.whole);
    else if (!isfinite(x.real))
        tg_pen_text(pen, not_finite(x.real));
    else
        write_real(pen, dtype, x.real, most);
}

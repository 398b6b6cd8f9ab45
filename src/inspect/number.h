/* How the numbers of one array are written: all in one form and one width, by
 * NumPy's rules, so that their columns align. */
#ifndef TG_INSPECT_NUMBER_H
#define TG_INSPECT_NUMBER_H

#include "pen.h"

/* Found by looking at every number that will be written, twice: first at the
 * range, which chooses the form, then at the widths. */
typedef struct tg_number_form {
    tg_dtype dtype;
    bool scientific;
    double smallest, largest; /* of the finite ones that are not 0; 0 if none */
    int left, right;          /* characters on either side of the point */
    int fraction, exponent;   /* digits, where scientific */
    int left_of_inf;          /* what nan and inf would need, or 0 */
} tg_number_form;

/* An element of an array; the field is the one of its dtype. */
typedef union tg_number {
    double real;
    int64_t whole;
} tg_number;

tg_number tg_number_at(const tg_tensor *t, int64_t i);

void tg_number_form_range(tg_number_form *form, tg_number x);
void tg_number_form_choose(tg_number_form *form);
void tg_number_form_widen(tg_number_form *form, tg_number x);
void tg_number_form_finish(tg_number_form *form);

size_t tg_number_width(const tg_number_form *form);
/* Writes x in exactly that width. */
void tg_number_write(tg_pen *pen, const tg_number_form *form, tg_number x);
/* Writes x alone, with up to `most` digits if it is not an integer. */
void tg_number_write_scalar(tg_pen *pen, tg_dtype dtype, tg_number x, int most);

#endif

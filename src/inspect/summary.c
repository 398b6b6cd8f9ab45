#include "summary.h"

#include "number.h"

#include <math.h>

enum { FEW = 4 };

typedef struct summary {
    double least, most, mean, norm;
} summary;

static double value_at(const tg_tensor *t, int64_t i)
{
    tg_number x = tg_number_at(t, i);

    return tg_tensor_dtype(t) == TG_I64 ? (double)x.whole : x.real;
}

/* fmin and fmax pass over NaN, which must show. */
static double smaller(double a, double b)
{
    return isnan(a) || a < b ? a : b;
}

static double larger(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

/* Neither the mean nor the norm overflows where the values do not. */
static summary summarise(const tg_tensor *t)
{
    int64_t size = tg_tensor_size(t);
    double first = value_at(t, 0);
    summary s = {.least = first, .most = first};

    for (int64_t i = 0; i < size; i++) {
        double x = value_at(t, i);

        s.least = smaller(s.least, x);
        s.most = larger(s.most, x);
        s.mean += x / (double)size;
        s.norm = hypot(s.norm, x);
    }
    return s;
}

static void write_part(tg_pen *pen, const char *what, double x)
{
    tg_pen_text(pen, what);
    tg_pen_number(pen, x);
}

bool tg_summary_is_whole(const tg_tensor *t)
{
    tg_shape shape = tg_tensor_shape(t);
    int64_t row = shape.ndim > 0 ? shape.dim[shape.ndim - 1] : 1;

    return row > 0 && row <= FEW && row == tg_tensor_size(t);
}

static void write_statistics(tg_pen *pen, const tg_tensor *t)
{
    summary s = summarise(t);

    write_part(pen, "from ", s.least);
    write_part(pen, " to ", s.most);
    write_part(pen, ", mean ", s.mean);
    write_part(pen, ", norm ", s.norm);
}

void tg_pen_summary(tg_pen *pen, const tg_tensor *t)
{
    if (tg_tensor_size(t) == 0)
        tg_pen_text(pen, "empty");
    else if (tg_tensor_size(t) == 1)
        tg_pen_number(pen, value_at(t, 0));
    else if (tg_summary_is_whole(t))
        tg_pen_array(pen, t);
    else
        write_statistics(pen, t);
}

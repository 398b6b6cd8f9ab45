/* The little arithmetic that the core does itself: gradients begin as ones or
 * zeros, and are added up. */
#include "parallel.h"
#include "tensor.h"

void tg_tensor_fill(tg_tensor *t, double value)
{
    for (int64_t i = 0; i < t->size; i++) {
        if (t->dtype == TG_F32)
            ((float *)t->data)[i] = (float)value;
        else if (t->dtype == TG_F64)
            ((double *)t->data)[i] = value;
        else
            ((int64_t *)t->data)[i] = (int64_t)value;
    }
}

/* Two loops, so that the compiler makes vectors where y is a, too. */
#define ADD(real, name)                                                        \
    static void name(size_t n, const real *a, const real *b, real *y)          \
    {                                                                          \
        for (size_t i = 0; i < n && a == y; i++)                               \
            y[i] += b[i];                                                      \
        for (size_t i = 0; i < n && a != y; i++)                               \
            y[i] = a[i] + b[i];                                                \
    }
ADD(float, add_f32)
ADD(double, add_f64)

typedef struct addition {
    bool is_f64;
    const void *a, *b;
    void *y;
} addition;

static void add_piece(void *loop, size_t first, size_t last)
{
    const addition *l = loop;

    if (l->is_f64)
        add_f64(last - first, (const double *)l->a + first,
                (const double *)l->b + first, (double *)l->y + first);
    else
        add_f32(last - first, (const float *)l->a + first,
                (const float *)l->b + first, (float *)l->y + first);
}

void tg_add_many(bool is_f64, size_t n, const void *a, const void *b, void *y)
{
    enum { GRAIN = 1 << 14 };
    addition l = {is_f64, a, b, y};

    if (n <= GRAIN)
        add_piece(&l, 0, n);
    else
        tg_parallel(n, GRAIN, (is_f64 ? 1 : 0.3) * (double)n, add_piece, &l);
}

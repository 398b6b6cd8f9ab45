#include "kernel.h"

/* Rows of b are added to rows of y, so that all memory is read and written in
 * order. Sums over a block of k begin anew, which keeps rounding small. */
enum { BLOCK = 256 };

static void add_row(size_t n, real c, const real *b, real *y)
{
    for (size_t j = 0; j < n; j++)
        y[j] += c * b[j];
}

void KERNEL(matmul)(size_t m, size_t n, size_t k, const real *a, const real *b,
                    real *y)
{
    memset(y, 0, m * n * sizeof *y);
    for (size_t first = 0; first < k; first += BLOCK) {
        size_t last = first + BLOCK < k ? first + BLOCK : k;
        for (size_t i = 0; i < m; i++)
            for (size_t l = first; l < last; l++)
                add_row(n, a[i * k + l], b + l * n, y + i * n);
    }
}

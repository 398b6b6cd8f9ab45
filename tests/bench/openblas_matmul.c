/* The floor of matmul: c = a b, da = dc b', db = a' dc by OpenBLAS. */
#include "bench.h"

#include <cblas.h>

typedef struct product {
    int n;
    float *a, *b, *c, *dc, *da, *db;
} product;

static void multiply(int n, CBLAS_TRANSPOSE ta, const float *a,
                     CBLAS_TRANSPOSE tb, const float *b, float *c)
{
    cblas_sgemm(CblasRowMajor, ta, tb, n, n, n, 1, a, n, b, n, 0, c, n);
}

static void products(void *env)
{
    product *p = env;

    multiply(p->n, CblasNoTrans, p->a, CblasNoTrans, p->b, p->c);
    multiply(p->n, CblasNoTrans, p->dc, CblasTrans, p->b, p->da);
    multiply(p->n, CblasTrans, p->a, CblasNoTrans, p->dc, p->db);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    size_t n = (size_t)(b.n[0] * b.n[0]);
    product p = {.n = (int)b.n[0],
                 .a = bench_array(n, 1),
                 .b = bench_array(n, 2),
                 .dc = bench_array(n, 3),
                 .c = bench_array(n, 0),
                 .da = bench_array(n, 0),
                 .db = bench_array(n, 0)};
    double seconds = bench_seconds(&b, products, &p);
    return bench_report(&b, 1e3 * seconds, "ms",
                        bench_sum(p.c, n) + bench_sum(p.da, n) +
                            2 * bench_sum(p.db, n));
}

/* More elements than 32 bits count. The input is memory that nobody writes, but
 * for a few numbers around element 2^31: so the system gives it no pages, and
 * only the test that makes a result as large needs them. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HALF ((int64_t)1 << 31)
#define SIZE (HALF + 8)

enum { GIB_FOR_A_RESULT = 10 };

static const struct {
    int64_t at;
    float value;
} placed[] = {{0, 1}, {HALF - 1, 2}, {HALF, 4}, {HALF + 3, 16}, {SIZE - 1, 8}};
enum { N_PLACED = sizeof placed / sizeof *placed };

/* NULL where there is no room; ended by free_large. */
static tg_tensor *new_large(void)
{
    float *data = calloc(SIZE, sizeof *data);

    for (int i = 0; data && i < N_PLACED; i++)
        data[placed[i].at] = placed[i].value;
    if (!data)
        printf("skipped: no room for 2^31 numbers\n");
    return data ? MADE(tg_tensor_borrow(TG_F32, TG_SHAPE(SIZE), data)) : NULL;
}

static void free_large(tg_tensor *x)
{
    float *data = tg_data_f32(x);

    tg_tensor_free(x);
    free(data);
}

static void check_sums(tg_graph *g, tg_tensor *x)
{
    tg_tensor *rows = MADE(tg_reshape(g, x, TG_SHAPE(2, -1)));
    tg_tensor *column = MADE(tg_reshape(g, x, TG_SHAPE(SIZE, 1)));

    ck_assert_int_eq(tg_tensor_size(x), SIZE);
    EXPECT_VALUES(tg_sum(g, x), 31);
    EXPECT_VALUES(tg_sum_axes(g, rows, TG_AXES(1), false), 1, 30);
    EXPECT_VALUES(tg_sum_axes(g, column, TG_AXES(0), false), 31);
}

static void check_choices(tg_graph *g, tg_tensor *x)
{
    EXPECT_VALUES(tg_max_axes(g, x, TG_ALL_AXES, false), 16);
    ck_assert_int_eq(*tg_data_i64(MADE(tg_argmax(g, x, 0))), HALF + 3);
}

static void check_places(tg_graph *g, tg_tensor *x)
{
    int64_t at[] = {HALF, SIZE - 1, 0, HALF - 1};
    tg_tensor *indices = MADE(tg_tensor_i64(TG_SHAPE(4), at));

    EXPECT_VALUES(tg_take(g, x, indices), 4, 8, 1, 2);
    EXPECT_VALUES(tg_slice(g, x, 0, HALF - 2, HALF + 4, 1), 0, 2, 4, 0, 0, 16);
    EXPECT_VALUES(tg_slice(g, x, 0, -1, INT64_MAX, 1), 8);
    EXPECT_VALUES(tg_slice(g, x, 0, 0, INT64_MAX, HALF), 1, 4);
    tg_data_i64(indices)[1] = SIZE;
    EXPECT_REFUSED(g, tg_take(g, x, indices), TG_ERR_ARG, "take");
    tg_tensor_free(indices);
}

static void check_products(tg_graph *g, tg_tensor *x)
{
    EXPECT_VALUES(tg_matmul(g, x, x), 1 + 4 + 16 + 256 + 64);
}

static bool has_room(void)
{
    double bytes =
        (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);

    if (bytes >= GIB_FOR_A_RESULT * 0x1p30)
        return true;
    printf("skipped: less than %d GiB are free\n", GIB_FOR_A_RESULT);
    return false;
}

/* The gradient is as large as x, and all 0 but where the slice was. */
static void check_gradient(tg_graph *g, tg_tensor *x)
{
    tg_tensor *dx;
    tg_tensor *dy = TENSOR(TG_F32, TG_SHAPE(3), 5, 6, 7);

    EXPECT_OK(tg_set_requires_grad(x, true));
    tg_tensor *y = MADE(tg_slice(g, x, 0, HALF - 1, HALF + 2, 1));
    EXPECT_OK(tg_gradients(g, y, dy, 1, &x, &dx, (tg_gradients_options){0}));
    ck_assert_int_eq(tg_tensor_size(dx), SIZE);
    for (int i = -3; i < 6; i++)
        ck_assert_double_eq(element(dx, HALF + i),
                            i >= -1 && i < 2 ? i + 6 : 0);
    tg_tensor_free(dy);
}

/* One test, as the first reading of so much memory takes longest. */
TEST(counts_beyond_32_bits)
{
    tg_tensor *x = new_large();
    tg_graph *g = MADE(tg_graph_new());

    if (x) {
        check_sums(g, x);
        check_choices(g, x);
        check_places(g, x);
        check_products(g, x);
        if (has_room())
            check_gradient(g, x);
        free_large(x);
    }
    tg_graph_free(g);
}

TEST_MAIN("large", counts_beyond_32_bits)

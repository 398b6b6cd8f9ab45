#include "support.h"

/* Row i of x is i, 10 i; row i of labels is i. */
static void make_columns(tg_tensor *columns[2], int64_t rows)
{
    columns[0] = MADE(tg_tensor_new(TG_F32, TG_SHAPE(rows, 2)));
    columns[1] = MADE(tg_tensor_new(TG_I64, TG_SHAPE(rows)));
    for (int64_t i = 0; i < rows; i++) {
        tg_data_f32(columns[0])[2 * i] = (float)i;
        tg_data_f32(columns[0])[2 * i + 1] = (float)(10 * i);
        tg_data_i64(columns[1])[i] = i;
    }
}

static void free_columns(tg_tensor *columns[2])
{
    tg_tensor_free(columns[0]);
    tg_tensor_free(columns[1]);
}

/* Writes the epoch's rows and returns how many there were. */
static int64_t run_epoch(tg_batches *b, int64_t size, int64_t *rows)
{
    tg_tensor *batch[2];
    int64_t n = 0;

    while (tg_batches_next(b, batch)) {
        int64_t m = tg_tensor_shape(batch[0]).dim[0];
        ck_assert_int_le(m, size);
        EXPECT_SHAPE(batch[0], TG_SHAPE(m, 2));
        EXPECT_SHAPE(batch[1], TG_SHAPE(m));
        for (int64_t i = 0; i < m; i++) {
            int64_t row = tg_data_i64(batch[1])[i];
            ck_assert(tg_data_f32(batch[0])[2 * i] == (float)row);
            ck_assert(tg_data_f32(batch[0])[2 * i + 1] == (float)(10 * row));
            rows[n++] = row;
        }
    }
    return n;
}

static void expect_permutation(const int64_t *rows, int64_t n)
{
    for (int64_t row = 0; row < n; row++) {
        int count = 0;
        for (int64_t i = 0; i < n; i++)
            count += rows[i] == row;
        ck_assert_int_eq(count, 1);
    }
}

static int64_t differences(const int64_t *a, const int64_t *b, int64_t n)
{
    int64_t count = 0;

    for (int64_t i = 0; i < n; i++)
        count += a[i] != b[i];
    return count;
}

TEST(goes_through_all_rows)
{
    int64_t rows[20];

    for (int64_t n = 1; n <= 20; n++)
        for (int64_t size = 1; size <= 21; size++) {
            tg_tensor *columns[2];
            make_columns(columns, n);
            tg_batches *b = MADE(tg_batches_new(columns, 2, size, true, 3));
            ck_assert_int_eq(tg_batches_count(b), (n + size - 1) / size);
            for (int epoch = 0; epoch < 3; epoch++) {
                ck_assert_int_eq(tg_batches_epoch(b), epoch);
                ck_assert_int_eq(run_epoch(b, size, rows), n);
                expect_permutation(rows, n);
            }
            tg_batches_free(b);
            free_columns(columns);
        }
}

TEST(keeps_the_order_unless_told_to_shuffle)
{
    tg_tensor *columns[2];
    int64_t rows[10];

    make_columns(columns, 10);
    tg_batches *b = MADE(tg_batches_new(columns, 2, 4, false, 3));
    ck_assert_int_eq(run_epoch(b, 4, rows), 10);
    for (int64_t i = 0; i < 10; i++)
        ck_assert_int_eq(rows[i], i);
    tg_batches_free(b);
    free_columns(columns);
}

TEST(order_depends_on_seed_and_epoch)
{
    enum { N = 100 };
    tg_tensor *columns[2];
    int64_t first[2][N], second[N], other[N];

    make_columns(columns, N);
    for (int i = 0; i < 2; i++) {
        tg_batches *b = MADE(tg_batches_new(columns, 2, 7, true, 11));
        run_epoch(b, 7, first[i]);
        run_epoch(b, 7, second);
        tg_batches_free(b);
    }
    tg_batches *b = MADE(tg_batches_new(columns, 2, 7, true, 12));
    run_epoch(b, 7, other);
    tg_batches_free(b);
    ck_assert_int_eq(differences(first[0], first[1], N), 0);
    ck_assert_int_ge(differences(first[0], second, N), N / 2);
    ck_assert_int_ge(differences(first[0], other, N), N / 2);
    free_columns(columns);
}

TEST(every_order_is_as_likely)
{
    enum { N = 3, ORDERS = 6, EPOCHS = 100 * ORDERS };
    tg_tensor *columns[2];
    int64_t rows[N];
    int count[ORDERS] = {0};

    make_columns(columns, N);
    tg_batches *b = MADE(tg_batches_new(columns, 2, 2, true, 5));
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        ck_assert_int_eq(run_epoch(b, 2, rows), N);
        count[2 * rows[0] + (rows[1] > rows[2])]++;
    }
    for (int i = 0; i < ORDERS; i++)
        ck_assert_int_ge(count[i], EPOCHS / ORDERS * 3 / 4);
    tg_batches_free(b);
    free_columns(columns);
}

TEST(resumes_anywhere)
{
    enum { N = 23, SIZE = 5 };
    tg_tensor *columns[2], *batch[2];
    int64_t whole[N], rest[N];

    make_columns(columns, N);
    tg_batches *b = MADE(tg_batches_new(columns, 2, SIZE, true, 1));
    run_epoch(b, SIZE, rest);
    run_epoch(b, SIZE, whole);
    for (int64_t index = 0; index <= tg_batches_count(b); index++) {
        tg_batches *c = MADE(tg_batches_new(columns, 2, SIZE, true, 1));
        EXPECT_OK(tg_batches_seek(c, 1, index));
        ck_assert_int_eq(tg_batches_index(c), index);
        int64_t first = index * SIZE < N ? index * SIZE : N;
        ck_assert_int_eq(run_epoch(c, SIZE, rest), N - first);
        ck_assert_int_eq(differences(whole + first, rest, N - first), 0);
        ck_assert(tg_batches_next(c, batch));
        ck_assert_int_eq(tg_batches_epoch(c), 2);
        tg_batches_free(c);
    }
    EXPECT_STATUS(tg_batches_seek(b, 0, 6), TG_ERR_ARG);
    EXPECT_STATUS(tg_batches_seek(b, -1, 0), TG_ERR_ARG);
    EXPECT_STATUS(tg_batches_seek(NULL, 0, 0), TG_ERR_ARG);
    tg_batches_free(b);
    free_columns(columns);
}

TEST(a_graph_notices_the_next_batch)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *columns[2], *batch[2];
    tg_tensor *w = random_leaf(TG_F32, TG_SHAPE(2), 1);

    make_columns(columns, 8);
    tg_batches *b = MADE(tg_batches_new(columns, 2, 4, true, 1));
    ck_assert(tg_batches_next(b, batch));
    tg_tensor *loss = tg_sum(g, tg_mul(g, batch[0], w));
    EXPECT_OK(tg_backward(g, loss));
    ck_assert(tg_batches_next(b, batch));
    EXPECT_STATUS(tg_backward(g, loss), TG_ERR_STATE);
    tg_graph_free(g);
    tg_batches_free(b);
    tg_tensor_free(w);
    free_columns(columns);
}

TEST(refuses_what_does_not_fit)
{
    tg_tensor *columns[2], *scalar = MADE(tg_tensor_new(TG_F32, TG_SCALAR));
    tg_tensor *empty = MADE(tg_tensor_new(TG_F32, TG_SHAPE(0, 3)));

    make_columns(columns, 8);
    tg_tensor *odd[] = {columns[0], random_leaf(TG_F32, TG_SHAPE(7, 2), 1)};
    ck_assert_ptr_null(tg_batches_new(columns, 0, 4, false, 0));
    ck_assert_ptr_null(tg_batches_new(NULL, 2, 4, false, 0));
    ck_assert_ptr_null(tg_batches_new(columns, 2, 0, false, 0));
    ck_assert_ptr_null(
        tg_batches_new((tg_tensor *[]){TG_NONE}, 1, 4, false, 0));
    EXPECT_MESSAGE("batches: no column 0");
    ck_assert_ptr_null(tg_load_idx("/nowhere", TG_F32));
    ck_assert_ptr_null(tg_batches_new(&(tg_tensor *){NULL}, 1, 4, false, 0));
    EXPECT_MESSAGE("/nowhere");
    ck_assert_ptr_null(tg_batches_new(odd, 2, 4, false, 0));
    EXPECT_MESSAGE("columns (8, 2) and (7, 2) do not share");
    ck_assert_ptr_null(tg_batches_new(&scalar, 1, 4, false, 0));
    ck_assert_ptr_null(tg_batches_new(&empty, 1, 4, false, 0));
    ck_assert(!tg_batches_next(NULL, NULL));
    tg_batches_free(NULL);
    tg_tensor_free(scalar);
    tg_tensor_free(empty);
    tg_tensor_free(odd[1]);
    free_columns(columns);
}

static tg_status make_batches(tg_graph *g, void *env)
{
    tg_batches *b = tg_batches_new(env, 2, 3, true, 0);

    (void)g;
    tg_batches_free(b);
    return b != NULL ? TG_OK : TG_ERR_NOMEM;
}

TEST(survives_missing_memory)
{
    tg_tensor *columns[2];

    make_columns(columns, 8);
    EXPECT_OK(tg_set_name(columns[0], "x"));
    check_out_of_memory(make_batches, columns);
    free_columns(columns);
}

TEST_MAIN("batches", goes_through_all_rows,
          keeps_the_order_unless_told_to_shuffle,
          order_depends_on_seed_and_epoch, every_order_is_as_likely,
          resumes_anywhere, a_graph_notices_the_next_batch,
          refuses_what_does_not_fit, survives_missing_memory)

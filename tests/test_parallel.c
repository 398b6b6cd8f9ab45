/* Loops that are cut into pieces. */
#include "loop_record.h"
#include "verify.h"

static size_t distinct(const record *r)
{
    size_t count = 0;

    for (size_t i = 0; i < r->pieces; i++) {
        size_t k = 0;
        while (k < i && !pthread_equal(r->thread[k], r->thread[i]))
            k++;
        count += k == i;
    }
    return count;
}

TEST(does_every_index_once_in_whole_grains)
{
    const size_t grains[] = {1, 2, 7, 64, 1000, 5000};
    static record r;

    for (int threads = 1; threads <= 8; threads++) {
        tg_set_threads(threads);
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (size_t n = 0; n <= MOST; n += n < 9 ? 1 : 99) {
                start(&r, grains[g]);
                tg_parallel(n, grains[g], DEAR, note, &r);
                for (size_t i = 0; i < MOST; i++)
                    ck_assert_int_eq(r.done[i], i < n);
                for (size_t p = 0; p < r.pieces; p++)
                    ck_assert_uint_eq(r.first[p] % grains[g], 0);
                ck_assert_uint_le(r.pieces, (size_t)threads);
            }
    }
}
END_TEST

TEST(runs_on_as_many_threads_as_asked)
{
    static record r;

    for (int threads = 1; threads <= 8; threads++) {
        size_t cuts = tg_parallel_cuts();
        tg_set_threads(threads);
        start(&r, 1);
        tg_parallel(MOST, 1, DEAR, note, &r);
        ck_assert_uint_eq(distinct(&r), expected_threads((size_t)threads));
        ck_assert_uint_eq(tg_parallel_cuts() - cuts, distinct(&r) > 1);
    }
}
END_TEST

TEST(cuts_no_more_than_pays)
{
    static record r;

    tg_set_threads(4);
    for (int microseconds = 0; microseconds <= 100; microseconds++) {
        start(&r, 1);
        tg_parallel(MOST, 1, microseconds * 1e3, note, &r);
        ck_assert_uint_le(r.pieces, (size_t)(1 + microseconds / 20));
        if (microseconds < 40)
            ck_assert(pthread_equal(r.thread[0], pthread_self()));
    }
}
END_TEST

static void nest(void *loop, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        record *r = (record *)loop + i;
        tg_parallel(MOST, 1, DEAR, note, r);
        ck_assert_uint_eq(r->pieces, 1);
    }
}

TEST(cuts_no_loop_within_a_loop)
{
    static record r[4];

    tg_set_threads(4);
    for (int i = 0; i < 4; i++)
        start(&r[i], 1);
    tg_parallel(4, 1, DEAR, nest, r);
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < MOST; k++)
            ck_assert_int_eq(r[i].done[k], 1);
}
END_TEST

TEST(cuts_no_loop_in_a_parallel_region_of_the_program)
{
    static record r[4];

    tg_set_threads(4);
    for (int i = 0; i < 4; i++)
        start(&r[i], 1);
#pragma omp parallel for num_threads(4)
    for (int i = 0; i < 4; i++)
        tg_parallel(MOST, 1, DEAR, note, &r[i]);
#if defined(_OPENMP)
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(r[i].pieces, 1);
#endif
}
END_TEST

TEST(cuts_nothing_for_a_reference)
{
    static record r;

    tg_set_threads(4);
    start(&r, 1);
    tg_set_reference(true);
    tg_parallel(MOST, 1, DEAR, note, &r);
    tg_set_reference(false);
    ck_assert_uint_eq(r.pieces, 1);
    start(&r, 1);
    tg_parallel(MOST, 1, DEAR, note, &r);
    ck_assert_uint_eq(r.pieces, expected_threads(4));
}
END_TEST

static void *run_loops(void *arg)
{
    static const int loops = 50;
    record *r = arg;

    for (int i = 0; i < loops; i++) {
        start(r, 1);
        tg_parallel(MOST, 1, DEAR, note, r);
        for (size_t k = 0; k < MOST; k++)
            ck_assert_int_eq(r->done[k], 1);
    }
    return NULL;
}

TEST(serves_several_threads_at_once)
{
    enum { THREADS = 8 };
    static record r[THREADS];
    pthread_t thread[THREADS];

    tg_set_threads(3);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, run_loops, &r[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}
END_TEST

TEST_MAIN("parallel", does_every_index_once_in_whole_grains,
          runs_on_as_many_threads_as_asked, cuts_no_more_than_pays,
          cuts_no_loop_within_a_loop,
          cuts_no_loop_in_a_parallel_region_of_the_program,
          cuts_nothing_for_a_reference, serves_several_threads_at_once)

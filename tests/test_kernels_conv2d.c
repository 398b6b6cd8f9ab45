/* The kernels of convolution and pooling, in every instruction set, against
 * the plain loops. */
#include "arrays.h"

/* in, kernel, stride, padding, dilation of both axes */
static const size_t windows[][2][5] = {{{5, 3, 1, 0, 1}, {6, 2, 1, 0, 1}},
                                       {{6, 1, 1, 0, 1}, {5, 2, 1, 1, 1}},
                                       {{7, 3, 2, 1, 1}, {9, 3, 2, 1, 1}},
                                       {{7, 3, 3, 2, 1}, {8, 2, 1, 1, 3}},
                                       {{4, 1, 1, 0, 1}, {4, 1, 1, 0, 1}},
                                       {{6, 1, 2, 0, 1}, {37, 1, 2, 0, 1}},
                                       {{3, 3, 1, 1, 1}, {56, 3, 1, 1, 1}},
                                       {{9, 5, 1, 2, 1}, {28, 5, 1, 2, 1}},
                                       {{5, 3, 2, 4, 2}, {70, 3, 2, 3, 4}},
                                       {{1, 1, 5, 3, 1}, {2, 2, 4, 2, 2}},
                                       {{12, 4, 4, 0, 1}, {12, 4, 4, 0, 2}},
                                       {{3, 2, 1, 1, 1}, {700, 600, 1, 0, 1}},
                                       {{40, 3, 6, 0, 4}, {50, 5, 4, 7, 6}},
                                       {{9, 9, 1, 0, 1}, {33, 33, 1, 0, 1}},
                                       {{2, 1, 1, 9, 1}, {40, 2, 3, 40, 30}}};
enum { N_WINDOWS = sizeof windows / sizeof *windows };

static tg_windows2d make_windows(const size_t given[2][5])
{
    tg_windows2d s;

    for (int d = 0; d < 2; d++) {
        const size_t *a = given[d];
        s.in[d] = a[0];
        s.kernel[d] = a[1];
        s.stride[d] = a[2];
        s.padding[d] = a[3];
        s.dilation[d] = a[4];
        s.out[d] = (a[0] + 2 * a[3] - (a[1] - 1) * a[4] - 1) / a[2] + 1;
    }
    return s;
}

static size_t pixels(const size_t extent[2])
{
    return extent[0] * extent[1];
}

static void check_conv2d(const tg_conv2d_sizes *s)
{
    size_t taps = pixels(s->at.kernel);
    size_t n_x = s->N * s->groups * s->C * pixels(s->at.in);
    size_t n_y = s->N * s->groups * s->O * pixels(s->at.out);
    size_t n_w = s->groups * s->O * s->C * taps;
    arrays x = make(n_x, 1), w = make(n_w, 2), dy = make(n_y, 3);
    arrays b = make(s->groups * (s->O + s->C), 4);
    arrays y = make(n_y, 5), z = make(n_y, 6), dx = make(n_x, 7);
    arrays ex = make(n_x, 8), dw = make(n_w, 9), ew = make(n_w, 10);
    arrays room = make(tg_conv2d_dx_room(s) + tg_conv2d_dw_room(s), 11);

    const tg_kernels *p = tg_kernels_plain();

    p->f32->conv2d(s, x.f32, w.f32, b.f32, room.f32, z.f32);
    p->f64->conv2d(s, x.f64, w.f64, NULL, room.f64, z.f64);
    p->f32->conv2d_dx(s, dy.f32, w.f32, NULL, room.f32, ex.f32);
    p->f64->conv2d_dx(s, dy.f64, w.f64, b.f64, room.f64, ex.f64);
    p->f32->conv2d_dw(s, x.f32, dy.f32, room.f32, ew.f32);
    p->f64->conv2d_dw(s, x.f64, dy.f64, room.f64, ew.f64);
    FOR_EACH_SET({
        set->f32->conv2d(s, x.f32, w.f32, b.f32, room.f32, y.f32);
        set->f64->conv2d(s, x.f64, w.f64, NULL, room.f64, y.f64);
        compare(set->name, y, z, (double)(1 + s->C * taps));
        set->f32->conv2d_dx(s, dy.f32, w.f32, NULL, room.f32, dx.f32);
        set->f64->conv2d_dx(s, dy.f64, w.f64, b.f64, room.f64, dx.f64);
        compare(set->name, dx, ex, (double)(1 + s->O * taps));
        set->f32->conv2d_dw(s, x.f32, dy.f32, room.f32, dw.f32);
        set->f64->conv2d_dw(s, x.f64, dy.f64, room.f64, dw.f64);
        compare(set->name, dw, ew, (double)(s->N * pixels(s->at.out)));
    });
    release(x), release(w), release(dy), release(b), release(y), release(z);
    release(dx), release(ex), release(dw), release(ew), release(room);
}

/* batch, groups, channels in and out of a group */
static const size_t channels[][4] = {{1, 1, 1, 1},  {2, 1, 3, 2}, {3, 2, 2, 3},
                                     {2, 5, 1, 1},  {1, 3, 1, 2}, {1, 1, 7, 9},
                                     {2, 1, 40, 15}};
enum { N_CHANNELS = sizeof channels / sizeof *channels };

TEST(convolutions_are_the_plain_loops)
{
    for (size_t i = 0; i < N_WINDOWS; i++)
        for (size_t c = 0; c < N_CHANNELS; c++) {
            tg_windows2d at = make_windows(windows[i]);
            if (pixels(at.kernel) * channels[c][2] > 6000)
                continue;
            tg_conv2d_sizes s = {channels[c][0], channels[c][1], channels[c][2],
                                 channels[c][3], at};
            check_conv2d(&s);
        }
}
END_TEST

/* Blocks of lanes, and what remains of them, on patches that they share; phases
 * of other sizes than others, of no taps, and in boxes that cut lines; images
 * larger than what the windows reach. */
TEST(convolutions_of_many_channels_are_the_plain_loops)
{
    static const size_t many[][4] = {
        {1, 1, 13, 140}, {2, 1, 70, 5}, {2, 2, 33, 21}};
    static const size_t with[][2][5] = {{{5, 3, 1, 1, 1}, {9, 3, 1, 1, 1}},
                                        {{5, 3, 2, 1, 1}, {70, 3, 2, 1, 1}},
                                        {{10, 2, 3, 1, 1}, {9, 3, 2, 2, 1}},
                                        {{9, 1, 2, 0, 1}, {12, 5, 4, 1, 1}},
                                        {{3, 3, 2, 1, 1}, {301, 2, 2, 0, 1}}};

    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        for (size_t c = 0; c < sizeof many / sizeof *many; c++) {
            tg_conv2d_sizes s = {many[c][0], many[c][1], many[c][2], many[c][3],
                                 make_windows(with[i])};
            s.at.in[0] += c % 2;
            s.at.in[1] += c;
            check_conv2d(&s);
        }
}
END_TEST

/* The image may be larger than what the windows reach, as it is where it is
 * the result of a transposed convolution. */
TEST(convolutions_leave_what_no_window_reaches)
{
    for (size_t i = 0; i < N_WINDOWS; i++) {
        tg_conv2d_sizes s = {2, 1, 2, 3, make_windows(windows[i])};
        s.at.in[0] += 2;
        s.at.in[1] += 5;
        check_conv2d(&s);
    }
}
END_TEST

/* Images that are large enough for it, in f64 at least. */
TEST(pointwise_convolutions_are_the_plain_loops)
{
    const size_t sizes[][6] = {/* batch, groups, channels, image */
                               {3, 1, 32, 32, 32, 33},  {1, 2, 33, 45, 33, 32},
                               {1, 1, 300, 35, 5, 207}, {1, 1, 34, 290, 521, 2},
                               {3, 1, 32, 40, 1, 1031}, {1, 1, 40, 32, 20, 39},
                               {2, 2, 33, 35, 32, 33},  {1, 1, 40, 35, 5, 211}};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t *n = sizes[i], h = n[4], w = n[5];
        tg_conv2d_sizes s = {n[0],
                             n[1],
                             n[2],
                             n[3],
                             {{h, w}, {1, 1}, {h, w}, {1, 1}, {0, 0}, {1, 1}}};
        check_conv2d(&s);
        s.at.in[0]++;
        check_conv2d(&s);
    }
}
END_TEST

/* What is to be written whole holds something else before. */
static void spoil(size_t n, const arrays *a)
{
    for (size_t i = 0; i < n; i++)
        a->f32[i] = (float)(a->f64[i] = 7);
}

static void check_pool2d(size_t n, const tg_windows2d *s)
{
    size_t n_x = n * pixels(s->in), n_y = n * pixels(s->out);
    arrays x = make(n_x, 1), dy = make(n_y, 2), y = make(n_y, 3);
    arrays z = make(n_y, 4), dx = make(n_x, 5), ex = make(n_x, 6);
    int64_t *at = malloc(n_y * sizeof *at),
            *expected = malloc(n_y * sizeof *at);

    FOR_EACH_SET({
        plain->f64->max_pool2d(n, s, x.f64, expected);
        set->f64->max_pool2d(n, s, x.f64, at);
        ck_assert_mem_eq(at, expected, n_y * sizeof *at);
        set->f32->max_pool2d(n, s, x.f32, at);
        ck_assert_mem_eq(at, expected, n_y * sizeof *at);
        set->f32->pick(n, pixels(s->in), pixels(s->out), x.f32, at, y.f32);
        set->f64->pick(n, pixels(s->in), pixels(s->out), x.f64, at, y.f64);
        plain->f32->pick(n, pixels(s->in), pixels(s->out), x.f32, at, z.f32);
        plain->f64->pick(n, pixels(s->in), pixels(s->out), x.f64, at, z.f64);
        compare(set->name, y, z, 1e-300);
        spoil(n_x, &dx);
        set->f32->unpick(n, pixels(s->in), pixels(s->out), dy.f32, at, dx.f32);
        set->f64->unpick(n, pixels(s->in), pixels(s->out), dy.f64, at, dx.f64);
        plain->f32->unpick(n, pixels(s->in), pixels(s->out), dy.f32, at,
                           ex.f32);
        plain->f64->unpick(n, pixels(s->in), pixels(s->out), dy.f64, at,
                           ex.f64);
        compare(set->name, dx, ex, 1e-300);
        set->f32->avg_pool2d(n, s, x.f32, y.f32);
        set->f64->avg_pool2d(n, s, x.f64, y.f64);
        plain->f32->avg_pool2d(n, s, x.f32, z.f32);
        plain->f64->avg_pool2d(n, s, x.f64, z.f64);
        compare(set->name, y, z, 1);
        spoil(n_x, &dx);
        set->f32->avg_pool2d_dx(n, s, dy.f32, dx.f32);
        set->f64->avg_pool2d_dx(n, s, dy.f64, dx.f64);
        plain->f32->avg_pool2d_dx(n, s, dy.f32, ex.f32);
        plain->f64->avg_pool2d_dx(n, s, dy.f64, ex.f64);
        compare(set->name, dx, ex, 1);
    });
    release(x), release(dy), release(y), release(z), release(dx), release(ex);
    free(at), free(expected);
}

TEST(pooling_is_the_plain_loops)
{
    static const size_t pools[][2][5] = {
        {{4, 2, 2, 0, 1}, {6, 2, 2, 0, 1}},
        {{5, 2, 2, 0, 1}, {37, 2, 2, 0, 1}},
        {{4, 2, 2, 0, 1}, {37, 2, 2, 0, 1}},
        {{5, 2, 2, 0, 1}, {6, 2, 2, 0, 1}},
        {{5, 3, 2, 1, 1}, {9, 3, 1, 1, 1}},
        {{4, 1, 3, 0, 1}, {5, 2, 1, 1, 1}},
        {{9, 5, 1, 2, 1}, {7, 4, 5, 2, 1}},
        {{1, 2, 1, 1, 1}, {1, 1, 1, 0, 1}},
        {{30, 30, 1, 0, 1}, {40, 37, 1, 0, 1}}};

    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
        tg_windows2d s = make_windows(pools[i]);
        check_pool2d(1, &s);
        check_pool2d(3, &s);
    }
}
END_TEST

/* Windows of 2 x 2 and others, among numbers of which many are equal. */
static void check_places(const tg_windows2d *s, const arrays *x)
{
    size_t n = pixels(s->out);
    int64_t *at = malloc(n * sizeof *at), *expected = malloc(n * sizeof *at);

    FOR_EACH_SET({
        plain->f64->max_pool2d(1, s, x->f64, expected);
        set->f64->max_pool2d(1, s, x->f64, at);
        ck_assert_mem_eq(at, expected, n * sizeof *at);
        set->f32->max_pool2d(1, s, x->f32, at);
        ck_assert_mem_eq(at, expected, n * sizeof *at);
    });
    free(at), free(expected);
}

TEST(the_first_of_equal_numbers_is_the_largest_but_for_nan)
{
    static const size_t pools[][2][5] = {{{61, 2, 2, 0, 1}, {75, 2, 2, 0, 1}},
                                         {{61, 3, 2, 1, 1}, {75, 2, 1, 1, 1}}};
    const double numbers[] = {0, 1, -0.0, NAN, 1, -1, 0};
    arrays x = make(61 * 75, 1);

    for (size_t i = 0, r = 1; i < 61 * 75; i++, r = r * 75 % 65537)
        x.f32[i] = (float)(x.f64[i] = numbers[r % 7]);
    for (int i = 0; i < 2; i++) {
        tg_windows2d s = make_windows(pools[i]);
        check_places(&s, &x);
    }
    release(x);
}
END_TEST

TEST_MAIN("kernels_conv2d", convolutions_are_the_plain_loops,
          convolutions_of_many_channels_are_the_plain_loops,
          pointwise_convolutions_are_the_plain_loops,
          convolutions_leave_what_no_window_reaches, pooling_is_the_plain_loops,
          the_first_of_equal_numbers_is_the_largest_but_for_nan)

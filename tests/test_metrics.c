#define _XOPEN_SOURCE 700

#include "support.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const columns[] = {"step", "loss"};
static char path[32];

static void begin(void)
{
    int file = mkstemp(strcpy(path, "/tmp/metrics-XXXXXX"));

    ck_assert_int_ge(file, 0);
    close(file);
}

static void expect_file(const char *expected)
{
    char text[1024] = "";
    FILE *in = fopen(path, "r");

    ck_assert_ptr_nonnull(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    ck_assert_str_eq(text, expected);
}

TEST(writes_rows_at_once)
{
    begin();
    tg_metrics *m = MADE(tg_metrics_open(path, 2, columns, false));
    expect_file("step,loss\n");
    EXPECT_OK(tg_metrics_write(m, (double[]){1, 0.1}));
    expect_file("step,loss\n1,0.1\n");
    EXPECT_OK(tg_metrics_write(m, (double[]){1e6, 1.0 / 3}));
    EXPECT_OK(tg_metrics_write(m, (double[]){-INFINITY, NAN}));
    tg_metrics_close(m);
    expect_file("step,loss\n1,0.1\n1000000,0.3333333333333333\n-inf,nan\n");
    unlink(path);
}

TEST(goes_on_where_it_ended)
{
    const char *const other[] = {"step", "accuracy"};

    begin();
    for (int i = 0; i < 2; i++) {
        tg_metrics *m = MADE(tg_metrics_open(path, 2, columns, true));
        EXPECT_OK(tg_metrics_write(m, (double[]){i, 0.5}));
        tg_metrics_close(m);
    }
    expect_file("step,loss\n0,0.5\n1,0.5\n");
    ck_assert_ptr_null(tg_metrics_open(path, 2, other, true));
    EXPECT_MESSAGE("has other columns");
    ck_assert_ptr_null(tg_metrics_open(path, 1, columns, true));
    expect_file("step,loss\n0,0.5\n1,0.5\n");
    tg_metrics_close(MADE(tg_metrics_open(path, 2, other, false)));
    expect_file("step,accuracy\n");
    unlink(path);
}

TEST(refuses_what_it_cannot_write)
{
    const char *const quoted[] = {"a,b"};

    ck_assert_ptr_null(tg_metrics_open("/nowhere/x.csv", 2, columns, false));
    EXPECT_MESSAGE("metrics: '/nowhere/x.csv': No such file");
    ck_assert_ptr_null(tg_metrics_open(NULL, 2, columns, false));
    ck_assert_ptr_null(tg_metrics_open(path, 0, columns, false));
    ck_assert_ptr_null(tg_metrics_open(path, 1, quoted, false));
    EXPECT_MESSAGE("'a,b' is no name for a column");
    EXPECT_STATUS(tg_metrics_write(NULL, NULL), TG_ERR_ARG);
    tg_metrics_close(NULL);
}

TEST(says_when_the_disk_is_full)
{
    tg_metrics *m = tg_metrics_open("/dev/full", 2, columns, false);

    ck_assert_ptr_null(m);
    EXPECT_MESSAGE("metrics: '/dev/full': No space left");
}

TEST(writes_points_in_any_locale)
{
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
        return;
    begin();
    tg_metrics *m = MADE(tg_metrics_open(path, 2, columns, false));
    EXPECT_OK(tg_metrics_write(m, (double[]){1.5, -0.25}));
    tg_metrics_close(m);
    setlocale(LC_ALL, "C");
    expect_file("step,loss\n1.5,-0.25\n");
    unlink(path);
}

TEST_MAIN("metrics", writes_rows_at_once, goes_on_where_it_ended,
          refuses_what_it_cannot_write, says_when_the_disk_is_full,
          writes_points_in_any_locale)

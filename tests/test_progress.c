#define _XOPEN_SOURCE 700

#include "capture.h"

#include <fcntl.h>
#include <regex.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void expect_match(const char *text, const char *pattern)
{
    regex_t compiled;

    ck_assert_int_eq(regcomp(&compiled, pattern, REG_EXTENDED), 0);
    ck_assert_msg(regexec(&compiled, text, 0, NULL, 0) == 0,
                  "\"%s\" does not match %s", text, pattern);
    regfree(&compiled);
}

TEST(writes_plain_lines_to_a_file)
{
    capture c;

    capture_begin(&c);
    tg_progress *p = MADE(tg_progress_new(c.out, "epoch 1", 10));
    tg_progress_update(p, 1, "loss %.2f", 3.25);
    tg_progress_update(p, 10, "loss %.2f", 1.25);
    tg_progress_free(p);
    char *text = captured(&c);
    expect_match(text, "^epoch 1  10/10  [0-9.e+]+/s  0 s  loss 1.25\n$");
    free(text);
}

TEST(stays_within_its_total)
{
    capture c;

    capture_begin(&c);
    tg_progress *p = MADE(tg_progress_new(c.out, NULL, 4));
    tg_progress_update(p, 9, NULL);
    tg_progress_free(p);
    char *text = captured(&c);
    expect_match(text, "^  4/4  ");
    free(text);
}

TEST(is_silent_without_a_file)
{
    tg_progress *p = MADE(tg_progress_new(NULL, "epoch", 3));

    tg_progress_update(p, 3, "loss %d", 1);
    tg_progress_free(p);
    tg_progress_update(NULL, 3, NULL);
    tg_progress_free(NULL);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A terminal may give what was written in pieces. */
static void read_all(int from, char *text, size_t room)
{
    size_t length = 0;

    while (length + 1 < room && strstr(text, "\r\n") == NULL) {
        ssize_t n = read(from, text + length, room - 1 - length);
        ck_assert_int_gt(n, 0);
        length += (size_t)n;
        text[length] = '\0';
    }
}

/* A terminal that this process talks to itself through. */
TEST(draws_a_bar_on_a_terminal)
{
    char text[4096] = "";
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        return;
    int slave = open(ptsname(master), O_WRONLY | O_NOCTTY);
    FILE *out = slave >= 0 ? fdopen(slave, "w") : NULL;
    ck_assert_ptr_nonnull(out);
    tg_progress *p = MADE(tg_progress_new(out, "epoch", 100));
    nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    tg_progress_update(p, 50, NULL);
    double before = seconds();
    tg_progress_update(p, 51, NULL); /* too soon */
    bool soon = seconds() - before < 0.05;
    tg_progress_update(p, 100, "done");
    tg_progress_free(p);
    read_all(master, text, sizeof text);
    expect_match(text, "epoch  50/100  \\[#{12}\\.{12}\\]  .*/s  .* left");
    expect_match(text, "epoch  100/100  \\[#{24}\\]  .*  done\r\n$");
    if (soon) /* and not held up by others */
        ck_assert_ptr_null(strstr(text, "51/100"));
    fclose(out);
    close(master);
}

TEST(calls_no_allocator_when_it_shows)
{
    capture c;

    capture_begin(&c);
    tg_progress *p = MADE(tg_progress_new(c.out, "epoch", 3));
    size_t calls = allocator_calls();
    for (int i = 0; i <= 3; i++)
        tg_progress_update(p, i, "loss %g", 0.5);
    ck_assert_uint_eq(allocator_calls(), calls);
    tg_progress_free(p);
    free(captured(&c));
}

TEST_MAIN("progress", writes_plain_lines_to_a_file, stays_within_its_total,
          is_silent_without_a_file, draws_a_bar_on_a_terminal,
          calls_no_allocator_when_it_shows)

#include "support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

TEST(names_every_status)
{
#define CHECK_NAME(name, meaning) ck_assert_str_eq(tg_status_name(name), #name);
    TG_STATUSES(CHECK_NAME)
#undef CHECK_NAME
    ck_assert_str_eq(tg_status_name((tg_status)-1), "unknown status");
    ck_assert_str_eq(tg_status_name((tg_status)(TG_ERR_VERIFY + 1)),
                     "unknown status");
    ck_assert_str_eq(tg_status_name((tg_status)INT32_MAX), "unknown status");
    ck_assert_str_eq(tg_status_name((tg_status)INT32_MIN), "unknown status");
}

TEST(formats_the_message)
{
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_IO, "%s has %d of %.1f", "it", 3, 4.5),
                  TG_ERR_IO);
    ck_assert_str_eq(tg_error_message(), "it has 3 of 4.5");
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_ARG, "another"), TG_ERR_ARG);
    ck_assert_str_eq(tg_error_message(), "another");
}

TEST(survives_a_message_without_end)
{
    enum { LENGTH = 100000 };
    char *text = malloc(LENGTH + 1);

    memset(text, 'x', LENGTH);
    text[LENGTH] = 0;
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_IO, "begin %s", text), TG_ERR_IO);
    ck_assert(!strncmp(tg_error_message(), "begin xxx", 9));
    free(text);
}

/* A message that is formatted from the message before it. */
TEST(takes_its_own_message_as_an_argument)
{
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_IO, "inner"), TG_ERR_IO);
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_IO, "outer: %s", tg_error_message()),
                  TG_ERR_IO);
    ck_assert_str_eq(tg_error_message(), "outer: inner");
}

TEST(leaves_the_message_when_all_is_well)
{
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_IO, "stays"), TG_ERR_IO);
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = MADE(tg_tensor_new(TG_F32, TG_SHAPE(2)));
    MADE(tg_square(g, x));
    EXPECT_OK(tg_graph_reset(g));
    ck_assert_str_eq(tg_error_message(), "stays");
    tg_tensor_free(x);
    tg_graph_free(g);
}

TEST(keeps_the_first_failure_in_the_graph)
{
    tg_graph *g = MADE(tg_graph_new());

    EXPECT_STATUS(tg_fail(g, TG_ERR_IO, "first"), TG_ERR_IO);
    EXPECT_STATUS(tg_fail(g, TG_ERR_ARG, "second"), TG_ERR_ARG);
    EXPECT_STATUS(tg_graph_status(g), TG_ERR_IO);
    ck_assert_str_eq(tg_error_message(), "first");
    EXPECT_STATUS(tg_fail(NULL, TG_ERR_DTYPE, "elsewhere"), TG_ERR_DTYPE);
    EXPECT_STATUS(tg_graph_reset(g), TG_ERR_IO);
    ck_assert_str_eq(tg_error_message(), "first");
    EXPECT_OK(tg_graph_status(g));
    EXPECT_OK(tg_graph_reset(g));
    tg_graph_free(g);
}

static void *fail_elsewhere(void *seen)
{
    strcpy(seen, tg_error_message());
    tg_fail(NULL, TG_ERR_ARG, "the other thread's");
    return NULL;
}

TEST(keeps_a_message_a_thread)
{
    pthread_t thread;
    char seen[100] = "nothing";

    tg_fail(NULL, TG_ERR_IO, "this thread's");
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_elsewhere, seen), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_str_eq(seen, "");
    ck_assert_str_eq(tg_error_message(), "this thread's");
}

TEST_MAIN("error", names_every_status, formats_the_message,
          survives_a_message_without_end, takes_its_own_message_as_an_argument,
          leaves_the_message_when_all_is_well,
          keeps_the_first_failure_in_the_graph, keeps_a_message_a_thread)

/* Saves and loads of which a system call fails: all of them in turn. */
#include "files.h"
#include "interpose.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const tg_load_options strict = {0};

/* What is tried: a file of the number 1 or 2, over and over. */
typedef struct subject {
    const char *name;
    tg_status (*save)(int number);
    tg_status (*load)(void); /* fails unless it is the one or the other */
} subject;

static tg_params *constant(int number)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    MADE(tg_param(p, "w", TG_SHAPE(4, 50),
                  (tg_init){TG_INIT_CONSTANT, number, 0}));
    MADE(tg_param(p, "b", TG_SHAPE(4), (tg_init){TG_INIT_CONSTANT, number, 0}));
    return p;
}

static tg_status save_checkpoint(int number)
{
    tg_params *p = constant(number);
    tg_status s = tg_save(p, NULL, in_folder("file"));

    tg_params_free(p);
    return s;
}

/* Whole and of one number. */
static void check_numbers(const tg_tensor *t)
{
    double first = element(t, 0);

    ck_assert(first == 1 || first == 2);
    for (int64_t i = 0; i < tg_tensor_size(t); i++)
        ck_assert(element(t, i) == first);
}

static tg_status load_checkpoint(void)
{
    tg_params *p = constant(0);
    tg_status s = tg_load(p, NULL, in_folder("file"), strict);

    if (s == TG_OK)
        check_numbers(tg_params_at(p, 0));
    else
        ck_assert(element(tg_params_at(p, 0), 0) == 0);
    tg_params_free(p);
    return s;
}

static tg_status load_array(void)
{
    tg_tensor *t = tg_load_npy(in_folder("file"));

    if (t == NULL)
        return strstr(tg_error_message(), "no memory") ? TG_ERR_NOMEM
                                                       : TG_ERR_IO;
    check_numbers(t);
    tg_tensor_free(t);
    return TG_OK;
}

static const subject subjects[] = {
    {"checkpoint", save_checkpoint, load_checkpoint},
    {"array", save_array, load_array}};
enum { SUBJECTS = 2 };

static const int errors[] = {EIO, ENOSPC, EINTR, EACCES, EINVAL};
enum { ERRORS = 5 };

/* ---- failures */

/* What may go wrong without harm: a signal, a folder that cannot be opened or
 * brought to a disk, and a temporary file that stays. */
static bool is_harmless(size_t k, int error)
{
    const char *name = call_name(k);
    bool folder = call_path(k)[strlen(call_path(k)) - 1] == '/';

    return (error == EINTR && strcmp(name, "stat") != 0 &&
            strcmp(name, "rename") != 0) ||
           (error == EACCES && strcmp(name, "open") == 0 && folder) ||
           (error == EINVAL && strcmp(name, "fsync") == 0 && folder) ||
           (strcmp(name, "close") == 0 && folder);
}

static bool fail_save(const subject *s, size_t k, int error)
{
    EXPECT_OK(s->save(1));
    size_t live = live_bytes();
    watch_calls(k, FAIL, error);
    tg_status status = s->save(2);
    size_t calls = unwatch_calls();
    if (calls < k)
        return false;
    ck_assert_msg(open_calls() == 0, "%s %zu: %d descriptors left", s->name, k,
                  open_calls());
    ck_assert_msg(live_bytes() == live, "%s %zu: leaks", s->name, k);
    ck_assert_msg(status == (is_harmless(k, error) ? TG_OK : TG_ERR_IO),
                  "%s: %s (%zu) fails with %s: %s: %s", s->name, call_name(k),
                  k, strerror(error), tg_status_name(status),
                  tg_error_message());
    if (status != TG_OK)
        EXPECT_MESSAGE(strerror(error));
    ck_assert_msg(folder_count() == 1, "%s %zu: %zu files", s->name, k,
                  folder_count());
    EXPECT_OK(s->load());
    return true;
}

TEST(leaves_the_old_file_where_a_save_fails)
{
    for (int i = 0; i < SUBJECTS; i++)
        for (int e = 0; e < ERRORS; e++)
            for (size_t k = 1; fail_save(&subjects[i], k, errors[e]);)
                k++;
}

/* All but the last sync: then the new one is there. */
TEST(keeps_old_or_new_numbers)
{
    for (size_t k = 1;; k++) {
        EXPECT_OK(save_array(1));
        watch_calls(k, FAIL, EIO);
        tg_status s = save_array(2);
        if (unwatch_calls() < k)
            break;
        bool renamed = strcmp(call_name(k), "rename") != 0 && s != TG_OK &&
                       call_path(k)[strlen(call_path(k)) - 1] == '/' &&
                       strcmp(call_name(k), "fsync") == 0;
        tg_tensor *t = MADE(tg_load_npy(in_folder("file")));
        ck_assert_msg(element(t, 0) == (s == TG_OK || renamed ? 2 : 1),
                      "%s, call %zu", call_name(k), k);
        tg_tensor_free(t);
    }
}

static bool fail_load(tg_status (*load)(void), size_t k, int error)
{
    size_t live = live_bytes();

    watch_calls(k, FAIL, error);
    tg_status s = load();
    size_t calls = unwatch_calls();
    if (calls < k)
        return false;
    bool harmless = strcmp(call_name(k), "close") == 0 ||
                    (error == EINTR && (strcmp(call_name(k), "read") == 0 ||
                                        strcmp(call_name(k), "open") == 0));
    ck_assert_msg(s == (harmless ? TG_OK : TG_ERR_IO), "%s (%zu) fails: %s: %s",
                  call_name(k), k, tg_status_name(s), tg_error_message());
    if (s != TG_OK)
        EXPECT_MESSAGE(strerror(error));
    ck_assert_int_eq(open_calls(), 0);
    ck_assert_uint_eq(live_bytes(), live);
    return true;
}

TEST(reports_where_a_load_fails)
{
    for (int i = 0; i < SUBJECTS; i++) {
        EXPECT_OK(subjects[i].save(1));
        for (int e = 0; e < ERRORS; e++)
            for (size_t k = 1; fail_load(subjects[i].load, k, errors[e]);)
                k++;
    }
}

TEST(reads_and_writes_byte_by_byte)
{
    for (int i = 0; i < SUBJECTS; i++) {
        EXPECT_OK(subjects[i].save(1));
        bytes b = read_bytes(in_folder("file"));
        watch_calls(0, SHORT, 0);
        EXPECT_OK(subjects[i].save(1));
        EXPECT_OK(subjects[i].load());
        unwatch_calls();
        EXPECT_BYTES(in_folder("file"), b);
        free(b.data);
    }
}

/* ---- the order that survives a loss of power */

static size_t next_call(size_t k, size_t calls, const char *name)
{
    while (k <= calls && strcmp(call_name(k), name) != 0)
        k++;
    ck_assert_msg(k <= calls, "no %s", name);
    return k;
}

TEST(brings_the_file_to_the_disk_before_its_name)
{
    for (int i = 0; i < SUBJECTS; i++) {
        EXPECT_OK(subjects[i].save(1));
        watch_calls(0, FAIL, 0);
        EXPECT_OK(subjects[i].save(2));
        size_t calls = unwatch_calls(), last_write = 0;
        for (size_t k = 1; k <= calls; k++)
            if (strcmp(call_name(k), "write") == 0)
                last_write = k;
        size_t sync = next_call(last_write, calls, "fsync");
        size_t rename_ = next_call(sync, calls, "rename");
        size_t folder = next_call(rename_, calls, "fsync");
        ck_assert_uint_gt(last_write, 0);
        ck_assert_str_eq(call_path(sync), call_path(last_write));
        ck_assert_str_eq(call_path(rename_), call_path(sync));
        ck_assert_ptr_nonnull(strstr(call_path(sync), "/file."));
        ck_assert_int_eq(call_path(folder)[strlen(call_path(folder)) - 1], '/');
        ck_assert_uint_eq(next_call(1, calls, "fsync"), sync);
    }
}

/* ---- the end of the process at any call */

static bool leave_save(const subject *s, size_t k)
{
    int status;

    EXPECT_OK(s->save(1));
    pid_t child = fork();
    if (child == 0) {
        watch_calls(k, LEAVE, 0);
        s->save(2);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    EXPECT_OK(s->load());
    EXPECT_OK(s->save(1));
    EXPECT_OK(s->load());
    return WIFEXITED(status) && WEXITSTATUS(status) == 9;
}

TEST(survives_its_end_at_any_call)
{
    for (int i = 0; i < SUBJECTS; i++) {
        size_t k = 1;
        while (leave_save(&subjects[i], k))
            k++;
        ck_assert_uint_gt(k, 8);
    }
}

TEST_MAIN("save_failures", leaves_the_old_file_where_a_save_fails,
          keeps_old_or_new_numbers, reports_where_a_load_fails,
          reads_and_writes_byte_by_byte,
          brings_the_file_to_the_disk_before_its_name,
          survives_its_end_at_any_call)

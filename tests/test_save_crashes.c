/* Saves of processes that are killed, and of many at once: a long test. */
#include "files.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 200, SAVERS = 8, SAVES = 25 };
static const tg_load_options strict = {0};

static tg_params *constant(int number)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    tg_init init = {TG_INIT_CONSTANT, number, 0};

    MADE(tg_param(p, "a", TG_SHAPE(500, 100), init));
    MADE(tg_param(p, "b", TG_SHAPE(3), init));
    return p;
}

/* The number that all of the file's are. */
static int loaded_number(const char *path)
{
    tg_params *p = constant(-1);

    EXPECT_OK(tg_load(p, NULL, path, strict));
    const float *a = tg_data_f32(tg_params_at(p, 0));
    float first = a[0];
    for (int64_t i = 0; i < tg_tensor_size(tg_params_at(p, 0)); i++)
        if (a[i] != first)
            ck_abort_msg("numbers of two files in one");
    ck_assert(element(tg_params_at(p, 1), 2) == (double)first);
    tg_params_free(p);
    return (int)first;
}

static void save_for_ever(const char *path)
{
    for (int number = 1;; number = number % 1000 + 1) {
        tg_params *p = constant(number);
        tg_save(p, NULL, path);
        tg_params_free(p);
    }
}

static void sleep_for(long microseconds)
{
    struct timespec t = {microseconds / 1000000, microseconds % 1000000 * 1000};

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

TEST(leaves_a_whole_file_when_killed)
{
    const char *path = in_folder("m");
    uint64_t state = (uint64_t)time(NULL);
    tg_params *first = constant(0);
    int saved = 0;

    EXPECT_OK(tg_save(first, NULL, path));
    tg_params_free(first);
    for (int i = 0; i < KILLS; i++) {
        int before = loaded_number(path);
        pid_t child = fork();
        if (child == 0)
            save_for_ever(path);
        sleep_for((long)random_below(&state, 20000));
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        saved += loaded_number(path) != before;
    }
    ck_assert_int_gt(saved, KILLS / 10); /* some came through */
    ck_assert_uint_le(folder_count(), 1 + KILLS);
}

/* ---- many at once */

static void save_often(const char *path, int saver)
{
    for (int i = 0; i < SAVES; i++) {
        tg_params *p = constant(saver * SAVES + i);
        EXPECT_OK(tg_save(p, NULL, path));
        tg_params_free(p);
    }
}

TEST(lets_processes_save_at_once)
{
    const char *path = in_folder("m");
    pid_t children[SAVERS];
    int status;

    for (int i = 0; i < SAVERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            save_often(path, i);
            _exit(0);
        }
    }
    for (int i = 0; i < SAVERS; i++) {
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    int number = loaded_number(path);
    ck_assert(number % SAVES == SAVES - 1 && number < SAVERS * SAVES);
    ck_assert_uint_eq(folder_count(), 1);
}

typedef struct saver {
    const char *path;
    const tg_params *p;
    int failed;
} saver;

static void *save_in_thread(void *env)
{
    saver *s = env;

    for (int i = 0; i < SAVES; i++)
        s->failed += tg_save(s->p, NULL, s->path) != TG_OK;
    return NULL;
}

TEST(lets_threads_save_at_once)
{
    const char *path = in_folder("m");
    saver savers[SAVERS];
    pthread_t threads[SAVERS];

    for (int i = 0; i < SAVERS; i++) {
        savers[i] = (saver){path, constant(i), 0};
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, save_in_thread, &savers[i]), 0);
    }
    for (int i = 0; i < SAVERS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(savers[i].failed, 0);
        tg_params_free((tg_params *)savers[i].p);
    }
    ck_assert_int_lt(loaded_number(path), SAVERS);
    ck_assert_uint_eq(folder_count(), 1);
}

TEST_MAIN("save_crashes", leaves_a_whole_file_when_killed,
          lets_processes_save_at_once, lets_threads_save_at_once)

/* Files that shrink while they are read: any read may be the first that finds
 * less than there was when the file was opened. */
#include "files.h"
#include "interpose.h"

static bool free_loaded(tg_tensor *t)
{
    tg_tensor_free(t);
    return t != NULL;
}

static bool load_idx(void)
{
    return free_loaded(tg_load_idx(in_folder("idx"), TG_F32));
}

static bool load_npy(void)
{
    return free_loaded(tg_load_npy(in_folder("npy")));
}

static tg_params *model_of(double number)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));

    MADE(tg_param(p, "w", TG_SHAPE(3), (tg_init){TG_INIT_CONSTANT, number, 0}));
    return p;
}

static bool load_checkpoint(void)
{
    tg_params *p = model_of(1);
    tg_status s = tg_load(p, NULL, in_folder("m"), (tg_load_options){0});
    double expected = s == TG_OK ? 2 : 1;

    EXPECT_VALUES(tg_params_at(p, 0), expected, expected, expected);
    tg_params_free(p);
    return s == TG_OK;
}

static void save_all(void)
{
    static const unsigned char idx[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3};
    tg_params *p = model_of(2);

    write_bytes(in_folder("idx"), idx, sizeof idx);
    EXPECT_OK(tg_save_npy(tg_params_at(p, 0), in_folder("npy")));
    EXPECT_OK(tg_save(p, NULL, in_folder("m")));
    tg_params_free(p);
}

/* Is there a call k? */
static bool shrink(bool (*load)(void), size_t k)
{
    size_t live = live_bytes();

    watch_calls(k, END, 0);
    bool loaded = load();
    if (unwatch_calls() < k)
        return false;
    ck_assert_msg(loaded == (strcmp(call_name(k), "read") != 0), "%s %zu of %s",
                  call_name(k), k, call_path(k));
    if (!loaded)
        EXPECT_MESSAGE("ends too soon");
    ck_assert_int_eq(open_calls(), 0);
    ck_assert_uint_eq(live_bytes(), live);
    return true;
}

TEST(refuses_a_file_that_shrinks)
{
    bool (*const loads[])(void) = {load_idx, load_npy, load_checkpoint};

    save_all();
    for (int i = 0; i < 3; i++) {
        size_t k = 1;
        while (shrink(loads[i], k))
            k++;
        ck_assert_uint_gt(k, 3); /* open, read, close */
    }
}

TEST_MAIN("io_shrinks", refuses_a_file_that_shrinks)

/* Where a save goes: what it takes the place of, and what it does not. */
#include "files.h"

#include <sys/stat.h>
#include <unistd.h>

TEST(replaces_regular_files_alone)
{
    struct stat before, after;

    ck_assert_int_eq(mkfifo(in_folder("pipe"), 0600), 0);
    ck_assert_int_eq(mkdir(in_folder("folder"), 0700), 0);
    ck_assert_int_eq(symlink("/dev/null", in_folder("null")), 0);
    const char *names[] = {"pipe", "folder", "null", "folder/"};
    for (int i = 0; i < 4; i++) {
        model m = new_model(TG_F32, 1, 0, 0);
        ck_assert_int_eq(stat(in_folder(names[i]), &before), 0);
        EXPECT_STATUS(tg_save(m.p, NULL, in_folder(names[i])), TG_ERR_IO);
        EXPECT_MESSAGE("' is not a regular file");
        ck_assert_int_eq(stat(in_folder(names[i]), &after), 0);
        ck_assert_uint_eq(before.st_ino, after.st_ino);
        free_model(&m);
    }
    ck_assert_uint_eq(folder_count(), 3);
}

TEST(keeps_a_private_file_private)
{
    struct stat s;

    EXPECT_OK(save_array(1));
    ck_assert_int_eq(chmod(in_folder("file"), 0600), 0);
    EXPECT_OK(save_array(2));
    ck_assert_int_eq(stat(in_folder("file"), &s), 0);
    ck_assert_uint_eq(s.st_mode & 0777, 0600);
}

TEST(takes_the_longest_names)
{
    char name[256];
    tg_tensor *t = MADE(tg_tensor_full(TG_F32, TG_SHAPE(2), 1));

    memset(name, 'n', 255);
    name[255] = '\0';
    EXPECT_OK(tg_save_npy(t, in_folder(name)));
    tg_tensor_free(MADE(tg_load_npy(in_folder(name))));
    ck_assert_int_eq(chdir(in_folder("")), 0);
    EXPECT_OK(tg_save_npy(t, "here"));
    tg_tensor_free(MADE(tg_load_npy("here")));
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_uint_eq(folder_count(), 2);
    tg_tensor_free(t);
}

/* What was loaded does not change with the file. */
TEST(saves_over_what_was_loaded)
{
    EXPECT_OK(save_array(1));
    tg_tensor *t = MADE(tg_load_npy(in_folder("file")));
    EXPECT_OK(save_array(2));
    ck_assert(element(t, 199) == 1);
    EXPECT_OK(tg_save_npy(t, in_folder("file")));
    tg_tensor_free(t);
    t = MADE(tg_load_npy(in_folder("file")));
    ck_assert(element(t, 199) == 1);
    tg_tensor_free(t);
}

TEST_MAIN("save_paths", replaces_regular_files_alone,
          keeps_a_private_file_private, takes_the_longest_names,
          saves_over_what_was_loaded)

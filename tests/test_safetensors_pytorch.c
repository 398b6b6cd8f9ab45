/* Checkpoints that PyTorch wrote, and those that it reads: see
 * reference/checkpoint.py. */
#include "files.h"

#include <locale.h>

static const tg_load_options strict = {0};

typedef struct stored {
    const char *name;
    tg_dtype dtype;
    tg_shape shape;
    double values[12];
} stored;

#include "reference/checkpoint.h"

enum { STORED = sizeof stored_tensors / sizeof *stored_tensors };

static void load_as(tg_dtype dtype)
{
    tg_params *p = MADE(tg_params_new(dtype, 0));

    for (int i = 0; i < STORED; i++) {
        const stored *s = &stored_tensors[i];
        MADE(tg_buffer_of(p, s->name, s->dtype == TG_I64 ? TG_I64 : dtype,
                          s->shape, (tg_init){0}));
    }
    EXPECT_OK(
        tg_load(p, NULL, "reference/checkpoint/pytorch.safetensors", strict));
    for (int i = 0; i < STORED; i++) {
        const tg_tensor *t = tg_params_at(p, (size_t)i);
        for (int64_t k = 0; k < tg_tensor_size(t); k++)
            ck_assert_msg(element(t, k) == stored_tensors[i].values[k],
                          "%s: %.17g", tg_name(t), element(t, k));
    }
    tg_params_free(p);
}

TEST(reads_what_pytorch_holds)
{
    load_as(TG_F32);
    load_as(TG_F64);
}

/* ---- what PyTorch reads */

static double number(int seed, int64_t i)
{
    return (double)((seed * 7 + i * 5) % 11 - 5) / 3.0 + 0.1;
}

static void fill(tg_tensor *t, int seed)
{
    for (int64_t i = 0; i < tg_tensor_size(t); i++)
        if (tg_tensor_dtype(t) == TG_F32)
            tg_data_f32(t)[i] = (float)number(seed, i);
        else
            tg_data_f64(t)[i] = number(seed, i);
}

static void save_known(const char *path)
{
    tg_params *p = MADE(tg_params_new(TG_F32, 0));
    tg_init zeros = {0};

    fill(MADE(tg_param(p, "fc.weight", TG_SHAPE(3, 4), zeros)), 1);
    fill(MADE(tg_param(p, "fc.bias", TG_SHAPE(3), zeros)), 2);
    fill(MADE(tg_buffer_of(p, "scale", TG_F64, TG_SHAPE(2, 1), zeros)), 3);
    MADE(tg_buffer_of(p, "steps", TG_I64, TG_SCALAR,
                      (tg_init){TG_INIT_CONSTANT, 7, 0}));
    MADE(tg_param(p, "gr\303\274\303\237\"e", TG_SHAPE(0, 3), zeros));
    tg_optim *o = MADE(tg_adamw(p, (tg_adam_options){.weight_decay = 0.5}));
    EXPECT_OK(tg_save(p, o, path));
    tg_optim_free(o);
    tg_params_free(p);
}

static const char saved[] = "reference/checkpoint/saved.safetensors";

/* WRITE_SAVED=1 in the environment writes the file anew: then let PyTorch read
 * it again. */
TEST(writes_what_pytorch_reads)
{
    if (getenv("WRITE_SAVED") != NULL)
        save_known(saved);
    save_known(in_folder("m"));
    bytes b = read_bytes(saved);
    EXPECT_BYTES(in_folder("m"), b);
    free(b.data);
}

/* Neither a comma for a decimal point nor groups of digits come into a file,
 * or are missed in one. Nothing to see where no such locale is installed. */
TEST(knows_no_locale)
{
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8",  "fr_FR.UTF-8",
                           "da_DK.UTF-8", "en_US.UTF-8", "de_DE"};
    bytes b = read_bytes(saved);

    for (int i = 0; i < 6; i++) {
        if (setlocale(LC_ALL, names[i]) == NULL)
            continue;
        save_known(in_folder("m"));
        EXPECT_BYTES(in_folder("m"), b);
        load_as(TG_F64);
        tg_tensor *t = MADE(tg_load_npy("reference/npy/c_2x3x4.npy"));
        EXPECT_SHAPE(t, TG_SHAPE(2, 3, 4));
        EXPECT_OK(tg_save_npy(t, in_folder("t")));
        bytes npy = read_bytes("reference/npy/c_2x3x4.npy");
        EXPECT_BYTES(in_folder("t"), npy);
        free(npy.data);
        tg_tensor_free(t);
    }
    setlocale(LC_ALL, "C");
    free(b.data);
}

TEST_MAIN("safetensors_pytorch", reads_what_pytorch_holds,
          writes_what_pytorch_reads, knows_no_locale)

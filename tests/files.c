#include "files.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

static char folder[64];
static pid_t owner; /* children of a test leave the folder alone */

/* Check's macros are for the time of a test, and this runs at exit too. */
static bool each_file(void (*visit)(const char *path, size_t *count),
                      size_t *count)
{
    DIR *d = opendir(folder);
    char path[512];

    if (d == NULL)
        return false;
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            visit(path, count);
        }
    return closedir(d) == 0;
}

static void count_file(const char *path, size_t *count)
{
    (void)path;
    ++*count;
}

static void remove_file(const char *path, size_t *count)
{
    (void)count;
    remove(path);
}

static void remove_folder(void)
{
    if (owner != getpid())
        return;
    each_file(remove_file, NULL);
    rmdir(folder);
}

/* In memory where there is such a file system: thousands of saves that wait
 * for a disk take minutes. */
static void make_folder(void)
{
    strcpy(folder, "/dev/shm/test_io_XXXXXX");
    if (mkdtemp(folder) == NULL) {
        strcpy(folder, "/tmp/test_io_XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
    }
    owner = getpid();
    atexit(remove_folder);
}

const char *in_folder(const char *name)
{
    static char paths[4][512];
    static int next;

    if (*folder == '\0')
        make_folder();
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

size_t folder_count(void)
{
    size_t count = 0;

    in_folder("");
    ck_assert(each_file(count_file, &count));
    return count;
}

/* ------------------------------------------------------------ bytes */

void write_bytes(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");

    ck_assert_msg(f != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(data, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

void patch_bytes(const char *path, long at, const void *data, size_t size)
{
    FILE *f = fopen(path, "r+b");

    ck_assert_msg(f != NULL, "cannot write %s", path);
    ck_assert_int_eq(fseek(f, at, SEEK_SET), 0);
    ck_assert_uint_eq(fwrite(data, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

bytes read_bytes(const char *path)
{
    FILE *f = fopen(path, "rb");

    ck_assert_msg(f != NULL, "cannot read %s", path);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    bytes b = {.size = (size_t)ftell(f)};
    rewind(f);
    b.data = malloc(b.size + 1);
    ck_assert_ptr_nonnull(b.data);
    ck_assert_uint_eq(fread(b.data, 1, b.size, f), b.size);
    fclose(f);
    return b;
}

void expect_bytes(const char *at, const char *path, bytes expected)
{
    bytes b = read_bytes(path);

    ck_assert_msg(b.size == expected.size &&
                      memcmp(b.data, expected.data, b.size) == 0,
                  "%s: %s has other bytes", at, path);
    free(b.data);
}

void write_safetensors(const char *path, const char *header, size_t size)
{
    size_t length = strlen(header);
    unsigned char *b = calloc(1, 8 + length + size + 1);

    ck_assert_ptr_nonnull(b);
    for (int i = 0; i < 8; i++)
        b[i] = (unsigned char)(length >> (8 * i));
    for (size_t i = 0; i < length; i++)
        b[8 + i] = (unsigned char)(header[i] == '\'' ? '"' : header[i]);
    for (size_t i = 0; i < size; i++)
        b[8 + length + i] = (unsigned char)i;
    write_bytes(path, b, 8 + length + size);
    free(b);
}

tg_status save_array(int number)
{
    tg_tensor *t = MADE(tg_tensor_full(TG_F32, TG_SHAPE(4, 50), number));
    tg_status s = tg_save_npy(t, in_folder("file"));

    tg_tensor_free(t);
    return s;
}

/* ------------------------------------------------------------ a model */

static const tg_init normal = {TG_INIT_NORMAL, 0, 1};

static tg_optim *new_optim(tg_params *p, int optim, double beta)
{
    tg_adam_options adam = {.lr = 0.01,
                            .beta1 = beta,
                            .beta2 = 0.99,
                            .eps = 1e-6,
                            .weight_decay = 0.1};

    if (optim < 2)
        return tg_sgd(
            p, (tg_sgd_options){.lr = 0.01, .momentum = optim ? beta : 0});
    return optim == 2 ? tg_adam(p, adam) : tg_adamw(p, adam);
}

model new_model(tg_dtype dtype, uint64_t seed, int optim, double beta)
{
    model m = {.p = MADE(tg_params_new(dtype, seed))};

    MADE(tg_param(m.p, "fc.weight", TG_SHAPE(3, 4), normal));
    MADE(tg_param(m.p, "fc.bias", TG_SHAPE(3), normal));
    MADE(tg_buffer_of(m.p, "runs", TG_I64, TG_SCALAR, (tg_init){0}));
    m.o = MADE(new_optim(m.p, optim, beta));
    return m;
}

void free_model(model *m)
{
    tg_optim_free(m->o);
    tg_params_free(m->p);
}

void train(model *m, int first, int last)
{
    tg_graph *g = MADE(tg_graph_new());

    for (int i = first; i < last; i++) {
        tg_tensor *x =
            random_tensor(tg_params_dtype(m->p), TG_SHAPE(5, 4), (uint64_t)i);
        tg_params_zero_grad(m->p);
        tg_tensor *y = tg_nn_linear(g, m->p, "fc", x, 3);
        EXPECT_OK(tg_backward(g, tg_sum(g, tg_square(g, tg_sin(g, y)))));
        EXPECT_OK(tg_optim_step(m->o));
        tg_data_i64(tg_params_find(m->p, "runs"))[0]++;
        EXPECT_OK(tg_graph_reset(g));
        tg_tensor_free(x);
    }
    tg_graph_free(g);
}

static void expect_same_tensors(const char *at, const tg_params *a,
                                const tg_params *b)
{
    ck_assert_uint_eq(tg_params_count(a), tg_params_count(b));
    for (size_t i = 0; i < tg_params_count(a); i++) {
        const tg_tensor *t = tg_params_at(a, i);
        expect_same_bits(at, t, tg_params_find(b, tg_name(t)));
    }
}

void expect_same_model(const char *at, const model *a, const model *b)
{
    expect_same_tensors(at, a->p, b->p);
    expect_same_tensors(at, tg_optim_state(a->o), tg_optim_state(b->o));
}

#include <tinygrad/nn.h>

#include <inttypes.h>
#include <string.h>

typedef struct columns {
    int name, shape, count;
} columns;

static int digits(int64_t n)
{
    return snprintf(NULL, 0, "%" PRId64, n);
}

static int larger(int a, size_t b)
{
    return (size_t)a > b ? a : (int)b;
}

static columns measure(const tg_params *p, int64_t total)
{
    columns c = {4, 5, larger(digits(total), 5)};

    for (size_t i = 0; i < tg_params_count(p); i++) {
        const tg_tensor *t = tg_params_at(p, i);
        c.name = larger(c.name, strlen(tg_name(t)));
        c.shape =
            larger(c.shape, strlen(tg_shape_text(tg_tensor_shape(t)).text));
    }
    return c;
}

static int64_t count_all(const tg_params *p)
{
    int64_t total = 0;

    for (size_t i = 0; i < tg_params_count(p); i++)
        total += tg_tensor_size(tg_params_at(p, i));
    return total;
}

tg_status tg_params_print(FILE *out, const tg_params *p)
{
    int64_t total = count_all(p);
    columns c = measure(p, total);

    if (out == NULL || p == NULL)
        return tg_fail(NULL, TG_ERR_ARG, "params_print: no %s",
                       out == NULL ? "file" : "table");
    fprintf(out, "%-*s  %-*s  %*s\n", c.name, "name", c.shape, "shape", c.count,
            "count");
    for (size_t i = 0; i < tg_params_count(p); i++) {
        const tg_tensor *t = tg_params_at(p, i);
        fprintf(out, "%-*s  %-*s  %*" PRId64 "%s\n", c.name, tg_name(t),
                c.shape, tg_shape_text(tg_tensor_shape(t)).text, c.count,
                tg_tensor_size(t),
                tg_requires_grad(t) ? "" : "  (not trained)");
    }
    fprintf(out, "%-*s  %-*s  %*" PRId64 "\n", c.name, "sum", c.shape, "",
            c.count, total);
    return ferror(out) ? tg_fail(NULL, TG_ERR_IO, "params_print: cannot write")
                       : TG_OK;
}

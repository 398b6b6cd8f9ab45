#include <tinygrad/data.h>

#include <tinygrad/memory.h>

#include <string.h>

/* A column, and its rows in a full batch and in the last, short one. */
typedef struct column {
    const tg_tensor *from;
    size_t row; /* bytes */
    tg_tensor *full, *rest;
} column;

struct tg_batches {
    int n;
    int64_t rows, size, epoch, index;
    bool shuffle;
    uint64_t seed;
    int64_t *order; /* of the rows in this epoch */
    column columns[];
};

static size_t block_of(int n)
{
    return sizeof(tg_batches) + (size_t)n * sizeof(column);
}

/* ---- making */

static tg_status check(tg_tensor *const *columns, int n, int64_t batch_size)
{
    if (columns == NULL || n < 1 || batch_size < 1)
        return tg_fail(NULL, TG_ERR_ARG, "batches: %d columns, %lld rows each",
                       columns == NULL ? 0 : n, (long long)batch_size);
    for (int i = 0; i < n; i++) {
        if (columns[i] == NULL) /* what failed before says why */
            return TG_ERR_ARG;
        if (columns[i] == TG_NONE)
            return tg_fail(NULL, TG_ERR_ARG, "batches: no column %d", i);
        tg_shape a = tg_tensor_shape(columns[0]);
        tg_shape b = tg_tensor_shape(columns[i]);
        if (b.ndim == 0 || b.dim[0] == 0 || b.dim[0] != a.dim[0])
            return tg_fail(NULL, TG_ERR_SHAPE,
                           "batches: columns %s and %s do not share a first "
                           "axis of rows",
                           tg_describe(columns[0]).text,
                           tg_describe(columns[i]).text);
    }
    return TG_OK;
}

/* Room for some rows of a column; none are a batch that is never used. */
static tg_tensor *new_batch(const tg_tensor *from, int64_t rows)
{
    tg_shape shape = tg_tensor_shape(from);

    shape.dim[0] = rows;
    tg_tensor *t = tg_tensor_new(tg_tensor_dtype(from), shape);
    if (t != NULL && tg_set_name(t, tg_name(from)) != TG_OK) {
        tg_tensor_free(t);
        return NULL;
    }
    return t;
}

static bool make_column(column *c, const tg_batches *b, const tg_tensor *from)
{
    size_t bytes =
        (size_t)tg_tensor_size(from) * tg_dtype_size(tg_tensor_dtype(from));

    *c = (column){.from = from, .row = bytes / (size_t)b->rows};
    c->full = new_batch(from, b->size);
    c->rest = new_batch(from, b->rows % b->size);
    return c->full != NULL && c->rest != NULL;
}

static bool make_columns(tg_batches *b, tg_tensor *const *columns)
{
    memset(b->columns, 0, (size_t)b->n * sizeof *b->columns);
    for (int i = 0; i < b->n; i++)
        if (!make_column(&b->columns[i], b, columns[i]))
            return false;
    return true;
}

static void set_order(tg_batches *b)
{
    tg_rng rng = {tg_rng_seed(b->seed).key, (uint64_t)b->epoch << 40};

    for (int64_t i = 0; i < b->rows; i++)
        b->order[i] = i;
    for (int64_t i = b->rows - 1; b->shuffle && i > 0; i--) {
        int64_t j = (int64_t)tg_rng_below(&rng, (uint64_t)i + 1);
        int64_t row = b->order[i];
        b->order[i] = b->order[j];
        b->order[j] = row;
    }
}

tg_batches *tg_batches_new(tg_tensor *const *columns, int n, int64_t batch_size,
                           bool shuffle, uint64_t seed)
{
    if (check(columns, n, batch_size) != TG_OK)
        return NULL;
    int64_t rows = tg_tensor_shape(columns[0]).dim[0];
    tg_batches *b = tg_memory_new(block_of(n));
    if (b != NULL)
        *b = (tg_batches){.n = n,
                          .rows = rows,
                          .size = batch_size < rows ? batch_size : rows,
                          .shuffle = shuffle,
                          .seed = seed,
                          .order =
                              tg_memory_new((size_t)rows * sizeof *b->order)};
    if (b == NULL || !make_columns(b, columns) || b->order == NULL) {
        tg_fail(NULL, TG_ERR_NOMEM, "batches: no memory for %lld rows of %s",
                (long long)batch_size, tg_describe(columns[0]).text);
        tg_batches_free(b);
        return NULL;
    }
    set_order(b);
    return b;
}

void tg_batches_free(tg_batches *b)
{
    if (b == NULL)
        return;
    for (int i = 0; i < b->n; i++) {
        tg_tensor_free(b->columns[i].full);
        tg_tensor_free(b->columns[i].rest);
    }
    tg_memory_free(b->order, (size_t)b->rows * sizeof *b->order);
    tg_memory_free(b, block_of(b->n));
}

/* ---- going through */

int64_t tg_batches_count(const tg_batches *b)
{
    return b != NULL ? (b->rows + b->size - 1) / b->size : 0;
}

int64_t tg_batches_epoch(const tg_batches *b)
{
    return b != NULL ? b->epoch : 0;
}

int64_t tg_batches_index(const tg_batches *b)
{
    return b != NULL ? b->index : 0;
}

tg_status tg_batches_seek(tg_batches *b, int64_t epoch, int64_t index)
{
    if (b == NULL || epoch < 0 || index < 0 || index > tg_batches_count(b))
        return tg_fail(NULL, TG_ERR_ARG, "batches: no batch %lld in epoch %lld",
                       (long long)index, (long long)epoch);
    b->epoch = epoch;
    b->index = index;
    set_order(b);
    return TG_OK;
}

static void copy_rows(const column *c, const int64_t *order, int64_t rows,
                      tg_tensor *to)
{
    char *at = tg_data(to);
    const char *from = tg_data(c->from);

    for (int64_t i = 0; i < rows; i++, at += c->row)
        memcpy(at, from + (size_t)order[i] * c->row, c->row);
    tg_tensor_touch(to);
}

bool tg_batches_next(tg_batches *b, tg_tensor **batch)
{
    if (b == NULL || b->index == tg_batches_count(b)) {
        if (b != NULL)
            tg_batches_seek(b, b->epoch + 1, 0);
        return false;
    }
    int64_t first = b->index++ * b->size, left = b->rows - first;
    for (int i = 0; i < b->n; i++) {
        const column *c = &b->columns[i];
        batch[i] = left < b->size ? c->rest : c->full;
        copy_rows(c, b->order + first, left < b->size ? left : b->size,
                  batch[i]);
    }
    return true;
}

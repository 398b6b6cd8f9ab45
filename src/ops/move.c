#include "move.h"

#include "walk.h"

#include <string.h>

tg_move tg_move_of(const tg_tensor *x)
{
    tg_move move = {.shape = tg_tensor_shape(x)};

    tg_strides(&x->shape, move.stride);
    return move;
}

static void copy_4(int64_t n, const char *from, int64_t from_step, char *to,
                   int64_t to_step)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * to_step * 4, from + i * from_step * 4, 4);
}

static void copy_8(int64_t n, const char *from, int64_t from_step, char *to,
                   int64_t to_step)
{
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * to_step * 8, from + i * from_step * 8, 8);
}

static void fill_4(int64_t n, const char *from, char *to)
{
    uint32_t value;

    memcpy(&value, from, 4);
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * 4, &value, 4);
}

static void fill_8(int64_t n, const char *from, char *to)
{
    uint64_t value;

    memcpy(&value, from, 8);
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * 8, &value, 8);
}

static void copy_row(int64_t n, size_t element, const char *from,
                     int64_t from_step, char *to, int64_t to_step)
{
    if (from_step == 1 && to_step == 1)
        memcpy(to, from, (size_t)n * element);
    else if (from_step == 0 && to_step == 1)
        element == 4 ? fill_4(n, from, to) : fill_8(n, from, to);
    else if (element == 4)
        copy_4(n, from, from_step, to, to_step);
    else
        copy_8(n, from, from_step, to, to_step);
}

/* Operand 0 is the array in order, 1 the strided one. */
static void copy(const tg_move *move, size_t element, bool gather,
                 const char *from, char *to)
{
    tg_walk w = {0};
    int ndim = move->shape.ndim, in = gather ? 1 : 0, out = gather ? 0 : 1;

    for (int d = 0; d < ndim; d++) {
        w.dim[d] = move->shape.dim[d];
        w.stride[1][d] = move->stride[d];
    }
    tg_strides(&move->shape, w.stride[0]);
    if (!tg_walk_begin(&w, ndim))
        return;
    w.offset[1] = move->offset;
    do
        copy_row(tg_walk_row(&w), element,
                 from + w.offset[in] * (int64_t)element, tg_walk_step(&w, in),
                 to + w.offset[out] * (int64_t)element, tg_walk_step(&w, out));
    while (tg_walk_next(&w));
}

tg_status tg_gather_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0], *y = call->out;
    size_t element = tg_element_size(x->dtype);

    if (x->size == 1)
        copy_row(y->size, element, x->data, 0, y->data, 1);
    else
        copy(call->env, element, true, x->data, y->data);
    return TG_OK;
}

void tg_scatter(const tg_move *move, const tg_tensor *x, tg_tensor *y)
{
    copy(move, tg_element_size(x->dtype), false, x->data, y->data);
}

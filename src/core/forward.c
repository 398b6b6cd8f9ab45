/* An op's forward held against plain kernels, on the same inputs.
 *
 * Kernels round in different orders, so results agree up to a share of their
 * scale. Where large terms cancel, that scale says little about the rounding:
 * results that differ are forgiven if moving the inputs by the same share
 * moves the plain result as far. */
#include "forward.h"
#include "graph.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static double share(tg_dtype dtype)
{
    return dtype == TG_F32 ? 1e-4 : dtype == TG_F64 ? 1e-9 : 0;
}

static double number(const tg_tensor *t, int64_t i)
{
    if (t->dtype == TG_I64)
        return (double)((const int64_t *)t->data)[i];
    return tg_get(t, i);
}

/* ---- the reference */

/* The call with inputs and a result of its own, all in one block of memory. */
typedef struct reference {
    tg_call call;
    tg_tensor out, *in;
    tg_pool *pool;
    char *block;
    size_t bytes;
} reference;

static size_t room_of(const tg_tensor *t)
{
    return tg_align_up(tg_tensor_bytes(t));
}

static void copy_head(tg_tensor *to, const tg_tensor *from)
{
    memcpy(to, from, tg_tensor_head(&from->shape));
}

/* Room for the result, or also for all inputs. */
static bool reference_new(reference *r, const tg_call *call, bool inputs)
{
    size_t n = inputs ? (size_t)call->n_in : 0;
    size_t heads = tg_align_up(n * (sizeof(tg_tensor) + sizeof(tg_tensor *)));

    r->call = *call;
    copy_head(&r->out, call->out);
    r->bytes = heads + room_of(call->out);
    for (size_t i = 0; i < n; i++)
        r->bytes += room_of(call->in[i]);
    r->pool = &r->out.graph->pool;
    r->block = tg_pool_take(r->pool, r->bytes);
    r->in = (tg_tensor *)(void *)r->block;
    r->out.data = r->block + heads;
    return r->block != NULL;
}

static void reference_free(reference *r)
{
    tg_pool_give(r->pool, r->block, r->bytes);
}

static tg_status run_plain(reference *r, const tg_op *op)
{
    r->call.out = &r->out;
    tg_set_reference(true);
    tg_status s = op->forward(&r->call);
    tg_set_reference(false);
    return s;
}

/* Copies an input, each number larger or smaller by up to a share of it, no two
 * alike, so that terms which cancel do not move together. */
static void move_numbers(tg_tensor *to, const tg_tensor *from)
{
    double by = share(from->dtype);
    uint32_t bits = 1;

    memcpy(to->data, from->data, tg_tensor_bytes(from));
    for (int64_t i = 0; by > 0 && i < from->size; i++) {
        bits = bits * 1664525 + 1013904223;
        double random = (double)bits * 0x1p-31 - 1;
        tg_set(to, i, tg_get(from, i) * (1 + by * random));
    }
}

static void move_inputs(reference *r)
{
    tg_tensor *const *from = r->call.in;
    tg_tensor **in = (tg_tensor **)(void *)(r->in + r->call.n_in);
    char *data = (char *)r->out.data + room_of(&r->out);

    for (int i = 0; i < r->call.n_in; i++) {
        copy_head(&r->in[i], from[i]);
        r->in[i].data = data;
        if (from[i]->size > 0)
            move_numbers(&r->in[i], from[i]);
        data += room_of(from[i]);
        in[i] = &r->in[i];
    }
    r->call.in = in;
}

/* ---- the comparison */

static double scale_of(const tg_tensor *t)
{
    double scale = 0;

    for (int64_t i = 0; i < t->size; i++) {
        double size = fabs(number(t, i));
        if (size > scale && size <= DBL_MAX)
            scale = size;
    }
    return scale;
}

static double largest_difference(const tg_tensor *a, const tg_tensor *b)
{
    double largest = 0;

    for (int64_t i = 0; i < a->size; i++) {
        double difference = fabs(number(a, i) - number(b, i));
        if (difference > largest)
            largest = difference;
    }
    return largest;
}

static bool agree(double a, double b, double margin)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= margin;
}

/* The first element that is off by more than the margin, or -1. */
static int64_t find(const tg_tensor *got, const tg_tensor *plain, double margin)
{
    for (int64_t i = 0; i < got->size; i++)
        if (!agree(number(got, i), number(plain, i), margin))
            return i;
    return -1;
}

static tg_status no_memory(const tg_op *op)
{
    return tg_fail(NULL, TG_ERR_NOMEM, "%s: no memory to verify its kernels",
                   op->name);
}

static tg_status report(const tg_op *op, const tg_kernels_called *called,
                        const tg_tensor *got, const tg_tensor *plain, int64_t i)
{
    int digits = got->dtype == TG_F32 ? 9 : 17;
    char names[160] = "";
    size_t length = 0;

    for (int k = 0; k < called->count; k++)
        length += (size_t)snprintf(names + length, sizeof names - length,
                                   "%s%s", k > 0 ? ", " : "", called->name[k]);
    return tg_fail(NULL, TG_ERR_VERIFY,
                   "%s: kernel %s of %s differs from the plain one at element "
                   "%lld of %s: %.*g against %.*g",
                   op->name, names, called->set, (long long)i,
                   tg_describe(got).text, digits, number(got, i), digits,
                   number(plain, i));
}

/* How far the plain result moves with its inputs, into *far. */
static tg_status measure(const tg_op *op, const tg_call *call,
                         const tg_tensor *plain, double *far)
{
    reference r;

    if (!reference_new(&r, call, true))
        return no_memory(op);
    move_inputs(&r);
    tg_status s = run_plain(&r, op);
    *far = largest_difference(&r.out, plain);
    reference_free(&r);
    return s;
}

static tg_status compare(const tg_op *op, const tg_call *call,
                         const tg_kernels_called *called,
                         const tg_tensor *plain)
{
    double margin = share(plain->dtype) * scale_of(plain), far = 0;

    if (find(call->out, plain, margin) < 0)
        return TG_OK;
    tg_status s = measure(op, call, plain, &far);
    if (s != TG_OK)
        return s;
    int64_t i = find(call->out, plain, margin + far);
    return i < 0 ? TG_OK : report(op, called, call->out, plain, i);
}

tg_status tg_forward_verified(const tg_op *op, const tg_call *call)
{
    tg_verify_take();
    tg_status s = op->forward(call);
    tg_kernels_called called = tg_verify_take();
    reference r;

    if (s != TG_OK || called.set == NULL || call->out->size == 0)
        return s;
    if (!reference_new(&r, call, false))
        return no_memory(op);
    s = run_plain(&r, op);
    if (s == TG_OK)
        s = compare(op, call, &called, &r.out);
    reference_free(&r);
    return s;
}

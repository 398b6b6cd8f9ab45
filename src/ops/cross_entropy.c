#include <tinygrad/ops.h>

#include "op.h"

#include <inttypes.h>
#include <string.h>

/* Labels are checked whenever they are read: before anything is made, and
 * again in forward, since a replay or its caller may bring new ones. */
static tg_status check_labels(tg_graph *g, const tg_tensor *labels,
                              int64_t classes)
{
    const int64_t *label = labels->data;

    for (int64_t i = 0; i < labels->size; i++)
        if (label[i] < 0 || label[i] >= classes)
            return tg_fail(g, TG_ERR_ARG,
                           "cross_entropy: label %" PRId64
                           " of %s is none of %" PRId64 " classes",
                           label[i], tg_describe(labels).text, classes);
    return TG_OK;
}

static void copy_element(const tg_tensor *from, int64_t i, const tg_tensor *to,
                         int64_t k)
{
    size_t size = tg_element_size(from->dtype);

    memcpy((char *)to->data + (size_t)k * size,
           (const char *)from->data + (size_t)i * size, size);
}

static tg_tensor *apply_place(tg_graph *g, tg_tensor *dy, tg_tensor *labels,
                              tg_shape shape);
static tg_tensor *apply_pick(tg_graph *g, tg_tensor *x, tg_tensor *labels);

static tg_status pick_forward(const tg_call *call)
{
    const tg_tensor *x = call->in[0], *labels = call->in[1];
    const int64_t *label = labels->data;
    int64_t classes = x->shape.dim[1];
    tg_status s = check_labels(NULL, labels, classes);

    for (int64_t i = 0; s == TG_OK && i < labels->size; i++)
        copy_element(x, i * classes + label[i], call->out, i);
    return s;
}

/* y[i] = x[i, label[i]]; dx = zeros, but for dx[i, label[i]] = dy[i]. */
static tg_status pick_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                               tg_tensor **grad_in)
{
    grad_in[0] = apply_place(g, dy, call->in[1], tg_tensor_shape(call->in[0]));
    return TG_OK;
}

static const tg_op pick = {.name = "pick",
                           .formula =
                               "y[i] = x[i, label[i]]; dx[i, label[i]] = dy[i]",
                           .forward = pick_forward,
                           .backward = pick_backward};

static tg_status place_forward(const tg_call *call)
{
    const tg_tensor *y = call->out;
    const int64_t *label = call->in[1]->data;
    tg_status s = check_labels(NULL, call->in[1], y->shape.dim[1]);

    if (s != TG_OK)
        return s;
    memset(y->data, 0, (size_t)y->size * tg_element_size(y->dtype));
    for (int64_t i = 0; i < call->in[1]->size; i++)
        copy_element(call->in[0], i, y, i * y->shape.dim[1] + label[i]);
    return TG_OK;
}

/* y = zeros, but for y[i, label[i]] = x[i]; dx[i] = dy[i, label[i]]. */
static tg_status place_backward(tg_graph *g, const tg_call *call, tg_tensor *dy,
                                tg_tensor **grad_in)
{
    grad_in[0] = apply_pick(g, dy, call->in[1]);
    return TG_OK;
}

static const tg_op place = {
    .name = "place",
    .formula = "y[i, label[i]] = x[i]; dx[i] = dy[i, label[i]]",
    .forward = place_forward,
    .backward = place_backward};

static tg_tensor *apply_place(tg_graph *g, tg_tensor *dy, tg_tensor *labels,
                              tg_shape shape)
{
    tg_tensor *in[] = {dy, labels};

    if (tg_check_inputs(g, place.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &place, dy->dtype, &shape, 2, in, NULL, 0);
}

static tg_tensor *apply_pick(tg_graph *g, tg_tensor *x, tg_tensor *labels)
{
    tg_tensor *in[] = {x, labels};

    if (tg_check_inputs(g, pick.name, 2, in) != TG_OK)
        return NULL;
    return tg_apply_checked(g, &pick, x->dtype, &labels->shape, 2, in, NULL, 0);
}

static tg_status check(tg_graph *g, tg_tensor *logits, tg_tensor *labels)
{
    tg_tensor *in[] = {logits, labels};

    if (tg_check_inputs(g, "cross_entropy", 2, in) != TG_OK ||
        tg_check_floats(g, "cross_entropy", 1, in) != TG_OK)
        return TG_ERR_ARG;
    if (labels->dtype != TG_I64)
        return tg_fail(
            g, TG_ERR_DTYPE,
            "cross_entropy: labels %s are %s, not i64, for logits %s",
            tg_describe(labels).text, tg_dtype_name(labels->dtype),
            tg_describe(logits).text);
    if (logits->shape.ndim != 2 || labels->shape.ndim != 1 ||
        labels->size != logits->shape.dim[0])
        return tg_fail(g, TG_ERR_SHAPE,
                       "cross_entropy: labels %s do not fit logits %s",
                       tg_describe(labels).text, tg_describe(logits).text);
    return check_labels(g, labels, logits->shape.dim[1]);
}

/* y = -mean of log_softmax(x)[i, label[i]], made of four ops. */
tg_tensor *tg_cross_entropy(tg_graph *g, tg_tensor *logits, tg_tensor *labels)
{
    if (check(g, logits, labels) != TG_OK)
        return NULL;
    tg_mark before = tg_graph_mark(g);
    tg_tensor *logs = tg_log_softmax(g, logits, 1);
    tg_tensor *mean = tg_mean(g, apply_pick(g, logs, labels));
    return tg_all_or_nothing(g, before, tg_neg(g, mean));
}

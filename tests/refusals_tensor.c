#include "refusals.h"

#include <math.h>

static const tg_shape deep = {.ndim = TG_MAX_DIMS + 1};
static const tg_shape negative = {.ndim = -1};
enum { NO_DTYPE = 3 };

static void refuse_makers(scene *s)
{
    float number = 0;
    const int64_t big = (int64_t)1 << 32;

    note_heading("making tensors");
    REFUSE(tg_tensor_new(TG_F32, TG_SHAPE(2, -1)));
    REFUSE(tg_tensor_new(TG_F32, TG_SHAPE(INT64_MIN)));
    REFUSE(tg_tensor_new(TG_F32, TG_SHAPE(big, big)));
    REFUSE(tg_tensor_new(TG_F32, TG_SHAPE(INT64_MAX, 2)));
    REFUSE(tg_tensor_new(TG_F32, TG_SHAPE(INT64_MAX)));
    REFUSE(tg_tensor_new(TG_F32, deep));
    REFUSE(tg_tensor_new(TG_F32, negative));
    REFUSE(tg_tensor_new((tg_dtype)NO_DTYPE, TG_SHAPE(2)));
    REFUSE(tg_tensor_full(TG_F32, TG_SHAPE(-1), 1));
    REFUSE(tg_tensor_full(TG_I64, TG_SHAPE(2), 0.5));
    REFUSE(tg_tensor_full(TG_I64, TG_SHAPE(2), NAN));
    REFUSE(tg_tensor_full(TG_I64, TG_SHAPE(2), 1e19));
    REFUSE(tg_tensor_full((tg_dtype)NO_DTYPE, TG_SHAPE(2), 1));
    REFUSE(tg_tensor_f32(TG_SHAPE(2), NULL));
    REFUSE(tg_tensor_f64(TG_SHAPE(2), NULL));
    REFUSE(tg_tensor_i64(TG_SHAPE(2), NULL));
    REFUSE(tg_tensor_f32(TG_SHAPE(-2), &number));
    REFUSE(tg_tensor_borrow(TG_F32, TG_SHAPE(2), NULL));
    REFUSE(tg_tensor_borrow(TG_F32, TG_SHAPE(-2), &number));
    REFUSE(tg_tensor_borrow((tg_dtype)NO_DTYPE, TG_SHAPE(1), &number));
    REFUSE(tg_tensor_clone(NULL));
    REFUSE(tg_tensor_clone(TG_NONE));
}

static void refuse_random(scene *s)
{
    tg_rng rng = tg_rng_seed(0);

    note_heading("drawing tensors");
    REFUSE(tg_tensor_uniform(TG_F32, TG_SHAPE(2), 1, 0, &rng));
    REFUSE(tg_tensor_uniform(TG_F32, TG_SHAPE(2), 0, INFINITY, &rng));
    REFUSE(tg_tensor_uniform(TG_F32, TG_SHAPE(2), NAN, 1, &rng));
    REFUSE(tg_tensor_uniform(TG_I64, TG_SHAPE(2), 0, 1, &rng));
    REFUSE(tg_tensor_uniform((tg_dtype)NO_DTYPE, TG_SHAPE(2), 0, 1, &rng));
    REFUSE(tg_tensor_uniform(TG_F32, TG_SHAPE(-2), 0, 1, &rng));
    REFUSE(tg_tensor_uniform(TG_F32, TG_SHAPE(2), 0, 1, NULL));
    REFUSE(tg_tensor_normal(TG_F32, TG_SHAPE(2), 0, -1, &rng));
    REFUSE(tg_tensor_normal(TG_F32, TG_SHAPE(2), INFINITY, 1, &rng));
    REFUSE(tg_tensor_normal(TG_F32, TG_SHAPE(2), 0, NAN, &rng));
    REFUSE(tg_tensor_normal(TG_I64, TG_SHAPE(2), 0, 1, &rng));
    REFUSE(tg_tensor_normal(TG_F32, deep, 0, 1, &rng));
    REFUSE(tg_tensor_normal(TG_F32, TG_SHAPE(2), 0, 1, NULL));
}

/* tg_item has no status of its own; its NaN stands for the NULL of others. */
static const void *item(const tg_tensor *t)
{
    return isnan(tg_item(t)) ? NULL : t;
}
#define REFUSE_ITEM(call, t) note_null(s, #call, item(t))

static void refuse_fields(scene *s)
{
    tg_tensor *x = s->x, *fixed = s->fixed;
    tg_tensor *result = MADE(tg_square(s->other, x));

    note_heading("looking at tensors and changing them");
    REFUSE_ITEM(tg_item(x), x);
    REFUSE_ITEM(tg_item(empty), s->empty);
    REFUSE_STATUS(tg_tensor_copy(NULL, x));
    REFUSE_STATUS(tg_tensor_copy(x, NULL));
    REFUSE_STATUS(tg_tensor_copy(x, s->tall));
    REFUSE_STATUS(tg_tensor_copy(x, s->wide));
    REFUSE_STATUS(tg_tensor_copy(s->index, x));
    REFUSE_STATUS(tg_tensor_copy(TG_NONE, x));
    REFUSE_STATUS(tg_tensor_copy(x, TG_NONE));
    REFUSE_STATUS(tg_set_name(NULL, "name"));
    REFUSE_STATUS(tg_set_name(TG_NONE, "name"));
    REFUSE_STATUS(tg_set_requires_grad(NULL, true));
    REFUSE_STATUS(tg_set_requires_grad(TG_NONE, true));
    REFUSE_STATUS(tg_set_requires_grad(s->index, true));
    REFUSE_STATUS(tg_set_requires_grad(result, false));
    REFUSE_STATUS(tg_retain_grad(NULL));
    REFUSE_STATUS(tg_retain_grad(TG_NONE));
    REFUSE_STATUS(tg_retain_grad(fixed));
    REFUSE_STATUS(tg_retain_grad(tg_square(s->g, fixed)));
}

void refuse_tensors(scene *s)
{
    refuse_makers(s);
    refuse_random(s);
    refuse_fields(s);
}

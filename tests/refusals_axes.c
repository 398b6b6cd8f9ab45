#include "refusals.h"

#include <math.h>

static void refuse_clamp(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("clamp");
    REFUSE(tg_clamp(NULL, x, 0, 1));
    REFUSE(tg_clamp(g, TG_NONE, 0, 1));
    REFUSE(tg_clamp(g, s->foreign, 0, 1));
    REFUSE(tg_clamp(g, s->index, 0, 1));
    REFUSE(tg_clamp(g, x, NAN, 1));
    REFUSE(tg_clamp(g, x, 0, NAN));
}

static void refuse_where(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x, *condition = s->index;

    note_heading("where");
    REFUSE(tg_where(NULL, condition, x, x));
    REFUSE(tg_where(g, TG_NONE, x, x));
    REFUSE(tg_where(g, condition, TG_NONE, x));
    REFUSE(tg_where(g, condition, x, s->foreign));
    REFUSE(tg_where(g, x, x, x));
    REFUSE(tg_where(g, condition, x, s->wide));
    REFUSE(tg_where(g, condition, condition, condition));
    REFUSE(tg_where(g, condition, x, s->tall));
    REFUSE(tg_where(g, condition, s->cube, x));
    REFUSE(tg_where(g, condition, s->empty, s->vector));
}

/* Over several axes, and keepdims; `more` is what else the op is told. */
#define REFUSE_AXES(op, ...)                                                   \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x, TG_AXES(0), __VA_ARGS__));                         \
    REFUSE(tg_##op(g, TG_NONE, TG_AXES(0), __VA_ARGS__));                      \
    REFUSE(tg_##op(g, s->foreign, TG_AXES(0), __VA_ARGS__));                   \
    REFUSE(tg_##op(g, s->index, TG_AXES(0), __VA_ARGS__));                     \
    REFUSE(tg_##op(g, x, TG_AXES(2), __VA_ARGS__));                            \
    REFUSE(tg_##op(g, x, TG_AXES(INT32_MIN), __VA_ARGS__));                    \
    REFUSE(tg_##op(g, x, TG_AXES(0, -2), __VA_ARGS__));                        \
    REFUSE(tg_##op(g, s->scalar, TG_AXES(0), __VA_ARGS__));                    \
    REFUSE(tg_##op(g, x, (tg_axes){.count = -1}, __VA_ARGS__));                \
    REFUSE(tg_##op(g, x, (tg_axes){.count = 9}, __VA_ARGS__))

static void refuse_reductions(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    REFUSE_AXES(mean_axes, false);
    REFUSE_AXES(var_axes, false, true);
    REFUSE_AXES(max_axes, false);
    REFUSE(tg_max_axes(g, s->empty, TG_AXES(0), false));
    REFUSE(tg_max_axes(g, s->empty, TG_ALL_AXES, false));
    REFUSE_AXES(min_axes, false);
    REFUSE(tg_min_axes(g, s->empty, TG_AXES(-2), true));
}

static void refuse_logsumexp(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("logsumexp");
    REFUSE(tg_logsumexp(NULL, x, 0, false));
    REFUSE(tg_logsumexp(g, TG_NONE, 0, false));
    REFUSE(tg_logsumexp(g, s->foreign, 0, false));
    REFUSE(tg_logsumexp(g, s->index, 0, false));
    REFUSE(tg_logsumexp(g, x, 2, false));
    REFUSE(tg_logsumexp(g, x, -3, false));
    REFUSE(tg_logsumexp(g, s->scalar, 0, true));
}

#define REFUSE_AXIS(op)                                                        \
    note_heading(#op);                                                         \
    REFUSE(tg_##op(NULL, x, 0));                                               \
    REFUSE(tg_##op(g, TG_NONE, 0));                                            \
    REFUSE(tg_##op(g, s->foreign, 0));                                         \
    REFUSE(tg_##op(g, s->index, 0));                                           \
    REFUSE(tg_##op(g, x, 2));                                                  \
    REFUSE(tg_##op(g, x, -3));                                                 \
    REFUSE(tg_##op(g, x, INT32_MIN));                                          \
    REFUSE(tg_##op(g, s->scalar, 0))

static void refuse_lanes(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    REFUSE_AXIS(argmax);
    REFUSE(tg_argmax(g, s->empty, 0));
    REFUSE_AXIS(softmax);
    REFUSE_AXIS(log_softmax);
}

static void refuse_permute(scene *s)
{
    tg_graph *g = s->g;
    tg_tensor *x = s->x;

    note_heading("permute");
    REFUSE(tg_permute(NULL, x, TG_AXES(1, 0)));
    REFUSE(tg_permute(g, TG_NONE, TG_AXES(1, 0)));
    REFUSE(tg_permute(g, s->foreign, TG_AXES(1, 0)));
    REFUSE(tg_permute(g, x, TG_AXES(1)));
    REFUSE(tg_permute(g, x, TG_AXES(0, 1, 2)));
    REFUSE(tg_permute(g, x, TG_AXES(0, 2)));
    REFUSE(tg_permute(g, x, TG_AXES(1, -1)));
    REFUSE(tg_permute(g, x, (tg_axes){.count = INT32_MIN}));
}

void refuse_ops_along_axes(scene *s)
{
    refuse_clamp(s);
    refuse_where(s);
    refuse_reductions(s);
    refuse_logsumexp(s);
    refuse_lanes(s);
    refuse_permute(s);
}

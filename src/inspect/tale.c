#include "tale.h"

#include "reference.h"
#include "summary.h"

#include <inttypes.h>

enum {
    LABELS = 4,  /* the column of labels */
    VALUES = 22, /* the column of what they label */
    FEW = 64,    /* elements that are shown, not summarised */
};

/* NULL if t has no number. */
static int64_t *shares_of(const tg_tale *tale, const tg_tensor *t)
{
    size_t number = tg_graph_number(tale->g, t);
    bool counted = number < (size_t)tg_tensor_size(tale->shares);

    return counted ? &tg_data_i64(tale->shares)[number] : NULL;
}

static void count_share(tg_tale *tale, const tg_tensor *t)
{
    int64_t *shares = shares_of(tale, t);

    if (shares)
        ++*shares;
}

/* ---- a label and text */

static void refer(tg_tale *tale, const tg_tensor *t)
{
    tg_pen_reference(&tale->pen, tale->g, t);
}

static void write_label(tg_tale *tale, const char *what, const tg_tensor *of)
{
    tg_pen_spaces(&tale->pen, LABELS);
    tg_pen_text(&tale->pen, what);
    if (of)
        refer(tale, of);
}

/* Beside the label, or under one that is too long. */
static void to_values(tg_tale *tale)
{
    if (tale->pen.column + 2 > VALUES)
        tg_pen_newline(&tale->pen);
    tg_pen_to_column(&tale->pen, VALUES);
}

static void write_note(tg_tale *tale, const char *note)
{
    to_values(tale);
    tg_pen_name(&tale->pen, note);
    tg_pen_newline(&tale->pen);
}

static void write_values(tg_tale *tale, const tg_tensor *t)
{
    to_values(tale);
    if (tg_tensor_size(t) <= FEW) {
        tg_pen_array(&tale->pen, t);
    } else {
        tg_pen_shape(&tale->pen, tg_tensor_shape(t));
        tg_pen_text(&tale->pen, " ");
        tg_pen_summary(&tale->pen, t);
    }
    tg_pen_newline(&tale->pen);
}

static void write_sum_note(tg_tale *tale, const tg_tensor *t)
{
    char note[64];
    const int64_t *shares = shares_of(tale, t);

    if (!shares || *shares < 2)
        return;
    snprintf(note, sizeof note, "(the sum of %" PRId64 " shares)", *shares);
    write_note(tale, note);
}

/* ---- one turn */

static void write_result(tg_tale *tale, const tg_tensor *t)
{
    refer(tale, t);
    if (tg_graph_number(tale->g, t) >= tg_graph_size(tale->g) || !tg_name(t))
        return;
    tg_pen_text(&tale->pen, " '");
    tg_pen_name(&tale->pen, tg_name(t));
    tg_pen_text(&tale->pen, "'");
}

static void write_title(tg_tale *tale, const tg_node_view *node)
{
    tg_pen_newline(&tale->pen);
    write_result(tale, node->out);
    tg_pen_text(&tale->pen, " = ");
    tg_pen_name(&tale->pen, node->op);
    tg_pen_text(&tale->pen, "(");
    for (int i = 0; i < node->n_in; i++) {
        tg_pen_text(&tale->pen, i > 0 ? ", " : "");
        refer(tale, node->in[i]);
    }
    tg_pen_text(&tale->pen, ")");
    tg_pen_newline(&tale->pen);
    if (!node->formula)
        return;
    write_label(tale, "formula", NULL);
    write_note(tale, node->formula);
}

static void write_arrival(tg_tale *tale, const tg_backward_step *step)
{
    write_label(tale, "gradient dy", NULL);
    write_values(tale, step->grad_out);
    if (step->node.out == tale->y)
        write_note(tale, "(the pass starts here, from ones)");
    write_sum_note(tale, step->node.out);
}

static bool came_before(const tg_node_view *node, int i)
{
    for (int k = 0; k < i; k++)
        if (node->in[k] == node->in[i])
            return true;
    return false;
}

static void write_inputs(tg_tale *tale, const tg_node_view *node)
{
    for (int i = 0; i < node->n_in; i++) {
        if (came_before(node, i))
            continue;
        write_label(tale, "input ", node->in[i]);
        write_values(tale, node->in[i]);
    }
}

static void write_share(tg_tale *tale, tg_tensor *input, const tg_tensor *share)
{
    write_label(tale, "share of ", input);
    if (share == TG_NONE) {
        write_note(tale, "0");
    } else if (share) {
        count_share(tale, input);
        write_values(tale, share);
    } else if (tg_requires_grad(input)) {
        write_note(tale, "none");
    } else {
        write_note(tale, "none: it requires no gradient");
    }
}

void tg_tale_turn(const tg_backward_step *step, void *env)
{
    tg_tale *tale = env;
    const tg_node_view *node = &step->node;

    if (!tale->begun)
        tg_tale_heading(tale);
    write_title(tale, node);
    write_label(tale, "result y", NULL);
    write_values(tale, node->out);
    write_arrival(tale, step);
    write_inputs(tale, node);
    for (int i = 0; i < node->n_in; i++)
        write_share(tale, node->in[i], step->grad_in[i]);
}

/* ---- beginning and end */

void tg_tale_heading(tg_tale *tale)
{
    tale->begun = true;
    tg_pen_text(&tale->pen, "Backward from ");
    write_result(tale, tale->y);
    tg_pen_text(&tale->pen, ", newest node first.");
    tg_pen_newline(&tale->pen);
    fputs(
        "At each node the gradient dy of its result y arrives; by the formula "
        "it\nbecomes a share for each input. A tensor's gradient is the sum "
        "of its shares.\n",
        tale->pen.out);
}

void tg_tale_leaf(tg_tale *tale, const tg_tensor *leaf, const tg_tensor *grad)
{
    write_label(tale, "", leaf);
    write_values(tale, grad);
    if (leaf == tale->y)
        write_note(tale, "(the pass starts here, from ones)");
    else
        write_sum_note(tale, leaf);
}

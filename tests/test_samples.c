/* Every op of ops.h is in the table, computes what a plain loop computes, and
 * refuses what it must. */
#include "op_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_PER_OP = 200 };

/* ---- the header names them all */

static char *read_header(void)
{
    FILE *file = fopen("../include/tinygrad/ops.h", "r");
    char *text = calloc(1, 1 << 20);

    ck_assert_msg(file && text, "ops.h cannot be read");
    size_t length = fread(text, 1, (1 << 20) - 1, file);
    ck_assert_msg(length > 0 && feof(file), "ops.h is not what it was");
    fclose(file);
    return text;
}

TEST(every_op_has_an_entry)
{
    const char mark[] = "TG_API tg_tensor *";
    char *header = read_header(), name[64];
    int found = 0, entries = 0;

    for (char *at = header; (at = strstr(at, mark)); found++) {
        at += strlen(mark);
        ck_assert_int_eq(sscanf(at, " tg_%63[a-z0-9_](", name), 1);
        ck_assert_msg(find_op(name) != NULL,
                      "tg_%s has no entry in the table of ops", name);
    }
    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++, entries++)
            ck_assert_msg(op->draw && op->call && op->plain && op->refuse,
                          "the entry of tg_%s is not whole", op->name);
    ck_assert_int_gt(found, 0);
    ck_assert_int_eq(found, entries);
    free(header);
}
END_TEST

/* ---- forward */

static double largest(const double *y, int64_t n, double at_least)
{
    for (int64_t i = 0; i < n; i++)
        at_least = fmax(at_least, fabs(y[i]));
    return at_least;
}

static void check_values(const op_info *op, const op_case *c, tg_dtype dtype,
                         uint64_t seed)
{
    tg_tensor *in[MAX_INPUTS];
    double *x[MAX_INPUTS], y[PLAIN_ROOM];
    tg_graph *g = MADE(tg_graph_new());

    make_case_inputs(c, dtype, seed, in);
    for (int i = 0; i < c->n; i++)
        x[i] = numbers_of(in[i]);
    tg_tensor *result = expect_made(op->name, op->name, op->call(g, in, c));
    tg_shape shape = op->plain(c, x, y);
    int64_t size = extent_product(shape);
    ck_assert_int_le(size, PLAIN_ROOM);
    double tol = dtype == TG_I64 ? 0 : tolerance(dtype) * largest(y, size, 1);
    ck_assert_int_eq(tg_tensor_dtype(result), op->no_gradient ? TG_I64 : dtype);
    expect_within(op->name, result, shape, y, tol);
    if (op->no_gradient)
        ck_assert(!tg_requires_grad(result));
    for (int i = 0; i < c->n; i++)
        free(x[i]);
    tg_graph_free(g);
    free_case_inputs(c, in);
}

static void check_forward(const op_info *ops)
{
    for (const op_info *op = ops; op->name; op++) {
        uint64_t state = 1;
        for (uint64_t i = 0; i < SAMPLES_PER_OP; i++) {
            op_case c;
            op->draw(&state, &c);
            check_values(op, &c, TG_F64, i);
            check_values(op, &c, TG_F32, i);
            if (op->moves)
                check_values(op, &c, TG_I64, i);
        }
    }
}

#define FORWARD(table)                                                         \
    TEST(computes_##table)                                                     \
    {                                                                          \
        check_forward(table);                                                  \
    }                                                                          \
    END_TEST
OP_TABLES(FORWARD)

/* ---- refusals */

/* What holds for every op: no input may be missing, foreign or unlike. */
static void check_inputs(const op_info *op, tg_graph *g, const op_case *c)
{
    tg_graph *other = MADE(tg_graph_new());
    tg_tensor *in[MAX_INPUTS], *narrow[MAX_INPUTS];

    make_case_inputs(c, TG_F64, 1, in);
    make_case_inputs(c, TG_F32, 1, narrow);
    for (int i = 0; i < c->n; i++) {
        tg_tensor *kept = in[i];
        if (kept == TG_NONE)
            continue;
        in[i] = NULL;
        ck_assert_msg(!op->call(g, in, c), "tg_%s of NULL", op->name);
        ck_assert_int_ne(tg_graph_reset(g), TG_OK);
        in[i] = MADE(tg_detach(other, kept));
        EXPECT_REFUSED(g, op->call(g, in, c), TG_ERR_ARG, "");
        bool is_float = tg_tensor_dtype(kept) != TG_I64;
        in[i] = narrow[i];
        if (is_float && c->n > 1 && tg_tensor_dtype(in[i ? 0 : 1]) == TG_F64)
            EXPECT_REFUSED(g, op->call(g, in, c), TG_ERR_DTYPE, "");
        in[i] = kept;
    }
    ck_assert_ptr_null(op->call(NULL, in, c));
    tg_graph_free(other);
    free_case_inputs(c, in);
    free_case_inputs(c, narrow);
}

static void check_refusals(const op_info *op, uint64_t *state)
{
    tg_graph *g = MADE(tg_graph_new());
    tg_tensor *x = random_leaf(TG_F64, TG_SHAPE(2, 3), 1);
    tg_tensor *i = random_tensor(TG_I64, TG_SHAPE(2), 2);

    op->refuse(g, x, i);
    for (int k = 0; k < 10; k++) {
        op_case c;
        op->draw(state, &c);
        c.twice = false;
        check_inputs(op, g, &c);
    }
    tg_tensor_free(x);
    tg_tensor_free(i);
    tg_graph_free(g);
}

TEST(every_op_refuses)
{
    uint64_t state = 2;

    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++)
            check_refusals(op, &state);
}
END_TEST

#define NAME_FORWARD(table) computes_##table,
TEST_MAIN("samples", OP_TABLES(NAME_FORWARD) every_op_has_an_entry,
          every_op_refuses)

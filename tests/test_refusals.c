/* Every refusal of every public function, against a file that shows what the
 * user reads: refusals.txt. To write it anew after a change that is meant:
 * REFUSALS=write build/tests/test_refusals, here; then read the difference. */
#include "op_table.h"
#include "refusals.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 17 };

static char text[ROOM];
static size_t length;

static void add(const char *part)
{
    size_t n = strlen(part);

    ck_assert_uint_lt(length + n, ROOM);
    memcpy(text + length, part, n + 1);
    length += n;
}

/* Whether the name stands in the call as a word of its own. */
static bool mentions(const char *call, const char *name)
{
    size_t n = strlen(name);
    const char *at = strstr(call, name);

    while (at &&
           (isalnum(at[-1]) || at[-1] == '_' || isalnum(at[n]) || at[n] == '_'))
        at = strstr(at + 1, name);
    return at != NULL;
}

/* A message about two tensors that do not fit names both. */
static void check_names(const char *call, const char *message)
{
    static const char *const names[] = {"x",     "w",     "tall",  "vector",
                                        "empty", "cube",  "index", "wide",
                                        "image", "filter"};
    enum { N_NAMES = sizeof names / sizeof *names };
    int mentioned = 0, told = 0;

    for (int i = 0; i < N_NAMES; i++) {
        char quoted[20];
        snprintf(quoted, sizeof quoted, "'%s' (", names[i]);
        mentioned += mentions(call, names[i]);
        told += mentions(call, names[i]) && strstr(message, quoted);
    }
    if (mentioned > 1 && told < mentioned)
        ck_abort_msg("%s is refused with \"%s\"", call, message);
}

/* "matmul: ..." for a call with that word in it. */
static void check_words(const char *call, tg_status status, const char *message)
{
    char op[40] = "";

    if (sscanf(message, "%39[a-z0-9_]: %*c", op) != 1 || !strstr(call, op))
        ck_abort_msg("%s is refused with \"%s\"", call, message);
    if (strstr(message, "(null)") || strchr(message, '\n'))
        ck_abort_msg("%s is refused with \"%s\"", call, message);
    if (status == TG_ERR_SHAPE || status == TG_ERR_DTYPE)
        check_names(call, message);
}

static void note(const char *call, tg_status status)
{
    check_words(call, status, tg_error_message());
    add(call);
    add("\n    ");
    add(tg_status_name(status));
    add(": ");
    add(tg_error_message());
    add("\n");
}

void note_heading(const char *heading)
{
    add("\n## ");
    add(heading);
    add("\n");
}

/* The status of a NULL shows where it is used: the graph takes it over. */
void note_null(scene *s, const char *call, const void *made)
{
    if (made)
        ck_abort_msg("%s is not refused", call);
    if (tg_graph_status(s->g) == TG_OK)
        tg_neg(s->g, NULL);
    note(call, tg_graph_status(s->g));
    tg_graph_reset(s->g);
}

void note_status(scene *s, const char *call, tg_status status)
{
    if (status == TG_OK)
        ck_abort_msg("%s is not refused", call);
    note(call, status);
    tg_graph_reset(s->g);
}

static tg_tensor *named(const char *name, tg_tensor *t)
{
    EXPECT_OK(tg_set_name(t, name));
    return t;
}

scene new_scene(void)
{
    scene s = {
        .g = MADE(tg_graph_new()),
        .other = MADE(tg_graph_new()),
        .x = named("x", random_leaf(TG_F32, TG_SHAPE(2, 3), 1)),
        .w = named("w", random_leaf(TG_F32, TG_SHAPE(2, 3), 2)),
        .tall = named("tall", random_leaf(TG_F32, TG_SHAPE(3, 2), 3)),
        .vector = named("vector", random_leaf(TG_F32, TG_SHAPE(3), 4)),
        .scalar = named("scalar", random_leaf(TG_F32, TG_SCALAR, 5)),
        .empty = named("empty", random_leaf(TG_F32, TG_SHAPE(0, 3), 6)),
        .cube = named("cube", random_leaf(TG_F32, TG_SHAPE(2, 2, 2), 7)),
        .image = named("image", random_leaf(TG_F32, TG_SHAPE(1, 2, 4, 5), 11)),
        .filter =
            named("filter", random_leaf(TG_F32, TG_SHAPE(3, 2, 2, 2), 12)),
        .wide = named("wide", random_leaf(TG_F64, TG_SHAPE(2, 3), 8)),
        .index = named("index", random_tensor(TG_I64, TG_SHAPE(2, 3), 9)),
        .fixed = named("fixed", random_tensor(TG_F32, TG_SHAPE(2, 3), 10)),
    };

    s.foreign = named("foreign", MADE(tg_neg(s.other, s.x)));
    return s;
}

void free_scene(scene *s)
{
    tg_tensor *leaves[] = {s->x,      s->w,     s->tall,  s->vector,
                           s->scalar, s->empty, s->cube,  s->image,
                           s->filter, s->wide,  s->index, s->fixed};

    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++)
        tg_tensor_free(leaves[i]);
    tg_graph_free(s->g);
    tg_graph_free(s->other);
}

static void make_record(void)
{
    scene s = new_scene();

    length = 0;
    add("# What each refused call says. Written by test_refusals.c.\n"
        "# Of f32, (2, 3): x, w, and fixed without a gradient; tall (3, 2),\n"
        "# vector (3,), scalar (), empty (0, 3), cube (2, 2, 2), image\n"
        "# (1, 2, 4, 5), filter (3, 2, 2, 2). Of (2, 3):\n"
        "# wide is f64, index is i64. foreign is a result of another graph.\n");
    refuse_tensors(&s);
    refuse_graphs(&s);
    refuse_ops(&s);
    free_scene(&s);
}

/* Ends the test at the first line that is another than expected. */
static void compare_with(FILE *golden)
{
    char line[1000];
    const char *next = text;

    for (int number = 1; fgets(line, sizeof line, golden); number++) {
        size_t n = strlen(line);
        if (strncmp(next, line, n))
            ck_abort_msg("refusals.txt:%d: expected\n%sbut got\n%.*s", number,
                         line, (int)strcspn(next, "\n"), next);
        next += n;
    }
    if (*next)
        ck_abort_msg("refusals.txt ends before\n%.200s", next);
}

TEST(say_what_they_said)
{
    const char *wish = getenv("REFUSALS");
    bool write = wish && !strcmp(wish, "write");
    FILE *golden = fopen("refusals.txt", write ? "w" : "r");

    ck_assert_msg(golden != NULL, "no refusals.txt in this folder");
    make_record();
    if (write)
        fputs(text, golden);
    else
        compare_with(golden);
    ck_assert_int_eq(fclose(golden), 0);
}

/* An op that is not called here has refusals that nobody has read. */
TEST(are_those_of_every_op)
{
    char call[60];

    make_record();
    for (int t = 0; op_tables[t]; t++)
        for (const op_info *op = op_tables[t]; op->name; op++) {
            snprintf(call, sizeof call, "\ntg_%s(g, ", op->name);
            ck_assert_msg(strstr(text, call) != NULL, "no refusals of tg_%s",
                          op->name);
        }
}

TEST_MAIN("refusals", say_what_they_said, are_those_of_every_op)

/* What the tests of the printers share: captured text. Included first, since
 * it asks for POSIX. */
#ifndef CAPTURE_H
#define CAPTURE_H

#define _POSIX_C_SOURCE 200809L

#include "support.h"

#include <stdio.h>
#include <stdlib.h>

/* A stream into memory; captured() ends it and leaves the text to the caller,
 * who frees it. */
typedef struct capture {
    FILE *out;
    char *text;
    size_t size;
} capture;

static inline void capture_begin(capture *c)
{
    c->out = open_memstream(&c->text, &c->size);
    ck_assert_ptr_nonnull(c->out);
}

static inline char *captured(capture *c)
{
    ck_assert_int_eq(fclose(c->out), 0);
    return c->text;
}

/* Ends the capture and compares. */
static inline void expect_text(capture *c, const char *expected)
{
    char *text = captured(c);

    ck_assert_str_eq(text, expected);
    free(text);
}

static inline tg_tensor *named(tg_tensor *t, const char *name)
{
    EXPECT_OK(tg_set_name(MADE(t), name));
    return t;
}

static inline tg_tensor *wanting(tg_tensor *t)
{
    EXPECT_OK(tg_set_requires_grad(MADE(t), true));
    return t;
}

#endif

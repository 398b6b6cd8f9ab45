#include <tinygrad/error.h>

#include "error.h"
#include "graph.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local tg_failure latest;
_Thread_local unsigned long tg_failures TG_NEAR;

const char *tg_status_name(tg_status s)
{
    switch (s) {
#define STATUS_CASE(name, meaning)                                             \
    case name:                                                                 \
        return #name;
        TG_STATUSES(STATUS_CASE)
#undef STATUS_CASE
    }
    return "unknown status";
}

const char *tg_error_message(void)
{
    return latest.text;
}

tg_failure *tg_last_failure(void)
{
    return &latest;
}

void tg_graph_remember(tg_graph *g)
{
    if (g == NULL)
        return;
    g->failures++;
    if (g->failure.status == TG_OK)
        g->failure = latest;
}

tg_status tg_fail(tg_graph *g, tg_status s, const char *format, ...)
{
    char text[TG_MESSAGE_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    latest.status = s;
    snprintf(latest.text, sizeof latest.text, "%s", text);
    tg_failures++;
    tg_graph_remember(g);
    return s;
}

tg_status tg_closure_failed(tg_graph *g, tg_status s, unsigned long before,
                            const char *op, const char *closure)
{
    if (tg_failure_count() == before)
        return tg_fail(g, s, "%s: %s failed with %s", op, closure,
                       tg_status_name(s));
    tg_graph_remember(g);
    return s;
}

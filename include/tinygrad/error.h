/* One failure model for the whole library.
 *
 * A function that makes something returns NULL on failure, any other a
 * tg_status. The text is in tg_error_message() and names the op, the tensors
 * and their shapes. A NULL tensor given to an op yields NULL and leaves the
 * first message standing; the graph remembers its first failure too
 * (tg_graph_status), so a whole expression is checked once. The library never
 * aborts, exits, jumps or prints on its own, and a refused call changes
 * nothing. */
#ifndef TINYGRAD_ERROR_H
#define TINYGRAD_ERROR_H

#include <tinygrad/export.h>

TG_BEGIN_DECLS

typedef struct tg_graph tg_graph;

/* X(name, meaning): the statuses, in order from 0. */
#define TG_STATUSES(X)                                                         \
    X(TG_OK, "success")                                                        \
    X(TG_ERR_NOMEM, "out of memory")                                           \
    X(TG_ERR_SHAPE, "shapes do not fit together, or a size overflows")         \
    X(TG_ERR_DTYPE, "dtypes do not fit together")                              \
    X(TG_ERR_ARG, "a value outside its domain")                                \
    X(TG_ERR_STATE, "the call does not fit the state")                         \
    X(TG_ERR_IO, "the operating system refused")                               \
    X(TG_ERR_FORMAT, "a file is not what it claims to be")                     \
    X(TG_ERR_UNSUPPORTED, "not supported, as a derivative not defined")        \
    X(TG_ERR_GRADIENT, "a gradient that differences contradict")               \
    X(TG_ERR_VERIFY, "a kernel that the plain one contradicts")

typedef enum tg_status {
#define TG_STATUS_NAME(name, meaning) name,
    TG_STATUSES(TG_STATUS_NAME)
#undef TG_STATUS_NAME
} tg_status;

/* "TG_OK", "TG_ERR_SHAPE", ...; "unknown status" for any other value. */
TG_API const char *tg_status_name(tg_status s);

/* The text of this thread's latest failure, "" before the first. The memory
 * is the thread's and is overwritten by its next failure. */
TG_API const char *tg_error_message(void);

/* Reports a failure: formats the text for tg_error_message(), lets g (which
 * may be NULL) remember it if it is g's first, and returns s. For functions
 * that build on the library and for the closures of one's own ops. */
TG_API tg_status tg_fail(tg_graph *g, tg_status s, const char *format, ...)
    TG_PRINTF(3, 4);

TG_END_DECLS

#endif

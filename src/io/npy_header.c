#include "npy_header.h"

#include <string.h>

typedef struct reader {
    const char *at, *end;
} reader;

static void skip_spaces(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n'))
        r->at++;
}

static bool take(reader *r, const char *text)
{
    size_t n = strlen(text);

    skip_spaces(r);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* ---- values */

/* One byte order, kind and size of those that become a tensor's. */
static bool take_descr(reader *r, tg_npy_header *h)
{
    static const char *const known[] = {
        "<f4", "<f8", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2",
        "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8"};
    char quote[2] = {0};

    skip_spaces(r);
    if (r->end - r->at < 5 || (*r->at != '\'' && *r->at != '"'))
        return false;
    quote[0] = *r->at++;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!take(r, known[i]))
            continue;
        h->big_endian = known[i][0] == '>';
        h->kind = known[i][1];
        h->size = known[i][2] - '0';
        return r->at < r->end && take(r, quote);
    }
    return false;
}

static bool take_order(reader *r, tg_npy_header *h)
{
    h->fortran_order = take(r, "True");
    return h->fortran_order || take(r, "False");
}

static bool take_extent(reader *r, int64_t *n)
{
    const char *first;

    skip_spaces(r);
    first = r->at;
    for (*n = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (*n > (INT64_MAX - 9) / 10)
            return false;
        *n = 10 * *n + (*r->at - '0');
    }
    return r->at > first;
}

/* (), (3,), (3, 4), (3, 4,) */
static bool take_shape(reader *r, tg_npy_header *h)
{
    bool comma = true;

    h->shape.ndim = 0;
    if (!take(r, "("))
        return false;
    while (!take(r, ")")) {
        if (h->shape.ndim == TG_MAX_DIMS || !comma ||
            !take_extent(r, &h->shape.dim[h->shape.ndim++]))
            return false;
        comma = take(r, ",");
    }
    return h->shape.ndim != 1 || comma;
}

/* ---- the dictionary */

typedef struct field {
    const char *key, *other; /* either quotes */
    bool (*take)(reader *r, tg_npy_header *h);
    const char *wrong;
} field;

static const field fields[] = {
    {"'descr'", "\"descr\"", take_descr, "holds numbers of another kind"},
    {"'fortran_order'", "\"fortran_order\"", take_order,
     "has no order that is one"},
    {"'shape'", "\"shape\"", take_shape, "has no shape that is one"}};
enum { FIELDS = sizeof fields / sizeof *fields };

/* The field that comes next and has not been, or -1. */
static int take_key(reader *r, unsigned seen)
{
    for (int i = 0; i < FIELDS; i++)
        if (take(r, fields[i].key) || take(r, fields[i].other))
            return seen & (1U << i) || !take(r, ":") ? -1 : i;
    return -1;
}

static const char *take_fields(reader *r, tg_npy_header *h)
{
    unsigned seen = 0;
    bool comma = true;

    while (!take(r, "}")) {
        int i = comma ? take_key(r, seen) : -1;
        if (i < 0)
            return "has a header that is not one";
        if (!fields[i].take(r, h))
            return fields[i].wrong;
        seen |= 1U << i;
        comma = take(r, ",");
    }
    return seen == (1U << FIELDS) - 1 ? NULL : "has a header that lacks a key";
}

const char *tg_npy_parse(const char *text, size_t size, tg_npy_header *h)
{
    reader r = {text, text + size};

    *h = (tg_npy_header){0};
    if (!take(&r, "{"))
        return "has a header that is not one";
    const char *wrong = take_fields(&r, h);
    skip_spaces(&r);
    if (wrong == NULL && r.at != r.end)
        wrong = "has a header that goes on after its end";
    return wrong;
}

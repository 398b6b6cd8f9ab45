#include "npy_header.h"

#include <string.h>

typedef struct reader {
    const char *at, *end;
} reader;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_spaces(reader *r)
{
    while (r->at < r->end && is_space(*r->at))
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

/* The text in quotes of either kind. */
static bool take_quoted(reader *r, const char *text)
{
    size_t n = strlen(text);

    skip_spaces(r);
    if ((size_t)(r->end - r->at) < n + 2 || (*r->at != '\'' && *r->at != '"') ||
        r->at[n + 1] != *r->at || memcmp(r->at + 1, text, n) != 0)
        return false;
    r->at += n + 2;
    return true;
}

/* ---- values. Each returns what is wrong with it, or NULL. */

/* One byte order, kind and size of those that become a tensor's. */
static const char *take_descr(reader *r, tg_npy_header *h)
{
    static const char *const known[] = {
        "<f4", "<f8", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2",
        "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (take_quoted(r, known[i])) {
            h->format = (tg_number_format){known[i][1], known[i][2] - '0',
                                           known[i][0] == '>'};
            return NULL;
        }
    return "holds what no tensor can";
}

static const char *take_order(reader *r, tg_npy_header *h)
{
    h->fortran_order = take(r, "True");
    return h->fortran_order || take(r, "False")
               ? NULL
               : "has an order that is neither True nor False";
}

/* Decimal, without needless zeros, in 63 bits. */
static bool take_extent(reader *r, int64_t *n)
{
    skip_spaces(r);
    const char *first = r->at;
    for (*n = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        int digit = *r->at - '0';
        if (*n > (INT64_MAX - digit) / 10)
            return false;
        *n = 10 * *n + digit;
    }
    return r->at == first + 1 || (r->at > first && *first != '0');
}

/* (), (3,), (3, 4), (3, 4,) */
static const char *take_shape(reader *r, tg_npy_header *h)
{
    static const char wrong[] = "has a shape that is none";
    tg_shape *shape = &h->shape;
    bool comma = true;

    if (!take(r, "("))
        return wrong;
    while (!take(r, ")")) {
        if (shape->ndim == TG_MAX_DIMS)
            return "has too many axes";
        if (!comma || !take_extent(r, &shape->dim[shape->ndim++]))
            return wrong;
        comma = take(r, ",");
    }
    return shape->ndim != 1 || comma ? NULL : wrong;
}

/* ---- the dictionary */

typedef struct field {
    const char *key;
    const char *(*take)(reader *r, tg_npy_header *h);
} field;

static const field fields[] = {{"descr", take_descr},
                               {"fortran_order", take_order},
                               {"shape", take_shape}};
enum { FIELDS = sizeof fields / sizeof *fields };

/* The field whose key comes next, or -1. */
static int take_key(reader *r)
{
    for (int i = 0; i < FIELDS; i++)
        if (take_quoted(r, fields[i].key))
            return take(r, ":") ? i : -1;
    return -1;
}

static const char *take_fields(reader *r, tg_npy_header *h)
{
    unsigned seen = 0;
    bool comma = true;

    while (!take(r, "}")) {
        int i = comma ? take_key(r) : -1;
        if (i < 0 || seen & (1U << i))
            return "has a header that is none";
        const char *wrong = fields[i].take(r, h);
        if (wrong != NULL)
            return wrong;
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
        return "has a header that is none";
    const char *wrong = take_fields(&r, h);
    skip_spaces(&r);
    if (wrong == NULL && r.at != r.end)
        wrong = "has a header that goes on after its end";
    return wrong;
}

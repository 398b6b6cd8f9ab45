/* What a hostile header could make a JSON parser do: recurse once a bracket,
 * and allocate hundreds of bytes for two of them. So before it is parsed, the
 * text is held against what an honest header can have. */
#include "safetensors.h"

/* The header itself, an entry, a list in it. */
enum { MOST_DEPTH = 3 };
/* An entry has 3 brackets and takes at least 50 bytes,
 * {"dtype":"I8","shape":[],"data_offsets":[0,0]} and a name. */
enum { BYTES_PER_BRACKET = 16, FREE_BRACKETS = 4 };
/* Of values and names: an entry has about 14, so this is above 100,000
 * tensors. */
enum { MOST_ITEMS = 1 << 21 };

typedef struct counts {
    size_t brackets, items;
    int depth, deepest;
} counts;

static void count(counts *c, unsigned char symbol)
{
    bool opens = symbol == '{' || symbol == '[';

    if (opens || symbol == ',' || symbol == ':')
        c->items++;
    c->brackets += opens;
    c->depth += opens;
    if (c->depth > c->deepest)
        c->deepest = c->depth;
    if (symbol == '}' || symbol == ']')
        c->depth--;
}

/* Strings are passed over; an escaped quote ends none. */
static counts count_all(const unsigned char *text, size_t size)
{
    counts c = {0};
    bool quoted = false;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            count(&c, text[i]);
        else if (text[i] == '\\')
            i++;
    }
    return c;
}

const char *tg_json_too_much(const unsigned char *text, size_t size)
{
    counts c = count_all(text, size);

    if (c.deepest > MOST_DEPTH)
        return "has a header that is nested too deeply";
    if (c.items > MOST_ITEMS ||
        c.brackets > size / BYTES_PER_BRACKET + FREE_BRACKETS)
        return "has a header of too many parts";
    return NULL;
}

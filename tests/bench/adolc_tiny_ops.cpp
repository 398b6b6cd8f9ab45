/* The peer of tiny_ops: ADOL-C. Modes: eager (trace, then reverse), replay (a
 * forward and a reverse sweep over the trace). */
#include "bench.h"

#include <adolc/adolc.h>

namespace
{

enum { TAPE = 1 };

struct chain {
    double leaf[2], slope[2], y;
    long count;
};

/* Buffers as large as the tape, for one that is full goes to a file. */
void trace(chain *c)
{
    unsigned size = static_cast<unsigned>(4 * c->count + 1000);
    trace_on(TAPE, 1, size, size, size, size);
    adouble a, b, y;

    a <<= c->leaf[0];
    b <<= c->leaf[1];
    y = a;
    for (long i = 0; i < c->count; i += 4) {
        y = y + a;
        y = y * b;
        y = tanh(y);
        y = fmax(y, 0.0);
    }
    y >>= c->y;
    trace_off();
}

void backward(chain *c)
{
    double weight = 1;

    reverse(TAPE, 1, 2, 0, &weight, c->slope);
}

void eager(void *env)
{
    chain *c = static_cast<chain *>(env);

    trace(c);
    backward(c);
}

void replay(void *env)
{
    chain *c = static_cast<chain *>(env);

    zos_forward(TAPE, 1, 2, 1, c->leaf, &c->y);
    backward(c);
}

} // namespace

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    chain c = {{0.25, 1.25}, {0, 0}, 0, b.n[0]};
    bool replays = bench_mode(&b, "replay");
    if (replays)
        trace(&c);
    double seconds = bench_seconds(&b, replays ? replay : eager, &c);
    return bench_report(&b, 1e9 * seconds / static_cast<double>(c.count), "ns",
                        c.slope[0] + 2 * c.slope[1]);
}

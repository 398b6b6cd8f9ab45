/* Elementwise ops whose operands are repeated, NumPy's way, to the result's
 * shape: cut into chunks in which every operand walks along or stays.
 *
 * Where rows are short a chunk is made of many, and an operand that does
 * neither over so many rows is written out to the stack first: once for all
 * chunks, where it is the same in all. */
#ifndef TINYGRAD_OPS_CHUNKS_H
#define TINYGRAD_OPS_CHUNKS_H

#include "op.h"

enum { TG_CHUNK_OPERANDS = 3 };

typedef struct tg_chunk {
    size_t n;
    const void *in[TG_CHUNK_OPERANDS];
    size_t step[TG_CHUNK_OPERANDS]; /* 1, or 0 for one element */
    void *out;
} tg_chunk;

typedef void tg_chunk_run(const tg_call *call, const void *arg,
                          const tg_chunk *c);

/* Runs all chunks, on several threads where there is much to do; call has up to
 * TG_CHUNK_OPERANDS operands. */
void tg_run_chunks(const tg_call *call, tg_chunk_run *run, const void *arg);

#endif

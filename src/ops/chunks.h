/* Elementwise ops whose operands are repeated, NumPy's way, to the result's
 * shape: cut into chunks in which every operand walks along or stays.
 *
 * Where rows are short a chunk is made of many, and an operand that does
 * neither over so many rows is written out to the stack first: once for all
 * chunks, where it is the same in all. */
#ifndef TINYGRAD_OPS_CHUNKS_H
#define TINYGRAD_OPS_CHUNKS_H

#include "work.h"

/* Runs all chunks, on several threads where there is much to do. */
void tg_run_chunks(const tg_call *call, tg_run *run);

#endif

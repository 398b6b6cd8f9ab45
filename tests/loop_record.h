/* What the tests of cut loops share: a loop that writes down how it was run. */
#ifndef LOOP_RECORD_H
#define LOOP_RECORD_H

#include "parallel.h"
#include "support.h"

#include <pthread.h>

/* A cost that pays for as many threads as there are. */
static const double DEAR = 1e12;

enum { MOST = 1000 };

/* How often each index was done, and by whom each piece was. */
typedef struct record {
    size_t grain;
    int done[MOST];
    pthread_mutex_t lock;
    pthread_t thread[MOST];
    size_t first[MOST], pieces;
} record;

void start(record *r, size_t grain);
/* A tg_piece; the loop is a record. */
void note(void *loop, size_t first, size_t last);
/* How many threads n should make: one in a build without threads. */
size_t expected_threads(size_t n);

#endif

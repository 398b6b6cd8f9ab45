#include "loop_record.h"

#include <string.h>

void start(record *r, size_t grain)
{
    memset(r, 0, sizeof *r);
    r->grain = grain;
    pthread_mutex_init(&r->lock, NULL);
}

void note(void *loop, size_t first, size_t last)
{
    record *r = loop;

    for (size_t i = first; i < last; i++)
        r->done[i]++;
    pthread_mutex_lock(&r->lock);
    r->first[r->pieces] = first;
    r->thread[r->pieces++] = pthread_self();
    pthread_mutex_unlock(&r->lock);
}

size_t expected_threads(size_t n)
{
    return tg_threads() > 1 ? n : 1;
}

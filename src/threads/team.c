#define _POSIX_C_SOURCE 200809L /* getpid */
#include "team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { MOST_THREADS = 256, SPARE = 8, ROOM = 2 * MOST_THREADS + SPARE };

static void *pass(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* Can n threads be started? Tries with many more, all alive at once: those of
 * the trial may count for a moment after they were joined, and some should be
 * left to the program. */
static bool can_start(size_t n)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread[ROOM];
    size_t wanted = 2 * n + SPARE, started = 0;

    pthread_mutex_lock(&gate);
    while (started < wanted &&
           pthread_create(&thread[started], NULL, pass, &gate) == 0)
        started++;
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pthread_mutex_destroy(&gate);
    return started == wanted;
}

/* Only the process that first had a team has the runtime's threads. */
static bool is_forked(void)
{
    static atomic_long owner;
    long none = 0, self = (long)getpid();

    return !atomic_compare_exchange_strong(&owner, &none, self) && none != self;
}

/* The runtime keeps a team for each thread that had one; one that is smaller
 * than the last ends the threads that are left over. */
size_t tg_team(size_t n)
{
    static _Thread_local size_t last;
    static _Thread_local bool refused;

    n = n < MOST_THREADS ? n : MOST_THREADS;
    if (n <= 1 || refused || is_forked())
        return 1;
    refused = n > last && !can_start(n - 1);
    if (refused)
        return 1;
    last = n;
    return n;
}

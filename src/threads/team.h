/* How many threads a loop may have without harm to the process. */
#ifndef TINYGRAD_TEAM_H
#define TINYGRAD_TEAM_H

#include <stddef.h>

/* n; or 1 where so many threads cannot be had, or after a fork. An OpenMP
 * runtime ends the process if it cannot start a thread, and waits for ever, in
 * a child, for those that only the parent has. The caller asks right before
 * each parallel region of its own, and then has one of that size. */
size_t tg_team(size_t n);

#endif

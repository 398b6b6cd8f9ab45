#define _XOPEN_SOURCE 700 /* SA_RESETHAND */
#include "interrupt.h"

#include "program/program.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static volatile sig_atomic_t noted;

static void note(int signal_number)
{
    (void)signal_number;
    noted = 1;
}

bool interrupt_watch(void)
{
    struct sigaction action = {.sa_handler = note,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};

    sigemptyset(&action.sa_mask);
    if (sigaction(SIGINT, &action, NULL) == 0 &&
        sigaction(SIGTERM, &action, NULL) == 0)
        return true;
    return refuse("signals: %s", strerror(errno));
}

bool interrupted(void)
{
    return noted != 0;
}

/* SIGINT and SIGTERM as a wish to end soon. */
#ifndef LENET_FASHION_INTERRUPT_H
#define LENET_FASHION_INTERRUPT_H

#include <stdbool.h>

/* From now on a first signal is only noted; a second one ends the process. */
bool interrupt_watch(void);
bool interrupted(void);

#endif

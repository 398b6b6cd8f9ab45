/* The system calls that saves and loads make, in hands of the test: this
 * program's definitions stand before the C library's. While they are watched,
 * each is written down, and the k-th does something else. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum trouble {
    FAIL,  /* -1 and error; a close has closed all the same */
    LEAVE, /* the process ends there and then */
    END,   /* if it is a read, it finds no more bytes */
    SHORT  /* every read and write takes a byte */
} trouble;

/* From now on: call k (1 is the first; 0: none) meets the trouble. */
void watch_calls(size_t k, trouble t, int error);
/* Ends it; how many calls there were. */
size_t unwatch_calls(void);
/* "open", "fstat", ... of call k, 1 to the number of calls. */
const char *call_name(size_t k);
/* What its descriptor was opened as, or its path: the last 63 bytes of it. */
const char *call_path(size_t k);
/* How many descriptors were opened and not closed while watched. */
int open_calls(void);

#endif

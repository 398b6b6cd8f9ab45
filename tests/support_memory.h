/* The turns of the counting allocator around each test, for the runner. */
#ifndef SUPPORT_MEMORY_H
#define SUPPORT_MEMORY_H

void begin_counting(void); /* installs it, with every counter at 0 */
void end_counting(void);   /* fails the test if anything is left */

#endif

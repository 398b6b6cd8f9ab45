/* Prints which set of kernels this machine runs. */
#include "kernels.h"

#include <stdio.h>

int main(void)
{
    puts(tg_kernels_best()->name);
    return 0;
}

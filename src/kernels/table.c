/* The table of one type and one instruction set. */
#include "kernel.h"

#define FIELD(name, arguments, ...) .name = KERNEL(name),
const TG_PASTE(kernels, TG_TYPE) KERNEL(table) = {TG_KERNELS(FIELD, real)};

/* libtinygrad: reverse-mode automatic differentiation for C and C++.
 * This header includes the whole library; see the parts for the manual. */
#ifndef TINYGRAD_H
#define TINYGRAD_H

#include <tinygrad/data.h>
#include <tinygrad/error.h>
#include <tinygrad/graph.h>
#include <tinygrad/inspect.h>
#include <tinygrad/io.h>
#include <tinygrad/memory.h>
#include <tinygrad/nn.h>
#include <tinygrad/ops.h>
#include <tinygrad/optim.h>
#include <tinygrad/tensor.h>
#include <tinygrad/threads.h>

#endif

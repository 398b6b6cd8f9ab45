#!/usr/bin/python3
"""Writes images.h: what PyTorch says of convolution and pooling.

For each case: the result y, the gradients of sum(u y) with fixed weights u, and
the gradients of the sum over inputs of sum(v_i dx_i) with fixed weights v. The
inputs are fixed too, and hold equal numbers, so that ties are met. In f64. Run
it with Debian's python3-torch, here: ./images.py > images.h
"""
import torch
import torch.nn.functional as F

# shapes of x and w, whether with a bias; stride, padding, dilation, groups
CONV2D = [
    ((1, 1, 3, 4), (1, 1, 1, 2), False, (1, 1), (0, 0), (1, 1), 1),
    ((2, 2, 4, 3), (2, 2, 3, 2), True, (1, 2), (1, 0), (1, 1), 1),
    ((1, 4, 3, 3), (4, 2, 2, 1), True, (2, 1), (0, 1), (1, 1), 2),
    ((1, 3, 4, 4), (3, 1, 2, 2), False, (1, 1), (1, 1), (2, 3), 3),
    ((1, 2, 5, 5), (1, 2, 5, 5), True, (3, 2), (2, 2), (1, 1), 1),
]
# the same and, last, output_padding
TRANSPOSED = [
    ((1, 1, 2, 3), (1, 1, 2, 2), False, (2, 2), (0, 0), (1, 1), 1, (0, 0)),
    ((2, 2, 2, 2), (2, 1, 3, 2), True, (2, 1), (1, 0), (1, 1), 1, (1, 0)),
    ((1, 4, 2, 2), (4, 1, 2, 1), True, (1, 3), (0, 0), (2, 1), 2, (1, 2)),
]
# shape of x; kernel, stride, padding
POOLS = [
    ((1, 2, 4, 4), (2, 2), (2, 2), (0, 0)),
    ((2, 1, 5, 4), (3, 2), (2, 1), (1, 1)),
    ((1, 1, 5, 7), (2, 3), (1, 2), (0, 1)),
]


def numbers(shape, seed):
    """The same in C and here."""
    count = int(torch.tensor(shape, dtype=torch.int64).prod())
    values = [((seed * 7 + i * 5) % 11 - 5) / 3 + 0.1 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def c_array(values):
    return "{%s}" % ", ".join("%.17g" % (v + 0.0) for v in values)


def flat(tensor):
    return c_array(tensor.detach().reshape(-1).tolist())


def derivatives(function, inputs):
    for x in inputs:
        x.requires_grad_(True)
    y = function(*inputs)
    u = numbers(y.shape, 4)
    first = torch.autograd.grad((u * y).sum(), inputs, create_graph=True)
    mixed = sum((numbers(d.shape, 5 + i) * d).sum()
                for i, d in enumerate(first))
    second = [None] * len(inputs)
    if mixed.requires_grad:
        second = torch.autograd.grad(mixed, inputs, allow_unused=True)
    second = [torch.zeros_like(x) if s is None else s
              for x, s in zip(inputs, second)]
    return y, first, second


def put(op, options, function, shapes):
    inputs = [numbers(shape, i + 1) for i, shape in enumerate(shapes)]
    y, first, second = derivatives(function, inputs)
    print('    {"%s", %d, {%s}, %s,' % (
        op, len(shapes), ", ".join("{%d, %s}" % (len(s), c_array(s))
                                   for s in shapes), options))
    print("     {%d, %s}, %s," % (y.dim(), c_array(y.shape), flat(y)))
    print("     {%s},\n     {%s}}," % (", ".join(map(flat, first)),
                                       ", ".join(map(flat, second))))


def conv_options(stride, padding, dilation, groups, more=(0, 0)):
    return "{{%s, %s, %s, %d, %s}, {{0}, {0}, {0}}}" % (
        c_array(stride), c_array(padding), c_array(dilation), groups,
        c_array(more))


print("/* Written by images.py from PyTorch %s. */" % torch.__version__)
print("/* clang-format off */")
print("static const image_reference image_references[] = {")
for x, w, bias, stride, padding, dilation, groups in CONV2D:
    put("conv2d", conv_options(stride, padding, dilation, groups),
        lambda *t: F.conv2d(*t, stride=stride, padding=padding,
                            dilation=dilation, groups=groups),
        [x, w] + [(w[0],)] * bias)
for x, w, bias, stride, padding, dilation, groups, more in TRANSPOSED:
    put("conv_transpose2d",
        conv_options(stride, padding, dilation, groups, more),
        lambda *t: F.conv_transpose2d(*t, stride=stride, padding=padding,
                                      dilation=dilation, groups=groups,
                                      output_padding=more),
        [x, w] + [(w[1] * groups,)] * bias)
for op, function in [("max_pool2d", F.max_pool2d), ("avg_pool2d",
                                                    F.avg_pool2d)]:
    for x, kernel, stride, padding in POOLS:
        put(op, "{{{0}, {0}, {0}, 0, {0}}, {%s, %s, %s}}" % tuple(
                map(c_array, (kernel, stride, padding))),
            lambda t: function(t, kernel, stride, padding), [x])
print("};")
print("/* clang-format on */")

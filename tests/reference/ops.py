#!/usr/bin/python3
"""Writes ops.h: what PyTorch says of every op, with both derivatives.

For each op: its inputs, y, the gradients of sum(u y) with fixed weights u, and
the gradients of sum over inputs of sum(v_i dx_i) with fixed weights v. In f64.
Run it with Debian's python3-torch, here: ./ops.py > ops.h
"""
import torch
import torch.nn.functional as F

# name: function, shapes of its inputs (those of tests/samples.c)
OPS = {
    "add": (lambda a, b: a + b, (2, 1), (3,)),
    "sub": (lambda a, b: a - b, (2, 1), (3,)),
    "mul": (lambda a, b: a * b, (2, 1), (3,)),
    "div": (lambda a, b: a / b, (2, 1), (3,)),
    "add_scalar": (lambda x: x + 0.7, (2, 3)),
    "mul_scalar": (lambda x: x * 0.7, (2, 3)),
    "neg": (lambda x: -x, (2, 3)),
    "abs": (lambda x: x.abs(), (2, 3)),
    "square": (lambda x: x * x, (2, 3)),
    "sum": (lambda x: x.sum(), (2, 3)),
    "mean": (lambda x: x.mean(), (2, 3)),
    "sum_axes": (lambda x: x.sum(0, keepdim=True), (2, 3)),
    "reshape": (lambda x: x.reshape(3, 2), (2, 3)),
    "transpose": (lambda x: x.transpose(-1, -2), (2, 3)),
    "broadcast_to": (lambda x: x.expand(2, 2, 3), (2, 3)),
    "slice": (lambda x: x[:, ::2], (2, 3)),
    "pad": (lambda x: F.pad(x, (0, 0, 1, 2), value=5.0), (2, 3)),
    "flip": (lambda x: x.flip(0, 1), (2, 3)),
    "matmul": (lambda a, b: a @ b, (2, 3), (3, 4)),
    "corr2d": (lambda x, k: F.conv2d(x[None, None], k[None, None])[0, 0],
               (5, 6), (2, 3)),
    "detach": (lambda x: x * x.detach(), (2, 3)),
}


def numbers(shape, seed):
    """Thirds of whole numbers, none near 0, the same in C and here."""
    count = int(torch.tensor(shape, dtype=torch.int64).prod())
    values = [((seed * 7 + i * 5) % 11 - 5) / 3 + 0.1 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def c_array(tensor):
    values = (tensor.detach() + 0.0).reshape(-1).tolist()
    return "{%s}" % ", ".join("%.17g" % v for v in values)


def second(grads, inputs):
    mixed = sum((numbers(tuple(d.shape), 5 + i) * d).sum()
                for i, d in enumerate(grads))
    if not mixed.requires_grad:
        return [torch.zeros_like(x) for x in inputs]
    found = torch.autograd.grad(mixed, inputs, allow_unused=True)
    return [torch.zeros_like(x) if d is None else d
            for d, x in zip(found, inputs)]


print("/* Written by ops.py with PyTorch %s. */" % torch.__version__)
print("/* clang-format off */")
print("static const op_reference op_references[] = {")
for name, (fn, *shapes) in OPS.items():
    inputs = [numbers(s, i + 1).requires_grad_() for i, s in enumerate(shapes)]
    y = fn(*inputs)
    grads = torch.autograd.grad((numbers(tuple(y.shape), 3) * y).sum(), inputs,
                                create_graph=True)
    print('    {"%s",' % name)
    print("     %s," % c_array(y))
    for tensors in (inputs, grads, second(grads, inputs)):
        print("     {%s}," % ", ".join(map(c_array, tensors)))
    print("    },")
print("};")
print("/* clang-format on */")

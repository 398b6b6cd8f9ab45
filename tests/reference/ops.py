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
    "maximum": (lambda a, b: torch.maximum(a, b), (2, 1), (3,)),
    "minimum": (lambda a, b: torch.minimum(a, b), (2, 1), (3,)),
    "where": (lambda a, b: torch.where(a.argmax(0) != 0, a, b),
        (2, 3), (3,)),
    "pow_scalar": (lambda x: x ** 3, (2, 3)),
    "sqrt": (lambda x: x.abs().sqrt(), (2, 3)),
    "exp": (lambda x: x.exp(), (2, 3)),
    "log": (lambda x: x.abs().log(), (2, 3)),
    "sin": (lambda x: x.sin(), (2, 3)),
    "cos": (lambda x: x.cos(), (2, 3)),
    "tanh": (lambda x: x.tanh(), (2, 3)),
    "sigmoid": (lambda x: x.sigmoid(), (2, 3)),
    "relu": (lambda x: x.relu(), (2, 3)),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.2), (2, 3)),
    "gelu": (lambda x: F.gelu(x), (2, 3)),
    "silu": (lambda x: F.silu(x), (2, 3)),
    "softplus": (lambda x: F.softplus(x), (2, 3)),
    "clamp": (lambda x: x.clamp(-1, 0.5), (2, 3)),
    "mean_axes": (lambda x: x.mean(1), (2, 3)),
    "var_axes": (lambda x: x.var(1, keepdim=True), (2, 3)),
    "max_axes": (lambda x: x.amax(1, keepdim=True), (2, 3)),
    "min_axes": (lambda x: x.amin(0), (2, 3)),
    "logsumexp": (lambda x: x.logsumexp(1), (2, 3)),
    "softmax": (lambda x: x.softmax(0), (2, 3)),
    "log_softmax": (lambda x: x.log_softmax(1), (2, 3)),
    "cross_entropy": (lambda x: F.cross_entropy(x, x.argmax(1)), (2, 3)),
    "mse_loss": (lambda x, t: F.mse_loss(x, t), (2, 3), (2, 3)),
    "bce_with_logits": (lambda x, t: F.binary_cross_entropy_with_logits(x, t),
        (2, 3), (2, 3)),
    "layer_norm": (lambda x, w: F.layer_norm(x, (3,), w, w), (2, 3), (3,)),
    "batch_norm": (lambda x, w: F.batch_norm(x, None, None, w, w, training=True),
        (4, 2), (2,)),
    "permute": (lambda x: x.permute(2, 0, 1), (2, 3, 2)),
    "concat": (lambda a, b: torch.cat([a, b], 1), (2, 3), (2, 1)),
    "take": (lambda x: x[x.argmax(0)], (2, 3)),
    "matmul_batches": (lambda a, b: a @ b, (2, 1, 3), (3, 2)),
    "matmul_vector": (lambda a, b: a @ b, (3,), (2, 3, 2)),
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
    "linear": (lambda x, w: F.linear(x, w, x), (3,), (3, 3)),
    "corr2d": (lambda x, k: F.conv2d(x[None, None], k[None, None])[0, 0],
               (5, 6), (2, 3)),
    "detach": (lambda x: x * x.detach(), (2, 3)),
    "conv2d": (lambda x, w: F.conv2d(x, w, padding=(1, 0)),
               (1, 2, 3, 4), (2, 2, 2, 3)),
    "conv_transpose2d": (lambda x, w: F.conv_transpose2d(x, w, stride=(2, 1)),
                         (1, 2, 2, 3), (2, 1, 2, 2)),
    "max_pool2d": (lambda x: F.max_pool2d(x, 2), (1, 2, 4, 3)),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, 2), (1, 2, 4, 3)),
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

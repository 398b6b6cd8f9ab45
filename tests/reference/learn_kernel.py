#!/usr/bin/python3
"""Writes learn_kernel.h: how PyTorch learns the chapter's edge kernel.

The 6x8 image with black columns 2 to 5, Y its cross-correlation with [1, -1],
loss = sum((Yhat - Y)^2), ten steps at 3e-2 in f32, from a stated kernel. Run it
with Debian's python3-torch, here: ./learn_kernel.py > learn_kernel.h
"""
import torch

STARTS = [[0.0, 0.0], [0.3, -0.2], [-0.5, 0.75]]
STEPS, RATE = 10, 3e-2


def corr2d(x, k):
    return torch.nn.functional.conv2d(x[None, None], k[None, None])[0, 0]


def learn(start):
    x = torch.ones((6, 8))
    x[:, 2:6] = 0
    y = corr2d(x, torch.tensor([[1.0, -1.0]]))
    k = torch.tensor([start], requires_grad=True)
    for _ in range(STEPS):
        loss = ((corr2d(x, k) - y) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            k -= RATE * k.grad
            k.grad.zero_()
        yield loss.item(), *k.detach()[0].tolist()


print("/* Written by learn_kernel.py with PyTorch %s. */" % torch.__version__)
print("/* clang-format off */")
print("/* Of each step: the loss before it and the kernel after it. */")
print("static const trajectory trajectories[] = {")
for start in STARTS:
    print("    {{%.9g, %.9g}, {" % tuple(start))
    for row in learn(start):
        print("        {%.9g, {%.9g, %.9g}}," % row)
    print("    }},")
print("};")
print("/* clang-format on */")

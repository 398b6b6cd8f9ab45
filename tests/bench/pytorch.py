#!/usr/bin/env python3
"""The workloads of this folder in PyTorch: `pytorch.py WORKLOAD MODE NUMBERS...
[--seconds S] [--cpu-time] [--tiny]` prints what the program of that name does (bench.h)."""

import os
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
TINY, CLOCK = False, time.perf_counter


def tensor(shape, seed, grad=False, scale=1.0):
    """bench_fill's numbers; only --tiny compares results, so that larger
    tensors take torch's own generator, which is faster than a Python loop."""
    n = 1
    for extent in shape:
        n *= extent
    if n > 300000:
        x = torch.rand(n, generator=torch.Generator().manual_seed(seed)) - 0.5
    else:
        numbers, state = [], seed
        for _ in range(n):
            state = (state * 1664525 + 1013904223) % 2**32
            numbers.append((state >> 8) / 16777216.0 - 0.5)
        x = torch.tensor(numbers)
    return (x.view(*shape) * scale).requires_grad_(grad)


def total(x):
    x = x.detach().double().reshape(-1)
    return float((x * (1 + torch.arange(x.numel()) % 7)).sum())


def learn_kernel(mode):
    x = torch.tensor([[float(j < 2 or j > 5) for j in range(8)]] * 6)
    y = torch.tensor([[float((j == 1) - (j == 5)) for j in range(7)]] * 6)
    x, y = x.view(1, 1, 6, 8), y.view(1, 1, 6, 7)
    k = tensor((1, 1, 1, 2), 1, True)

    def step():
        loss = ((F.conv2d(x, k) - y) ** 2).sum()
        k.grad = None
        loss.backward()
        with torch.no_grad():
            k.sub_(k.grad, alpha=0.03)

    return step, lambda: total(k), 1e6, "us"


def with_gradients(forward, leaves, dy, mode, check):
    """A step that computes forward() and, in mode gradients, the gradients."""
    last = {}

    def step():
        last["y"] = y = forward()
        if mode == "gradients":
            last["slopes"] = torch.autograd.grad(y, leaves, dy)

    return step, lambda: check(last["y"], last.get("slopes", ())), 1e3, "ms"


def plain_sum(y, slopes):
    return total(y) + sum(total(s) for s in slopes)


def corr2d(mode, size, k):
    grad = mode == "gradients"
    x = tensor((1, 1, size, size), 1, grad)
    w = tensor((1, 1, k, k), 2, grad)
    dy = tensor((1, 1, size - k + 1, size - k + 1), 3)
    return with_gradients(lambda: F.conv2d(x, w), (x, w), dy, mode, plain_sum)


def conv2d(mode, n, c, o, size, k, stride, padding):
    grad = mode == "gradients"
    m = (size + 2 * padding - k) // stride + 1
    x, w = tensor((n, c, size, size), 1, grad), tensor((o, c, k, k), 2, grad)
    b, dy = tensor((o,), 3, grad), tensor((n, o, m, m), 4)
    return with_gradients(
        lambda: F.conv2d(x, w, b, stride, padding), (x, w, b), dy, mode, plain_sum
    )


def squares(mode, n):
    a, b = tensor((n,), 1, True), tensor((n,), 2, True)
    return with_gradients(
        lambda: torch.square(a - b).sum(),
        (a, b),
        None,
        "gradients",
        lambda y, s: float(y) + total(s[0]) + 2 * total(s[1]),
    )


def matmul(mode, n):
    a, b, dc = tensor((n, n), 1, True), tensor((n, n), 2, True), tensor((n, n), 3)
    return with_gradients(
        lambda: a @ b,
        (a, b),
        dc,
        "gradients",
        lambda c, s: total(c) + total(s[0]) + 2 * total(s[1]),
    )


def training(mode, n, x, shapes, logits):
    parameters = []
    for shape, outputs, fan_in in shapes:
        seed, scale = 10 + len(parameters), 2 / fan_in**0.5
        parameters.append(tensor(shape, seed, True, scale))
        parameters.append(tensor((outputs,), seed + 1, True, scale))
    labels = torch.arange(n) % 10
    descent = torch.optim.SGD(parameters, lr=0.01)
    last = {}

    def step():
        descent.zero_grad(set_to_none=True)
        last["loss"] = loss = F.cross_entropy(logits(x, parameters), labels)
        loss.backward()
        descent.step()

    if mode == "memory":
        for _ in range(10):
            step()
        return None, lambda: 0 if TINY else peak_memory(), 1, "MB"
    return (
        step,
        lambda: float(last["loss"]) + sum(total(p) for p in parameters),
        1e3,
        "ms",
    )


def peak_memory():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024e-6


def lenet(mode, n):
    def logits(x, p):
        x = F.avg_pool2d(F.relu(F.conv2d(x, p[0], p[1], padding=2)), 2)
        x = F.avg_pool2d(F.relu(F.conv2d(x, p[2], p[3])), 2).flatten(1)
        x = F.relu(torch.addmm(p[5], x, p[4]))
        x = F.relu(torch.addmm(p[7], x, p[6]))
        return torch.addmm(p[9], x, p[8])

    shapes = (
        ((6, 1, 5, 5), 6, 25),
        ((16, 6, 5, 5), 16, 150),
        ((400, 120), 120, 400),
        ((120, 84), 84, 120),
        ((84, 10), 10, 84),
    )
    return training(mode, n, tensor((n, 1, 28, 28), 1), shapes, logits)


def mlp(mode, n):
    def logits(x, p):
        return torch.addmm(p[3], F.relu(torch.addmm(p[1], x, p[0])), p[2])

    shapes = (((784, 256), 256, 784), ((256, 10), 10, 256))
    return training(mode, n, tensor((n, 784), 1), shapes, logits)


def median_seconds(step, seconds):
    """As bench_seconds does it."""
    clock, calls, times = CLOCK, 0, []
    start = clock()
    while calls < 1 or (calls < 3 and clock() - start < 2 * seconds):
        once = clock()
        step()
        once = clock() - once
        calls += 1
    calls = 1 + int(seconds / 500 / once)
    start = clock()
    while len(times) < 3 and clock() - start < 5 * seconds or (
        clock() - start < seconds or not times
    ):
        batch = clock()
        for _ in range(calls):
            step()
        times.append((clock() - batch) / calls)
    return sorted(times)[len(times) // 2]


def main(arguments):
    global TINY, CLOCK
    seconds, words = 0.3, []
    while arguments:
        word = arguments.pop(0)
        if word == "--tiny":
            TINY = True
        elif word == "--cpu-time":
            CLOCK = time.process_time
        elif word == "--seconds":
            seconds = float(arguments.pop(0))
        else:
            words.append(word)
    numbers = [int(w) for w in words if w[0].isdigit()]
    mode = ([w for w in words[1:] if not w[0].isdigit()] or [""])[0]
    step, check, scale, unit = globals()[words[0]](mode, *numbers)
    if TINY:
        if step is not None:
            step()
        figure, unit = check(), "check"
    else:
        figure = check() if step is None else scale * median_seconds(step, seconds)
    print("pytorch_%s %.9g %s" % ("_".join(words), figure, unit))


main(sys.argv[1:])

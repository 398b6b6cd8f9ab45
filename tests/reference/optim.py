#!/usr/bin/python3
"""Writes optim.h: where PyTorch's optimisers are after 100 steps.

loss = sum(a sin(w) + b w^2), to which from step 50 on sum(a sin(v) + b v^2) is
added, so that v has no gradient before; in f64. Run it with Debian's
python3-torch, here: ./optim.py > optim.h
"""
import torch

COUNT, STEPS, LATE = 5, 100, 50
# name, class, settings; lr, momentum or beta1, beta2, eps, decay, nesterov
RUNS = [
    ("sgd", torch.optim.SGD, dict(lr=0.05)),
    ("sgd", torch.optim.SGD, dict(lr=0.05, weight_decay=0.1)),
    ("sgd", torch.optim.SGD, dict(lr=0.02, momentum=0.9)),
    ("sgd", torch.optim.SGD, dict(lr=0.02, momentum=0.8, weight_decay=0.05,
                                  nesterov=True)),
    ("adam", torch.optim.Adam, dict()),
    ("adam", torch.optim.Adam, dict(lr=0.03, betas=(0.8, 0.95), eps=1e-3,
                                    weight_decay=0.1)),
    ("adamw", torch.optim.AdamW, dict(weight_decay=0)),
    ("adamw", torch.optim.AdamW, dict(lr=0.03, betas=(0.7, 0.9), eps=1e-2,
                                      weight_decay=0.2)),
]


def numbers(seed):
    """The same in C and here."""
    values = [((seed * 7 + i * 5) % 11 - 5) / 3 + 0.1 for i in range(COUNT)]
    return torch.tensor(values, dtype=torch.float64)


def run(make, settings):
    w, v = numbers(1).requires_grad_(), numbers(2).requires_grad_()
    a, b = numbers(3), numbers(4).abs()
    optim = make([w, v], **settings)
    for step in range(STEPS):
        optim.zero_grad(set_to_none=step < LATE)
        loss = (a * w.sin() + b * w * w).sum()
        if step >= LATE:
            loss = loss + (a * v.sin() + b * v * v).sum()
        loss.backward()
        optim.step()
    return w.tolist() + v.tolist()


def c_array(values):
    return "{%s}" % ", ".join("%.17g" % v for v in values)


def c_settings(s):
    betas = s.get("betas", (0, 0))
    return c_array([s.get("lr", 0), s.get("momentum", 0), betas[0], betas[1],
                    s.get("eps", 0), s.get("weight_decay", 0),
                    s.get("nesterov", 0)])


print("/* Written by optim.py from PyTorch %s. */" % torch.__version__)
print("/* clang-format off */")
print("static const optim_run optim_runs[] = {")
for name, make, settings in RUNS:
    print('    {"%s", %s,\n     %s},' % (name, c_settings(settings),
                                        c_array(run(make, settings))))
print("};")
print("/* clang-format on */")

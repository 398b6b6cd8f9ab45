#!/usr/bin/python3
"""What PyTorch makes of examples/char_gpt's model, with Debian's python3-torch.

  ./char_gpt.py settings > char_gpt.txt
says what is trained;
  ./char_gpt.py train 4000 1 2 >> char_gpt.txt
trains it for 4000 steps from seeds 1 and 2 and prints the losses on the words
held out, per character (some minutes each);
  ./char_gpt.py tiny > char_gpt.h
writes char_gpt/weights.safetensors, a tiny model, and the loss and gradients
(char_gpt/gradients.safetensors) that it has on some words, in f64.

The words, which of them are held out, the model, how it starts, the optimiser
and its schedule are the example's. Drawn otherwise are the numbers that the
model starts from and the order of words.
"""
import argparse
import math
import pathlib
import re
import sys

import torch
from torch import nn
from torch.nn import functional

sys.dont_write_bytecode = True
from checkpoint import pack

HERE = pathlib.Path(__file__).resolve().parent / "char_gpt"
WORDS = "/usr/share/dict/words"
BLOCK, SYMBOLS = 16, 27
SETTINGS = dict(layers=3, heads=4, width=64, batch=64, lr=0.003, warmup=100,
                decay=0.01, clip=1)


# ---------------------------------------------------------------- words

def philox(key, counter):
    """The first word of a block; see src/core/random.c."""
    low, high = 0xffffffff, 32
    c = [counter & low, counter >> high, 0, 0]
    k = [key & low, key >> high]
    for _ in range(10):
        p, q = 0xd2511f53 * c[0], 0xcd9e8d57 * c[2]
        c = [q >> high ^ c[1] ^ k[0], q & low, p >> high ^ c[3] ^ k[1], p & low]
        k = [k[0] + 0x9e3779b9 & low, k[1] + 0xbb67ae85 & low]
    return c[0] | c[1] << high


class Draws:
    def __init__(self, seed):
        self.seed, self.counter = seed, 0

    def below(self, n):
        while True:
            word = philox(self.seed, self.counter)
            self.counter += 1
            if word >= 2 ** 64 % n:
                return word % n


def read_words():
    with open(WORDS, encoding="utf-8") as file:
        lines = file.read().split("\n")
    return sorted({w for w in lines if re.fullmatch("[a-z]{1,15}", w)})


def split(words, seed):
    order, draws = list(range(len(words))), Draws(seed)
    held_out = len(words) // 10
    for i in range(held_out):
        j = i + draws.below(len(words) - i)
        order[i], order[j] = order[j], order[i]
    hidden = set(order[:held_out])
    return ([w for i, w in enumerate(words) if i not in hidden],
            [words[i] for i in sorted(hidden)])


def tokens(words, block):
    return torch.tensor([[0] + [ord(c) - 96 for c in word] +
                         [0] * (block - len(word)) for word in words])


# ---------------------------------------------------------------- model

class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.mix = nn.Linear(width, width), nn.Linear(width, width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def attention(self, x, mask):
        n, t, c = x.shape
        q, k, v = (f(x).view(n, t, self.heads, -1).transpose(1, 2)
                   for f in (self.query, self.key, self.value))
        scores = q @ k.transpose(2, 3) / math.sqrt(c // self.heads) + mask
        mixed = scores.softmax(-1) @ v
        return self.mix(mixed.transpose(1, 2).reshape(n, t, c))

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        return x + self.narrow(functional.gelu(self.widen(self.norm2(x))))


class Model(nn.Module):
    def __init__(self, layers, heads, width, block):
        super().__init__()
        self.token = nn.Embedding(SYMBOLS, width)
        self.position = nn.Embedding(block, width)
        self.blocks = ["block%d" % i for i in range(layers)]
        for name in self.blocks:
            self.add_module(name, Block(width, heads))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, SYMBOLS)
        self.mask = torch.full((block, block), -math.inf).triu(1)

    def forward(self, inputs):
        x = self.token(inputs) + self.position.weight
        for name in self.blocks:
            x = getattr(self, name)(x, self.mask.to(x.dtype))
        return self.head(self.norm(x))


def loss_of(model, rows):
    """The mean over letters and ends, and their number: padding is left out."""
    inputs, labels = rows[:, :-1], rows[:, 1:].clone()
    labels[:, 1:][inputs[:, 1:] == 0] = -100
    loss = functional.cross_entropy(model(inputs).flatten(0, 1),
                                    labels.flatten())
    return loss, (labels >= 0).sum().item()


# ------------------------------------------------------------- training

def rate(o, step, steps):
    if step < o.warmup:
        return o.lr * (step + 1) / o.warmup
    done = (step - o.warmup) / (steps - o.warmup)
    return o.lr * 0.5 * (1 + math.cos(math.pi * done))


def batches(rows, size):
    while True:
        for chosen in torch.randperm(len(rows)).split(size):
            yield rows[chosen]


def validation(model, rows):
    with torch.no_grad():
        losses = [loss_of(model, part) for part in rows.split(256)]
    return sum(m * n for m, n in losses) / sum(n for _, n in losses)


def train(o, words, steps, seed):
    torch.manual_seed(seed)
    learned, held_out = (tokens(w, BLOCK) for w in split(words, seed))
    model = Model(o.layers, o.heads, o.width, BLOCK)
    adamw = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.99),
                              weight_decay=o.decay)
    for step, rows in zip(range(steps), batches(learned, o.batch)):
        adamw.param_groups[0]["lr"] = rate(o, step, steps)
        adamw.zero_grad()
        loss_of(model, rows)[0].backward()
        nn.utils.clip_grad_norm_(model.parameters(), o.clip)
        adamw.step()
        if (step + 1) % 250 == 0:
            print("step", step + 1, "of", steps, file=sys.stderr, flush=True)
    return validation(model, held_out)


def settings():
    print("pytorch", torch.__version__)
    print("words", len(read_words()))
    print("settings", *("--%s %g" % item for item in SETTINGS.items()))


def train_all(steps, seeds):
    torch.set_num_threads(1)
    words = read_words()
    for seed in seeds:
        loss = train(argparse.Namespace(**SETTINGS), words, steps, seed)
        print("steps %d seed %d loss %.5f" % (steps, seed, loss), flush=True)


# ----------------------------------------------------- weights of a model

def tiny():
    sizes = dict(layers=2, heads=2, width=8, block=6)
    words = ["a", "apple", "bees", "it", "zebra", "ox"]
    torch.manual_seed(1)
    model = Model(**sizes)
    for name, p in model.named_parameters():
        if "norm" in name: # or else all are 1 and 0
            nn.init.uniform_(p, 0.5, 1.5)
    HERE.mkdir(exist_ok=True)
    (HERE / "weights.safetensors").write_bytes(pack(model.state_dict()))
    model.double()
    loss, characters = loss_of(model, tokens(words, sizes["block"]))
    loss.backward()
    (HERE / "gradients.safetensors").write_bytes(
        pack({name: p.grad for name, p in model.named_parameters()}))
    print("/* Written by char_gpt.py with PyTorch %s. */" % torch.__version__)
    print("/* clang-format off */")
    print("static const gpt_sizes sizes = {%s, .symbols = %d};" % (
        ", ".join(".%s = %d" % item for item in sizes.items()), SYMBOLS))
    print("static const int64_t characters = %d;" % characters)
    print("static const double loss = %.17g;" % loss.item())
    rows = tokens(words, sizes["block"])
    print("static const int64_t tokens[%d][%d] = {" % rows.shape)
    for row in rows.tolist():
        print("    {%s}," % ", ".join(map(str, row)))
    print("};")
    print("/* clang-format on */")


if sys.argv[1:] == ["tiny"]:
    tiny()
elif sys.argv[1:] == ["settings"]:
    settings()
elif sys.argv[1:2] == ["train"] and len(sys.argv) > 3:
    train_all(int(sys.argv[2]), map(int, sys.argv[3:]))
else:
    sys.exit(__doc__)

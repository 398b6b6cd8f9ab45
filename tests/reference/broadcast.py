#!/usr/bin/python3
"""Writes broadcast.h: what NumPy says of every pair of these shapes.

Run it with Debian's python3-numpy, here: ./broadcast.py > broadcast.h
"""
import itertools

import numpy

SHAPES = [
    (), (0,), (1,), (2,), (3,), (4,), (1, 1), (1, 3), (3, 1), (2, 3), (0, 3),
    (3, 0), (1, 0), (1, 4), (1, 1, 4), (2, 3, 4), (2, 1, 4), (1, 3, 1),
    (2, 1, 0), (2, 1, 3, 1), (2, 3, 1, 4), (2, 1, 3, 1, 2), (1, 2, 1, 2, 1),
]


def shape_text(shape):
    return "{%d, {%s}}" % (len(shape), ", ".join(map(str, shape)) or "0")


def row(a, b):
    try:
        y = numpy.broadcast_shapes(a, b)
    except ValueError:
        return "    {%s, %s, false, {0, {0}}}," % (shape_text(a), shape_text(b))
    return "    {%s, %s, true, %s}," % tuple(map(shape_text, (a, b, y)))


print("/* Written by broadcast.py from NumPy %s. */" % numpy.__version__)
print("/* clang-format off */")
print("static const broadcast_pair broadcast_pairs[] = {")
for pair in itertools.product(SHAPES, repeat=2):
    print(row(*pair))
print("};")
print("/* clang-format on */")

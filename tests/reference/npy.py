#!/usr/bin/python3
"""Writes npy/*.npy by NumPy, for test_npy.c, which says what is in them.

Run it with Debian's python3-numpy, here: ./npy.py
"""
import pathlib
import numpy as np
from numpy.lib import format as npy

HERE = pathlib.Path(__file__).resolve().parent / "npy"
DESCRS = ["<f4", "<f8", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2",
          "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8"]
SHAPES = [(), (5,), (2, 3), (2, 3, 4)]


def numbers(descr, shape):
    """The k-th in row-major order; the same in C."""
    dtype = np.dtype(descr)
    k = np.arange(int(np.prod(shape)), dtype=np.int64) * 37 % 101
    if dtype.kind == "b":
        return (k % 2 == 1).reshape(shape)
    if dtype.kind == "f":
        return ((k - 50) / 8).astype(dtype).reshape(shape)
    size = 8 * dtype.itemsize
    if dtype.kind == "i":
        values = k * ((1 << (size - 1)) // 101) - (1 << (size - 2))
    else:
        values = k * ((1 << size) // 101)
    return values.astype(dtype).reshape(shape)


HERE.mkdir(exist_ok=True)
for descr in DESCRS:
    name = descr.replace("<", "le_").replace(">", "be_").replace("|", "")
    np.save(HERE / ("%s.npy" % name), numbers(descr, (2, 3)))
for shape in SHAPES:
    name = "x".join(map(str, shape)) or "scalar"
    np.save(HERE / ("c_%s.npy" % name), numbers("<f8", shape))
    if shape:
        np.save(HERE / ("fortran_%s.npy" % name),
                np.asfortranarray(numbers("<f8", shape)))
np.save(HERE / "empty.npy", np.zeros((3, 0, 2), "<f4"))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(HERE / ("version_%d.npy" % version[0]), "wb") as f:
        npy.write_array(f, numbers("<i8", (2, 3)), version=version)

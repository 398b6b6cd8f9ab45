#!/usr/bin/env python3
"""Writes files for the fuzzers to begin with: seeds.py FOLDER."""
import gzip
import json
import pathlib
import struct
import sys

FOLDER = pathlib.Path(sys.argv[1])


def write(parser, files):
    folder = FOLDER / parser
    folder.mkdir(parents=True, exist_ok=True)
    for i, content in enumerate(files):
        (folder / ("seed%02d" % i)).write_bytes(content)
    print(parser, len(files))


# ---- safetensors

def container(header, data=b"", pad=True):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text += b" " * (-len(text) % 8 if pad else 0)
    return struct.pack("<Q", len(text)) + text + data


def entries(*tensors):
    header, at = {}, 0
    for name, dtype, shape, size in tensors:
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [at, at + size]}
        at += size
    return container(header, bytes(range(at)))


WHOLE = [("w", "F32", [2, 3], 24), ("b", "F32", [2], 8),
         ("none", "F32", [2, 0], 0), ("d", "F64", [2], 16), ("n", "I64", [], 8)]


def safetensors():
    files = [entries(*WHOLE), entries(*WHOLE[::-1]), entries(),
             entries(WHOLE[0]), entries(*WHOLE, ("more", "U8", [3], 3)),
             container({"__metadata__": {"format": "pt", "a": "\u00e9\n"}}),
             container(b"  {} \n"), container(b"{}", b"x"), container(b"[]"),
             container(b'{"w":{}}'), container(b"{" * 20), b"", b"\x02",
             container(b'{"\\ud83d\\ude00":1}', pad=False),
             entries(("w", "F32", [3, 2], 24)), entries(("optim.w", "U8", [], 1)),
             entries(("w", "I64", [2, 3], 48)),
             entries(("w", "U8", [1] * 9, 1)),
             entries(("w", "F32", [2 ** 62, 8], 4))]
    for dtype, size in [("F16", 2), ("BF16", 2), ("F64", 8), ("F8_E4M3", 1)]:
        files.append(entries(("w", dtype, [2, 3], 6 * size)))
    return files


# ---- npy

def npy(descr, order, shape, size, version=1):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (
        descr, order, shape)
    text += " " * (-(len(text) + 11) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + \
        bytes(i % 256 for i in range(size))


def arrays():
    files = [npy(descr, False, (2, 3), 6 * int(descr[2])) for descr in
             ["<f4", "<f8", ">f4", ">f8", "|b1", "|i1", "|u1", "<i2", ">i2",
              "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8"]]
    files += [npy("<f4", True, (2, 3), 24), npy("<f4", True, (2, 3, 4), 96),
              npy("<f4", False, (), 4), npy("<f4", False, (5,), 20, 2),
              npy("<f4", False, (2, 0), 0, 3), npy("|O", False, (2,), 16),
              npy("<f4", False, (2 ** 62, 8), 8), npy("<f4", False, (9,), 8),
              b"\x93NUMPY\x02\0\xf0\xff\xff\xff", b"\x93NUMPY", b""]
    return files


# ---- IDX

def idx(kind, shape, size):
    return bytes([0, 0, kind, len(shape)]) + \
        b"".join(struct.pack(">I", n) for n in shape) + \
        bytes(i % 256 for i in range(size))


def data_sets():
    files = [idx(kind, (2, 3), 6 * size) for kind, size in
             [(8, 1), (9, 1), (11, 2), (12, 4), (13, 4), (14, 8), (10, 1)]]
    files += [idx(8, (), 1), idx(8, (7,), 7), idx(8, (1, 2, 3, 2), 12),
              idx(8, (1,) * 8, 1), idx(8, (1,) * 9, 1), idx(8, (2, 0), 0),
              idx(8, (2 ** 32 - 1,) * 2, 8), idx(8, (7,), 6), idx(8, (7,), 8)]
    packed = [gzip.compress(content, mtime=0) for content in files[:6]]
    bomb = gzip.compress(idx(8, (1000, 1000), 10 ** 6), mtime=0)
    return files + packed + [packed[0] + packed[1], packed[0][:-5],
                             packed[0] + b"\0", bomb[:3000], b"\x1f\x8b", b""]


write("safetensors", safetensors())
write("npy", arrays())
write("idx", data_sets())

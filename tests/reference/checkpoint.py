#!/usr/bin/python3
"""Checkpoints between PyTorch and the library, for test_safetensors_pytorch.c.

Run it with Debian's python3-torch, here:
  ./checkpoint.py write > checkpoint.h
writes checkpoint/pytorch.safetensors, a model's state dict in three dtypes,
and the numbers in it;
  ./checkpoint.py read
compares checkpoint/saved.safetensors, which the library wrote (and writes
again, to the same bytes, in each run of the test), with what it should hold.

The container is packed and unpacked by hand, from its description.
"""
import json
import pathlib
import struct
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent / "checkpoint"
DTYPES = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16,
          "BF16": torch.bfloat16, "I64": torch.int64}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def raw(tensor):
    return bytes(tensor.reshape(-1).view(torch.uint8).tolist())


def pack(state):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in state.items():
        packed = raw(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype],
                        "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def unpack(file):
    (length,) = struct.unpack("<Q", file[:8])
    header, data = json.loads(file[8:8 + length]), file[8 + length:]
    assert length % 8 == 0 and file[8:9] == b"{"
    assert header.pop("__metadata__") == {"format": "pt"}
    state, end = {}, 0
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        assert first == end
        end = last
        packed = torch.tensor(list(data[first:last]), dtype=torch.uint8)
        tensor = packed.view(DTYPES[entry["dtype"]])
        state[name] = tensor.reshape(entry["shape"])
    assert end == len(data)
    return state


def write():
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Conv2d(2, 3, (1, 2)),
                                torch.nn.BatchNorm2d(3),
                                torch.nn.Linear(4, 2, bias=False))
    state = {}
    for prefix, dtype in [("", torch.float32), ("half.", torch.float16),
                          ("brain.", torch.bfloat16)]:
        for name, tensor in model.state_dict().items():
            if tensor.dtype == torch.float32:
                tensor = tensor.to(dtype)
            state[prefix + name] = tensor
    HERE.mkdir(exist_ok=True)
    (HERE / "pytorch.safetensors").write_bytes(pack(state))
    print("/* Written by checkpoint.py from PyTorch %s. */" % torch.__version__)
    print("/* clang-format off */")
    print("static const stored stored_tensors[] = {")
    for name, tensor in state.items():
        values = tensor.to(torch.float64).flatten().tolist()
        shape = "{%d, {%s}}" % (tensor.dim(),
                                ", ".join(map(str, tensor.shape)) or "0")
        print('    {"%s", %s, %s,\n     {%s}},' % (
            name, "TG_I64" if tensor.dtype == torch.int64 else "TG_F32", shape,
            ", ".join("%.17g" % v for v in values)))
    print("};")
    print("/* clang-format on */")


def numbers(seed, shape, dtype):
    """The same in C."""
    count = torch.Size(shape).numel()
    values = [((seed * 7 + i * 5) % 11 - 5) / 3 + 0.1 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).to(dtype).reshape(shape)


def read():
    state = unpack((HERE / "saved.safetensors").read_bytes())
    expected = {
        "fc.weight": numbers(1, (3, 4), torch.float32),
        "fc.bias": numbers(2, (3,), torch.float32),
        "scale": numbers(3, (2, 1), torch.float64),
        "steps": torch.tensor(7),
        "gr\u00fc\u00df\"e": torch.zeros((0, 3)),
        "optim.adamw": torch.tensor([1e-3, 0.9, 0.999, 1e-8, 0.5],
                                    dtype=torch.float64),
    }
    for name in ["fc.weight", "fc.bias", "gr\u00fc\u00df\"e"]:
        for part in ["exp_avg", "exp_avg_sq"]:
            expected["optim.%s.%s" % (name, part)] = \
                torch.zeros_like(expected[name])
        expected["optim.%s.step" % name] = torch.tensor(0)
    assert list(state) == list(expected), list(state)
    for name, tensor in expected.items():
        assert state[name].dtype == tensor.dtype, name
        assert state[name].shape == tensor.shape, name
        assert torch.equal(state[name], tensor), name
    print(len(state), "tensors as they should be")


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]]()

#!/usr/bin/env python3
"""Writes print.h: arrays, and what NumPy's print makes of them.

    python3 print.py > print.h

Element i of an array is pattern[i % len(pattern)] + i * step, computed in
double and rounded to the dtype, so that large arrays take few words.
"""
import numpy as np

PI = 3.141592653589793
DTYPES = {"f32": np.float32, "f64": np.float64, "i64": np.int64}
nan, inf = np.nan, np.inf


def f32(*values):
    return [float(np.float32(v)) for v in values]


def both(shape, pattern, step=0.0):
    return [(d, shape, pattern, step) for d in ("f32", "f64")]


CASES = [
    # one number
    *both((), [1.5]), *both((), [0.1]), *both((), [1.0]), *both((), [-0.0]),
    *both((), [nan]), *both((), [-inf]), *both((), [1e16]), *both((), [1e15]),
    *both((), [1.5e20]), *both((), [1e-4]), *both((), [0.00012]),
    *both((), [1e-5]), *both((), [PI]), *both((), [2.0 ** -44]),
    *both((), [2.0 ** 24]), *both((), [93996472.0]),
    *both((), [2.0 ** -96]), ("f64", (), [5e-324], 0.0),
    ("f64", (), [1.7976931348623157e308], 0.0),
    ("i64", (), [-7], 0), ("i64", (), [-2 ** 63], 0),
    # one row
    *both((3,), [1, 2, 3]), *both((4,), [1, -2.5, 0.125, 10]),
    *both((3,), [0.1, 0.2, 0.3]), *both((3,), [1 / 3, 2 / 3, 1]),
    *both((2,), [0.0, -0.0]), *both((2,), [123456.789, 1000.5]),
    *both((1,), [100.0]), *both((3,), [93996472.0, -72331232.0, 10.0 ** 7]),
    *both((3,), [9.9999999, 1.0, 99.99999999]),
    *both((2,), [0.123456789012, 100.5]), *both((2,), [9.999999996, 1.0]),
    ("i64", (4,), [1, -20, 300, 0], 0),
    ("i64", (2,), [2 ** 63 - 1, -2 ** 63], 0), ("i64", (1,), [5], 0),
    # exponents: too large, too small, too far apart
    *both((2,), [1e8, 1.0]), *both((2,), [99999999.0, 99999992.0]),
    *both((2,), [1e-4, 2e-4]), *both((2,), [9e-5, 2e-4]),
    *both((2,), [1000.0, 1.0]), *both((2,), [1000.5, 1.0]),
    *both((2,), [0.1, 123456.7]), *both((2,), [0.1, 1.23456789e-5]),
    *both((3,), [1e10, 0.0, -0.0]), *both((1,), [1e10]),
    *both((3,), [1e-20, 1e20, -3.0]), ("f64", (2,), [1e100, 1.0], 0.0),
    ("f64", (3,), [1e-300, -1e300, PI], 0.0), ("f64", (2,), [5e-324, 0.0], 0.0),
    ("f64", (2,), [5e-324, 1.7976931348623157e308], 0.0),
    ("f32", (3,), f32(1e-45, 3.4028235e38, 1.0), 0.0),
    ("f32", (6,), [2.0 ** e for e in (-149, -140, -126, -96, -44, 100)], 0.0),
    ("f32", (8,), [2.0 ** e for e in (27, 40, 63, 64, 90, 96, 103, 127)], 0.0),
    # not numbers
    *both((3,), [nan, 1.0, -1.0]), *both((3,), [inf, -inf, nan]),
    *both((2,), [nan, nan]), *both((2,), [inf, 2.0]), *both((2,), [-inf, 2.0]),
    *both((4,), [-inf, 1e-9, 1e9, nan]), *both((3,), [nan, 0.25, 123.0]),
    *both((2,), [nan, 0.0]), *both((2,), [-inf, inf]),
    # several axes
    *both((2, 3), [1, 2, 3, 4, 5, 6]), *both((3, 1), [0.5, -0.25, 100]),
    *both((2, 2), [1e-7, 1, 2, 3]), *both((2, 2, 2), [0.5], 0.25),
    *both((2, 1, 2, 3), [-1.0], 0.5), ("i64", (2, 3, 2), [0], 1),
    ("i64", (1, 1, 1, 1), [9], 0), ("i64", (2, 2, 2, 2), [-5], 1),
    *both((6, 8), [1, 1, 0, 0, 0, 0, 1, 1]),
    ("f32", (1, 2, 1, 2, 1, 2, 1, 1), [0.0], 1.0),
    # none at all
    *both((0,), [1]), *both((2, 0), [1]), *both((0, 3), [1]),
    ("i64", (2, 0, 3), [1], 0), ("f64", (1, 0, 2, 2), [1], 0.0),
    # lines that are too long
    *both((40,), [0.0], 1.0), *both((30,), [0.1, 22.75, -3.0], 0.0),
    *both((25,), [1 / 3], 0.0), *both((20,), [1e-9, -1e9], 0.0),
    ("i64", (60,), [0], 7), ("i64", (9,), [10 ** 17], 1),
    ("i64", (2, 50), [-40], 3), ("f32", (2, 2, 30), [0.5, 1.0], 0.25),
    ("f64", (1, 1, 1, 26), [1.0, 2.25], 0.0),
    *both((37,), [0.0, 1.5], 0.0), *both((1, 37), [0.0, 1.5], 0.0),
    *both((1, 1, 36), [0.0, 1.5], 0.0), ("i64", (19,), [100], 1),
    ("i64", (20,), [100], 1), ("i64", (1, 19), [100], 1),
    ("i64", (36,), [0, 1], 0), ("i64", (38,), [0, 1], 0),
    # too many
    ("i64", (1000,), [0], 1), ("i64", (1001,), [0], 1),
    *both((1001,), [0.0], 1.0), *both((2000,), [1 / 3], 0.0),
    *both((1500,), [0.001], 1.0), *both((100, 100), [0.5], 1.0),
    *both((3, 400), [0.0], 0.125), *both((400, 3), [0.0], 0.125),
    ("f64", (7, 150), [nan, 1.0, -inf], 0.0),
    ("i64", (6, 6, 6, 6), [1], 0), ("i64", (7, 7, 7, 7), [0], 1),
    ("f32", (10, 11, 12), [-3.0], 0.5), ("f64", (2, 3, 4, 50), [0.0], 0.01),
    ("i64", (1, 1, 1001), [10 ** 12], 1),
    ("f64", (1002,), [1 / 3, 1e-9, 1e9], 0.0),
    ("f64", (1200,), [-1e-300 / 3, 1e300 / 3], 0.0),
    # the range of what is left out has no say
    ("f64", (1009,), [-504.0], 1.0), ("f64", (1009,), [0.0], 1e6),
]


def array(dtype, shape, pattern, step):
    n = int(np.prod(shape, dtype=np.int64))
    if dtype == "i64":
        values = np.resize(np.array(pattern, np.int64), n)
        values = values + np.arange(n, dtype=np.int64) * step
    else:
        values = np.resize(np.array(pattern, np.float64), n)
        values = values + np.arange(n, dtype=np.float64) * step
    with np.errstate(over="ignore"):
        return values.astype(DTYPES[dtype]).reshape(shape)


def real(x):
    x = float(x)
    if np.isnan(x):
        return "NAN"
    if np.isinf(x):
        return "INFINITY" if x > 0 else "-INFINITY"
    return repr(x) if x == int(x) and abs(x) < 1e6 else x.hex()


def whole(x):
    return "INT64_MIN" if x == -2 ** 63 else f"INT64_C({x})"


def case(dtype, shape, pattern, step):
    word = whole if dtype == "i64" else real
    field = "whole" if dtype == "i64" else "real"
    count = len(pattern)
    print("    {")
    print(f"        .dtype = TG_{dtype.upper()},")
    dims = ", ".join(map(str, shape)) or "0"
    print(f"        .shape = {{{len(shape)}, {{{dims}}}}},")
    print(f"        .count = {count},")
    print(f"        .{field} = {{" + ", ".join(map(word, pattern)) + "},")
    if step:
        print(f"        .{field}_step = {word(step)},")
    print("        .lines = (const char *const[]){")
    for line in str(array(dtype, shape, pattern, step)).split("\n"):
        print(f'            "{line}",')
    print("            NULL},")
    print("    },")


if __name__ == "__main__":
    print(f"/* Made by print.py with NumPy {np.__version__}. */")
    print("/* clang-format off */")
    print("static const struct print_case {")
    print("    tg_dtype dtype;")
    print("    tg_shape shape;")
    print("    int count;")
    print("    double real[8], real_step;")
    print("    int64_t whole[8], whole_step;")
    print("    const char *const *lines;")
    print("} print_cases[] = {")
    for c in CASES:
        case(*c)
    print("};")
    print("/* clang-format on */")

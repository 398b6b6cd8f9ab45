"""The table of workloads: programs, sizes, peers, and the ratios aimed at."""

# Page faults would count against PyTorch and ADOL-C: malloc gives large blocks
# back to the system.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "67108864",
}


class Peer:
    """Who is compared with, by a program that takes a workload's mode (unless
    it has its own) and size. aim and floor are the largest ratios, ours over
    theirs ("9", "1/12"), or differences in the workload's unit ("+1"). What
    runs in an environment of its own runs once without it too."""

    def __init__(self, name, program, aim="", floor="", mode=None, env=None):
        self.name, self.program, self.mode = name, program, mode
        self.aim, self.floor, self.env = aim, floor, env


class Workload:
    """A program of ours, its mode and size, a tiny size, and its peers.

    flops, bytes: the work, to compare with the machine's peak
    group: (name, aim) of a row with the geometric mean over first peers
    limits: (aim, floor) of the figure itself"""

    def __init__(self, program, mode, size, tiny, *peers, flops=0, bytes=0,
                 group=None, limits=None):  # fmt: skip
        self.program, self.mode, self.size, self.tiny = program, mode, size, tiny
        self.peers, self.flops, self.bytes = list(peers), flops, bytes
        self.group, self.limits = group, limits

    def title(self):
        return " ".join([self.program, self.mode, *map(str, self.size)])


def loop(program, aim, floor):
    return Peer("C loop", "loop_" + program, aim, floor)


def pytorch(program, aim="", floor=""):
    return Peer("PyTorch", "pytorch.py " + program, aim, floor, env=TUNED)


def learn_kernel():
    for mode, aim, floor in ("eager", "9", "15"), ("replay", "3.5", "6"):
        peers = loop("learn_kernel", aim, floor), pytorch("learn_kernel")
        yield Workload("learn_kernel", mode, (), (), *peers)


def tiny_ops():
    for mode, aim in ("eager", "0.5"), ("replay", "0.45"):
        adolc = Peer("ADOL-C", "adolc_tiny_ops", aim, "0.8", env=TUNED)
        yield Workload("tiny_ops", mode, (100000,), (100,), adolc)


def corr2d():
    for mode, products, over_loop, over_torch in (
        ("forward", 1, ("0.95", "1.15"), ("1/12", "1/8")),
        ("gradients", 3, ("0.8", "1.1"), ("1/25", "1/12")),
    ):
        for k in 3, 7, 15, 31:
            peers = loop("corr2d", *over_loop), pytorch("corr2d", *over_torch)
            flops = products * 2 * k**2 * (2048 - k + 1) ** 2
            yield Workload("corr2d", mode, (2048, k), (67, k), *peers, flops=flops)


# N, C, O, size, kernel, stride, padding
CONVOLUTIONS = [
    (16, 64, 64, 56, 3, 1, 1),
    (64, 1, 6, 28, 5, 1, 2),
    (64, 6, 16, 14, 5, 1, 0),
    (32, 128, 128, 28, 3, 1, 1),
    (32, 64, 128, 56, 3, 2, 1),
    (32, 256, 256, 14, 1, 1, 0),
]


def conv2d():
    for mode, products, aim in ("forward", 1, "0.9"), ("gradients", 3, "0.85"):
        for size in CONVOLUTIONS:
            n, c, o, extent, k, stride, padding = size
            m = (extent + 2 * padding - k) // stride + 1
            tiny = 2, min(c, 5), min(o, 6), 9, k, stride, padding
            yield Workload(
                "conv2d", mode, size, tiny,
                Peer("oneDNN", "onednn_conv2d", floor="1.25"),
                pytorch("conv2d"),
                flops=products * 2 * n * c * o * (m * k) ** 2,
                group=("conv2d " + mode, aim),
            )  # fmt: skip


def training():
    for batch in 64, 256:
        torch = pytorch("lenet", "1/3", "1/1.8")
        tinydnn = Peer("tiny-dnn", "tinydnn_lenet", "1/6", "1/3")
        yield Workload("lenet", "step", (batch,), (4,), torch, tinydnn)
    torch = pytorch("mlp", "0.85", "1")
    yield Workload("mlp", "step", (256,), (4,), torch)


def squares():
    n, tiny = 16 << 20, 1600
    torch = pytorch("squares", "0.8", "1")
    yield Workload("squares", "eager", (n,), (tiny,), torch, bytes=16 * n)
    peers = loop("squares", "1.15", "1.5"), pytorch("squares")
    yield Workload("squares", "replay", (n,), (tiny,), *peers, bytes=16 * n)


def matmul():
    for n in 512, 1024:
        blas = Peer("OpenBLAS", "openblas_matmul", "1", "1.1")
        peers = blas, pytorch("matmul")
        yield Workload("matmul", "gradients", (n,), (33,), *peers, flops=6 * n**3)


def whole_process():
    torch = pytorch("lenet")
    yield Workload("lenet", "memory", (256,), (4,), torch, limits=("25", "36"))
    plain = Peer("plain C", "cold_start", "+1", "+3", mode="loop")
    yield Workload("cold_start", "ours", (), (), plain)


def workloads():
    for some in (
        learn_kernel, tiny_ops, corr2d, conv2d, training, squares, matmul,
        whole_process,
    ):  # fmt: skip
        yield from some()

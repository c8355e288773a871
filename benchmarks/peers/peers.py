"""Times this project's benchmarks and, on the same shapes with as many threads, OpenBLAS, oneDNN and PyTorch. See README.md."""

import ctypes
import os
import re
import subprocess
import sys
import time

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import torch  # noqa: E402  (reads the number of threads when it is loaded)
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(1)
openblas = ctypes.CDLL("libopenblas.so.0")
onednn = ctypes.CDLL("libdnnl.so.2")


def pointer(tensor):
    return ctypes.c_void_p(tensor.data_ptr())


def best(action):
    """Seconds of the fastest of many turns: processor time of one thread, or by the clock for several, as this project's benchmarks count."""
    clock = time.process_time if threads == 1 else time.perf_counter
    action()
    fastest, start, turns = float("inf"), time.perf_counter(), 0
    while turns < 5 or (time.perf_counter() - start < 2 and turns < 50):
        used = clock()
        action()
        fastest, turns = min(fastest, clock() - used), turns + 1
    return fastest


def gate(actual, expected, what):
    if not torch.allclose(actual, expected, rtol=1e-3, atol=1e-3):
        raise SystemExit(f"{what} is wrong by {(actual - expected).abs().max():.1e}.")


def ours(name):
    """What this project's benchmark of that name prints."""
    command = ["dotnet", "run", "-c", "Release", "--no-build", "--project", os.path.join(os.path.dirname(__file__), ".."), "--", name, str(threads)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def row(what, unit, amount, here, seconds):
    cells = [f"{amount / s:10.1f}" if s else f"{'–':>10}" for s in seconds]
    print(f"{what:34} {unit:8} {here:10.1f} {' '.join(cells)}", flush=True)


def linear():
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    for line in ours("linear"):
        found = re.match(r"\s*(\d+)\s+(\d+)\s+(\d+)\s+F32\s+[\d.]+\s+[\d.]+\s+([\d.]+)", line)
        if not found:
            continue
        m, n, k = (int(g) for g in found.groups()[:3])
        x, w, y = torch.rand(m, k) - 0.5, torch.rand(n, k) - 0.5, torch.empty(m, n)

        def blas():
            openblas.cblas_sgemm(101, 111, 112, m, n, k, one, pointer(x), k, pointer(w), k, zero, pointer(y), n)

        def dnnl():
            size = ctypes.c_int64
            onednn.dnnl_sgemm(
                ctypes.c_char(b"N"), ctypes.c_char(b"T"), size(m), size(n), size(k), one, pointer(x), size(k), pointer(w), size(k),
                zero, pointer(y), size(n))

        expected = F.linear(x, w)
        seconds = []
        for name, run in (("OpenBLAS", blas), ("oneDNN", dnnl)):
            seconds.append(best(run))
            gate(y, expected, name)
        row(f"linear {m}×{n}×{k}", "GFLOP/s", 2e-9 * m * n * k, float(found[4]), [*seconds, best(lambda: F.linear(x, w))])


def attention():
    for line in ours("attention"):
        found = re.match(r"\s*(\d+)\s+(\d+)\s+(\d+)\s+[\d.]+\s+[\d.]+\s+([\d.]+)", line)
        if not found or int(found[1]) > 5000:  # PyTorch holds the whole matrix of scores
            continue
        tokens, heads, width = (int(g) for g in found.groups()[:3])
        q, k, v = (torch.rand(heads, tokens, width) - 0.5 for _ in range(3))
        naive = best(lambda: torch.softmax(torch.bmm(q, k.transpose(1, 2)) * width**-0.5, -1) @ v)
        row(f"attention {tokens}, {heads} heads of {width}", "GFLOP/s", 4e-9 * tokens * tokens * heads * width, float(found[4]), [None, None, naive])


def convolution():
    pattern = r"(\d)×3×3 /(\d)\s+(\d+)→(\d+)\s+\[1, (\d+), (\d+), (\d+), \d+\]\s+[\d.]+\s+[\d.]+\s+([\d.]+)"
    for line in ours("convolution"):
        found = re.match(pattern, line)
        if not found:
            continue
        taps, stride, inputs, outputs, frames, height, width = (int(g) for g in found.groups()[:7])
        x, w = torch.rand(1, inputs, frames + taps - 1, height, width) - 0.5, torch.rand(outputs, inputs, taps, 3, 3) - 0.5
        pad = 1 if stride == 1 else 0
        with torch.no_grad():
            count = F.conv3d(x, w, stride=(1, stride, stride), padding=(0, pad, pad)).numel()
            seconds = best(lambda: F.conv3d(x, w, stride=(1, stride, stride), padding=(0, pad, pad)))
        what = f"conv {taps}×3×3 /{stride} {inputs}→{outputs}, {frames}×{height}×{width}"
        row(what, "GFLOP/s", 2e-9 * count * inputs * taps * 9, float(found[8]), [None, None, seconds])


def elementwise():
    rows, width, channels = 10240, 1920, 128
    x, vector = torch.rand(rows, width), torch.rand(width)
    video, channel = x.reshape(1, channels, 8, 120, 160), torch.rand(channels)
    operations = {
        "add": (3, lambda: x + x),
        "silu": (2, lambda: F.silu(x)),
        "layer norm": (2, lambda: F.layer_norm(x, [width], vector, vector, 1e-5)),
        "group norm": (3, lambda: F.group_norm(video, 32, channel, channel, 1e-6)),
    }
    for line in ours("elementwise"):
        found = re.match(r"(\S+(?: \S+)*)\s{2,}[\d.]+\s+([\d.]+)", line)
        if found and found[1] in operations:
            passes, run = operations[found[1]]
            row(f"{found[1]}, 75 MiB", "GB/s", passes * x.numel() * 4 / 1e9, float(found[2]), [None, None, best(run)])


print(f"{threads} threads; per second of {'processor time' if threads == 1 else 'the clock'}; best of many turns")
print(f"{'':34} {'':8} {'here':>10} {'OpenBLAS':>10} {'oneDNN':>10} {'PyTorch':>10}")
parts = {part.__name__: part for part in (linear, attention, convolution, elementwise)}
for name in sys.argv[2:] or parts:
    parts[name]()

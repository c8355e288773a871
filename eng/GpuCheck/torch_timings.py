#!/usr/bin/env python3
"""What PyTorch takes for the operations that `gpucheck timings` timed, on the same card, at the same sizes, on the same numbers.

torch_timings.py WORK OUT [SECONDS]: reads WORK/timings.json and samples of results, appends a line for each case to OUT/results.jsonl.
Times are by CUDA events around several runs. A case whose results differ from ours is told so, and its ratio means nothing.
"""
import json
import os
import struct
import sys
import time

BLOCKS, BLOCK, STEP, SPOILED_EVERY = 64, 1024, 2654435761, 997
BATCH_SECONDS, BATCHES, LARGEST_BATCH = 0.03, 5, 100


def main(work, out, seconds):
    def add(line):
        line = {"part": "torch", **line}
        os.makedirs(out, exist_ok=True)
        with open(os.path.join(out, "results.jsonl"), "a") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)

    try:
        import torch
        import torch.nn.functional as F
    except ImportError as error:
        add({"failure": f"PyTorch is absent: {error}"})
        return 0
    path = os.path.join(work, "timings.json")
    if not os.path.exists(path):
        add({"failure": "nothing was timed before"})
        return 0
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    types = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
    began = time.monotonic()

    def bits(seed, count):
        mask = 0xFFFFFFFF
        hashed = (torch.arange(count, dtype=torch.int64, device=device) * 0x9E3779B1 + (seed * 0x85EBCA77 & mask)) & mask
        hashed = ((hashed ^ (hashed >> 16)) * 0x7FEB352D) & mask
        hashed = ((hashed ^ (hashed >> 15)) * 0x846CA68B) & mask
        return (hashed ^ (hashed >> 16)) >> 8

    def operand(entry):
        count = 1
        for size in entry["shape"]:
            count *= size
        drawn = bits(entry["seed"], count)
        if entry["kind"] == "Ids":
            return (drawn % entry["range"]).view(entry["shape"])
        values = (drawn.to(torch.float32) - 8388608.0) / 8388608.0 * entry["scale"]
        if entry["kind"] == "Spoiled":
            values[::SPOILED_EVERY] = float("nan")
        return values.to(types[entry["type"]]).view(entry["shape"])

    def planes(x):  # [B, F, H, W, C] as [B, C, F, H, W] in the layout that cuDNN likes
        return x.permute(0, 4, 1, 2, 3).contiguous(memory_format=torch.channels_last_3d)

    def by_token(m, video, text, text_tokens, tokens, width):  # chunks of a modulation as a vector for each token
        chunks = m.view(m.shape[0], -1, width)
        return torch.cat((
            chunks[:, text : text + 1].expand(-1, text_tokens, -1), chunks[:, video : video + 1].expand(-1, tokens - text_tokens, -1)), 1)

    def rope(x, cos, sin, text):
        video = x[:, text:].float()
        even, odd = video[..., 0::2], video[..., 1::2]
        turned = torch.stack((-odd, even), -1).flatten(-2)
        return torch.cat((x[:, :text], (video * cos[None, :, None] + turned * sin[None, :, None]).to(x.dtype)), 1)

    def sample(result):
        flat = result.reshape(-1)
        if flat.numel() <= BLOCKS * BLOCK:
            return flat.float()
        starts = torch.arange(BLOCKS, dtype=torch.int64, device=device) * STEP % (flat.numel() - BLOCK + 1)
        return flat[(starts[:, None] + torch.arange(BLOCK, device=device)).reshape(-1)].float()

    def batch(run, runs):
        if device.type != "cuda":
            start = time.monotonic()
            for _ in range(runs):
                run()
            return (time.monotonic() - start) / runs
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        for _ in range(runs):
            run()
        last.record()
        last.synchronize()
        return first.elapsed_time(last) / 1e3 / runs

    def timed(entry):
        names = {"torch": torch, "F": F, "planes": planes, "by_token": by_token, "rope": rope}
        for item in entry["operands"]:
            names[item["name"]] = operand(item)
        exec(entry["setup"], names)
        code = compile(entry["run"], entry["case"], "eval")
        with torch.no_grad():
            found = eval(code, names)
            found = torch.cat([sample(result) for result in (found if isinstance(found, tuple) else (found,))]).double().cpu()
            with open(os.path.join(work, entry["sample"]), "rb") as file:
                raw = file.read()
            ours = torch.tensor(struct.unpack(f"<{len(raw) // 4}f", raw), dtype=torch.float64)
            if ours.shape != found.shape:
                return {"failure": f"{found.numel()} numbers, ours are {ours.numel()}"}
            error = float((ours - found).norm() / found.norm().clamp_min(1e-30))
            first = max(batch(lambda: eval(code, names), 1), 1e-7)
            first = max(batch(lambda: eval(code, names), 1), 1e-7)
            runs = int(min(max(BATCH_SECONDS / first, 1), LARGEST_BATCH)) if device.type == "cuda" else 1
            times = sorted(batch(lambda: eval(code, names), runs) for _ in range(BATCHES if device.type == "cuda" else 1))
        allowed = {"F32": 1e-4, "F16": 5e-3, "BF16": 2e-2}[entry["type"]]
        return {"relative": error, "agrees": error <= allowed, "ms": times[len(times) // 2] * 1e3, "best_ms": times[0] * 1e3}

    with open(path) as file:
        entries = json.load(file)
    for entry in entries:
        if time.monotonic() - began > seconds:
            add({"failure": f"no time left for {entry['case']} {entry['type']} and what follows"})
            break
        line = {"case": entry["case"], "type": entry["type"]}
        try:
            line.update(timed(entry))
        except Exception as error:  # one case must not lose the others
            line["failure"] = f"{type(error).__name__}: {error}"[:500]
        add(line)
    add({"case": "", "text": f"PyTorch {torch.__version__} on {torch.cuda.get_device_name() if device.type == 'cuda' else 'cpu'}, no tf32"})
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 1e9))

#!/usr/bin/env python3
"""Times LoRA training by Quill and by PEFT in turn on the same machine, and prints a table of ratios.

    bench_training.py                     SmolLM2, 4 rows of 256 tokens, rank 8: on q and v, and on all linear layers
    bench_training.py --quick             one round of two steps
    bench_training.py --growth            rows of 128 to 2048 tokens, 1 to 8 rows, rank 4 to 64, on q and v
    bench_training.py --peer bf16         against some of nf4, nf4-checkpoints, nf4-float32 and bf16; nf4 and bf16 by default
    bench_training.py --setup             the peers from PyPI into an environment of this script's own, and the model

Quill trains in NF4. Each round times some steps of Quill and then as many of each peer, each in a process of its own; figures are medians over
all steps, ratios medians over the rounds. Peaks are the most that each process held in RAM. Markdown on stdout, all figures as JSON
with --json FILE.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import peer_process
import speed_models
from speed_tables import median, table

TARGETS = {"q,v": "q_proj,v_proj", "all": "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"}
USUAL = {"batch": 4, "length": 256, "rank": 8}
KINDS = ["nf4", "nf4-checkpoints", "nf4-float32", "bf16"]


def growth(quick):
    sizes = {"length": [128, 512, 2048], "batch": [1, 8], "rank": [4, 64]}
    if not quick:
        sizes = {"length": [128, 256, 512, 1024, 2048], "batch": [1, 2, 4, 8], "rank": [4, 8, 16, 32, 64]}
    # Long rows one at a time, so that the longest batch is no larger than the largest.
    return [USUAL | {"batch": 1, "length": n} for n in sizes["length"]] + [USUAL | {name: n} for name in ["batch", "rank"] for n in sizes[name]]


def measure(shape, targets, given):
    """Steps of Quill and of each peer, in rounds."""
    folder = speed_models.hugging_face(given.folder)
    request = {"batch": shape["batch"], "length": shape["length"]}
    peers = [peer_process.Peer(kind, "train_peer.py", folder, given.threads, kind, shape["rank"], TARGETS[targets])
             for kind in given.peer]  # fmt: skip
    runs, seconds = [], {peer.name: [] for peer in peers}
    for peer in peers:  # the first step also gets the memory; Quill's leaves its own first one out
        peer.seconds(request)
    for round in range(given.rounds):
        print(f"{shape}, {targets}, round {round + 1}", file=sys.stderr, flush=True)
        runs.append(peer_process.quill(
            given.quill, "train", given.option, model=speed_models.path(speed_models.SMOLLM2, given.folder), quantization="nf4",
            threads=given.threads, targets=targets, steps=given.steps + 1, **shape))  # fmt: skip
        for peer in peers:
            seconds[peer.name].append([peer.seconds(request) for _ in range(given.steps)])
    for peer in peers:
        peer.close()
    return {
        "shape": shape, "targets": targets, "quill": runs, "peers": seconds, "peer_peak_mib": {peer.name: peer.peak for peer in peers},
    }  # fmt: skip


def summary(result):
    """Medians: of Quill, and of each peer with its ratio to Quill in time and in memory."""
    runs = result["quill"]
    quill, peak = median(run["step_s"] for run in runs), median(run["peak_mib"] for run in runs)
    peers = {}
    for name, rounds in result["peers"].items():
        # The ratio of each round: what disturbs the machine for minutes disturbs both.
        ratio = median(median(steps) / run["step_s"] for steps, run in zip(rounds, runs))
        step = median(second for steps in rounds for second in steps)
        memory = result["peer_peak_mib"][name]
        peers[name] = {"step_s": step, "ratio": ratio, "peak_mib": memory, "memory_ratio": memory / peak}
    shape = result["shape"]
    return shape | {
        "targets": result["targets"], "step_s": quill, "tok_s": shape["batch"] * shape["length"] / quill, "peak_mib": peak, "peers": peers,
        "loss": runs[0]["losses"], "processor": runs[0]["processor"], "isa": runs[0]["isa"], "version": runs[0]["version"],
        "threads": runs[0]["threads"],
    }  # fmt: skip


def markdown(summaries, given):
    titles = ["batch × length", "rank", "layers", "Quill, s", "tok/s", "Quill, MiB"]
    titles += [title for kind in given.peer for title in (f"PEFT {kind}, s", "ratio", "its MiB", "ratio")]
    rows = [
        [f"{one['batch']} × {one['length']}", one["rank"], one["targets"], f"{one['step_s']:.2f}", f"{one['tok_s']:.0f}", f"{one['peak_mib']:.0f}"]
        + [cell for peer in one["peers"].values() for cell in (
            f"{peer['step_s']:.2f}", f"**{peer['ratio']:.1f}**", f"{peer['peak_mib']:.0f}", f"**{peer['memory_ratio']:.1f}**")]
        for one in summaries
    ]  # fmt: skip
    first = summaries[0]
    options = f" {' '.join(given.option)}" if given.option else ""
    return table(titles, rows) + (
        f"\n\n{first['processor']}, {first['threads']} threads, SmolLM2-135M, Quill {first['version']} in NF4 with {first['isa']}{options}; medians of "
        f"{given.rounds} rounds of {given.steps} steps in turn.")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--setup", action="store_true")
    parser.add_argument("--peer", action="append", choices=KINDS, help="may be given several times")
    parser.add_argument("--targets", action="append", choices=list(TARGETS), help="both, or q,v with --growth")
    parser.add_argument("--rounds", type=int, help="3, or 1 with --quick and --growth")
    parser.add_argument("--steps", type=int, help="of each in a round: 3, or 2 with --quick and --growth")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--folder", type=Path, default=speed_models.CACHE / "peers", help="where the model is made and peers set up")
    parser.add_argument("--quill", default=speed_models.ROOT / ".build/release/quill")
    parser.add_argument("--option", action="append", default=[], help="for quill bench train, such as --option=--isa=avx2")
    parser.add_argument("--json", type=Path, help="where all figures go")
    given = parser.parse_args()
    if given.setup:
        peer_process.restart_in(peer_process.setup(given.folder))
    short = given.quick or given.growth
    given.rounds, given.steps = given.rounds or (1 if short else 3), given.steps or (2 if short else 3)
    given.peer = given.peer or ["nf4", "bf16"]
    shapes = growth(given.quick) if given.growth else [USUAL]
    results, summaries = [], []
    for targets in given.targets or (["q,v"] if given.growth else list(TARGETS)):
        for shape in shapes:
            results.append(measure(shape, targets, given))
            summaries.append(summary(results[-1]))
            if given.json:  # after each, so that a long run that is stopped has not run for nothing
                given.json.write_text(json.dumps({"summaries": summaries, "results": results}, indent=1))
    print(markdown(summaries, given))


if __name__ == "__main__":
    main()

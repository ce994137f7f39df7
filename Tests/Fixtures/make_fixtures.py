#!/usr/bin/env python3
"""Makes the fixtures beside this file with the peers that Quill is compared with.

    make_fixtures.py                        all of them, in order, about twenty minutes on two cores
    make_fixtures.py NAME…                  some of them: nf4 ggml_blocks quantized tiny_llama smollm2 tokens qlora qlora_runs optimizers adapter adapter_variants
                                            architectures checkpoints quantizer exported_adapters real_models hub chat_templates
                                            datasets
    make_fixtures.py check_adapters DIR     adapters of all kinds that Quill wrote (QUILL_ADAPTERS=DIR make test), read by PEFT
    make_fixtures.py check_adapter DIR OUT  the logits of tiny-llama with an adapter that Quill wrote, by PEFT, into OUT.safetensors

Needs the packages of requirements.txt, and the model and reviews that `make model data` fetches. README.md says what each file is.
"""

import importlib
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

import torch

os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is fetched
MAKERS = [
    "tiny_llama", "nf4", "ggml_blocks", "quantized", "smollm2", "tokens", "qlora", "qlora_runs", "optimizers", "adapter", "adapter_variants", "architectures",
    "checkpoints", "quantizer", "exported_adapters", "real_models", "hub", "chat_templates", "datasets",
]  # fmt: skip
PACKAGES = [
    "torch", "transformers", "peft", "bitsandbytes", "accelerate", "datasets", "tokenizers", "gguf", "numpy", "safetensors", "sentencepiece",
    "llama-cpp-python", "jinja2", "pyarrow", "trl",
]  # fmt: skip


def write_versions():
    """Notes the packages, and the CPU family that torch's order of summation depends on."""
    lines = [f"python {sys.version.split()[0]}", *(f"{name} {version(name)}" for name in PACKAGES)]
    lines.append(f"torch CPU kernels {torch.backends.cpu.get_cpu_capability()}, 1 thread")
    (Path(__file__).parent / "VERSIONS.txt").write_text("\n".join(lines) + "\n")


def main(arguments):
    if arguments[:1] == ["check_adapter"] and len(arguments) == 3:
        return importlib.import_module("makers.adapter").check(*arguments[1:])
    if arguments[:1] == ["check_adapters"] and len(arguments) == 2:
        return importlib.import_module("makers.adapter_variants").check(arguments[1])
    unknown = set(arguments) - set(MAKERS)
    if unknown or set(arguments) & {"-h", "--help"}:
        sys.exit(f"no fixture named {', '.join(sorted(unknown))}\n{__doc__}")
    for name in [name for name in MAKERS if name in arguments or not arguments]:
        print(f"{name}", flush=True)
        start = time.time()
        importlib.import_module(f"makers.{name}").make()
        print(f"  {time.time() - start:.1f} s", flush=True)
    write_versions()


if __name__ == "__main__":
    main(sys.argv[1:])

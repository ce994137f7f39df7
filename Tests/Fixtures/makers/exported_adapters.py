"""exported_adapters.json: what llama.cpp's converter makes of the adapters in architectures/ (needs $LLAMA_CPP, its source tree).

NAME -> `keys`: metadata, `tensors`: tensor -> shape, innermost last, and SHA-256 of its bytes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from gguf import GGUFReader

from .common import FIXTURES, save_json, sha256

NAMES = ["llama", "mistral", "qwen2", "qwen3", "gemma3"]


def converted(name, folder):
    tree, target = os.environ["LLAMA_CPP"], Path(folder) / "adapter.gguf"
    base = FIXTURES / "architectures" / name
    arguments = ["--base", base, "--outfile", target, f"{base}.adapter"]
    script = [sys.executable, f"{tree}/convert_lora_to_gguf.py", *map(str, arguments)]
    subprocess.run(script, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": f"{tree}/gguf-py"})
    file = GGUFReader(target)
    return {
        "keys": {key: field.contents() for key, field in file.fields.items() if not key.startswith("GGUF.")},
        "tensors": {t.name: {"shape": t.shape.tolist()[::-1], "sha256": sha256(t.data)} for t in file.tensors},
    }


def make():
    if "LLAMA_CPP" not in os.environ:
        return
    with tempfile.TemporaryDirectory() as folder:
        save_json("exported_adapters", {name: converted(name, folder) for name in NAMES})

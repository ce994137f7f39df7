"""quantizer.json: what llama.cpp's quantizer makes of the small GGUF files here, as type and SHA-256 of every tensor.

FILE -> TYPE or "TYPE pure" -> tensor -> [type, SHA-256 of its bytes]. `pure` is llama-quantize's option.
"""

import sys
import tempfile
from pathlib import Path

from .common import FIXTURES, save_json, sha256

sys.path.append(str(FIXTURES.parent / "Peers"))
from check_quantizer import quantize  # noqa: E402
from compare_gguf import tensors  # noqa: E402

FILES = ["tiny-llama.gguf", "tiny-untied.gguf", "architectures/qwen2.gguf", "architectures/mistral.gguf"]  # mistral has rows of 48
TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0"]


def made(file, type_name, pure):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.gguf"
        quantize(FIXTURES / file, target, type_name, pure)
        return {name: [kind, sha256(content)] for name, (kind, _, content) in tensors(target).items()}


def make():
    result = {}
    for file in FILES:
        cases = [(name, False) for name in TYPES] + [("Q4_0", True)]
        result[file] = {f"{name}{' pure' if pure else ''}": made(file, name, pure) for name, pure in cases}
    save_json("quantizer", result)

#!/usr/bin/env python3
"""Compares what Quill quantized with what llama.cpp's quantizer makes of the same file, tensor by tensor and byte for byte.

    check_quantizer.py SOURCE.gguf QUILL.gguf TYPE [--pure]

SOURCE is F32, F16 or BF16; TYPE a name such as Q8_0, Q4_0 or Q4_K_M. `--pure` is llama-quantize's: TYPE for tied embeddings and the
output too, which are Q6_K otherwise (Q8_0 where 256 does not divide a row, or TYPE is Q8_0). Exits with 1 if a tensor differs.
"""

import ctypes
import sys
import tempfile
from pathlib import Path

import compare_gguf
import llama_cpp as api
import llamacpp  # noqa: F401  silences llama.cpp


def quantize(source, target, type_name, pure=False, again=False):
    """What `llama-quantize [--pure] [--allow-requantize] SOURCE TARGET TYPE` writes."""
    options = api.llama_model_quantize_default_params()
    options.nthread, options.pure, options.allow_requantize = 2, pure, again
    options.ftype = getattr(api, f"LLAMA_FTYPE_{'ALL' if type_name == 'F32' else 'MOSTLY'}_{type_name}")
    if api.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(options)):
        raise ValueError(f"llama.cpp does not quantize {source} to {type_name}")


def main(source, own, type_name, *options):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "llama.gguf"
        quantize(source, target, type_name, "--pure" in options)
        return compare_gguf.main(own, target)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

"""ggml_blocks.safetensors: rows of ggml's block formats, as bytes, and the float32 values that ggml and gguf-py decode from them.

Formats that gguf-py can encode are encoded from normal values (their source is kept, so that an encoder can be compared too). The K and IQ4
formats and MXFP4 are random bytes with their scales set to sane values: a stricter test of a decoder, as every code and scale occurs.
"""

import gguf
import numpy as np
from gguf.quants import dequantize, quantize

from . import ggml_library
from .common import save_tensors

ROWS, COLUMNS = 4, 1024
ENCODED = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]
SCALES = {"Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}  # byte offsets of the float16 scales in a block
NEWER = {"Q2_K": [80, 82], "Q3_K": [108], "IQ4_NL": [0], "IQ4_XS": [0], "TQ1_0": [52], "TQ2_0": [64], "MXFP4": []}


def random_blocks(rng, name, rows=ROWS):
    """Rows of random blocks with scales of 2^-8...2^-4, some of them negative, one zero."""
    elements, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]]
    blocks = rng.integers(0, 256, (rows * COLUMNS // elements, size), dtype=np.uint8)
    for offset in (SCALES | NEWER)[name]:
        scales = np.exp2(rng.uniform(-8, -4, len(blocks))) * rng.choice([1, 1, 1, -1], len(blocks))
        scales[5] = 0
        blocks[:, offset : offset + 2] = scales.astype("<f2").view(np.uint8).reshape(-1, 2)
    if name == "MXFP4":  # every power of two whose twelvefold is finite, the denormal ones first
        blocks[:, 0] = np.append([0, 1, 2, 3], rng.integers(0, 252, len(blocks) - 4))
    return blocks.reshape(rows, -1)


def decoded(packed, name):
    """What gguf-py and ggml make of packed rows: the same, to the last bit."""
    kind = gguf.GGMLQuantizationType[name]
    values = dequantize(packed.view(np.float16) if name == "F16" else packed, kind).astype(np.float32)
    theirs = ggml_library.decode(packed, name)
    assert values.tobytes() == theirs.tobytes(), f"{name}: gguf-py and ggml differ"
    assert np.isfinite(values).all()
    return values


def make():
    rng, tensors = np.random.default_rng(11), {}
    source = rng.standard_normal((ROWS, COLUMNS), dtype=np.float32) * np.exp2(rng.integers(-6, 4, (ROWS, 1))).astype(np.float32)
    source[1, 64:96] = 0  # a block of zeros
    source[2, 128:160] = np.linspace(-1, 1, 32, dtype=np.float32)
    tensors["source"] = source
    for name in [*ENCODED, *SCALES, *NEWER]:
        kind = gguf.GGMLQuantizationType[name]
        rows = 2 if name in NEWER else ROWS
        packed = quantize(source, kind).view(np.uint8).reshape(ROWS, -1) if name in ENCODED else random_blocks(rng, name, rows)
        tensors |= {f"{name}.bytes": packed, f"{name}.values": decoded(packed, name)}
    save_tensors("ggml_blocks", tensors)

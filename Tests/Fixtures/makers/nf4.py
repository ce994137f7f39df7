"""nf4.safetensors, nf4.json: NF4 with and without double quantization, as bitsandbytes quantizes on the CPU.

`emulate` repeats bitsandbytes bit for bit in numpy; it is the specification that Quill's encoder follows, and `make` refuses to
write a fixture on which the two differ. All arithmetic is float32 without fused multiply-add.
"""

import bitsandbytes.functional as bnb
import numpy as np
import torch
from transformers import AutoModelForCausalLM

from .common import SMOLLM2_FOLDER, save_json, save_tensors, sha256

F32 = np.float32
CODE = bnb.get_4bit_type("nf4", device="cpu").numpy()
BOUNDS = (CODE[1:] + CODE[:-1]) / F32(2)
MAP = bnb.create_dynamic_map().numpy()
LARGEST_WHOLE = 20_000  # values; larger cases keep only a SHA-256 of their dequantized values
NESTED_BLOCK = 256
LANES = 8  # of torch's float vectors with AVX2; 16 with AVX-512, where offsets may differ in the last bit


# --- the specification -------------------------------------------------------------------------------------------------------------


def column_sums(rows):
    """Sums rows `[n, 4, lanes]` over n in a cascade of four levels, as ATen's multi_row_sum."""
    levels, n = 4, len(rows)
    power = max(4, max(n - 1, 0).bit_length() // levels)
    step = 1 << power
    sums = [np.zeros(rows.shape[1:], F32) for _ in range(levels)]
    i = 0
    while i + step <= n:
        for row in rows[i : i + step]:
            sums[0] = sums[0] + row
        i += step
        for level in range(1, levels):
            sums[level] = sums[level] + sums[level - 1]
            sums[level - 1] = np.zeros_like(sums[0])
            if i & ((step - 1) << (level * power)):
                break
    for row in rows[i:]:
        sums[0] = sums[0] + row
    for level in range(1, levels):
        sums[0] = sums[0] + sums[level]
    return sums[0]


def interleaved_sum(vectors):
    """Sums vectors `[n, lanes]` as four interleaved columns, then adds the columns in order."""
    whole = len(vectors) // 4
    columns = column_sums(vectors[: 4 * whole].reshape(whole, 4, vectors.shape[1]))
    total = columns[0]
    for vector in vectors[4 * whole :]:
        total = total + vector
    for column in columns[1:]:
        total = total + column
    return total


def mean(values):
    """torch.mean of a float32 vector on one CPU thread."""
    if len(values) < LANES:
        return interleaved_sum(values.reshape(-1, 1))[0] / F32(len(values))
    whole = len(values) // LANES * LANES
    lanes, total = interleaved_sum(values[:whole].reshape(-1, LANES)), F32(0)
    for value in [*values[whole:], *lanes]:
        total = F32(total + value)
    return total / F32(len(values))


def nested_table():
    """The 65,536 codes that bitsandbytes looks values of -1...1 up in, instead of searching the 256-entry map."""
    middles = F32(0.5) * (MAP[:-1] + MAP[1:])
    values = F32(-1) + F32(2) * np.arange(65536, dtype=F32) / F32(65535)
    return np.searchsorted(middles, values, side="left").astype(np.uint8)


def emulate_nested(values, table):
    """8-bit blockwise codes and the largest magnitude of each block of 256."""
    codes, largest = np.zeros(len(values), np.uint8), []
    for start in range(0, len(values), NESTED_BLOCK):
        block = values[start : start + NESTED_BLOCK]
        largest.append(np.abs(block).max())
        if largest[-1] > 0:
            scaled = np.clip(block * (F32(1) / largest[-1]), F32(-1), F32(1))
            index = (scaled + F32(1)) * F32(0.5) * F32(65535) + F32(0.5)
            codes[start : start + NESTED_BLOCK] = table[index.astype(np.int64)]
    return codes, np.array(largest, F32)


def emulate_nf4(x, block_size):
    """Packed codes (high nibble first) and absmax of a flat vector."""
    whole, smallest = len(x) - len(x) % block_size, F32(1e-38)
    blocks = x[:whole].reshape(-1, block_size)
    absmax = np.abs(blocks).max(1) if whole else np.zeros(0, F32)
    scaled = np.clip(blocks * (F32(1) / np.maximum(absmax, smallest))[:, None], F32(-1), F32(1)).ravel()
    if whole < len(x):  # a short last block is divided, not multiplied by a reciprocal, and its absmax is never zero
        last = np.maximum(np.abs(x[whole:]).max(), smallest)
        absmax, scaled = np.append(absmax, last), np.append(scaled, np.clip(x[whole:] / last, F32(-1), F32(1)))
    codes = np.searchsorted(BOUNDS, scaled, side="left").astype(np.uint8)
    codes = np.append(codes, np.uint8(7)) if len(codes) % 2 else codes
    return codes[::2] << 4 | codes[1::2], absmax


def emulate(x, block_size):
    """What bitsandbytes makes of a tensor: the arrays of `peer`, by the algorithm above."""
    packed, absmax = emulate_nf4(x.ravel(), block_size)
    offset = mean(absmax)
    codes, nested = emulate_nested(absmax - offset, nested_table())
    restored = MAP[codes] * np.repeat(nested, NESTED_BLOCK)[: len(codes)] + offset
    values = CODE[np.stack([packed >> 4, packed & 15], 1).ravel()[: x.size]]
    block = np.arange(x.size) // block_size
    return {
        "packed": packed, "absmax": absmax, "dequantized": (values * absmax[block]).reshape(x.shape),
        "double.absmax": codes, "double.nested_absmax": nested, "double.offset": np.array([offset]),
        "double.dequantized": (values * restored[block]).reshape(x.shape),
    }  # fmt: skip


# --- the fixture -------------------------------------------------------------------------------------------------------------------


def peer(x, block_size):
    """What bitsandbytes itself makes of a tensor."""
    x, plain = torch.from_numpy(x), dict(blocksize=block_size, quant_type="nf4")
    packed, state = bnb.quantize_4bit(x, **plain)
    packed2, double = bnb.quantize_4bit(x, compress_statistics=True, **plain)
    assert torch.equal(packed, packed2)
    tensors = {
        "packed": packed.ravel(), "absmax": state.absmax, "dequantized": bnb.dequantize_4bit(packed, state),
        "double.absmax": double.absmax, "double.nested_absmax": double.state2.absmax, "double.offset": double.offset.reshape(1),
        "double.dequantized": bnb.dequantize_4bit(packed, double),
    }  # fmt: skip
    return {k: v.numpy().reshape(x.shape) if "dequantized" in k else v.numpy() for k, v in tensors.items()}


def mix(i):
    """splitmix64 of a counter: the input of the large case, easy to repeat in any language."""
    z = (i + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def large(blocks=70_001):
    """Value i is (top 24 bits of mix(i) - 2^23) / 2^23 * 2^-(7 * block % 5): exact in float32."""
    i = np.arange(blocks * 64, dtype=np.uint64)
    unit = ((mix(i) >> np.uint64(40)).astype(np.int64) - 2**23).astype(F32) / F32(2**23)
    return unit * np.exp2(-((i // 64 * 7 % 5).astype(F32))).astype(F32)


def cases():
    rng = np.random.default_rng(0)
    normal = lambda *shape: rng.standard_normal(shape, dtype=F32)
    model = AutoModelForCausalLM.from_pretrained(SMOLLM2_FOLDER, dtype=torch.float32)
    edges = np.stack([np.nextafter(BOUNDS, F32(-2)), BOUNDS, np.nextafter(BOUNDS, F32(2))])
    thresholds = np.append(np.ones(3), edges.ravel()).astype(F32).tolist() + [-1.0, 0.0, -0.0, 1.0] * 4  # absmax is 1
    magnitudes = normal(24, 64) * np.exp2(rng.integers(-120, 90, (24, 1))).astype(F32)
    magnitudes[3], magnitudes[7] = normal(64) * F32(1e-39), F32(3e-45)  # denormal
    holes = normal(12, 64)
    holes[[0, 5, 11]] = 0
    return {
        "k_proj": (model.model.layers[0].self_attn.k_proj.weight.detach().numpy(), 64),
        "normal": (normal(256, 192) * F32(0.02), 64),
        "odd": (normal(65, 3), 64),
        "thresholds": (np.array(thresholds[:64], F32), 64),
        "zero_blocks": (holes, 64),
        "zero_tail": (np.append(normal(64), np.zeros(5, F32)), 64),
        "constant": (np.full((300, 64), 0.25, F32), 64),
        "magnitudes": (magnitudes, 64),
        "one": (np.array([-0.3], F32), 64),
        "block128": (normal(96, 128), 128),
        "large": (large(), 64),
    }


def make():
    tensors, facts = {"quant_map": CODE, "nested_quant_map": MAP}, {"nested_table_sha256": sha256(nested_table())}
    for name, (x, block_size) in cases().items():
        theirs, ours = peer(x, block_size), emulate(x, block_size)
        for key, value in theirs.items():
            assert sha256(value) == sha256(ours[key].astype(value.dtype)), f"{name}: the specification differs in {key}"
        facts[name] = {"shape": list(x.shape), "block_size": block_size} | {f"{k}_sha256": sha256(v) for k, v in theirs.items()}
        if name == "large":
            continue
        kept = {k: v for k, v in theirs.items() if x.size <= LARGEST_WHOLE or "dequantized" not in k}
        tensors |= {f"{name}.input": x} | {f"{name}.{k}": v for k, v in kept.items()}
    save_tensors("nf4", tensors)
    save_json("nf4", facts)

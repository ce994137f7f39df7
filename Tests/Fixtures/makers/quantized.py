"""quantized/: what the peers make of weights, byte for byte: ggml's encoders, bitsandbytes' FP4 and int8, GPTQ's and AWQ's packed matrices.

`encoders.safetensors` comes from ggml's own ggml_quantize_chunk, with gguf-py as a second witness. GPTQ is packed and unpacked by auto-gptq and
AWQ by autoawq: the files of their packages that do it are fetched and run without the packages around them, which need older libraries.
"""

import importlib
import math
import subprocess
import sys
import tarfile
import types
import zipfile

import bitsandbytes.functional as bnb
import gguf
import numpy as np
import torch
from gguf.quants import quantize

from . import ggml_library
from .common import CACHE, FIXTURES, save_tensors

F32 = np.float32
PEERS = CACHE / "fixtures" / "peers"


# --- ggml's encoders ---------------------------------------------------------------------------------------------------------------


def edge_rows():
    """Blocks of 32 on which encoders part: ties, signs, zeros, scales that are denormal or leave float16."""
    ramp, alternating = np.linspace(-1, 1, 32, dtype=F32), np.where(np.arange(32) % 2, F32(-1), F32(1))
    halves = np.append(F32(127), np.arange(31, dtype=F32) - F32(15.5))  # scale 1: each is a tie
    near = np.append(F32(-127), np.nextafter(np.arange(31, dtype=F32) - F32(15.5), F32(0)))
    near[1:3] = [F32(0.49999997), F32(-0.49999997)]
    eighths = np.append(F32(-8), (np.arange(31, dtype=F32) - 15) / F32(2))  # Q4_0's scale 1: each other a tie
    blocks = [
        np.zeros(32), -np.zeros(32), alternating * 3, -alternating * 3, ramp, halves, near, eighths, -eighths,
        *(ramp * F32(scale) for scale in (1e-44, 1e-40, 3e-38, 1e-37, 5e-37, 4e-36, 1e-20, 7.5e-6, 7.6e-6, 65504, 8e5, 8.4e6, 1e30, 3.4e38)),
    ]  # fmt: skip
    blocks[4][-1] = -blocks[4][0]  # the largest occurs with both signs, the negative first
    return np.stack(blocks).astype(F32)


def float_patterns(rng, count=4096):
    """Float32 of all magnitudes, ties of float16 and bfloat16, and every kind of special number."""
    bits = rng.integers(0, 2**32, count, dtype=np.uint64).astype(np.uint32)
    exponent = rng.integers(95, 145, count).astype(np.uint32) << 23  # around the range of float16
    bits[: count // 2] = (bits[: count // 2] & 0x807FFFFF) | exponent[: count // 2]
    bits[::4] = (bits[::4] & 0xFFFFE000) | 0x1000
    bits[1::4] = (bits[1::4] & 0xFFFF0000) | 0x8000
    special = "0 80000000 1 7fffff 800000 7f7fffff 7f800000 ff800000 7f800001 7fc00000 ffc12345 7fbfffff 33000000 33000001 32ffffff 477fefff 477ff000 477fe000"
    bits[: len(special.split())] = [int(word, 16) for word in special.split()]
    return bits.view(F32)


def encoders(rng):
    normal = rng.standard_normal((24, 256), dtype=F32) * np.exp2(rng.integers(-20, 8, (24, 1))).astype(F32)
    outliers = normal[:8].copy()
    outliers[:, ::37] *= 40
    rows = np.concatenate([normal, outliers])
    edges = edge_rows()
    tensors = {"rows": rows, "edges": edges}
    for name in ["Q8_0", "Q4_0"]:
        for key, values in [("rows", rows), ("edges", edges)]:
            tensors[f"{name}.{key}"] = ggml_library.encode(values, name)
        witness = quantize(rows, gguf.GGMLQuantizationType[name]).view(np.uint8).reshape(len(rows), -1)
        assert (witness == tensors[f"{name}.rows"]).all(), f"{name}: gguf-py and ggml differ"
    floats = float_patterns(rng)
    tensors["floats"] = floats
    for name in ["F16", "BF16"]:
        tensors[f"{name}.floats"] = ggml_library.encode(floats.reshape(1, -1), name).ravel()
    save_tensors("quantized/encoders", tensors)


# --- bitsandbytes ------------------------------------------------------------------------------------------------------------------


def bitsandbytes(rng):
    normal = lambda *shape: rng.standard_normal(shape, dtype=F32)
    levels = np.sort(bnb.get_4bit_type("fp4", device="cpu").numpy())
    bounds = (levels[1:] + levels[:-1]) / F32(2)
    edges = np.stack([np.nextafter(bounds, F32(-2)), bounds, np.nextafter(bounds, F32(2))]).ravel()
    holes = normal(12, 64)
    holes[[0, 5, 11]] = 0
    cases = {
        "normal": normal(48, 96) * F32(0.02), "odd": normal(13, 3), "holes": holes,
        "thresholds": np.append(np.array([1, -1, 0, -0.0], F32), np.tile(edges, 2)[: 64 * 2 - 4]),
    }  # fmt: skip
    tensors = {"fp4.quant_map": bnb.get_4bit_type("fp4", device="cpu")}
    for name, x in cases.items():
        packed, state = bnb.quantize_4bit(torch.from_numpy(x), blocksize=64, quant_type="fp4")
        _, double = bnb.quantize_4bit(torch.from_numpy(x), blocksize=64, quant_type="fp4", compress_statistics=True)
        tensors |= {
            f"fp4.{name}.input": x, f"fp4.{name}.packed": packed.ravel(), f"fp4.{name}.absmax": state.absmax,
            f"fp4.{name}.values": bnb.dequantize_4bit(packed, state).reshape(x.shape),
            f"fp4.{name}.double.absmax": double.absmax, f"fp4.{name}.double.nested_absmax": double.state2.absmax,
            f"fp4.{name}.double.nested_quant_map": double.state2.code, f"fp4.{name}.double.offset": double.offset.reshape(1),
            f"fp4.{name}.double.values": bnb.dequantize_4bit(packed, double).reshape(x.shape),
        }  # fmt: skip
    weights = normal(9, 70) * np.exp2(rng.integers(-8, 4, (9, 1))).astype(F32)
    weights[4], weights[6, 5] = np.linspace(-127, 127, 70, dtype=F32) / 2, 63.5  # scale 2: halves are ties
    weights[4, 0], weights[4, 1] = -127, 126.5
    weights = weights.astype(np.float16).astype(F32)
    codes, largest, _ = bnb.int8_vectorwise_quant(torch.from_numpy(weights).half())
    tensors |= {
        "int8.input": weights, "int8.weight": codes, "int8.SCB": largest,
        "int8.values": bnb.int8_vectorwise_dequant(codes, largest),
    }  # fmt: skip
    save_tensors("quantized/bitsandbytes", tensors)


# --- GPTQ and AWQ ------------------------------------------------------------------------------------------------------------------


def fetch(requirement, members):
    """Downloads one package without what it depends on and unpacks some of its files; returns the folder."""
    folder = PEERS / requirement.replace("==", "-")
    if not folder.exists():
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, requirement], check=True)
    archive = next(path for path in folder.iterdir() if path.is_file())
    opened = zipfile.ZipFile(archive) if archive.suffix == ".whl" else tarfile.open(archive)
    for name in opened.namelist() if archive.suffix == ".whl" else opened.getnames():
        if name.endswith(members):
            opened.extract(name, folder)
    return folder if archive.suffix == ".whl" else folder / archive.name.removesuffix(".tar.gz")


def without_init(*names, at):
    """Packages whose __init__ is not run, so that single files of them can be imported."""
    for name in names:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(at / name.replace(".", "/"))]


def auto_gptq():
    folder = fetch("auto-gptq==0.7.1", ("qlinear/qlinear_cuda.py",))
    without_init("auto_gptq", "auto_gptq.nn_modules", "auto_gptq.nn_modules.qlinear", at=folder)
    return importlib.import_module("auto_gptq.nn_modules.qlinear.qlinear_cuda").QuantLinear


def grid(weights, bits, group_of, groups, least_zero):
    """Round-to-nearest scales and zero points `[groups, out]` of a matrix `[out, in]`, and the matrix rounded to them."""
    scales, zeros, rounded = [], [], np.empty_like(weights)
    for group in range(groups):
        part = weights[:, group_of == group]
        low, high = np.minimum(part.min(1), 0), np.maximum(part.max(1), 0)
        scale = ((high - low) / (2**bits - 1)).astype(np.float16).astype(F32)
        zero = np.clip(np.round(-low / scale), least_zero, 2**bits - 1)
        codes = np.clip(np.round(part / scale[:, None]) + zero[:, None], 0, 2**bits - 1)
        rounded[:, group_of == group] = (codes - zero[:, None]) * scale[:, None]
        scales.append(scale), zeros.append(zero)
    return np.stack(scales), np.stack(zeros), rounded


def gptq(rng, bits, group_size, shuffled):
    """One matrix `[out 64, in 96]` packed by auto-gptq, and what its own layer multiplies with."""
    rows, columns = 64, 96
    size = columns if group_size == -1 else group_size
    groups = math.ceil(columns / size)
    group_of = np.arange(columns) // size
    group_of = rng.permutation(group_of) if shuffled else group_of
    weights = rng.standard_normal((rows, columns), dtype=F32) * F32(0.1)
    # auto-gptq stores zero points less one and cannot store the zero point 0.
    scales, zeros, rounded = grid(weights, bits, group_of, groups, least_zero=1)
    linear = torch.nn.Linear(columns, rows, bias=False)
    linear.weight.data = torch.from_numpy(rounded)
    layer = auto_gptq()(bits, group_size, columns, rows, bias=False, weight_dtype=torch.float32)
    index = torch.from_numpy(group_of.astype(np.int32))
    layer.pack(linear, torch.from_numpy(scales.T.copy()), torch.from_numpy(zeros.T.astype(F32).copy()), index)
    values = layer(torch.eye(columns)).T  # the layer in float32: products of one weight and one are exact
    assert (values.detach().numpy() == rounded).all()
    return {
        "qweight": layer.qweight, "qzeros": layer.qzeros, "scales": layer.scales.half(), "g_idx": layer.g_idx,
        "values": values.detach().contiguous(),
    }  # fmt: skip


def awq(rng, group_size):
    """One matrix `[out 32, in 128]` packed and unpacked by autoawq."""
    rows, columns = 32, 128
    folder = fetch("autoawq==0.2.9", ("linear/gemm.py", "utils/packing_utils.py", "utils/module.py", "utils/utils.py"))
    without_init("awq", "awq.utils", "awq.modules", "awq.modules.linear", at=folder)
    sys.modules["awq.utils.utils"] = types.SimpleNamespace(get_best_device=lambda: "cpu")
    sys.modules["awq.utils.module"] = types.SimpleNamespace(try_import=lambda name: (None, name))
    layer_class = importlib.import_module("awq.modules.linear.gemm").WQLinear_GEMM
    packing = importlib.import_module("awq.utils.packing_utils")
    size = columns if group_size == -1 else group_size
    weights = rng.standard_normal((rows, columns), dtype=F32) * F32(0.1)
    scales, zeros, rounded = grid(weights, 4, np.arange(columns) // size, columns // size, least_zero=0)
    linear = torch.nn.Linear(columns, rows, bias=False)
    linear.weight.data = torch.from_numpy(rounded)
    layer = layer_class.from_linear(linear, 4, size, scales=torch.from_numpy(scales), zeros=torch.from_numpy(zeros))
    values = packing.dequantize_gemm(layer.qweight, layer.qzeros, layer.scales.float(), 4, size).T
    assert (values.numpy() == rounded).all()
    return {"qweight": layer.qweight, "qzeros": layer.qzeros, "scales": layer.scales, "values": values.contiguous()}


def grouped(rng):
    tensors = {}
    for name, bits, size, shuffled in [
        ("gptq2", 2, 32, False), ("gptq3", 3, 32, False), ("gptq4", 4, 32, False), ("gptq8", 8, 32, False),
        ("gptq4_ordered", 4, 32, True), ("gptq3_whole", 3, -1, False), ("gptq4_rest", 4, 64, False),
    ]:  # fmt: skip
        tensors |= {f"{name}.{key}": value for key, value in gptq(rng, bits, size, shuffled).items()}
    for name, size in [("awq", 32), ("awq_whole", -1)]:
        tensors |= {f"{name}.{key}": value for key, value in awq(rng, size).items()}
    save_tensors("quantized/grouped", tensors)


def make():
    (FIXTURES / "quantized").mkdir(exist_ok=True)
    encoders(np.random.default_rng(21))
    bitsandbytes(np.random.default_rng(22))
    grouped(np.random.default_rng(23))

"""checkpoints/: one small random Llama as the quantized checkpoints that the hub holds.

bitsandbytes writes its own four; GPTQ and AWQ are packed here in numpy, and llama.cpp's converter checks the GPTQ ones.
NAME.logits.safetensors holds `ids`, `logits` (transformers in float32 on the dequantized weights). bitsandbytes' own run of a
4-bit folder, with float32 activations, gives the same bits; of the 8-bit one, whose products round activations to int8, it is `peer.logits`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from bitsandbytes import functional as bnb
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig

from .common import FIXTURES, report, save_tensors

FOLDER = FIXTURES / "checkpoints"
VOCABULARY, GROUP = 96, 32
AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]  # the column that nibble i holds, lowest nibble first


def config(**parts):
    return LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=128, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, **parts,
    )  # fmt: skip


def base():
    """Random weights, exact in bfloat16, a few of them large."""
    model, rng = AutoModelForCausalLM.from_config(config(), dtype=torch.float32).eval(), np.random.default_rng(31)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = rng.standard_normal(weight.shape, dtype=np.float32)
            values = 1 + values / 5 if weight.ndim == 1 else values * np.float32(1.5 / weight.shape[1] ** 0.5)
            weight.copy_(torch.from_numpy(values).bfloat16().float())
    return model


def is_linear(name):
    return "_proj." in name


@torch.no_grad()
def logits(model):
    ids = np.random.default_rng(9).integers(0, VOCABULARY, 32)
    model.set_attn_implementation("eager")
    return ids.astype(np.int32), model.eval()(torch.from_numpy(ids)[None]).logits[0].float()


def plain(weights):
    """The model in float32 with these weights."""
    model = AutoModelForCausalLM.from_config(config(), dtype=torch.float32)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and missing == ["lm_head.weight"], (missing, unexpected)
    return model


def save_answers(name, weights, peer=None):
    ids, rows = logits(plain(weights))
    tensors = {"ids": ids, "logits": rows}
    if peer is not None:
        own = logits(peer)[1]
        print(f"    bitsandbytes' own run differs by {(own - rows).abs().max():.2e}")
        if not torch.equal(own, rows):
            tensors["peer.logits"] = own
    for path in sorted((FOLDER / name).iterdir()):
        report(path)
    save_tensors(f"checkpoints/{name}.logits", tensors)


# --- bitsandbytes


def dequantized(module):
    """A layer's weights in float32, as its product with float32 activations has them: never rounded to the type they once had."""
    if state := getattr(module.weight, "quant_state", None):
        state.dtype = torch.float32
        return bnb.dequantize_4bit(module.weight.data, state)
    return module.weight.CB.float() * (module.weight.SCB.float()[:, None] / 127)


def bitsandbytes_folder(source, name, dtype, **options):
    """Quantized as transformers loads it, saved as transformers saves it, and loaded again for the answers."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    options["llm_int8_skip_modules"] = ["lm_head"]
    loaded = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, quantization_config=BitsAndBytesConfig(**options))
    loaded.save_pretrained(folder)
    (folder / "generation_config.json").unlink()
    again = AutoModelForCausalLM.from_pretrained(folder)
    for weight in again.parameters():  # norms and embeddings stay in the stored type, whatever `dtype` says
        weight.data = weight.data.float() if weight.dtype in (torch.float16, torch.bfloat16) else weight.data
    weights = {k: v.float() for k, v in again.state_dict().items() if "_proj" not in k and k != "lm_head.weight"}
    weights |= {f"{k}.weight": dequantized(m) for k, m in again.named_modules() if k.endswith("_proj")}
    save_answers(name, weights, again)


# --- GPTQ and AWQ


def groups_of(count, size, act_order, rng):
    """The group of each input: in order, or in the order that activations gave."""
    groups = np.arange(count) // size
    return groups[np.argsort(rng.permutation(count))] if act_order else groups


def quantize(weight, groups, bits, symmetric):
    """Codes `[in, out]`, zero points and float16 scales `[groups, out]` of a weight `[out, in]`; a zero point is never 0."""
    values, top, count = weight.T.numpy(), 2**bits - 1, groups.max() + 1
    low = np.stack([values[groups == g].min(0) for g in range(count)])
    high = np.stack([values[groups == g].max(0) for g in range(count)])
    if symmetric:
        high = np.maximum(high, -low)
        low = -high
    scales = np.maximum((high - low) / top, 1e-4).astype(np.float16)
    zeros = np.full(scales.shape, (top + 1) // 2) if symmetric else np.clip(np.rint(-low / scales), 1, top).astype(int)
    codes = np.clip(np.rint(values / scales[groups]) + zeros[groups], 0, top).astype(int)
    return codes, zeros, scales


def packed(codes, bits, axis, order=None):
    """32 / bits codes along an axis in each int32, the first in the lowest bits."""
    per, codes = 32 // bits, np.moveaxis(np.asarray(codes, np.uint64), axis, -1)
    codes = codes.reshape(*codes.shape[:-1], -1, per)[..., order if order else slice(None)]
    words = (codes << (np.arange(per, dtype=np.uint64) * np.uint64(bits))).sum(-1).astype(np.uint32).view(np.int32)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(words, -1, axis)))


def gptq(weight, bits, group, act_order, symmetric, v2, rng):
    groups = groups_of(weight.shape[1], group, act_order, rng)
    codes, zeros, scales = quantize(weight, groups, bits, symmetric)
    parts = {
        "qweight": packed(codes, bits, 0), "qzeros": packed(zeros - (0 if v2 else 1), bits, 1), "scales": torch.from_numpy(scales),
        "g_idx": torch.from_numpy(groups.astype(np.int32)),
    }  # fmt: skip
    return parts, scales.astype(np.float32)[groups] * (codes - zeros[groups])


def awq(weight, rng):
    groups = np.arange(weight.shape[1]) // GROUP
    codes, zeros, scales = quantize(weight, groups, 4, False)
    parts = {"qweight": packed(codes, 4, 1, AWQ_ORDER), "qzeros": packed(zeros, 4, 1, AWQ_ORDER), "scales": torch.from_numpy(scales)}
    return parts, scales.astype(np.float32)[groups] * (codes - zeros[groups])


def packed_folder(model, name, quantization, pack):
    folder, rng = FOLDER / name, np.random.default_rng(41)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    stored, weights = {}, {}
    for key, weight in model.state_dict().items():
        if key == "lm_head.weight":
            continue
        if is_linear(key):
            parts, values = pack(weight, rng=rng)
            stored |= {key.replace("weight", part): value for part, value in parts.items()}
            weights[key] = torch.from_numpy(np.ascontiguousarray(values.T.astype(np.float32)))
        else:
            stored[key] = weight.half()
            weights[key] = stored[key].float()
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    content = config(dtype="float16").to_dict() | {"architectures": ["LlamaForCausalLM"], "quantization_config": quantization}
    content["torch_dtype"] = content.pop("dtype")
    (folder / "config.json").write_text(json.dumps({k: v for k, v in content.items() if v is not None}, indent=2) + "\n")
    save_answers(name, weights)
    if quantization["quant_method"] == "gptq":
        check_with_converter(folder, weights)


def check_with_converter(folder, weights):
    """llama.cpp's converter unpacks the same weights."""
    with tempfile.TemporaryDirectory() as place:
        copy = shutil.copytree(folder, Path(place) / "model")
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(FIXTURES / "architectures/qwen2" / file, copy)
        settings = json.loads((copy / "config.json").read_text())
        content = load_file(copy / "model.safetensors")  # the tokenizer has more entries than this model
        rows = content["model.embed_tokens.weight"]
        content["model.embed_tokens.weight"] = torch.cat([rows, rows.new_zeros(320 - len(rows), rows.shape[1])])
        save_file(content, copy / "model.safetensors", metadata={"format": "pt"})
        (copy / "config.json").write_text(json.dumps(settings | {"vocab_size": 320}))
        script, out = Path(__file__).with_name("convert.py"), Path(place) / "out.gguf"
        subprocess.run([sys.executable, script, "qwen2", copy, "--outfile", out, "--outtype", "f32"], check=True, capture_output=True)
        for tensor in gguf.GGUFReader(out).tensors:
            if tensor.name == "blk.0.ffn_down.weight":
                assert np.array_equal(tensor.data, weights["model.layers.0.mlp.down_proj.weight"].numpy()), folder.name
            if tensor.name == "blk.0.attn_v.weight":
                assert np.array_equal(tensor.data, weights["model.layers.0.self_attn.v_proj.weight"].numpy()), folder.name
    print("    llama.cpp's converter reads the same weights")


def gptq_config(**parts):
    return {
        "bits": 4, "group_size": GROUP, "damp_percent": 0.01, "desc_act": False, "static_groups": False, "sym": True,
        "true_sequential": True, "model_name_or_path": None, "model_file_base_name": "model", "quant_method": "gptq",
        "checkpoint_format": "gptq", **parts,
    }  # fmt: skip


AWQ_CONFIG = {"bits": 4, "group_size": GROUP, "modules_to_not_convert": None, "quant_method": "awq", "version": "gemm", "zero_point": True}


def make():
    FOLDER.mkdir(exist_ok=True)
    model = base()
    with tempfile.TemporaryDirectory() as source:
        model.to(torch.bfloat16).save_pretrained(source)
        four = dict(load_in_4bit=True, bnb_4bit_compute_dtype=torch.float32)
        bitsandbytes_folder(source, "nf4", torch.float32, bnb_4bit_quant_type="nf4", **four)
        bitsandbytes_folder(source, "nf4-double", torch.bfloat16, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, **four)
        bitsandbytes_folder(source, "fp4", torch.float32, bnb_4bit_quant_type="fp4", **four)
        bitsandbytes_folder(source, "int8", torch.float16, load_in_8bit=True)
    model.float()

    def packing(bits=4, group=GROUP, act_order=False, symmetric=True, v2=False):
        return lambda weight, rng: gptq(weight, bits, group, act_order, symmetric, v2, rng)

    packed_folder(model, "gptq", gptq_config(), packing())
    packed_folder(model, "gptq-act", gptq_config(desc_act=True, sym=False), packing(act_order=True, symmetric=False))
    packed_folder(model, "gptq-v2", gptq_config(sym=False, checkpoint_format="gptq_v2"), packing(symmetric=False, v2=True))
    packed_folder(model, "gptq-8bit", gptq_config(bits=8, group_size=-1), packing(bits=8, group=128))
    packed_folder(model, "awq", AWQ_CONFIG, awq)

"""smollm2.safetensors, smollm2.json: logits, greedy tokens and NF4 layers of the real default model.

The oracle is transformers in float32 on the weights that gguf-py decodes from the Q4_1 file (`f32`), and the same with every linear
layer quantized to NF4 with double quantization by bitsandbytes and back (`nf4`).
"""

import logging
import math

import bitsandbytes.functional as bnb
import numpy as np
import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from .common import MODEL, SMOLLM2_FOLDER, save_json, save_tensors, sha256

PROMPTS = [
    "The movie was",
    "<|im_start|>user\nWhat is quantization?<|im_end|>\n<|im_start|>assistant\n",
    "def mean(xs):\n    return sum(xs) / 20  # naïve, 平均\n\nprint(mean(",
]
COLUMNS = 512
STEPS = 32


def folder():
    """The default model as a Hugging Face folder in float32, made once.

    transformers takes q and k back to Hugging Face's row order, but forgets that the `smollm` pre-tokenizer isolates digits
    before it splits words, which changes the tokens of text such as "a  1". The folder gets the pre-tokenizer of the original.
    """
    if (SMOLLM2_FOLDER / "tokenizer.json").exists():
        return SMOLLM2_FOLDER
    where = dict(pretrained_model_name_or_path=str(MODEL.parent), gguf_file=MODEL.name)
    logging.info("decoding %s", MODEL)
    loaded, tokenizer = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32), AutoTokenizer.from_pretrained(**where)
    if hasattr(loaded.config, "quantization_config"):
        del loaded.config.quantization_config
    model = AutoModelForCausalLM.from_config(loaded.config, dtype=torch.float32)
    model.load_state_dict(loaded.state_dict())
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    model.save_pretrained(SMOLLM2_FOLDER)
    tokenizer.save_pretrained(SMOLLM2_FOLDER)
    return SMOLLM2_FOLDER


def load_model():
    return AutoModelForCausalLM.from_pretrained(folder(), dtype=torch.float32, attn_implementation="eager").eval()


def load_tokenizer():
    return AutoTokenizer.from_pretrained(folder())


@torch.no_grad()
def quantize_in_place(model):
    """Replaces each linear layer but the head by its NF4 image; returns what identifies each layer's codes."""
    layers = {}
    for name, layer in model.named_modules():
        if not isinstance(layer, torch.nn.Linear) or name == "lm_head":
            continue
        packed, state = bnb.quantize_4bit(layer.weight.data, blocksize=64, quant_type="nf4", compress_statistics=True)
        layer.weight.copy_(bnb.dequantize_4bit(packed, state))
        layers[name] = {
            "packed_sha256": sha256(packed.numpy()), "absmax_sha256": sha256(state.absmax.numpy()),
            "nested_absmax_sha256": sha256(state.state2.absmax.numpy()), "offset": state.offset.item(),
        }  # fmt: skip
    return layers


@torch.no_grad()
def greedy(model, ids, count):
    """The next `count` tokens, and the smallest lead of a chosen token over the second best."""
    chosen, lead, cache, step = [], math.inf, None, ids
    for _ in range(count):
        output = model(torch.tensor([step]), past_key_values=cache, use_cache=True)
        best = output.logits[0, -1].topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        chosen.append(best.indices[0].item())
        cache, step = output.past_key_values, chosen[-1:]
    return chosen, lead


@torch.no_grad()
def make():
    tokenizer, model = load_tokenizer(), load_model()
    ids = [tokenizer.encode(prompt, add_special_tokens=False) for prompt in PROMPTS]
    columns = np.sort(np.random.default_rng(0).choice(model.config.vocab_size, COLUMNS, replace=False)).astype(np.int32)
    tensors, facts = {"columns": columns}, {"prompts": PROMPTS, "ids": ids}
    for kind in ("f32", "nf4"):
        if kind == "nf4":
            facts["nf4_layers"] = quantize_in_place(model)
        for i, prompt in enumerate(ids):
            logits = model(torch.tensor([prompt])).logits[0].numpy()
            tensors[f"{kind}.{i}.logits"] = logits[:, columns]
            if i == 0:
                tensors[f"{kind}.{i}.last"] = logits[-1]
        results = [greedy(model, prompt, STEPS) for prompt in ids]
        facts[kind] = {"greedy": [r[0] for r in results], "smallest_lead": [r[1] for r in results]}
        facts[kind]["text"] = [tokenizer.decode(r[0]) for r in results]
    save_tensors("smollm2", tensors)
    save_json("smollm2", facts)

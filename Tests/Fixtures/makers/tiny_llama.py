"""tiny-llama.gguf, tiny-llama-v2.gguf, tiny-untied.gguf, tiny_logits.safetensors, tiny_greedy.json: two small random Llamas.

`tiny-llama` is F32 with tied embeddings; `tiny-untied` is F16 with its own output weight and Llama 3's rope factors. Both GGUF files
are laid out as llama.cpp's converter lays them out. The logits and greedy tokens are transformers', in float32, on the same weights.
The Hugging Face model is built from its configuration, because transformers does not read `rope_freqs.weight` from a GGUF file.
"""

import json
import math

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .common import FIXTURES, TINY_FOLDER, report, save_json, save_tensors

VOCABULARY, LAYERS, HIDDEN, FEED_FORWARD, HEADS, KV_HEADS, HEAD, CONTEXT = 384, 2, 64, 128, 4, 2, 16, 512
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LLAMA3_ROPE = dict(rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
CHAT_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output", "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


def review_lines():
    return (FIXTURES / "reviews.txt").read_text(encoding="utf-8").splitlines()


def train_tokenizer():
    """A byte-level BPE with single digits, as SmolLM's, learned from the committed reviews."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(review_lines(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=SPECIAL[1], eos_token=SPECIAL[2], pad_token=SPECIAL[2], unk_token=SPECIAL[0],
        chat_template=CHAT_TEMPLATE, clean_up_tokenization_spaces=False,
    )  # fmt: skip


def random_model(seed, tied, rope, dtype):
    """A Llama whose activations and logits are of order 1; its weights are rounded to `dtype` and kept as float32."""
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, intermediate_size=FEED_FORWARD, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS, head_dim=HEAD, max_position_embeddings=CONTEXT, rms_norm_eps=1e-5, tie_word_embeddings=tied,
        rope_parameters=rope, bos_token_id=1, eos_token_id=2, pad_token_id=2, attn_implementation="eager",
    )  # fmt: skip
    model, rng = LlamaForCausalLM(config).float().eval(), np.random.default_rng(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = rng.standard_normal(weight.shape, dtype=np.float32)
            if "norm" in name:
                weight.copy_(torch.from_numpy(1 + values / 10))  # norms stay float32 in a GGUF file
            else:
                spread = 8 if "embed" in name else math.sqrt(weight.shape[1])
                weight.copy_(torch.from_numpy(values / np.float32(spread)).to(dtype).float())
    return model


def permuted(weight, heads):
    """Rows of q or k from Hugging Face's halves (i, i + d/2) to ggml's pairs (2i, 2i + 1)."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def rope_divisors(config):
    """Llama 3's rope scaling as the divisors that llama.cpp's converter stores in `rope_freqs.weight`."""
    rope, divisors = config.rope_parameters, []
    for i in range(0, HEAD, 2):
        wavelength = 2 * math.pi * rope["rope_theta"] ** (i / HEAD)
        old, low, high = rope["original_max_position_embeddings"], rope["low_freq_factor"], rope["high_freq_factor"]
        smooth = min(max((old / wavelength - low) / (high - low), 0), 1)
        divisors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(divisors, np.float32)


def write_gguf(path, model, tokenizer, dtype, file_type):
    config, writer = model.config, gguf.GGUFWriter(path, "llama")
    writer.add_type("model")
    writer.add_name(path.stem)
    writer.add_license("apache-2.0")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_file_type(file_type)
    writer.add_vocab_size(VOCABULARY)
    writer.add_rope_dimension_count(HEAD)
    write_tokenizer(writer, tokenizer)
    writer.add_quantization_version(2)
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_divisors(config))
    for name, weight in model.named_parameters():
        weight, name = weight.detach().numpy(), name.removesuffix(".weight")
        if name.endswith(("q_proj", "k_proj")):
            weight = permuted(weight, HEADS if name.endswith("q_proj") else KV_HEADS)
        if name.startswith("model.layers."):
            layer, part = name.removeprefix("model.layers.").split(".", 1)
            target = f"blk.{layer}.{NAMES[part]}.weight"
        else:
            target = f"{NAMES[name]}.weight"
        writer.add_tensor(target, weight if weight.ndim == 1 else weight.astype(dtype))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    report(path)


def write_tokenizer(writer, tokenizer):
    bpe = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    tokens = sorted(bpe["vocab"], key=bpe["vocab"].get)
    assert len(tokens) == VOCABULARY and tokens[:3] == SPECIAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in SPECIAL else gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in bpe["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template(CHAT_TEMPLATE)
    writer.add_add_space_prefix(False)
    writer.add_add_bos_token(False)


@torch.no_grad()
def greedy(model, ids, count):
    """The next `count` tokens, and the smallest lead of a chosen token over the second best."""
    ids, lead = list(ids), math.inf
    for _ in range(count):
        best = model(torch.tensor([ids])).logits[0, -1].topk(2)
        lead = min(lead, (best.values[0] - best.values[1]).item())
        ids.append(best.indices[0].item())
    return ids[-count:], lead


def make():
    tokenizer = train_tokenizer()
    tiny = random_model(1, tied=True, rope=dict(rope_type="default", rope_theta=10000.0), dtype=torch.float32)
    untied = random_model(2, tied=False, rope=dict(rope_theta=10000.0, **LLAMA3_ROPE), dtype=torch.float16)
    tiny.save_pretrained(TINY_FOLDER)
    tokenizer.save_pretrained(TINY_FOLDER)
    write_gguf(FIXTURES / "tiny-llama.gguf", tiny, tokenizer, np.float32, gguf.LlamaFileType.ALL_F32)
    write_gguf(FIXTURES / "tiny-untied.gguf", untied, tokenizer, np.float16, gguf.LlamaFileType.MOSTLY_F16)
    content = bytearray((FIXTURES / "tiny-llama.gguf").read_bytes())
    content[4:8] = (2).to_bytes(4, "little")  # little-endian files of version 2 and 3 differ in nothing else
    (FIXTURES / "tiny-llama-v2.gguf").write_bytes(content)
    report(FIXTURES / "tiny-llama-v2.gguf")

    prompts = [tokenizer.encode(line)[:8] for line in review_lines()[:3]]
    ids = np.random.default_rng(3).integers(0, VOCABULARY, 100)
    tensors, tokens = {"ids": ids.astype(np.int32)}, {"prompts": prompts}
    for name, model in (("tiny-llama", tiny), ("tiny-untied", untied)):
        with torch.no_grad():
            tensors[f"{name}.logits"] = model(torch.from_numpy(ids)[None]).logits[0]
        results = [greedy(model, prompt, 32) for prompt in prompts]
        tokens[name] = {"greedy": [r[0] for r in results], "smallest_lead": min(r[1] for r in results)}
    save_tensors("tiny_logits", tensors)
    save_json("tiny_greedy", tokens)

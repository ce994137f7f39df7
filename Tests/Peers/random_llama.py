"""A Llama 3 of a real size with random weights, as a GGUF file in F16, and the same in other formats through llama.cpp's quantizer.

Speed does not depend on what the weights are, and such a file can be made everywhere. The tokenizer is another model's, with
names that mean nothing up to the size of Llama 3's vocabulary.
"""

import ctypes
import math

import gguf
import numpy as np

LAYERS, HIDDEN, FEED_FORWARD, HEADS, KEY_VALUE_HEADS, HEAD_SIZE = 16, 2048, 8192, 32, 8, 64
VOCABULARY, CONTEXT, ROPE_BASE = 128256, 131072, 500000.0


def rope_factors():
    """What Llama 3.2 divides its frequencies by: 32 below one turn in 8192 tokens, nothing above four, between the two in between."""
    frequencies = ROPE_BASE ** -(np.arange(0, HEAD_SIZE, 2) / HEAD_SIZE)
    turns = 8192 * frequencies / (2 * math.pi)
    smooth = np.clip((turns - 1) / 3, 0, 1)
    return (1 / ((1 - smooth) / 32 + smooth)).astype(np.float32)


def make(path, tokenizer):
    """Writes the file; `tokenizer` is a GGUF file with a vocabulary of the GPT-2 kind."""
    fields = gguf.GGUFReader(tokenizer).fields
    field = lambda name: fields[f"tokenizer.ggml.{name}"].contents()
    tokens, types = list(field("tokens")), list(field("token_type"))
    unused = range(len(tokens), VOCABULARY)
    tokens += [f"<unused_{index}>" for index in unused]
    types += [int(gguf.TokenType.UNUSED)] * len(unused)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Llama 3.2 1B with random weights")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_VALUE_HEADS)
    writer.add_rope_dimension_count(HEAD_SIZE)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCABULARY)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(field("pre"))
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(field("merges"))
    writer.add_bos_token_id(field("bos_token_id"))
    writer.add_eos_token_id(field("eos_token_id"))

    numbers = np.random.default_rng(7)

    def random(name, rows, columns):
        values = numbers.standard_normal((rows, columns), dtype=np.float32) * (0.7 / math.sqrt(columns))
        writer.add_tensor(f"{name}.weight", values.astype(np.float16))

    def ones(name):
        writer.add_tensor(f"{name}.weight", np.ones(HIDDEN, np.float32))

    random("token_embd", VOCABULARY, HIDDEN)
    ones("output_norm")
    writer.add_tensor("rope_freqs.weight", rope_factors())
    width = KEY_VALUE_HEADS * HEAD_SIZE
    for block in (f"blk.{index}" for index in range(LAYERS)):
        ones(f"{block}.attn_norm")
        random(f"{block}.attn_q", HIDDEN, HIDDEN)
        random(f"{block}.attn_k", width, HIDDEN)
        random(f"{block}.attn_v", width, HIDDEN)
        random(f"{block}.attn_output", HIDDEN, HIDDEN)
        ones(f"{block}.ffn_norm")
        random(f"{block}.ffn_gate", FEED_FORWARD, HIDDEN)
        random(f"{block}.ffn_up", FEED_FORWARD, HIDDEN)
        random(f"{block}.ffn_down", HIDDEN, FEED_FORWARD)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quantize(source, path, format):
    """The same file in another format, by the name that llama.cpp gives it."""
    from llamacpp import api

    options = api.llama_model_quantize_default_params()
    options.ftype = getattr(api, f"LLAMA_FTYPE_MOSTLY_{format}")
    if api.llama_model_quantize(str(source).encode(), str(path).encode(), ctypes.byref(options)):
        raise ValueError(f"llama.cpp does not quantize {source} to {format}")

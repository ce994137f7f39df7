"""The tiny models of `architectures.py`: what config.json says, which tokenizer, which types."""

from dataclasses import dataclass, field

from tokenizers import normalizers

from .tiny_tokenizers import bytes_tokenizer, pieces_tokenizer, train_pieces
from .token_shapes import LLAMA3, QWEN2, TEKKEN


@dataclass
class Family:
    seed: int
    config: dict
    tokenizer_files: object  # () -> {file name: bytes, text or JSON value}
    generation: dict
    pre: str = "default"  # llama.cpp's name of the pre-tokenizer
    dtype: str = "bfloat16"
    outtype: str | None = "bf16"  # of the GGUF; None makes none
    as_on_hub: bool = True  # config.json keeps the keys of the hub; otherwise it is as transformers 5 writes it
    shard: str = "5GB"
    gradients: bool = True
    gguf_changes: dict = field(default_factory=dict)


def chat(template, **parts):
    return {"chat_template": template, "clean_up_tokenization_spaces": False, **parts}


def added_tokens(texts):
    return {
        str(index): {"content": text, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
        for text, index in texts.items()
    }


def bytes_files(config, **arguments):
    tokenizer = bytes_tokenizer(**arguments)
    added = added_tokens({text: tokenizer.token_to_id(text) for text in arguments["special"]})
    return {"tokenizer.json": tokenizer.to_str(pretty=True), "tokenizer_config.json": {"added_tokens_decoder": added, **config}}


def pieces_files(config, vocabulary, ids, special, controls, bos, prefix):
    model = train_pieces(vocabulary, ids, controls, prefix)
    tokenizer = pieces_tokenizer(model, special + controls, bos, prefix)
    added = added_tokens({t.content: i for i, t in tokenizer.get_added_tokens_decoder().items()})
    return {
        "tokenizer.model": model, "tokenizer.json": tokenizer.to_str(pretty=True),
        "tokenizer_config.json": {"added_tokens_decoder": added, **config},
    }  # fmt: skip


LLAMA_CHAT = (
    "{{- bos_token }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' "
    "+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
MISTRAL_CHAT = (
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('user and assistant must take turns') }}{% endif %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + message['content'] + ' [/INST]' }}{% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}"
)
QWEN_CHAT = (
    "{%- if messages[0]['role'] != 'system' %}{{- '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{%- endif %}"
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)
GEMMA_CHAT = (
    "{{ bos_token }}{%- for message in messages -%}{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}"
    "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}"
)
LLAMA_SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
MISTRAL_SPECIAL = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
QWEN_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def llama_files():
    config = chat(LLAMA_CHAT, bos_token="<|begin_of_text|>", eos_token="<|eot_id|>", tokenizer_class="PreTrainedTokenizerFast")
    return bytes_files(config, vocabulary=320, pattern=LLAMA3, special=LLAMA_SPECIAL, bos="<|begin_of_text|>", first=False)


def mistral_files():
    config = chat(
        MISTRAL_CHAT, add_bos_token=True, add_eos_token=False, add_prefix_space=None, bos_token="<s>", eos_token="</s>", legacy=False,
        unk_token="<unk>", tokenizer_class="LlamaTokenizer",
    )  # fmt: skip
    return pieces_files(config, 384, dict(unk_id=0, bos_id=1, eos_id=2, pad_id=-1), MISTRAL_SPECIAL[:3], MISTRAL_SPECIAL[3:], "<s>", True)


def tekken_files():
    config = chat(
        MISTRAL_CHAT, add_bos_token=True, bos_token="<s>", eos_token="</s>", unk_token="<unk>", tokenizer_class="PreTrainedTokenizerFast",
    )  # fmt: skip
    return bytes_files(config, vocabulary=320, pattern=TEKKEN, special=MISTRAL_SPECIAL, bos="<s>")


def qwen_files(separate):
    config = chat(
        QWEN_CHAT, add_bos_token=False, add_prefix_space=False, bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        unk_token=None, tokenizer_class="Qwen2Tokenizer",
    )  # fmt: skip
    files = bytes_files(config, vocabulary=320, pattern=QWEN2, special=QWEN_SPECIAL, first=False, normalizer=normalizers.NFC())
    if separate:  # transformers 5 writes the template into a file of its own
        files["chat_template.jinja"] = files["tokenizer_config.json"].pop("chat_template")
    return files


def gemma_files():
    config = chat(
        GEMMA_CHAT, add_bos_token=True, add_eos_token=False, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", unk_token="<unk>",
        tokenizer_class="GemmaTokenizer",
    )  # fmt: skip
    ids = dict(pad_id=0, eos_id=1, bos_id=2, unk_id=3, bos_piece="<bos>", eos_piece="<eos>")
    return pieces_files(config, 384, ids, ["<pad>", "<eos>", "<bos>", "<unk>"], ["<start_of_turn>", "<end_of_turn>"], "<bos>", False)


def gemma(**parts):
    return dict(
        architectures=["Gemma3ForCausalLM"], model_type="gemma3_text", hidden_size=32, intermediate_size=64, num_hidden_layers=6,
        num_attention_heads=4, num_key_value_heads=1, head_dim=16, hidden_activation="gelu_pytorch_tanh", max_position_embeddings=512,
        rms_norm_eps=1e-6, sliding_window=8, vocab_size=384, bos_token_id=2, eos_token_id=[1, 5], pad_token_id=0, attention_bias=False,
        attention_dropout=0.0, attn_logit_softcapping=None, final_logit_softcapping=None, initializer_range=0.02, use_cache=True,
        dtype="bfloat16", **parts,
    )  # fmt: skip


def qwen(model, **parts):
    return dict(
        architectures=[f"{model.capitalize()}ForCausalLM"], model_type=model, hidden_size=32, intermediate_size=96, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, hidden_act="silu", max_position_embeddings=512, rms_norm_eps=1e-6,
        rope_theta=1000000.0, tie_word_embeddings=True, use_sliding_window=False, sliding_window=512, max_window_layers=2, vocab_size=320,
        bos_token_id=317, eos_token_id=319, attention_dropout=0.0, initializer_range=0.02, use_cache=True, torch_dtype="bfloat16", **parts,
    )  # fmt: skip


def mistral(**parts):
    return dict(
        architectures=["MistralForCausalLM"], model_type="mistral", hidden_act="silu", max_position_embeddings=512, rms_norm_eps=1e-5,
        tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, attention_dropout=0.0, initializer_range=0.02, use_cache=True,
        hidden_size=32, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, **parts,
    )  # fmt: skip


FAMILIES = {
    "llama": Family(
        seed=111, tokenizer_files=llama_files, pre="llama-bpe",
        generation=dict(bos_token_id=315, eos_token_id=[316, 319], do_sample=True, temperature=0.6, top_p=0.9),
        config=dict(
            architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=64, intermediate_size=96, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, head_dim=16, hidden_act="silu", max_position_embeddings=2048, rms_norm_eps=1e-5,
            rope_scaling=dict(
                factor=32.0, high_freq_factor=4.0, low_freq_factor=1.0, original_max_position_embeddings=64, rope_type="llama3",
            ),
            rope_theta=500000.0, tie_word_embeddings=True, vocab_size=320, bos_token_id=315, eos_token_id=[316, 319], attention_bias=False,
            attention_dropout=0.0, initializer_range=0.02, mlp_bias=False, pretraining_tp=1, torch_dtype="bfloat16", use_cache=True,
        ),
    ),
    "mistral": Family(
        seed=52, tokenizer_files=mistral_files, dtype="float16", outtype="f16", generation=dict(bos_token_id=1, eos_token_id=2),
        config=mistral(head_dim=12, rope_theta=1000000.0, sliding_window=None, vocab_size=384, torch_dtype="float16"),
    ),
    "mistral-window": Family(
        seed=23, tokenizer_files=tekken_files, pre="tekken", outtype=None, as_on_hub=False, generation=dict(bos_token_id=1, eos_token_id=2),
        config=mistral(sliding_window=8, vocab_size=320, rope_parameters=dict(rope_type="default", rope_theta=10000.0), dtype="bfloat16"),
    ),
    "qwen2": Family(
        seed=284, tokenizer_files=lambda: qwen_files(False), pre="qwen2", shard="60KB", config=qwen("qwen2"),
        generation=dict(
            bos_token_id=317, pad_token_id=317, eos_token_id=[319, 317], do_sample=True, repetition_penalty=1.05, temperature=0.7, top_p=0.8,
            top_k=20,
        ),
    ),
    "qwen3": Family(
        seed=65, tokenizer_files=lambda: qwen_files(True), pre="qwen2", dtype="float32", outtype="f32", as_on_hub=False,
        config=qwen("qwen3", head_dim=16, attention_bias=False),
        generation=dict(bos_token_id=317, pad_token_id=317, eos_token_id=[319, 317], do_sample=True, temperature=0.6, top_p=0.95, top_k=20),
    ),
    "gemma3": Family(
        seed=176, tokenizer_files=gemma_files, as_on_hub=False, config=gemma(query_pre_attn_scalar=16),
        generation=dict(
            bos_token_id=2, eos_token_id=[1, 5], pad_token_id=0, do_sample=True, top_k=64, top_p=0.95, cache_implementation="hybrid",
        ),
    ),
    "gemma3-linear": Family(
        seed=97, tokenizer_files=gemma_files, gradients=False, gguf_changes=dict(query_pre_attn_scalar=16),
        config=gemma(
            query_pre_attn_scalar=24, rope_theta=1000000.0, rope_local_base_freq=10000.0, rope_scaling=dict(factor=8.0, rope_type="linear"),
            sliding_window_pattern=6,
        ),
        generation=dict(bos_token_id=2, eos_token_id=[1, 5], pad_token_id=0),
    ),
}  # fmt: skip

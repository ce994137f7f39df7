"""Small tokenizers of the families that Quill runs, trained on the pool of texts: as tokenizer.json and as GGUF vocabulary."""

import copy
import json

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .common import FIXTURES
from .tiny_tokenizers import LLAMA3, QWEN2, TEKKEN

FOLDER = FIXTURES / "tokenizers"
VOCABULARY = 1200
BYTE_LEVEL = {
    # name: (pattern, normalizer, GGUF's pre, special, user-defined, bos, special tokens first)
    "qwen2": (QWEN2, normalizers.NFC(), "qwen2", ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["<tool>", "</tool>"], None),
    "tekken": (TEKKEN, None, "tekken", ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"], [], "<s>"),
    "llama3": (LLAMA3, None, "llama-bpe", ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|eot_id|>"], [], "<|begin_of_text|>"),
    "smollm2": ("digits", None, "smollm", ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], ["[[", "~~~"], None),
    "gpt2": ("gpt2", None, "default", ["<|endoftext|>"], [], None),
}
PIECES = {
    # name: (special in the order of ids, user-defined, bos, whether a space is put before the text)
    "llama2": (["<unk>", "<s>", "</s>"], [], "<s>", True),
    "gemma": (["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"], ["\n" * n for n in range(1, 9)] + [" " * n for n in range(2, 9)] + ["\t", "\t\t", "<b>", "</b>", "<tool>"], "<bos>", False),
}


def training_texts(pool):
    return pool["texts"] * 2 + pool["code"] + pool["emoji"] + pool["numbers"] + (FIXTURES / "reviews.txt").read_text().splitlines() * 2


def begins_with(tokenizer, bos, byte_level):
    if not bos:
        if byte_level:
            tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
        return
    template = processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, tokenizer.token_to_id(bos))])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template]) if byte_level else template


def byte_level(name, pool):
    pattern, normalizer, _, special, user_defined, bos = BYTE_LEVEL[name]
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern in ("digits", "gpt2"))
    if pattern == "digits":
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level])
    elif pattern == "gpt2":
        tokenizer.pre_tokenizer = level
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), behavior="isolated"), level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(training_texts(pool), trainer)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in user_defined])
    if pattern in (TEKKEN, LLAMA3):
        state = json.loads(tokenizer.to_str())
        state["model"]["ignore_merges"] = True
        # Some tokens that only `ignore_merges` still finds.
        merges = state["model"]["merges"]
        state["model"]["merges"] = [merge for index, merge in enumerate(merges) if index < 300 or index % 7]
        tokenizer = Tokenizer.from_str(json.dumps(state))
    begins_with(tokenizer, bos, True)
    return tokenizer


def pieces(name, pool):
    """SentencePiece's kind of BPE as Llama 2 (with the space before a text) and Gemma have it, with scores -0, -1, -2 … by rank."""
    special, user_defined, bos, prefix = PIECES[name]
    base = [text for text in special] + [f"<0x{byte:02X}>" for byte in range(256)] + [text.replace(" ", "▁") for text in user_defined if text != "▁"]
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=True)
    trained.train_from_iterator(training_texts(pool), trainers.BpeTrainer(vocab_size=VOCABULARY, limit_alphabet=500, show_progress=False))
    state = json.loads(trained.to_str())["model"]
    merged = [left + right for left, right in state["merges"]]
    order = list(dict.fromkeys(merged + sorted(set(state["vocab"]) - set(merged))))
    vocabulary = {text: index for index, text in enumerate(dict.fromkeys(base + order))}
    scores = {text: -float(index) for index, text in enumerate(order)}
    merges = sorted(
        (-scores[text], vocabulary[text[:cut]], vocabulary[text[cut:]], text[:cut], text[cut:])
        for text in order for cut in range(1, len(text)) if text[:cut] in vocabulary and text[cut:] in vocabulary
    )  # fmt: skip
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[(left, right) for *_, left, right in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tail = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if prefix:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        tokenizer.decoder = decoders.Sequence([*tail, decoders.Strip(" ", 1, 0)])
    else:
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
        tokenizer.decoder = decoders.Sequence(tail)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    # Gemma's runs of spaces are written with ▁ and so match no text; merging makes the same of them.
    tokenizer.add_tokens([AddedToken(text.replace(" ", "▁"), normalized=False) for text in user_defined])
    begins_with(tokenizer, bos, False)
    return tokenizer, scores


def metaspace_variant(llama2):
    """The same tokens as newer files describe them: the space is put before the first word only, by the pre-tokenizer."""
    state = copy.deepcopy(json.loads(llama2.to_str()))
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
    state["normalizer"], state["pre_tokenizer"] = None, metaspace
    return Tokenizer.from_str(json.dumps(state))


def write_folder(name, tokenizer, bos, eos):
    """A Hugging Face folder with the merges in the newer or the older form, and a template in one of the places where they stand."""
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    state = json.loads(tokenizer.to_str())
    if name in ("smollm2", "gpt2"):
        state["model"]["merges"] = [" ".join(pair) for pair in state["model"]["merges"]]
    compact = dict(ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(json.dumps(state, **compact) + "\n", encoding="utf-8")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": eos, "clean_up_tokenization_spaces": False}
    if bos:
        config["bos_token"] = {"content": bos, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    template = "{{ bos_token }}" * bool(bos) + "{% for message in messages %}" + name + ": {{ message['content'] }}{% endfor %}"
    if name == "qwen2":
        (folder / "chat_template.jinja").write_text(template)
        config["chat_template"] = "not this one"
    elif name == "gemma":
        config["chat_template"] = [{"name": "tool_use", "template": "not this one"}, {"name": "default", "template": template}]
    elif name != "gpt2":
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    if name == "llama3":
        ids = [tokenizer.token_to_id(text) for text in ("<|end_of_text|>", "<|eot_id|>")]
        (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ids}) + "\n")


def write_gguf(name, tokenizer, special, user_defined, pre, bos, eos, scores=None, prefix=False):
    """The vocabulary alone, with the keys and types of llama.cpp's converter."""
    writer = gguf.GGUFWriter(FOLDER / f"{name}.gguf", "llama")
    tokens = [text for text, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    kinds = {text: gguf.TokenType.CONTROL for text in special} | {text.replace(" ", "▁" if scores else " "): gguf.TokenType.USER_DEFINED for text in user_defined}
    types = [kinds.get(text, gguf.TokenType.BYTE if scores and text.startswith("<0x") and len(text) == 6 else gguf.TokenType.NORMAL) for text in tokens]
    written = [text.replace("▁", " ") if kind == gguf.TokenType.USER_DEFINED else text for text, kind in zip(tokens, types)]
    writer.add_tokenizer_model("llama" if scores else "gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(written)
    if scores:
        writer.add_token_scores([scores.get(text, -1000.0 if kinds.get(text) else 0.0) for text in tokens])
    writer.add_token_types(types)
    if not scores:
        writer.add_token_merges([" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]])
    if bos:
        writer.add_bos_token_id(tokenizer.token_to_id(bos))
    writer.add_eos_token_id(tokenizer.token_to_id(eos))
    if scores:
        writer.add_unk_token_id(tokenizer.token_to_id("<unk>"))
        writer.add_add_space_prefix(prefix)
    writer.add_add_bos_token(bool(bos))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_all(pool):
    """Name, tokenizer of each family; writes the folder and the GGUF file of each."""
    for name, (_, _, pre, special, user_defined, bos) in BYTE_LEVEL.items():
        tokenizer = byte_level(name, pool)
        eos = {"qwen2": "<|im_end|>", "tekken": "</s>", "llama3": "<|eot_id|>", "smollm2": "<|im_end|>", "gpt2": "<|endoftext|>"}[name]
        write_folder(name, tokenizer, bos, eos)
        write_gguf(name, tokenizer, special, user_defined, pre, bos, eos)
        yield name, tokenizer
    for name, (special, user_defined, bos, prefix) in PIECES.items():
        tokenizer, scores = pieces(name, pool)
        eos = "</s>" if name == "llama2" else "<eos>"
        write_folder(name, tokenizer, bos, eos)
        write_gguf(name, tokenizer, special, user_defined, "default", bos, eos, scores, prefix)
        yield name, tokenizer
        if name == "llama2":
            yield "llama2-metaspace", metaspace_variant(tokenizer)

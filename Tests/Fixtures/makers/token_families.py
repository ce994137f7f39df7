"""Small tokenizers of the families that Quill runs, trained on the pool of texts: as tokenizer.json and as GGUF vocabulary."""

import copy
import json
from collections import Counter

import gguf
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from .common import FIXTURES
from .token_shapes import LLAMA3, QWEN2, TEKKEN, added, beginning_with, bytes_bpe, ignoring_merges, learn_bytes, pieces_bpe

FOLDER = FIXTURES / "tokenizers"
VOCABULARY = 1200
ALPHABET = 500  # characters that are tokens of their own in the SentencePiece kind
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


def byte_level(name, pool):
    pattern, normalizer, _, special, user_defined, bos = BYTE_LEVEL[name]
    tokenizer = bytes_bpe(pattern, normalizer)
    learn_bytes(tokenizer, training_texts(pool), VOCABULARY)
    tokenizer.add_special_tokens(added(special, special=True))
    tokenizer.add_tokens(added(user_defined, special=False))
    if pattern in (TEKKEN, LLAMA3):
        # Some tokens that only the look-up of whole words still finds.
        tokenizer = ignoring_merges(tokenizer, keeps=lambda index: index < 300 or index % 7)
    level = processors.ByteLevel(trim_offsets=False)
    tokenizer.post_processor = processors.Sequence([level, beginning_with(bos, tokenizer)]) if bos else level
    return tokenizer


def learn_pieces(texts):
    """The characters and pieces that a SentencePiece-like training finds, in the order of their ranks: merges first."""
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=True)
    # The trainer's own choice of the most frequent characters is another one at each run where some are equally frequent.
    counts = Counter("▁".join(texts).replace(" ", "▁"))
    alphabet = sorted(counts, key=lambda character: (-counts[character], character))[:ALPHABET]
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=alphabet, limit_alphabet=ALPHABET, show_progress=False)
    trained.train_from_iterator(texts, trainer)
    state = json.loads(trained.to_str())["model"]
    merged = [left + right for left, right in state["merges"]]
    return list(dict.fromkeys(merged + sorted(set(state["vocab"]) - set(merged))))


def pieces(name, pool):
    """SentencePiece's kind of BPE as Llama 2 (with the space before a text) and Gemma have it, with scores -0, -1, -2 … by rank."""
    special, user_defined, bos, prefix = PIECES[name]
    base = special + [f"<0x{byte:02X}>" for byte in range(256)] + [text.replace(" ", "▁") for text in user_defined if text != "▁"]
    learned = learn_pieces(training_texts(pool))
    vocabulary = {text: index for index, text in enumerate(dict.fromkeys(base + learned))}
    scores = {text: -float(rank) for rank, text in enumerate(learned)}
    tokenizer = pieces_bpe(vocabulary, scores, prefix)
    tokenizer.add_special_tokens(added(special, special=True))
    # Gemma's runs of spaces are written with ▁ and so match no text; merging makes the same of them.
    tokenizer.add_tokens(added([text.replace(" ", "▁") for text in user_defined], special=False))
    tokenizer.post_processor = beginning_with(bos, tokenizer)
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

"""What the tokenizer.json of a family looks like, for the makers that learn small ones: the steps around byte-level and SentencePiece BPE."""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN2.replace(r"\p{N}| ?", r"\p{N}{1,3}| ?", 1)
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
TEKKEN = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def added(texts, special):
    return [AddedToken(text, special=special, normalized=False) for text in texts]


def beginning_with(bos, tokenizer):
    """The post-processor that puts one BOS before the text."""
    return processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )


def bytes_bpe(pattern, normalizer=None):
    """A byte-level BPE that knows nothing yet; `pattern` is a regular expression, "gpt2", or "digits" for SmolLM's digits and then GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern in ("digits", "gpt2"))
    first = pre_tokenizers.Digits(individual_digits=True) if pattern == "digits" else pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    tokenizer.pre_tokenizer = level if pattern == "gpt2" else pre_tokenizers.Sequence([first, level])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learn_bytes(tokenizer, texts, vocabulary, special=()):
    """Learns up to `vocabulary` tokens; the special ones are the first."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False)
    )


def ignoring_merges(tokenizer, keeps=lambda index: True):
    """Llama 3 and tekken look a whole word up before they merge. `keeps` says by its index which merge stays."""
    state = json.loads(tokenizer.to_str())
    state["model"]["ignore_merges"] = True
    state["model"]["merges"] = [merge for index, merge in enumerate(state["model"]["merges"]) if keeps(index)]
    return Tokenizer.from_str(json.dumps(state))


def merges_of(vocabulary, scores):
    """Merges that rank as the pieces' scores do: every way to put a piece together, best piece first.

    `vocabulary` has the id of each text, `scores` the score of each that merges make.
    """
    found = sorted(
        (-score, vocabulary[text[:cut]], vocabulary[text[cut:]], (text[:cut], text[cut:]))
        for text, score in scores.items() for cut in range(1, len(text)) if text[:cut] in vocabulary and text[cut:] in vocabulary
    )  # fmt: skip
    return [pair for *_, pair in found]


def pieces_bpe(vocabulary, scores, prefix):
    """SentencePiece's BPE with byte fallback: Llama 2's and Mistral's shape with a space put before the text, Gemma's without."""
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges_of(vocabulary, scores), unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tail = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if prefix:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        tokenizer.decoder = decoders.Sequence([*tail, decoders.Strip(" ", 1, 0)])
    else:
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
        tokenizer.decoder = decoders.Sequence(tail)
    return tokenizer

"""Small tokenizers of the five kinds that the families use, learned from `reviews.txt`, as Hugging Face folders hold them.

`bytes_tokenizer` makes a byte-level BPE (Llama 3, Qwen, Mistral's tekken); `pieces_tokenizer` a SentencePiece BPE with byte fallback
(Mistral, Gemma), as tokenizer.model and as the tokenizer.json that gives the same ids.
"""

import io
import json

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .common import FIXTURES

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
PROBES = ["Hello, world", " two  spaces\n\nlines ", "naïve café 🙂 中文 123456", "I'm DON'T x\t\ty", "a" * 40, "", "▁ mark"]


def review_lines():
    return (FIXTURES / "reviews.txt").read_text(encoding="utf-8").splitlines()


def begins_with(tokenizer, bos):
    """Puts one BOS before the text, as Llama's, Mistral's and Gemma's tokenizer.json do."""
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )


def bytes_tokenizer(vocabulary, pattern, special, bos=None, first=True, normalizer=None):
    """A byte-level BPE; its special tokens are the first ids (as in tekken) or the last (as in Llama 3 and Qwen)."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel()
    tokens = [AddedToken(text, special=True, normalized=False) for text in special]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary if first else vocabulary - len(special), special_tokens=tokens if first else [],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(review_lines(), trainer)
    tokenizer.add_special_tokens(tokens)
    if pattern != QWEN2:  # Llama 3 and tekken look a whole word up before they merge
        state = json.loads(tokenizer.to_str())
        state["model"]["ignore_merges"] = True
        tokenizer = Tokenizer.from_str(json.dumps(state))
    if bos:
        begins_with(tokenizer, bos)
    assert tokenizer.get_vocab_size() == vocabulary
    return tokenizer


def train_pieces(vocabulary, special, user_defined, prefix):
    """The bytes of a tokenizer.model: BPE with byte fallback. `special` are unk, bos, eos and pad by name with their ids."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(review_lines()), model_writer=model, model_type="bpe", vocab_size=vocabulary, byte_fallback=True,
        character_coverage=1.0, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
        add_dummy_prefix=prefix, allow_whitespace_only_pieces=True, num_threads=1, minloglevel=2,
        user_defined_symbols=user_defined, **special,
    )  # fmt: skip
    return model.getvalue()


def merges_of(vocabulary, scores, special):
    """Merges that rank as the pieces' scores do: every way to put a piece together, best piece first."""
    found = []
    for piece, index in vocabulary.items():
        if piece in special or piece.startswith("<0x"):
            continue
        for cut in range(1, len(piece)):
            left, right = vocabulary.get(piece[:cut]), vocabulary.get(piece[cut:])
            if left is not None and right is not None:
                found.append((-scores[index], left, right, (piece[:cut], piece[cut:])))
    return [pair for _, _, _, pair in sorted(found)]


def pieces_tokenizer(model, special, bos, prefix):
    """The tokenizer.json of a tokenizer.model: Mistral's shape with a prefix, Gemma's without."""
    peer = sentencepiece.SentencePieceProcessor(model_proto=model)
    count = peer.get_piece_size()
    vocabulary = {peer.id_to_piece(i): i for i in range(count)}
    merges = merges_of(vocabulary, [peer.get_score(i) for i in range(count)], special)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tail = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if prefix:
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        tokenizer.decoder = decoders.Sequence([*tail, decoders.Strip(" ", 1, 0)])
    else:
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
        tokenizer.decoder = decoders.Sequence(tail)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    begins_with(tokenizer, bos)
    for text in review_lines() + PROBES:
        assert tokenizer.encode(text, add_special_tokens=False).ids == peer.encode(text), text
    return tokenizer

"""Small tokenizers of the five kinds that the families use, learned from `reviews.txt`, as Hugging Face folders hold them.

`bytes_tokenizer` makes a byte-level BPE (Llama 3, Qwen, Mistral's tekken); `pieces_tokenizer` a SentencePiece BPE with byte fallback
(Mistral, Gemma), as tokenizer.model and as the tokenizer.json that gives the same ids.
"""

import io

import sentencepiece

from .common import FIXTURES
from .token_shapes import QWEN2, added, beginning_with, bytes_bpe, ignoring_merges, learn_bytes, pieces_bpe

PROBES = ["Hello, world", " two  spaces\n\nlines ", "naïve café 🙂 中文 123456", "I'm DON'T x\t\ty", "a" * 40, "", "▁ mark"]


def review_lines():
    return (FIXTURES / "reviews.txt").read_text(encoding="utf-8").splitlines()


def bytes_tokenizer(vocabulary, pattern, special, bos=None, first=True, normalizer=None):
    """A byte-level BPE; its special tokens are the first ids (as in tekken) or the last (as in Llama 3 and Qwen)."""
    tokenizer = bytes_bpe(pattern, normalizer)
    tokens = added(special, special=True)
    learn_bytes(tokenizer, review_lines(), *((vocabulary, tokens) if first else (vocabulary - len(special),)))
    tokenizer.add_special_tokens(tokens)
    if pattern != QWEN2:
        tokenizer = ignoring_merges(tokenizer)
    if bos:
        tokenizer.post_processor = beginning_with(bos, tokenizer)
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


def pieces_tokenizer(model, special, bos, prefix):
    """The tokenizer.json of a tokenizer.model: Mistral's shape with a prefix, Gemma's without."""
    peer = sentencepiece.SentencePieceProcessor(model_proto=model)
    vocabulary = {peer.id_to_piece(i): i for i in range(peer.get_piece_size())}
    made = [text for text in vocabulary if text not in special and not text.startswith("<0x")]
    tokenizer = pieces_bpe(vocabulary, {text: peer.get_score(vocabulary[text]) for text in made}, prefix)
    tokenizer.add_special_tokens(added(special, special=True))
    tokenizer.post_processor = beginning_with(bos, tokenizer)
    for text in review_lines() + PROBES:
        assert tokenizer.encode(text, add_special_tokens=False).ids == peer.encode(text), text
    return tokenizer

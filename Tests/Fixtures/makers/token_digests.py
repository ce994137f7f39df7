"""What Hugging Face tokenizers and llama.cpp make of the 100,000 strings, as digests: `tokenizers/digests.json`.

A digest is the first 16 hexadecimal digits of a SHA-256, one for each 1,000 strings. Ids count as little-endian 32-bit integers with -1
behind each string, decoded text as UTF-8 with a zero byte behind each.
"""

import functools
import hashlib
import json
import struct

from .common import CACHE, MODEL
from .token_families import FOLDER, make_all
from .token_pool import Corpus

SOME = 100_000  # strings whose text is taken as it stands, and that are decoded again
WHOLE = 20  # strings whose ids are in the file
GEMMA = CACHE / "models" / "gemma-3-270m-q4_k_m.gguf"


def digests(parts):
    return [hashlib.sha256(b"".join(parts[start : start + 1000])).hexdigest()[:16] for start in range(0, len(parts), 1000)]


def digests_of_ids(ids):
    return digests([struct.pack(f"<{len(row) + 1}i", *row, -1) for row in ids])


def hugging_face(tokenizer, texts):
    """`special` counts the text of control tokens as those tokens, `plain` does not."""
    tokenizer.encode_special_tokens = False
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    decoded = [text.encode("utf-8") + b"\0" for text in tokenizer.decode_batch(ids[:SOME], skip_special_tokens=False)]
    tokenizer.encode_special_tokens = True
    plain = [encoding.ids for encoding in tokenizer.encode_batch(texts[:SOME], add_special_tokens=False)]
    tokenizer.encode_special_tokens = False
    return {
        "special": digests_of_ids(ids), "plain": digests_of_ids(plain), "decoded": digests(decoded), "whole": ids[:WHOLE],
        "whole_plain": plain[:WHOLE],
    }


def pieces(vocabulary):
    """The bytes of each token, control tokens too."""
    import ctypes

    from llama_cpp import llama_token_to_piece

    buffer = ctypes.create_string_buffer(1 << 10)

    @functools.cache
    def piece(token):
        count = llama_token_to_piece(vocabulary, token, buffer, len(buffer), 0, True)
        assert count >= 0, (token, count)
        return buffer.raw[:count]

    return piece


def llama_cpp(path, texts, strips_space):
    from llama_cpp import Llama

    peer = Llama(str(path), vocab_only=True, verbose=False)
    piece = pieces(peer._model.vocab)
    tokenize = lambda text, special: peer.tokenize(text.encode("utf-8"), add_bos=False, special=special)
    ids = [tokenize(text, True) for text in texts]
    plain = [tokenize(text, False) for text in texts[:SOME]]
    decoded = [b"".join(map(piece, row)) for row in ids[:SOME]]
    if strips_space:
        decoded = [text[1:] if text[:1] == b" " else text for text in decoded]
    # A byte without a token can leave a part of a character: shown as everyone shows it.
    decoded = [text.decode("utf-8", "replace").encode("utf-8") for text in decoded]
    return {
        "special": digests_of_ids(ids), "plain": digests_of_ids(plain), "decoded": digests([text + b"\0" for text in decoded]),
        "whole": ids[:WHOLE], "whole_plain": plain[:WHOLE],
    }


def make():
    corpus = Corpus()
    texts = corpus.strings()
    found = {"corpus": digests([text.encode("utf-8") + b"\0" for text in texts])}
    for name, tokenizer in make_all(corpus.pool):
        print(f"  {name}", flush=True)
        found[name] = {"hugging_face": hugging_face(tokenizer, texts)}
        if (FOLDER / f"{name}.gguf").exists():
            found[name]["llama_cpp"] = llama_cpp(FOLDER / f"{name}.gguf", texts, strips_space=name == "llama2")
    from . import smollm2

    print("  real ones", flush=True)
    found["real-smollm2"] = {
        "hugging_face": hugging_face(smollm2.load_tokenizer().backend_tokenizer, texts),
        "llama_cpp": llama_cpp(MODEL, texts, strips_space=False),
    }
    found["real-gemma3"] = {"llama_cpp": llama_cpp(GEMMA, texts, strips_space=False)}
    lines = [f"{json.dumps(key)}:{json.dumps(part, separators=(',', ':'))}" for key, part in found.items()]
    (FOLDER / "digests.json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print("  digests.json", (FOLDER / "digests.json").stat().st_size)


def check(folder, name):
    """Whether AutoTokenizer makes the same ids of a folder that Quill wrote as Hugging Face's own tokenizer of that family."""
    from transformers import AutoTokenizer

    expected = json.loads((FOLDER / "digests.json").read_text(encoding="utf-8"))[name]["hugging_face"]
    found = hugging_face(AutoTokenizer.from_pretrained(folder).backend_tokenizer, Corpus().strings())
    different = {key: sum(a != b for a, b in zip(found[key], expected[key])) for key in expected}
    assert not any(different.values()), f"{folder} differs from {name} in so many parts: {different}"
    print(f"{folder} makes the ids of {name} on all strings")

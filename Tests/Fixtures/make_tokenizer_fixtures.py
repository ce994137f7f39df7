"""Two small byte-level BPE tokenizers by Hugging Face tokenizers, and what they make of a few thousand strings.

    python Tests/Fixtures/make_tokenizer_fixtures.py
    python Tests/Fixtures/make_tokenizer_fixtures.py check FOLDER NAME    a folder that Quill saved, against the family NAME

writes tokenizers/{smollm,llama-bpe,classes}.json from strings that are made here from a seed; then, by `makers/token_digests.py`, a small
tokenizer of each family and what Hugging Face tokenizers and llama.cpp make of 100,000 strings. Needs the packages of requirements.txt.
"""

import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

FOLDER = pathlib.Path(__file__).parent
VOCABULARY = 1500
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|begin|>", "<|end|>", "<|end|>x", "<|im_end|>", "<|eot_id|>"]
USER_DEFINED = ["<tool>", "</tool>", "<tool>!", "[[", "~~~"]

WORDS = (
    "the and of to in a is that it was for film movie plot actor scene never again I'm we'll they've he'd it's DON'T "
    "you're weights quantization low-rank adapter gradient learning rate half-precision naïve café Zürich señor "
    "internationalization antidisestablishmentarianism HTTPServer camelCase snake_case __init__ README.md"
).split()
SCRIPTS = {
    "Greek": "Η γρήγορη αλεπού πηδά πάνω από το σκύλο ΣΊΣΥΦΟΣ ᾼ",
    "Cyrillic": "Съешь ещё этих мягких французских булок їжак ѣ",
    "Armenian": "Բոլոր մարդիկ ծնվում են ազատ",
    "Hebrew": "כָּל בני האדם נולדו בני חורין",
    "Arabic": "يُولَدُ جميع الناس أحراراً ١٢٣ ۴۵۶",
    "Devanagari": "सभी मनुष्यों को गौरव १२३ क्षत्रिय",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে ৪৫",
    "Tamil": "மனிதர் யாவரும் ௧௨",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระ ๑๒๓",
    "Lao": "ມະນຸດທຸກຄົນເກີດມາມີ",
    "Tibetan": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ ༡༢",
    "Burmese": "လူတိုင်းသည် တူညီ ၁၂",
    "Georgian": "ყველა ადამიანი იბადება ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
    "Ethiopic": "የሰው ልጅ ሁሉ ሲወለድ ፩፪",
    "Cherokee": "ᏂᎦᏓ ᎠᏂᏴᏫ ꭰꭱ",
    "Khmer": "មនុស្សទាំងអស់ ១២",
    "Mongolian": "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠮᠡᠨᠳᠡᠯᠡᠬᠦ",
    "Hiragana": "すべての人間は、生まれながらにして自由",
    "Katakana": "カタカナ ﾊﾝｶｸ ヴァ",
    "Han": "人人生而自由，在尊严和权利上一律平等。𠀀𠀁㐀",
    "Hangul": "모든 인간은 태어날 때부터 가나다",
    "Gothic": "𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰",
    "Mathematical": "𝕋𝕙𝕖 𝟘𝟙𝟚 ∑ᵢ ℝⁿ → ½ ⅔ Ⅷ ① ㊿ ²³ ₁",
}
EMOJI = "👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 ☕️ ❤️‍🔥 🤦🏿‍♂️ 1️⃣ 🫠".split()
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n\n", " \n ", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", "\v", "\x1c"]
MARKS = ["e\u0301", "a\u0308\u0304", "\u0301", "n\u0303o", "Z\u0351\u036b\u0343", "\ufe0f", "\u200d", "\ufeff", "ʹ", "ª", "ſ", "'ſ"]
CODE = [
    "def f(x):\n    return x**2  # square\n", "for (let i = 0; i < n; ++i) { sum += a[i]; }", "let x = try? await load(\"m.gguf\")",
    "SELECT * FROM t WHERE a='b' AND c<>'d';", "<div class=\"a\">&nbsp;</div>", "\\frac{1}{2}\\alpha", "if(a&&b||!c){}\r\n\treturn;",
    "{\"a\": [1, 2.5e-3, null]}", "#include <stdio.h>\n\nint main(void) {\n\treturn 0;\n}\n", "https://example.org/a?b=c&d=%20#e",
]
NUMBERS = ["0", "7", "42", "365", "1234", "1,000,000", "3.14159", "-2e-4", "0xFF", "١٢٣٤", "१२", "²", "½", "Ⅻ", "1a2b3", "10th", "𝟙𝟚"]
CONTRACTIONS = ["'s", "'T", "'re", "'VE", "'m", "'Ll", "'d", "'x", "'", "''s", "'r", "'v", "'l", "'le", "x's", " 's", "'s's", "’s"]


def pieces(rng):
    """One random piece of text."""
    kind = rng.randrange(12)
    if kind == 0:
        text = rng.choice(list(SCRIPTS.values()))
        start = rng.randrange(len(text))
        return text[start : start + rng.randint(1, 20)]
    if kind == 1:
        return rng.choice(EMOJI)
    if kind == 2:
        return rng.choice(SPACES) * rng.choice([1, 1, 1, 2, 5])
    if kind == 3:
        return rng.choice(MARKS)
    if kind == 4:
        return rng.choice(CODE)
    if kind == 5:
        return rng.choice(NUMBERS)
    if kind == 6:
        return rng.choice(CONTRACTIONS)
    if kind == 7:
        return rng.choice(SPECIAL + USER_DEFINED + ["<|", "|>", "<|end", "[", "~~", "<tool"])
    if kind == 8:
        return bytes(rng.randrange(256) for _ in range(rng.randint(1, 8))).decode("utf-8", "replace")
    if kind == 9:
        code = rng.choice([rng.randrange(0x300), rng.randrange(0x3000), rng.randrange(0x10000), rng.randrange(0x110000)])
        return "" if 0xD800 <= code < 0xE000 else chr(code)
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 6)))


def strings(seed, count):
    """Edge cases, every script, and random mixtures."""
    rng = random.Random(seed)
    made = ["", " ", "\n", "a", "Hello world", "  leading", "trailing  ", " " * 40, "\n" * 20, "a" * 300, "1" * 50, "é" * 40, "🙂" * 9]
    made += list(SCRIPTS.values()) + EMOJI + CODE + NUMBERS + CONTRACTIONS + SPACES + MARKS
    made += [a + b + c for a in ["a", "1", "."] for b in SPACES for c in ["b", "2", "!", ""]]
    made += [a + b for a in SPECIAL + USER_DEFINED for b in SPECIAL + USER_DEFINED]
    made += [a + b for a in ["he", "", "."] for b in CONTRACTIONS]
    while len(made) < count:
        made.append("".join(pieces(rng) for _ in range(rng.randint(1, 7)))[:160])
    return made[:count]


def train(name):
    """A tokenizer learned from strings of another seed."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=name == "llama-bpe"))
    if name == "smollm":
        steps = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    else:
        steps = [
            pre_tokenizers.Split(Regex(LLAMA_3), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    reviews = (FOLDER / "reviews.txt").read_text(encoding="utf-8").splitlines()
    tokenizer.train_from_iterator(strings(1, 4000) + 3 * reviews, trainer)
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in USER_DEFINED])
    if name == "llama-bpe":
        tokenizer = with_unmergeable_words(tokenizer)
    return tokenizer


def with_unmergeable_words(tokenizer):
    """Takes away merges whose tokens stay: only `ignore_merges` still finds those words."""
    state = json.loads(tokenizer.to_str())
    merges = state["model"]["merges"]
    state["model"]["merges"] = [merge for index, merge in enumerate(merges) if index % 5 or index < 300]
    return Tokenizer.from_str(json.dumps(state))


def fixture(name):
    tokenizer = train(name)
    vocabulary = sorted(tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda item: item[1])
    assert [id for _, id in vocabulary] == list(range(len(vocabulary)))
    merges = [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
    texts = strings(2, 1000)
    cases = [[text, tokenizer.encode(text, add_special_tokens=False).ids] for text in texts]
    tokenizer.encode_special_tokens = True
    plain = [[text, ids] for text, old in cases if (ids := tokenizer.encode(text, add_special_tokens=False).ids) != old]
    rng = random.Random(3)
    # The ByteLevel decoder takes the text of added tokens for bytes; all of these are ASCII and come through.
    sequences = [[rng.randrange(len(vocabulary)) for _ in range(rng.randint(1, 12))] for _ in range(300)]
    decoded = [[ids, tokenizer.decode(ids, skip_special_tokens=False)] for ids in sequences]
    skipped = [[ids, tokenizer.decode(ids, skip_special_tokens=True)] for ids in sequences[:100]]
    types = {text: 3 for text in SPECIAL} | {text: 4 for text in USER_DEFINED}
    return {
        "pre": name, "tokens": [text for text, _ in vocabulary], "types": [types.get(text, 1) for text, _ in vocabulary],
        "merges": merges, "cases": cases, "plain": plain, "decoded": decoded, "decoded_without_special": skipped,
    }


def classes():
    """The scalars that the regex engine takes for letters, numbers and white space, as ranges."""
    scalars = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    found = {}
    for name, pattern in [("letter", r"\p{L}"), ("number", r"\p{N}"), ("whitespace", r"\s")]:
        split = pre_tokenizers.Split(Regex(pattern), "removed")
        ranges = []
        for start in range(0, len(scalars), 4096):
            chunk = scalars[start : start + 4096]
            kept = {i for _, (a, b) in split.pre_tokenize_str("".join(map(chr, chunk))) for i in range(a, b)}
            for code in (code for index, code in enumerate(chunk) if index not in kept):
                if ranges and ranges[-1][1] == code - 1:
                    ranges[-1][1] = code
                else:
                    ranges.append([code, code])
        found[name] = ranges
    return found


def write(name, value):
    path = FOLDER / "tokenizers" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    # One member a line, no spaces: small, and a change shows where it is.
    lines = [f"{json.dumps(key)}:{json.dumps(part, ensure_ascii=False, separators=(',', ':'))}" for key, part in value.items()]
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        from makers import token_digests

        sys.exit(token_digests.check(*sys.argv[2:4]))
    for name in ["smollm", "llama-bpe"]:
        write(name, fixture(name))
    write("classes", classes())
    from makers import token_digests

    token_digests.make()

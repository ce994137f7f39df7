"""smollm2_tokens.json: strings and their token ids by the Hugging Face tokenizer of SmolLM2, without added special tokens.

The strings are made here from a fixed seed: words of many scripts, emoji, code, white space, numbers, special tokens inside text and
random bytes. Two oracles must agree: transformers' tokenizer and a bare `tokenizers` pipeline built from the same vocabulary.
"""

import random
import unicodedata

from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from . import smollm2
from .common import MODEL, save_json
from .tiny_llama import review_lines

SCRIPTS = {
    "latin": "The quick brown fox Ça déjà über Größe İstanbul ıslak Łódź naïve œuvre straße ǅ ﬁ ﬀ",
    "greek": "Η γρήγορη αλεπού πηδά πάνω από το σκύλο ΣΊΣΥΦΟΣ ᾼ",
    "cyrillic": "Съешь ещё этих мягких французских булок їжак ѣ",
    "armenian": "Բոլոր մարդիկ ծնվում են ազատ",
    "georgian": "ყველა ადამიანი იბადება თავისუფალი ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
    "hebrew": "כל בני האדם נולדו בני חורין שָׁלוֹם",
    "arabic": "يولد جميع الناس أحرارا متساوين ٱلسَّلَامُ ﷽ ٣٤٥",
    "devanagari": "सभी मनुष्यों को गौरव और अधिकारों क्ष ०१२",
    "bengali": "সমস্ত মানুষ স্বাধীনভাবে ১২৩",
    "tamil": "மனிதப் பிறிவியினர் சகலரும்",
    "telugu": "ప్రతిపత్తిస్వత్వముల విషయమున",
    "thai": "มนุษย์ทั้งหลายเกิดมามีอิสระ ๑๒๓",
    "lao": "ມະນຸດເກີດມາມີສິດເສລີພາບ",
    "khmer": "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "burmese": "လူတိုင်းသည် တူညီ လွတ်လပ်သော",
    "tibetan": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ ༡༢",
    "ethiopic": "የሰው ልጅ ሁሉ ሲወለድ ነጻና ፩፪",
    "chinese": "人人生而自由，在尊嚴和權利上一律平等。 三十二 〇",
    "japanese": "すべての人間は、生まれながらにして自由 カタカナ ﾊﾝｶｸ ー",
    "korean": "모든 인간은 태어날 때부터 자유로우며 가나다",
    "cherokee": "ᏂᎦᏓ ᎠᏂᏴᏫ ᏂᎨᎫᏓᎸᎾ",
    "mongolian": "ᠬᠦᠮᠦᠨ ᠪᠦᠷ",
    "historic": "𐌰𐌱𐌲 𒀀𒁀 𓀀𓀁 𐎀 ᚠᚢᚦ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 𐄇𐄈",
}
EMOJI = "😀 😂🤣 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇯🇵 ❤️ ☕︎ 🧑🏿‍🚀 1️⃣ #️⃣ ™️ ♟ 🫠 🪿 ⌨️ 🀄".split()
CODE = [
    "for (int i = 0; i < 10; ++i) { a[i] += 1; }",
    "let base = load(\"smollm2-135m\")\nlet small = base.quantized(to: .nf4)\n",
    "def f(x):\n    return x ** 2  # squared\n\n\n\tif True:\n\t\tpass\n",
    "<div class=\"a\" id='b'>&nbsp;</div><!-- ok -->",
    "SELECT * FROM t WHERE a='x' AND b>=10.5;",
    "#!/bin/sh\nset -eu\nfind . -name '*.o' -exec rm {} +\n",
    "\\begin{equation} e^{i\\pi}+1=0 \\end{equation}",
    "{\"a\":[1,2.5e-10,null,true],\"b\":\"\\u00e9\\n\"}",
    "x=0xDEADBEEF|0b1010&~0o17;y<<=3;z->w::q<T>();",
    "fn main() -> Result<(), Box<dyn Error>> { println!(\"{:?}\", v?); Ok(()) }",
    "I'm you're he's we've they'll I'd don't 'tis I'M YOU'RE HE'S ’s 'S'll''ve",
    "https://example.org/a_b-c?d=%20e&f=1#g me@example.org C:\\dir\\file.txt",
]
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r", " \n", "\n ", "\t\t ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\u0085", "\x0b", "\x0c", "\ufeff"]
NUMBERS = ["0", "7", "42", "1974", "3.14159", "1,234,567.89", "-1e-10", "1/2", "½", "²", "x²", "Ⅳ", "①", "٣٤", "५", "十", "0x1F", "12:30", "2026-11-23", "1st", "v2.0.1", "৪২"]
PIECES = ["!", "?!", "...", "—", "“quoted”", "(a)", "[b]", "{c}", "$5", "€", "%", "a_b", "--", "==", "!=", "'", "\"", "`", "\u0301", "e\u0301", "\u0000", "\x1b[0m", "�", "￿"]


def strings(special):
    """Every hand-written piece, then seeded mixtures of them."""
    random_ = random.Random(0)
    words = [word for text in SCRIPTS.values() for word in text.split()]
    reviews = review_lines()
    english = [word for line in reviews for word in line.split()]
    yield from ["", *SCRIPTS.values(), *EMOJI, *CODE, *SPACES, *NUMBERS, *PIECES, *special, *reviews]
    yield from ("a" * 100, "ab " * 40, " " * 70, "\n" * 33, "1" * 50, "1 " * 25, "!" * 65, "é" * 40, "日" * 40, "🙂" * 20)
    yield from (f"{a}{b}{c}" for a in ("a", "1", "!") for b in SPACES for c in ("b", "2", "?", ""))
    yield from (f"{prefix}{number}{suffix}" for number in NUMBERS for prefix in ("", " ", "  ", "x") for suffix in ("", "th", " "))
    yield from (f"{left}{token}{right}" for token in special for left in ("", " ", "x", "\n") for right in ("", " y", "7"))
    yield from (token[:-1] for token in special)
    kinds = [words, english, EMOJI, NUMBERS, PIECES, SPACES, CODE, list(special)]
    for _ in range(1150):
        picked = [random_.choice(random_.choices(kinds, weights=(6, 6, 2, 3, 3, 3, 0.3, 0.5))[0]) for _ in range(random_.randint(2, 10))]
        yield random_.choice(("", " ", " ", "  ", "\n")).join(picked)
    for _ in range(250):
        yield random_.randbytes(random_.randint(1, 24)).decode("utf-8", errors="replace")
    for _ in range(350):
        yield "".join(random_characters(random_))


def random_characters(random_):
    """A few assigned characters of one neighbourhood of Unicode; later versions may give the others another class."""
    start = random_.choice((0x20, 0xA0, 0x250, 0x400, 0x900, 0x1E00, 0x2000, 0x2190, 0x3000, 0xA000, 0xF900, 0x10000, 0x1D400, 0x1F300, 0xE0000))
    drawn = (chr(start + random_.randrange(0x200)) for _ in range(random_.randint(2, 9)))
    return [character for character in drawn if unicodedata.category(character) not in ("Cn", "Cs")]


def bare_pipeline():
    """The same tokenizer, built without transformers from the GGUF file's own vocabulary and merges."""
    reader = GGUFReader(MODEL)
    field = lambda name: reader.fields[f"tokenizer.ggml.{name}"].contents()
    tokens, merges, types = field("tokens"), field("merges"), field("token_type")
    bare = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, [tuple(m.split(" ")) for m in merges]))
    bare.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    bare.decoder = decoders.ByteLevel()
    special = [token for token, kind in zip(tokens, types) if kind == 3]
    bare.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return bare, special


def make():
    tokenizer, (bare, special) = smollm2.load_tokenizer(), bare_pipeline()
    unique = list(dict.fromkeys(strings(special)))
    ids = [tokenizer.encode(text, add_special_tokens=False) for text in unique]
    assert len(unique) >= 2_500, len(unique)
    for text, theirs in zip(unique, ids):
        assert theirs == bare.encode(text, add_special_tokens=False).ids, f"the two oracles differ on {text!r}"
    save_json("smollm2_tokens", {"special": special, "texts": unique, "ids": ids})
    print(f"  {len(unique)} strings, {sum(map(len, ids))} tokens")

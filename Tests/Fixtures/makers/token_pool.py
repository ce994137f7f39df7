"""The strings on which tokenizers are compared: 100,000, drawn by SplitMix64 from `tokenizers/pool.json`.

`Tests/TokenizationTests/TokenCorpus.swift` draws the same, by the same steps in the same order.
"""

import json

from .common import FIXTURES

COUNT = 100_000
PATH = FIXTURES / "tokenizers" / "pool.json"
# Neighbourhoods of Unicode of which single characters are drawn; each has been settled for many versions.
RANGES = [
    (0x20, 0x250), (0x300, 0x370), (0x3A3, 0x3E2), (0x400, 0x530), (0x5D0, 0x5EB), (0x621, 0x64B), (0x905, 0x93A), (0xE01, 0xE3B),
    (0x1E00, 0x1F00), (0x2010, 0x2030), (0x2150, 0x2190), (0x2190, 0x2300), (0x3041, 0x3097), (0x30A1, 0x30FB), (0x4E00, 0x9FA6),
    (0xAC00, 0xD7A4), (0xF900, 0xFA00), (0xFF01, 0xFF60), (0x10330, 0x1034B), (0x1D400, 0x1D455), (0x1F300, 0x1F5FF), (0x20000, 0x2A6D6),
]
MASK = (1 << 64) - 1


class SplitMix64:
    """Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % limit


class Corpus:
    def __init__(self):
        self.pool = json.loads(PATH.read_text(encoding="utf-8"))

    def strings(self, count=COUNT):
        return [self.string(index) for index in range(count)]

    def string(self, index):
        rng = SplitMix64(index)
        text = ""
        for number in range(1 + rng.below(4)):
            if number:
                text += ["", "", "", " ", " ", " ", " ", "\n"][rng.below(8)]
            text += self.piece(rng)
        return text

    def piece(self, rng):
        kind = rng.below(32)
        if kind < 14:
            return self.slice("texts", 20, rng)
        if kind < 18:
            return self.slice("code", 30, rng)
        if kind < 20:
            return self.pick("emoji", rng)
        if kind < 22:
            return self.pick("spaces", rng) * [1, 1, 1, 2, 3, 17][rng.below(6)]
        if kind < 24:
            return self.pick("numbers", rng)
        if kind < 26:
            return self.pick("marks", rng)
        if kind < 28:
            return self.pick("special", rng)
        if kind < 30:
            return bytes(rng.below(256) for _ in range(1 + rng.below(8))).decode("utf-8", errors="replace")
        start, end = RANGES[rng.below(len(RANGES))]
        return "".join(chr(start + rng.below(end - start)) for _ in range(1 + rng.below(4)))

    def pick(self, name, rng):
        return self.pool[name][rng.below(len(self.pool[name]))]

    def slice(self, name, longest, rng):
        """A stretch of scalars of one text."""
        text = self.pick(name, rng)
        start = rng.below(len(text))
        return text[start : start + 1 + rng.below(longest)]

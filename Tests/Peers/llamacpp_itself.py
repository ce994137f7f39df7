#!/usr/bin/env python3
"""How far llama.cpp agrees with itself: greedy tokens after a prompt that is read at once and one that is read token by token.

    llamacpp_itself.py MANIFEST.json      the first three GGUF files of check_exports.py's manifest

Both ways round activations to 8 bits. They add up in another order, so that single codes fall on the other side, and thirty layers carry it on. Where the
two part, both leads are printed: no third program can be nearer to llama.cpp than it is to itself.
"""

import json
import sys
from pathlib import Path

from llamacpp import Model


def continued(model, row, count):
    tokens, leads = [], []
    for _ in range(count):
        second, first = row.argsort()[-2:]
        tokens.append(int(first))
        leads.append(float(row[first] - row[second]))
        row = model._decode([int(first)])
    return tokens, leads


def main(manifest):
    folder = Path(manifest).resolve().parent
    for entry in [entry for entry in json.loads(Path(manifest).read_text()) if entry["kind"] == "gguf"][:3]:
        with Model(folder / entry["path"]) as model:
            for index, prompt in enumerate(entry["prompts"]):
                model._restart()
                whole, leads = continued(model, model._decode(prompt), 48)
                model._restart()
                single, others = continued(model, [model._decode([token]) for token in prompt][-1], 48)
                parting = next((step for step in range(48) if whole[step] != single[step]), None)
                told = "same" if parting is None else f"parts at token {parting}, leads {leads[parting]:.3f} and {others[parting]:.3f}"
                print(f"{entry['path']}  prompt {index}: {told}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1])

#!/usr/bin/env python3
"""Runs what Quill exported in the tools that everyone uses, and compares.

    check_exports.py MANIFEST.json

exits with 1 and a table of what differs unless every export gives the peers' answers. The manifest is a list of objects; paths
are relative to the manifest:

    kind      "gguf"          PATH is a GGUF file (or the first of a split one), run by llama.cpp
              "gguf+adapter"  the same with `adapter`, a LoRA adapter as GGUF
              "folder"        PATH is a Hugging Face folder, loaded by transformers with float32 weights
              "folder-nf4"    the same, holding bitsandbytes 4-bit or 8-bit weights, computed in float32
    path      the file or folder
    adapter   the adapter's GGUF file, or for a folder a PEFT folder
    prompts   lists of token ids, BOS included where the model wants one
    tokens    for each prompt the greedy tokens that Quill chose
    leads     for each prompt and token the logit of the chosen token less the second best logit, as Quill has them
    logits    a safetensors file with `ids` [T] int32 and `logits` [T, V] float32 as Quill has them
    expand    true: llama.cpp runs the GGUF file with its weights expanded to float32, and so rounds no activations

`tokens` and `logits` are each optional. Where greedy runs part it is a near tie, and ends that comparison without a complaint, if the
peer's two best logits are within 0.05 and so are Quill's (`leads` missing: the peer's alone). Logits may differ by 1e-3.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

NEAR_TIE, TOLERANCE = 0.05, 1e-3


def open_peer(entry, folder, scratch):
    path, adapter = folder / entry["path"], folder / entry["adapter"] if entry.get("adapter") else None
    if entry["kind"].startswith("gguf"):
        from llamacpp import Model

        if entry.get("expand"):
            from check_quantizer import quantize

            source, path = path, Path(scratch) / "float32.gguf"
            quantize(source, path, "F32", again=True)
    else:
        from torch_peer import Model
    return Model(path, adapter)


def part(tokens, best, leads):
    """What is wrong with a greedy run, or None: the first token that differs and is no near tie."""
    for step, (mine, (first, second, top, next_best)) in enumerate(zip(tokens, best)):
        if mine == first:
            continue
        lead = top - next_best
        own = leads[step] if leads else 0
        if mine == second and lead <= NEAR_TIE and own <= NEAR_TIE:
            return None
        return f"token {step}: Quill {mine} (lead {own:.3f}), peer {first} then {second} (lead {lead:.3f})"
    return None


def complaints(entry, folder):
    with tempfile.TemporaryDirectory() as scratch, open_peer(entry, folder, scratch) as peer:
        for index, tokens in enumerate(entry.get("tokens", [])):
            _, best = peer.greedy(entry["prompts"][index], len(tokens))
            wrong = part(tokens, best, entry["leads"][index] if entry.get("leads") else None)
            if wrong:
                yield f"prompt {index}, {wrong}"
        if entry.get("logits"):
            from safetensors.numpy import load_file

            own = load_file(folder / entry["logits"])
            off = np.abs(peer.logits(own["ids"].tolist()) - own["logits"]).max()
            if not off <= TOLERANCE:  # also when it is no number
                yield f"logits differ by {off:.2e}"


def main(manifest):
    folder, failed = Path(manifest).resolve().parent, False
    for entry in json.loads(Path(manifest).read_text()):
        try:
            found = list(complaints(entry, folder))
        except Exception as error:  # a file that the peer refuses is what this script is for
            found = [f"{type(error).__name__}: {error}"]
        failed |= bool(found)
        runs = f"{len(entry.get('tokens', []))} runs{', logits' if entry.get('logits') else ''}"
        print(f"{'DIFFERS' if found else 'same   '}  {entry['kind']:<13} {entry['path']}  ({runs})", flush=True)
        for line in found:
            print(f"         {line}")
    return failed


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

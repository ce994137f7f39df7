#!/usr/bin/env python3
"""Lets Quill export a model that it fine-tuned, and writes what Quill itself says with each file.

    export_models.py ADAPTER FOLDER [--model smollm2-135m] [--quill .build/release/quill]
    check_exports.py FOLDER/manifest.json

ADAPTER is a folder as `saveAdapter(to:)` writes it, such as notebooks/quickstart-out of the first notebook. The manifest has the merged model
as GGUF in f16, q8_0 and q4_0 and the base with the exported adapter, ten prompts of 48 greedy tokens each; each GGUF twice: as llama.cpp runs it, with
activations rounded here as it rounds them, and with its weights expanded to float32, so that neither rounds any; and the merged model as folders in bf16 and in NF4.
"""

import argparse
import json
import subprocess
from pathlib import Path

PROMPTS = [
    "I have to say that", "This is one of the", "The movie was", "Once upon a time", "The capital of France is",
    "In 1969, the first", "Water boils when", "def add(a, b):\n", "My favourite film of all time", "The best way to learn",
]
FORMATS = ["f16", "q8_0", "q4_0"]

EXPORT = """
let base = load("{model}")
let tuned = base.loadingAdapter(from: "{adapter}")
let merged = tuned.merged()
merged.export(to: "{folder}/merged-f16.gguf", as: .f16)
merged.export(to: "{folder}/merged-q8_0.gguf", as: .q8_0)
merged.export(to: "{folder}/merged-q4_0.gguf", as: .q4_0)
base.export(to: "{folder}/base-f16.gguf", as: .f16)
tuned.exportAdapter(to: "{folder}/adapter.gguf")
merged.save(to: "{folder}/merged-bf16")
merged.quantized(to: .nf4).save(to: "{folder}/merged-nf4")
"""

RUN = """
let model = load("{path}", activations: .{activations}){adapter}
for prompt in {prompts} {{
    let ids = model.tokens(of: prompt).map {{ $0.id }}
    let written = model.generate(prompt, maxTokens: 48, temperature: 0).tokens.map {{ $0.id }}
    print("RUN", ids, written, separator: ";")
}}
"""


def quill(program, code):
    """What a program of cells prints."""
    done = subprocess.run([program, "run", "-e", code], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def entry(program, kind, path, folder, adapter=None, peft=None, activations="float32"):
    attach = f'.loadingAdapter(from: "{peft}")' if peft else ""
    printed = quill(program, RUN.format(path=folder / path, adapter=attach, prompts=json.dumps(PROMPTS), activations=activations))
    runs = [line.split(";")[1:] for line in printed.splitlines() if line.startswith("RUN;")]
    made = {"kind": kind, "path": path, "prompts": [json.loads(run[0]) for run in runs],
            "tokens": [json.loads(run[1]) for run in runs]}
    return made | ({"adapter": adapter} if adapter else {})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--quill", default=".build/release/quill")
    given = parser.parse_args()
    folder, adapter = given.folder.resolve(), given.adapter.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    quill(given.quill, EXPORT.format(model=given.model, adapter=adapter, folder=folder))
    entries = []
    for activations in ["int8", "float32"]:
        runs = [entry(given.quill, "gguf", f"merged-{name}.gguf", folder, activations=activations) for name in FORMATS]
        runs.append(entry(given.quill, "gguf+adapter", "base-f16.gguf", folder, "adapter.gguf", adapter, activations))
        entries += [one | {"expand": activations == "float32"} for one in runs]
    entries.append(entry(given.quill, "folder", "merged-bf16", folder))
    entries.append(entry(given.quill, "folder-nf4", "merged-nf4", folder))
    (folder / "manifest.json").write_text(json.dumps(entries))
    print(folder / "manifest.json")


if __name__ == "__main__":
    main()

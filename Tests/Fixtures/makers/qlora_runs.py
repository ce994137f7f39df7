"""runs/smollm2.json, runs/smollm2.safetensors: fifty QLoRA steps of the default model on IMDB, once on q and v and once on all linear layers.

As in qlora.py: Hugging Face Trainer, PEFT and bitsandbytes in float32, with accumulation and warm-up. Rows are short, so that a test can
go through the same steps, and of 8 to 24 tokens, so that the batches of a step weigh differently. Of the final adapter every 31st number
of each matrix is kept, which meets all rows and columns, and each matrix's length.
"""

import hashlib

import numpy as np
from datasets import Dataset

from . import smollm2
from .common import save_json, save_tensors
from .qlora import ALL_LINEAR, SEED, imdb_texts, train, used

STRIDE = 31
RUN = dict(
    steps=50, batch=2, accumulation=2, rank=8, alpha=16, learning_rate=2e-4, warmup=5, weight_decay=0.0, clip=1.0, rows=160,
    min_length=8, max_length=24, optimizer="adamw_torch", schedule="linear", loraplus=1.0, learned=None,
)  # fmt: skip
RUNS = {"q_v": RUN | dict(targets=["q_proj", "v_proj"]), "all_linear": RUN | dict(targets=ALL_LINEAR)}


def chosen_rows():
    """Which of IMDB's rows, and the beginnings of their token ids."""
    shortest, longest = RUN["min_length"], RUN["max_length"]
    tokenizer, texts = smollm2.load_tokenizer(), imdb_texts()
    chosen = Dataset.from_dict({"row": list(range(len(texts)))}).shuffle(seed=SEED)[: RUN["rows"]]["row"]
    ids = [tokenizer.encode(texts[row], add_special_tokens=False) for row in chosen]
    return list(chosen), [row[: shortest + i % (longest - shortest + 1)] for i, row in enumerate(ids)]


def make():
    chosen, ids = chosen_rows()
    tensors = {}
    facts = {
        "seed": SEED, "stride": STRIDE, "imdb_rows": chosen, "lengths": [len(row) for row in ids],
        "ids_sha256": [hashlib.sha256(np.array(row, "<i4").tobytes()).hexdigest() for row in ids],
    }  # fmt: skip
    for name, run in RUNS.items():
        history, batches, _, final, _ = train(smollm2.folder(), [{"row": i, "ids": row} for i, row in enumerate(ids)], run)
        norms = {key: value.double().norm().item() for key, value in final.items()}
        facts[name] = run | {"history": history, "batches": used(batches, history, run), "final_norms": norms}
        tensors |= {f"{name}.{key}": value.ravel()[::STRIDE] for key, value in final.items()}
    save_tensors("runs/smollm2", tensors)
    save_json("runs/smollm2", facts)

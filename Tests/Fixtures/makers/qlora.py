"""qlora_tiny.json, qlora_tiny.safetensors, qlora_smollm2.json: QLoRA step by step, as Hugging Face Trainer, PEFT and bitsandbytes do it.

The base is NF4 with double quantization and computes in float32; rows are cut, never packed, padded on the right to the longest of
their batch and masked by length; `torch.manual_seed` is called right before `get_peft_model`; dropout is 0. Loss, gradient norm (before
clipping) and learning rate are those of Trainer's log, which holds them with all their digits.
"""

import csv
import hashlib
import tempfile

import numpy as np
import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, prepare_model_for_kbit_training
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, Trainer, TrainingArguments

from . import smollm2
from .common import REVIEWS, TINY_FOLDER, save_json, save_tensors
from .tiny_llama import review_lines

SEED, PAD = 42, 2
ALL_LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
TINY = dict(
    steps=12, batch=4, accumulation=2, rank=4, alpha=8, learning_rate=2e-4, warmup=0, weight_decay=0.0, clip=1.0, rows=40,
    optimizer="adamw_torch", schedule="linear", loraplus=1.0, learned=None,
)  # fmt: skip
TINY_RUNS = {
    "q_v": TINY | dict(targets=["q_proj", "v_proj"]),
    "q_v_clipped": TINY | dict(targets=["q_proj", "v_proj"], learning_rate=1e-2, accumulation=1, clip=0.1, weight_decay=0.01),
    "all_linear_warmup": TINY | dict(targets=ALL_LINEAR, learning_rate=1e-2, warmup=3, clip=0.3),
    "all_linear_remainder": TINY | dict(targets=ALL_LINEAR, learning_rate=1e-2, accumulation=3, rows=39),
    # At rank 64 the matrices are large enough for moments of 8 bits; only the last token of each row is learned, as in a classifier.
    "eight_bits": TINY | dict(targets=["v_proj"], rank=64, learning_rate=1e-2, optimizer="adamw_8bit", learned=1),
    "sgd_cosine": TINY | dict(targets=["q_proj", "v_proj"], learning_rate=0.5, optimizer="sgd", schedule="cosine", warmup=0.25, weight_decay=0.1),
    "loraplus_constant": TINY | dict(targets=["q_proj", "v_proj"], learning_rate=1e-3, schedule="constant_with_warmup", warmup=2, loraplus=16.0),
}
SMOLLM2_RUN = dict(
    steps=10, batch=4, accumulation=1, rank=8, alpha=16, learning_rate=2e-4, warmup=0, weight_decay=0.0, clip=1.0, rows=64,
    targets=["q_proj", "v_proj"], max_length=128, optimizer="adamw_torch", schedule="linear", loraplus=1.0, learned=None,
)  # fmt: skip


class Collator:
    """Pads a batch and notes which rows were in it; the last `learned` tokens of each row have labels, or all."""

    def __init__(self, learned=None):
        self.batches, self.learned = [], learned

    def __call__(self, rows):
        self.batches.append([row["row"] for row in rows])
        longest = max(len(row["ids"]) for row in rows)
        ids = torch.tensor([row["ids"] + [PAD] * (longest - len(row["ids"])) for row in rows])
        mask = torch.tensor([[1] * len(row["ids"]) + [0] * (longest - len(row["ids"])) for row in rows])
        labels = ids.masked_fill(mask == 0, -100)
        if self.learned:
            for row, label in zip(rows, labels):
                label[: len(row["ids"]) - self.learned] = -100
        return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def train(folder, rows, run):
    """One run. Returns its history, the rows of each micro-batch in order, the adapter before and after, and the model."""
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.float32
    )
    model = AutoModelForCausalLM.from_pretrained(
        folder, quantization_config=nf4, dtype=torch.float32, attn_implementation="eager", device_map={"": "cpu"}
    )
    model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    lora = LoraConfig(
        r=run["rank"], lora_alpha=run["alpha"], lora_dropout=0.0, target_modules=run["targets"], task_type="CAUSAL_LM"
    )
    torch.manual_seed(SEED)
    model = get_peft_model(model, lora)
    initial = {k: v.clone() for k, v in get_peft_model_state_dict(model).items()}
    collator = Collator(run["learned"])
    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output, max_steps=run["steps"], per_device_train_batch_size=run["batch"],
            gradient_accumulation_steps=run["accumulation"], learning_rate=run["learning_rate"], lr_scheduler_type=run["schedule"],
            optim=run["optimizer"], warmup_steps=run["warmup"], weight_decay=run["weight_decay"], max_grad_norm=run["clip"], seed=SEED, logging_steps=1,
            save_strategy="no", report_to="none", use_cpu=True, remove_unused_columns=False, disable_tqdm=True,
        )  # fmt: skip
        optimizer = None
        if run["loraplus"] != 1:
            optimizer = create_loraplus_optimizer(
                model, torch.optim.AdamW, lr=run["learning_rate"], loraplus_lr_ratio=run["loraplus"], loraplus_weight_decay=run["weight_decay"]
            )
        trainer = Trainer(model=model, args=arguments, train_dataset=rows, data_collator=collator, optimizers=(optimizer, None))
        trainer.train()
    history = [
        {k: log[k] for k in ("step", "epoch", "loss", "grad_norm", "learning_rate")} for log in trainer.state.log_history if "loss" in log
    ]
    assert len(history) == run["steps"]
    return history, collator.batches, initial, get_peft_model_state_dict(model), model


@torch.no_grad()
def evaluate(model, rows, run):
    """Over the rows' labels: the mean loss, how many are the model's first choice, and in how many rows all of them are."""
    model.eval()
    loss, labels, right_tokens, right_rows = 0.0, 0, 0, 0
    for row in rows:
        batch = Collator(run["learned"])([row])
        logits = model(input_ids=batch["input_ids"]).logits[0, :-1].double()
        target = batch["labels"][0, 1:]
        kept = target != -100
        loss += torch.nn.functional.cross_entropy(logits[kept], target[kept], reduction="sum").item()
        right = logits[kept].argmax(-1) == target[kept]
        labels, right_tokens, right_rows = labels + len(right), right_tokens + int(right.sum()), right_rows + int(right.all())
    return {"loss": loss / labels, "labels": labels, "right_tokens": right_tokens, "right_rows": right_rows}


def used(batches, history, run):
    """The micro-batches that took part: the loader reads one ahead, and an epoch may end inside an accumulation window."""
    per_epoch = -(-run["rows"] // run["batch"])
    steps_per_epoch = -(-per_epoch // run["accumulation"])
    epochs, rest = divmod(len(history), steps_per_epoch)
    return batches[: epochs * per_epoch + min(rest * run["accumulation"], per_epoch)]


def make_tiny():
    tokenizer = AutoTokenizer.from_pretrained(TINY_FOLDER)
    ids = [tokenizer.encode(line, add_special_tokens=False) for line in review_lines()]
    tensors, facts = {}, {"seed": SEED, "ids": ids}
    for name, run in TINY_RUNS.items():
        rows = [{"row": i, "ids": row} for i, row in enumerate(ids[: run["rows"]])]
        history, batches, initial, final, model = train(TINY_FOLDER, rows, run)
        facts[name] = run | {"history": history, "batches": used(batches, history, run), "evaluation": evaluate(model, rows, run)}
        tensors |= {f"{name}.initial.{k}": v for k, v in initial.items() if "lora_A" in k}
        tensors |= {f"{name}.final.{k}": v for k, v in final.items()}
    save_tensors("qlora_tiny", tensors)
    save_json("qlora_tiny", facts)


def imdb_texts():
    """The 25,000 rows of the IMDB training split, in the hub's order."""
    csv.field_size_limit(1 << 20)
    with REVIEWS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file) if row["source"] == "imdb"]
    assert len(texts) == 25_000
    return texts


def make_smollm2():
    tokenizer, texts, run = smollm2.load_tokenizer(), imdb_texts(), SMOLLM2_RUN
    chosen = np.random.default_rng(SEED).permutation(len(texts))[: run["rows"]].tolist()
    assert chosen == Dataset.from_dict({"row": list(range(len(texts)))}).shuffle(seed=SEED)[: run["rows"]]["row"]
    ids = [tokenizer.encode(texts[i], add_special_tokens=False)[: run["max_length"]] for i in chosen]
    history, batches, initial, final, _ = train(smollm2.folder(), [{"row": i, "ids": row} for i, row in enumerate(ids)], run)
    norms = {k: v.double().norm().item() for k, v in final.items()}
    save_json(
        "qlora_smollm2",
        run
        | {
            "seed": SEED,
            "imdb_rows": chosen,
            "lengths": [len(row) for row in ids],
            "ids_sha256": [hashlib.sha256(np.array(row, "<i4").tobytes()).hexdigest() for row in ids],
            "history": history,
            "batches": used(batches, history, run),
            "initial_lora_A_start": {k: v.ravel()[:4].tolist() for k, v in initial.items() if "lora_A" in k},
            "final_norms": norms,
        },
    )


def make():
    make_tiny()
    make_smollm2()

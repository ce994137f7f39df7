#!/usr/bin/env python3
"""PEFT's LoRA on SmolLM2, timed, in a process of its own: reads requests as JSON lines, answers seconds of an optimizer step.

    train_peer.py FOLDER THREADS KIND RANK TARGETS

KIND is nf4 (bitsandbytes with double quantization, products in bfloat16, as the QLoRA paper trains), nf4-checkpoints (the same and
activations computed again, PEFT's default), nf4-float32 (products in float32) or bf16 (LoRA beside plain weights). TARGETS are modules with
commas between them. A request is {"batch": 4, "length": 256}. Forward, backward, clipping and AdamW are timed; tokenizing is not.
"""

import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def load(folder, kind):
    if kind == "bf16":
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    dtype = torch.float32 if kind == "nf4-float32" else torch.bfloat16
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )
    model = AutoModelForCausalLM.from_pretrained(folder, quantization_config=nf4, dtype=dtype)
    return prepare_model_for_kbit_training(model, use_gradient_checkpointing=kind == "nf4-checkpoints")


class Training:
    def __init__(self, folder, kind, rank, targets):
        options = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=targets, task_type="CAUSAL_LM")
        self.model = get_peft_model(load(folder, kind), options).train()
        self.model.config.use_cache = False
        self.weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(self.weights, lr=2e-4, weight_decay=0.0)
        self.rows = 0

    def seconds(self, batch, length):
        vocabulary = self.model.config.vocab_size
        start = self.rows * length
        ids = torch.tensor([(7919 * (start + place) + 13) % vocabulary for place in range(batch * length)]).view(batch, length)
        self.rows += batch
        began = time.perf_counter()
        self.model(input_ids=ids, labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return time.perf_counter() - began


def main(folder, threads, kind, rank, targets):
    torch.set_num_threads(int(threads))
    training = Training(folder, kind, int(rank), targets.split(","))
    for line in sys.stdin:
        taken = training.seconds(**json.loads(line))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": taken, "peak_mib": peak}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])

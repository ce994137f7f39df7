"""optimizers.json, optimizers.safetensors: optimizers, learning rates and early stopping as torch, bitsandbytes, PEFT and transformers have them.

Parameters and gradients are a formula of their place and the step, exact in float32, so that only results are stored.
"""

import numpy as np
import torch
from bitsandbytes.optim import AdamW as BlockwiseAdamW
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoModelForCausalLM, EarlyStoppingCallback, TrainerControl, TrainerState, TrainingArguments, get_scheduler

from .common import TINY_FOLDER, save_json, save_tensors

# Below 4096 numbers bitsandbytes keeps whole moments; the large one's last block is short.
SHAPES = {"small": (8, 16), "large": (62, 71)}
STEPS, RATE, DECAY, SCALE = 12, 0.01, 0.1, 0.75
SCHEDULES = {"constant": "constant_with_warmup", "linear": "linear", "cosine": "cosine"}
WARMUPS, TOTAL = [0, 1, 5, 0.1, 0.33], 25
LOSSES = {
    "falls": [3.0, 2.5, 2.2, 2.0],
    "rises": [2.0, 2.1, 2.2, 2.3],
    "within_the_threshold": [2.0, 1.97, 1.94, 1.5, 1.6, 1.4],
    "falls_again": [2.0, 2.3, 1.5, 1.6, 1.4],
    "equal": [2.0, 2.0, 2.0, 1.0],
}


def numbers(shape, step):
    """Numbers in ±0.5 of all magnitudes down to 2⁻¹⁰; block 3 and every seventh number of step 2 are zero."""
    place = np.arange(np.prod(shape), dtype=np.uint64)
    bits = (place * np.uint64(2654435761) + np.uint64(step * 2246822519)) % np.uint64(1 << 32) >> np.uint64(8)
    values = (bits.astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)) * np.float32(2.0) ** -(place % np.uint64(11)).astype(np.float32)
    values[place // np.uint64(256) == 3] = 0
    if step == 2:
        values[place % np.uint64(7) == 0] = 0
    return torch.from_numpy(values.reshape(shape))


def run(make):
    """Twelve steps over all parameters: what they are after the first and the last, and the optimizer."""
    parameters = [torch.nn.Parameter(numbers(shape, 0)) for shape in SHAPES.values()]
    optimizer = make(parameters)
    kept = {}
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = RATE / step
        for parameter in parameters:
            parameter.grad = numbers(parameter.shape, step) * SCALE
        optimizer.step()
        if step in (1, STEPS):
            kept |= {f"{step}.{name}": p.detach().clone() for name, p in zip(SHAPES, parameters)}
    return kept, [optimizer.state[p] for p in parameters]


def make_trajectories():
    tensors = {}
    kept, _ = run(lambda p: torch.optim.AdamW(p, lr=RATE, weight_decay=DECAY))
    tensors |= {f"adamW.{k}": v for k, v in kept.items()}
    kept, _ = run(lambda p: torch.optim.SGD(p, lr=RATE, weight_decay=DECAY))
    tensors |= {f"sgd.{k}": v for k, v in kept.items()}
    kept, states = run(lambda p: BlockwiseAdamW(p, lr=RATE, weight_decay=DECAY, optim_bits=8))
    tensors |= {f"adamW8bit.{k}": v for k, v in kept.items()}
    small, large = states
    assert small["state1"].dtype == torch.float32 and large["state1"].dtype == torch.uint8
    for part in ("state1", "state2", "absmax1", "absmax2"):
        tensors[f"adamW8bit.{part}"] = large[part]
    return tensors


def rates():
    """The learning rate of each step, the peak being 1."""
    facts = {}
    for ours, theirs in SCHEDULES.items():
        for warmup in WARMUPS:
            arguments = TrainingArguments(output_dir="unused", warmup_steps=warmup, use_cpu=True, report_to="none")
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            scheduler = get_scheduler(theirs, optimizer, arguments.get_warmup_steps(TOTAL), TOTAL)
            values = []
            for _ in range(TOTAL):
                values.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
            facts[f"{ours} {warmup}"] = values
    return facts


def loraplus():
    """The learning rate and weight decay of each of a model's parameters."""
    model = AutoModelForCausalLM.from_pretrained(TINY_FOLDER, dtype=torch.float32)
    model = get_peft_model(model, LoraConfig(r=4, target_modules=["q_proj", "down_proj"], use_dora=True))
    optimizer = create_loraplus_optimizer(model, torch.optim.AdamW, lr=1e-3, loraplus_lr_ratio=16.0, loraplus_weight_decay=0.5)
    names = {id(p): n.replace(".default", "") for n, p in model.named_parameters()}
    # In memory DoRA's vector is a module with a weight, in files it is not.
    return {
        names[id(p)].replace("vector.weight", "vector"): [group["lr"], group["weight_decay"]]
        for group in optimizer.param_groups
        for p in group["params"]
    }


def stopping():
    """For each series of evaluation losses, patience and threshold: how many evaluations there were, and which was the best."""
    arguments = TrainingArguments(
        output_dir="unused", eval_strategy="steps", eval_steps=1, metric_for_best_model="loss", greater_is_better=False,
        use_cpu=True, report_to="none",
    )  # fmt: skip
    facts = []
    for name, losses in LOSSES.items():
        for patience, threshold in [(1, 0.0), (2, 0.0), (1, 0.05), (2, 0.05)]:
            callback, state, control = EarlyStoppingCallback(patience, threshold), TrainerState(), TrainerControl()
            best = None
            for count, loss in enumerate(losses, 1):
                callback.on_evaluate(arguments, state, control, {"eval_loss": loss})
                if state.best_metric is None or loss < state.best_metric:  # as Trainer._determine_best_metric
                    state.best_metric, best = loss, count
                if control.should_training_stop:
                    break
            facts.append({"name": name, "losses": losses, "patience": patience, "threshold": threshold, "evaluations": count, "best": best})
    return facts


def make():
    save_tensors("optimizers", make_trajectories())
    save_json(
        "optimizers",
        {
            "steps": STEPS, "learning_rate": RATE, "weight_decay": DECAY, "scale": SCALE, "total": TOTAL,
            "learning_rates": rates(), "loraplus": loraplus(), "early_stopping": stopping(),
        },
    )  # fmt: skip

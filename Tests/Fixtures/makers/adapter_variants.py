"""adapters/: what PEFT makes of DoRA, patterns, initializations and PiSSA on tiny-llama, saved by PEFT, with logits.

- NAME/: the folder that `save_pretrained` wrote; `logits.safetensors`, key NAME: the logits with it, float32.
- starts.safetensors: `SEED.KIND.KEY`, the numbers that adapters begin with, from `torch.manual_seed(SEED)` before `get_peft_model`.
- training.safetensors, training.json: AdamW steps on one batch in float32: losses, the first step's gradients, the matrices at the end.

`check` does it the other way round: adapters that Quill wrote are loaded by PEFT, which fails on a key that does not fit.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict

from .adapter import base, logits
from .common import FIXTURES, report, save_json, save_tensors
from .qlora import ALL_LINEAR
from .tiny_llama import VOCABULARY

FOLDER = FIXTURES / "adapters"
PATTERN = r".*layers\.1\..*(q|down)_proj"
VARIANTS = {
    "dora": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], use_dora=True),
    "dora-patterns": dict(
        r=4, lora_alpha=8, target_modules=["k_proj", "o_proj"], use_dora=True, use_rslora=True, rank_pattern={"o_proj": 2},
        alpha_pattern={r"layers\.0\.self_attn\.k_proj": 3},
    ),
    "patterns": dict(
        r=4, lora_alpha=8, target_modules=PATTERN, exclude_modules=["layers.1.self_attn.q_proj"],
        rank_pattern={"down_proj": 3}, use_rslora=True,
    ),
    "layers": dict(r=2, lora_alpha=4, target_modules=["v_proj", "up_proj"], layers_to_transform=[1], init_lora_weights="gaussian"),
    "pissa": dict(r=4, lora_alpha=6, target_modules=["q_proj", "gate_proj"], init_lora_weights="pissa"),
}  # fmt: skip
RUNS = {
    "dora": dict(r=3, lora_alpha=6, target_modules=["q_proj", "v_proj", "o_proj", "down_proj"], use_dora=True),
    "lora-patterns": dict(r=3, lora_alpha=6, target_modules=ALL_LINEAR, rank_pattern={"q_proj": 2}, alpha_pattern={"up_proj": 1}),
    "gaussian": dict(r=3, lora_alpha=6, target_modules=["q_proj", "up_proj"], init_lora_weights="gaussian"),
    "pissa": dict(r=3, lora_alpha=6, target_modules=["k_proj", "down_proj"], init_lora_weights="pissa"),
}  # fmt: skip


def attach(seed, options):
    torch.manual_seed(seed)
    return get_peft_model(base(), LoraConfig(task_type="CAUSAL_LM", **options))


def is_b(name):
    return "lora_B" in name


@torch.no_grad()
def disturb(model):
    """Moves every matrix from where it began, as training would."""
    rng = np.random.default_rng(11)
    for name, weight in model.named_parameters():
        if "lora_magnitude" in name:
            weight.mul_(torch.from_numpy(1 + 0.3 * rng.standard_normal(weight.shape, dtype=np.float32)))
        elif "lora_" in name:
            weight.add_(torch.from_numpy(0.2 * rng.standard_normal(weight.shape, dtype=np.float32)))


def make_folders():
    tensors = {}
    for name, options in VARIANTS.items():
        model = attach(3, options)
        disturb(model)
        model.peft_config["default"].base_model_name_or_path = "tiny-llama"
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        model.save_pretrained(FOLDER / name)
        (FOLDER / name / "README.md").unlink()
        for path in sorted((FOLDER / name).iterdir()):
            report(path)
        found = logits(model)
        tensors["ids"], tensors[name] = found["ids"], found["logits"].clone()
        merged = model.merge_and_unload()
        tensors[f"{name}.merged"] = torch.stack([p.detach().double().norm().float() for n, p in merged.named_parameters() if "proj" in n])
    tensors["base"] = logits(base())["logits"]
    save_tensors("adapters/logits", tensors)


def make_starts():
    tensors = {}
    for seed in [0, 42]:
        for kind, options in {
            "gaussian": dict(r=4, target_modules=["q_proj", "down_proj"], init_lora_weights="gaussian"),
            "gaussian-odd": dict(r=3, target_modules=["v_proj"], init_lora_weights="gaussian", rank_pattern={"layers.1.self_attn.v_proj": 1}),
        }.items():  # fmt: skip
            state = get_peft_model_state_dict(attach(seed, options))
            tensors |= {f"{seed}.{kind}.{k}": v.clone() for k, v in state.items() if not is_b(k)}
        torch.manual_seed(seed)
        for count in [3, 16, 20, 1000]:  # the order of draws goes on from one to the next
            tensors[f"{seed}.normals.{count}"] = torch.empty(count).normal_(std=0.5)
    for key, value in get_peft_model_state_dict(attach(0, VARIANTS["dora"])).items():
        if "magnitude" in key:
            tensors[f"0.dora.{key}"] = value.clone()
    model = attach(0, VARIANTS["pissa"])
    for module in ["layers.0.self_attn.q_proj", "layers.1.mlp.gate_proj"]:
        layer = model.get_submodule(f"base_model.model.model.{module}")
        a, b = layer.lora_A["default"].weight.detach(), layer.lora_B["default"].weight.detach()
        tensors[f"pissa.{module}.product"] = (b @ a).clone()
        tensors[f"pissa.{module}.rest"] = layer.base_layer.weight.detach().clone()
    save_tensors("adapters/starts", tensors)


def batch():
    """Two rows, the second one shorter: padded on the right, without labels there."""
    ids = torch.from_numpy(np.random.default_rng(9).integers(3, VOCABULARY, (2, 18)))
    mask = torch.ones_like(ids)
    mask[1, 11:] = 0
    return {"input_ids": ids, "attention_mask": mask, "labels": ids.masked_fill(mask == 0, -100)}


def make_training():
    tensors, facts = {}, {"lengths": [18, 11], "learning_rate": 5e-3, "steps": 6}
    data = batch()
    tensors["ids"] = data["input_ids"].to(torch.int32)
    for name, options in RUNS.items():
        model = attach(21, options).train()
        names, weights = zip(*[(n, p) for n, p in model.named_parameters() if p.requires_grad])
        optimizer = torch.optim.AdamW(weights, lr=facts["learning_rate"], weight_decay=0.0, foreach=False, fused=False)
        losses = []
        for step in range(facts["steps"]):
            optimizer.zero_grad()
            # The mean over all labels of both rows.
            loss = model(**data).loss
            loss.backward()
            losses.append(loss.item())
            if step == 1:  # at step 0 the gradient of A is zero
                tensors |= {f"{name}.gradient.{n.replace('.default', '')}": w.grad.clone() for n, w in zip(names, weights)}
            optimizer.step()
        tensors |= {f"{name}.final.{k}": v.clone() for k, v in get_peft_model_state_dict(model).items()}
        facts[name] = options | {"losses": losses}
    save_tensors("adapters/training", tensors)
    save_json("adapters/training", facts)


def make():
    FOLDER.mkdir(exist_ok=True)
    make_folders()
    make_starts()
    make_training()


def check(root):
    """Loads every adapter of a folder that `AdapterVariantTests` wrote, and compares its logits with those that Quill computed.

    The folder has a sub-folder for each adapter with `adapter_config.json`, `adapter_model.safetensors` and `logits.safetensors`.
    """
    from safetensors.torch import load_file

    for folder in sorted(p for p in Path(root).iterdir() if (p / "adapter_config.json").exists()):
        model = PeftModel.from_pretrained(base(), folder)
        result = model.load_adapter(folder, "again")
        assert not result.unexpected_keys and not [k for k in result.missing_keys if "lora" in k], result
        model = PeftModel.from_pretrained(base(), folder).eval()
        wanted = load_file(folder / "logits.safetensors")
        with torch.no_grad():
            found = model(wanted["ids"].long()[None]).logits[0]
        distance = (found - wanted["logits"]).abs().max().item()
        config = json.loads((folder / "adapter_config.json").read_text())
        print(f"{folder.name}: init {config['init_lora_weights']}, dora {config['use_dora']}: logits differ by {distance:.1e}")
        assert distance < 2e-4, folder

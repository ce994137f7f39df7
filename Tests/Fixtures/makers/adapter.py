"""peft_adapter/, adapter_logits.safetensors: a LoRA adapter as PEFT writes it, and the logits of tiny-llama with it.

`check` does it the other way round: an adapter that Quill wrote is loaded by PEFT.
"""

import shutil
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaForCausalLM

from .common import FIXTURES, TINY_FOLDER, report, save_tensors
from .qlora import ALL_LINEAR
from .tiny_llama import VOCABULARY

FOLDER = FIXTURES / "peft_adapter"


def base():
    return LlamaForCausalLM.from_pretrained(TINY_FOLDER, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def logits(model):
    ids = np.random.default_rng(5).integers(0, VOCABULARY, 40)
    return {"ids": ids.astype(np.int32), "logits": model.eval()(torch.from_numpy(ids)[None]).logits[0]}


def make():
    torch.manual_seed(7)
    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=0.05, target_modules=ALL_LINEAR, task_type="CAUSAL_LM", init_lora_weights=False)
    model = get_peft_model(base(), config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.mul_(0.3)  # large enough to change every logit, small enough to keep them of order 1
    model.peft_config["default"].base_model_name_or_path = "tiny-llama"
    shutil.rmtree(FOLDER, ignore_errors=True)
    model.save_pretrained(FOLDER)
    (FOLDER / "README.md").unlink()
    for path in sorted(FOLDER.iterdir()):
        report(path)
    plain = logits(base())["logits"]
    save_tensors("adapter_logits", logits(model))
    print(f"  the adapter moves a logit by {(logits(model)['logits'] - plain).abs().max().item():.2f} at most")


def check(folder, output):
    """Loads an adapter with PEFT, failing on any key that does not fit, and writes the logits of tiny-llama with it."""
    model = PeftModel.from_pretrained(base(), folder)
    result = model.load_adapter(folder, "again")
    assert not result.unexpected_keys and not [k for k in result.missing_keys if "lora" in k], result
    model.set_adapter("default")
    save_tensors(Path(output).stem, logits(model))

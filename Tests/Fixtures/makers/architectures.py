"""architectures/: a tiny random model of each architecture, and what transformers, PEFT and llama.cpp make of it.

NAME/ is a Hugging Face folder and NAME.gguf what llama.cpp's converter makes of it ($LLAMA_CPP names its source tree, as in the sdist of
llama-cpp-python). Some folders have config.json as the hub has it, others as transformers 5 writes it. Logits, greedy tokens and gradients
are transformers' in float32 with eager attention, from the folder.
"""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from .common import FIXTURES, report, save_json, save_tensors
from .qlora import ALL_LINEAR
from .tiny_families import FAMILIES
from .tiny_llama import greedy
from .tiny_tokenizers import PROBES, review_lines

sys.path.append(str(FIXTURES.parent / "Peers"))
from llamacpp import Model as LlamaCpp  # noqa: E402

FOLDER = FIXTURES / "architectures"
TOKENS, PROMPTS, GREEDY = 64, 3, 40
TYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def random_model(family, config):
    """A model whose logits are a few units and depend on every layer more than on the token before; norms and biases are random too."""
    model, rng = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval(), np.random.default_rng(family.seed)
    shift = 0 if config.model_type.startswith("gemma") else 1
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = rng.standard_normal(weight.shape, dtype=np.float32)
            if weight.ndim == 1:
                values = values / 4 if name.endswith("bias") else values / 5 + shift + (4 if name == "model.norm.weight" else 0)
            else:
                values *= np.float32(0.4 if "embed" in name or "lm_head" in name else 1.2) / np.float32(math.sqrt(weight.shape[1]))
            weight.copy_(torch.from_numpy(values))
    return model.to(TYPES[family.dtype])


def write_folder(name, family):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(family.config))
    config = AutoConfig.from_pretrained(folder)
    model = random_model(family, config)
    model.generation_config.update(**family.generation)
    model.save_pretrained(folder, max_shard_size=family.shard)
    if family.as_on_hub:
        write_json(folder / "config.json", family.config)
    for file, content in family.tokenizer_files().items():
        if isinstance(content, bytes):
            (folder / file).write_bytes(content)
        elif isinstance(content, str):
            (folder / file).write_text(content, encoding="utf-8")
        else:
            write_json(folder / file, content)
    check_tokenizer(folder)
    for path in sorted(folder.iterdir()):
        report(path)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check_tokenizer(folder):
    """AutoTokenizer, whose class may build its own pipeline, gives the ids that tokenizer.json gives."""
    plain, peer = Tokenizer.from_file(str(folder / "tokenizer.json")), AutoTokenizer.from_pretrained(folder)
    for text in review_lines() + PROBES:
        assert peer(text)["input_ids"] == plain.encode(text).ids, (folder.name, type(peer), text)
    peer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True)


def load(name, **changes):
    return AutoModelForCausalLM.from_pretrained(FOLDER / name, dtype=torch.float32, attn_implementation="eager", **changes).eval()


@torch.no_grad()
def logits(model, ids):
    return model(torch.from_numpy(ids)[None]).logits[0]


def write_answers(name, family):
    """Logits of random ids, and greedy tokens after the first tokens of three reviews (no end of text stops them)."""
    model, tokenizer = load(name), AutoTokenizer.from_pretrained(FOLDER / name)
    ids = np.random.default_rng(3).integers(0, model.config.vocab_size, TOKENS)
    prompts = [tokenizer.encode(line)[:8] for line in review_lines()[:PROMPTS]]
    tensors, answers = {"ids": ids.astype(np.int32), "logits": logits(model, ids)}, {"prompts": prompts, **greedy_of(model, prompts)}
    if family.gguf_changes:  # where a GGUF file cannot say what config.json says
        other = load(name, **family.gguf_changes)
        tensors["gguf.logits"] = logits(other, ids)
        answers["gguf"] = greedy_of(other, prompts)
    save_tensors(f"architectures/{name}.logits", tensors)
    save_json(f"architectures/{name}.greedy", answers)
    print(f"    largest logit {tensors['logits'].abs().max():.2f}, smallest lead {answers['smallest_lead']:.4f}")


def greedy_of(model, prompts):
    results = [greedy(model, prompt, GREEDY) for prompt in prompts]
    return {"greedy": [r[0] for r in results], "smallest_lead": min(r[1] for r in results)}


def write_gradients(name):
    """A LoRA on every linear layer, and the gradients of one batch of two rows: the second is shorter and padded on the right."""
    torch.manual_seed(11)
    config = LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules=ALL_LINEAR, task_type="CAUSAL_LM", init_lora_weights=False)
    model = get_peft_model(load(name), config)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "lora_B" in key:
                weight.mul_(0.3)
    model.peft_config["default"].base_model_name_or_path = name
    adapter = FOLDER / f"{name}.adapter"
    shutil.rmtree(adapter, ignore_errors=True)
    model.save_pretrained(adapter, save_embedding_layers=False)
    (adapter / "README.md").unlink()

    lengths = [24, 17]
    ids = np.random.default_rng(5).integers(0, model.config.vocab_size, (2, lengths[0]))
    real = np.arange(lengths[0]) < np.array(lengths)[:, None]
    ids[~real] = 0
    labels = np.where(real, ids, -100)
    arrays = [torch.from_numpy(a) for a in (ids, real.astype(np.int64), labels)]
    loss = model(input_ids=arrays[0], attention_mask=arrays[1], labels=arrays[2]).loss
    loss.backward()
    gradients = {key.replace(".default.", "."): w.grad for key, w in model.named_parameters() if w.requires_grad}
    assert gradients.keys() == get_peft_model_state_dict(model).keys()
    save_tensors(f"architectures/{name}.gradients", {
        "ids": ids.astype(np.int32), "lengths": np.array(lengths, np.int32), "loss": loss.detach().reshape(1), **gradients,
    })  # fmt: skip
    print(f"    loss {loss.item():.4f}, largest gradient {max(g.abs().max().item() for g in gradients.values()):.4f}")


def write_gguf(name, family, *options, output=None):
    """What llama.cpp's converter makes of the folder."""
    path = FOLDER / (output or f"{name}.gguf")
    script = Path(__file__).with_name("convert.py")
    arguments = [family.pre, FOLDER / name, "--outfile", path, "--outtype", family.outtype, *options]
    done = subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-4000:])
    if path.exists():  # a split file has other names
        report(path)


def write_adapter_gguf(name):
    """What llama.cpp's converter makes of the PEFT adapter: rows of q's and k's B are permuted as the base's are."""
    path, tree = FOLDER / f"{name}.adapter.gguf", os.environ["LLAMA_CPP"]
    arguments = ["--base", FOLDER / name, FOLDER / f"{name}.adapter", "--outfile", path, "--outtype", "f32"]
    environment = os.environ | {"PYTHONPATH": f"{tree}/gguf-py"}
    subprocess.run([sys.executable, f"{tree}/convert_lora_to_gguf.py", *arguments], check=True, capture_output=True, env=environment)
    report(path)


def write_llama_cpp_answers(name):
    """llama.cpp's greedy tokens, and how far each is ahead of the second best. It rounds activations to the type of 16-bit weights."""
    path = FOLDER / f"{name}.greedy.json"
    answers = json.loads(path.read_text())
    with LlamaCpp(FOLDER / f"{name}.gguf") as model:
        runs = [model.greedy(prompt, GREEDY) for prompt in answers["prompts"]]
    leads = [[round(top - second, 4) for _, _, top, second in best] for _, best in runs]
    save_json(f"architectures/{name}.greedy", answers | {"llama_cpp": {"greedy": [tokens for tokens, _ in runs], "leads": leads}})


def make():
    if "LLAMA_CPP" not in os.environ:
        sys.exit("set LLAMA_CPP to a llama.cpp source tree; README.md says where to find it")
    for name, family in FAMILIES.items():
        write_folder(name, family)
        write_answers(name, family)
        if family.gradients:
            write_gradients(name)
        if family.outtype:
            write_gguf(name, family)
            write_llama_cpp_answers(name)
    write_adapter_gguf("llama")
    write_gguf("mistral", FAMILIES["mistral"], "--fuse-qkv", output="mistral-fused.gguf")  # rows of q and k permuted
    write_gguf("qwen2", FAMILIES["qwen2"], "--fuse-qkv", output="qwen2-fused.gguf")  # biases too
    write_gguf("qwen2", FAMILIES["qwen2"], "--split-max-tensors", "10", output="qwen2-split.gguf")

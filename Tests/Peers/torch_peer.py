"""transformers on a Hugging Face folder, computing in float32: token ids in, logits or greedy tokens out."""

import torch
from transformers import AutoModelForCausalLM


class Model:
    """A folder, plain or quantized by bitsandbytes, with a PEFT adapter if one is named."""

    def __init__(self, path, adapter=None):
        model, report = AutoModelForCausalLM.from_pretrained(
            path, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
        )  # fmt: skip
        wrong = {kind: names for kind, names in report.items() if names}
        if wrong:
            raise ValueError(f"keys that do not fit: {wrong}")
        if adapter:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, adapter)
        for weight in model.parameters():  # transformers leaves what is not quantized in its stored type, whatever `dtype` says
            weight.data = weight.data.float() if weight.dtype in (torch.float16, torch.bfloat16) else weight.data
        for layer in model.modules():
            if hasattr(layer, "compute_dtype"):  # products with 4-bit weights, whatever type the folder names
                layer.compute_dtype = torch.float32
        self.model = model.eval()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        del self.model

    @torch.no_grad()
    def logits(self, ids):
        return self.model(torch.tensor([ids])).logits[0].float().numpy()

    @torch.no_grad()
    def greedy(self, ids, count):
        """The next `count` tokens, and for each `[best, second, logit, second logit]`."""
        tokens, best, past, step = [], [], None, torch.tensor([ids])
        for _ in range(count):
            out = self.model(step, past_key_values=past, use_cache=True)
            past, top = out.past_key_values, out.logits[0, -1].float().topk(2)
            tokens.append(top.indices[0].item())
            best.append([*top.indices.tolist(), *top.values.tolist()])
            step = top.indices[None, :1]
        return tokens, best

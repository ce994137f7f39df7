#!/usr/bin/env python3
"""One peer that is timed, in a process of its own: reads requests as JSON lines, answers seconds.

    speed_peers.py llama.cpp MODEL.gguf THREADS TOKENS LAYOUT     LAYOUT: repacked, or as the file has it
    speed_peers.py transformers FOLDER THREADS TOKENS nf4

A request is {"prompt": 512} or {"context": 0, "generate": 128}. Tokenizing and sampling are not timed, as in llama-bench.
"""

import json
import resource
import sys
import time


class LlamaCpp:
    """llama.cpp with the settings of its own benchmark: attention as it chooses, keys and values in F16."""

    def __init__(self, path, threads, tokens, layout):
        from llamacpp import api

        self.api = api
        options = api.llama_model_default_params()
        options.use_extra_bufts = layout == "repacked"
        self.model = api.llama_model_load_from_file(path.encode(), options)
        options = api.llama_context_default_params()
        options.n_ctx, options.n_batch, options.n_ubatch = tokens + 8, 2048, 512
        options.n_threads = options.n_threads_batch = threads
        self.context = api.llama_init_from_model(self.model, options)
        self.vocabulary = api.llama_vocab_n_tokens(api.llama_model_get_vocab(self.model))

    def clear(self):
        self.api.llama_memory_clear(self.api.llama_get_memory(self.context), True)

    def read(self, ids):
        for start in range(0, len(ids), 2048):
            part = ids[start : start + 2048]
            held = (self.api.llama_token * len(part))(*part)
            if self.api.llama_decode(self.context, self.api.llama_batch_get_one(held, len(part))):
                raise SystemExit("llama_decode failed")
        self.api.llama_synchronize(self.context)


class Transformers:
    """transformers with bitsandbytes' NF4, computing in bfloat16."""

    def __init__(self, path, threads, tokens, layout):
        import torch
        from transformers import AutoModelForCausalLM, BitsAndBytesConfig

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        nf4 = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
        )
        self.torch = torch
        self.model = AutoModelForCausalLM.from_pretrained(path, quantization_config=nf4, dtype=torch.bfloat16).eval()
        self.vocabulary = self.model.config.vocab_size
        self.past = None

    def clear(self):
        self.past = None

    def read(self, ids):
        self.past = self.model(
            self.torch.tensor([ids]), past_key_values=self.past, use_cache=True, logits_to_keep=1
        ).past_key_values


def seconds(peer, request):
    ids = [(7919 * index + 13) % peer.vocabulary for index in range(max(request.values()))]
    peer.clear()
    if "prompt" in request:
        start = time.perf_counter()
        peer.read(ids[: request["prompt"]])
        return time.perf_counter() - start
    if request["context"]:
        peer.read(ids[: request["context"]])
    start = time.perf_counter()
    for token in ids[: request["generate"]]:
        peer.read([token])
    return time.perf_counter() - start


def main(kind, path, threads, tokens, layout):
    peer = {"llama.cpp": LlamaCpp, "transformers": Transformers}[kind](path, int(threads), int(tokens), layout)
    for line in sys.stdin:
        taken = seconds(peer, json.loads(line))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": taken, "peak_mib": peak}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])

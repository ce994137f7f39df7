"""llama.cpp on the CPU through llama-cpp-python's low-level API: token ids in, logits or greedy tokens out."""

import ctypes

import llama_cpp as api
import numpy as np

_quiet = api.llama_log_callback(lambda *_: None)  # held here, or ctypes frees it
api.llama_log_set(_quiet, ctypes.c_void_p(0))
api.llama_backend_init()


class Model:
    """A GGUF file, with a LoRA adapter if one is named. The key-value cache is float32 and attention is not fused, so that what
    llama.cpp still rounds is only its activations: int8 blocks for quantized weights, f16 or bf16 for such weights."""

    def __init__(self, path, adapter=None, context=512, threads=2):
        self.model = api.llama_model_load_from_file(str(path).encode(), api.llama_model_default_params())
        if not self.model:
            raise ValueError(f"llama.cpp does not load {path}")
        options = api.llama_context_default_params()
        options.n_ctx = options.n_batch = options.n_ubatch = context
        options.n_threads = options.n_threads_batch = threads
        options.type_k = options.type_v = 0  # GGML_TYPE_F32
        options.flash_attn_type = 0
        self.context = api.llama_init_from_model(self.model, options)
        if not self.context:
            raise ValueError(f"llama.cpp makes no context for {path}")
        self.vocabulary = api.llama_model_get_vocab(self.model)
        self.size = api.llama_vocab_n_tokens(self.vocabulary)
        if adapter:
            self._add(adapter)

    def _add(self, path):
        adapter = api.llama_adapter_lora_init(self.model, str(path).encode())
        if not adapter:
            raise ValueError(f"llama.cpp does not load the adapter {path}")
        adapters, scales = (api.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(1.0)
        if api.llama_set_adapters_lora(self.context, adapters, 1, scales):
            raise ValueError(f"llama.cpp does not use the adapter {path}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        api.llama_free(self.context)
        api.llama_model_free(self.model)

    def tokens(self, text, special=False, bos=True):
        """Token ids of a text, with BOS where the file asks for one and `bos` holds."""
        content = text.encode()
        buffer = (api.llama_token * (len(content) + 8))()
        count = api.llama_tokenize(self.vocabulary, content, len(content), buffer, len(buffer), bos, special)
        return list(buffer[:count])

    def _decode(self, ids):
        held = (api.llama_token * len(ids))(*ids)  # the batch only points at it
        if api.llama_decode(self.context, api.llama_batch_get_one(held, len(ids))):
            raise ValueError("llama_decode failed")
        return np.ctypeslib.as_array(api.llama_get_logits_ith(self.context, -1), (self.size,)).copy()

    def _restart(self):
        api.llama_memory_clear(api.llama_get_memory(self.context), True)

    def logits(self, ids):
        """Logits after every token, float32 `[tokens, vocabulary]`, one token at a time through the cache."""
        self._restart()
        return np.stack([self._decode([token]) for token in ids])

    def greedy(self, ids, count):
        """The next `count` tokens, and for each the two best ids and their logits: `[best, second, logit, second logit]`."""
        self._restart()
        row, tokens, best = self._decode(ids), [], []
        for _ in range(count):
            first, second = sorted(np.argpartition(row, -2)[-2:].tolist(), key=lambda index: -row[index])
            tokens.append(first)
            best.append([first, second, float(row[first]), float(row[second])])
            row = self._decode([first])
        return tokens, best

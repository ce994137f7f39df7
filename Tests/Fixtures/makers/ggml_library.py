"""ggml itself, through ctypes: the shared library that comes with llama-cpp-python."""

import ctypes
from importlib.util import find_spec
from pathlib import Path

import gguf
import numpy as np


class TypeTraits(ctypes.Structure):
    """ggml_type_traits as of ggml 0.25."""

    _fields_ = [
        ("type_name", ctypes.c_char_p), ("block_size", ctypes.c_int64), ("block_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t), ("is_quantized", ctypes.c_bool), ("to_float", ctypes.c_void_p), ("from_float_ref", ctypes.c_void_p),
    ]  # fmt: skip


def load():
    folder = Path(find_spec("llama_cpp").origin).parent / "lib"
    library = ctypes.CDLL(str(next(folder.glob("libggml-base.so*"))))
    library.ggml_get_type_traits.restype = ctypes.POINTER(TypeTraits)
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    library.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [ctypes.c_void_p]
    return library


LIBRARY = load()


def traits(name):
    found = LIBRARY.ggml_get_type_traits(int(gguf.GGMLQuantizationType[name])).contents
    assert found.type_name.decode().upper() == name.upper(), f"{found.type_name} is not {name}"
    return found


def decode(packed, name):
    """The float32 values of rows of packed bytes."""
    packed, found = np.ascontiguousarray(packed), traits(name)
    values = np.empty((len(packed), packed.shape[1] // found.type_size * found.block_size), np.float32)
    to_float = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)(found.to_float)
    to_float(packed.ctypes.data, values.ctypes.data, values.size)
    return values


def encode(values, name):
    """Rows of float32 as packed bytes."""
    values, found = np.ascontiguousarray(values, np.float32), traits(name)
    rows, columns = values.shape
    packed = np.zeros((rows, columns // found.block_size * found.type_size), np.uint8)
    written = LIBRARY.ggml_quantize_chunk(
        int(gguf.GGMLQuantizationType[name]), values.ctypes.data, packed.ctypes.data, 0, rows, columns, None
    )
    assert written == packed.size
    return packed

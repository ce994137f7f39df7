#!/usr/bin/env python3
"""Compares two GGUF files: the same tensors with the same shapes, types and bytes, in whatever order.

    compare_gguf.py A.gguf B.gguf [--keys]

`--keys` also prints the metadata that differs. Of a split file name the first part. Exits with 1 if a tensor differs.
"""

import re
import sys
from pathlib import Path

import gguf
import numpy as np


def parts(path):
    """The file, or all files of a split one."""
    found = re.fullmatch(r"(.*)-00001-of-(\d{5})\.gguf", str(path))
    if not found:
        return [Path(path)]
    return [Path(f"{found[1]}-{n:05}-of-{found[2]}.gguf") for n in range(1, int(found[2]) + 1)]


def tensors(path):
    """Name -> (type name, shape with the innermost axis last, bytes)."""
    return {
        t.name: (t.tensor_type.name, tuple(int(n) for n in t.shape[::-1]), np.ascontiguousarray(t.data).view(np.uint8).reshape(-1))
        for part in parts(path) for t in gguf.GGUFReader(part).tensors
    }  # fmt: skip


def differences(left, right):
    """One line for each tensor that is not the same in both, given as `tensors` gives them."""
    for name in sorted(left.keys() | right.keys()):
        if name not in right or name not in left:
            yield f"{name}: only in the {'first' if name in left else 'second'} file"
            continue
        (type_a, shape_a, a), (type_b, shape_b, b) = left[name], right[name]
        if (type_a, shape_a) != (type_b, shape_b):
            yield f"{name}: {type_a} {shape_a}, {type_b} {shape_b}"
        elif not np.array_equal(a, b):
            yield f"{name}: {type_a} {shape_a}, {np.count_nonzero(a != b):,} of {a.size:,} bytes differ"


def print_keys(left, right):
    fields = [{k: f.contents() for k, f in gguf.GGUFReader(parts(p)[0]).fields.items() if not k.startswith("GGUF.")} for p in (left, right)]
    for key in sorted(fields[0].keys() | fields[1].keys()):
        a, b = (f.get(key) for f in fields)
        if a != b:
            print(f"  key {key}: {str(a)[:60]} | {str(b)[:60]}")


def main(left, right, *options):
    found = list(differences(tensors(left), tensors(right)))
    print("\n".join(found) or f"the same {len(tensors(left))} tensors, byte for byte")
    if "--keys" in options:
        print_keys(left, right)
    return bool(found)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

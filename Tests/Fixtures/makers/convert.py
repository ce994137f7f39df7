"""Runs llama.cpp's convert_hf_to_gguf.py on a folder whose tokenizer it cannot know by its hash.

    convert.py PRE-TOKENIZER FOLDER --outfile FILE --outtype TYPE …      with $LLAMA_CPP, a llama.cpp source tree
"""

import os
import runpy
import sys

if __name__ == "__main__":
    tree, name = os.environ["LLAMA_CPP"], sys.argv.pop(1)
    sys.path[:1] = [tree, f"{tree}/gguf-py"]
    from conversion.base import TextModel

    TextModel.get_vocab_base_pre = lambda self, tokenizer: name
    runpy.run_path(f"{tree}/convert_hf_to_gguf.py", run_name="__main__")

"""What the tests type into cells, in one place: the language may change, the protocol does not."""

import os

KERNEL = os.environ.get("QUILL_KERNEL", "quill")

HELLO_WORLD = 'print("hello, world")'
STDERR = 'print("hello, world", to: .stderr)'
COMPLETIONS = [{"text": "pri", "matches": {"print"}}, {"text": "histog", "matches": {"histogram"}}]
COMPLETE = ["1 + 1", 'print("hello, world")', "if true {\n  1\n}"]
INCOMPLETE = ["if true {", "print("]
INVALID = [")("]
PAGER = "print?"
ERROR = "nosuchname"
RESULT = {"code": "1 + 1", "result": "2"}
DISPLAY = {"code": 'show("hello")', "mime": "text/plain"}
HISTORY_PATTERN = "1?+*"
INSPECT = "print"
CLEAR_OUTPUT = "clearOutput()"

ENDLESS = "while true { }"
ASSIGN = "let x = 5"
READ = {"code": "x", "result": "5"}
ASK = {"code": 'readLine("name? ")', "prompt": "name? "}
MANY_LINES = {"code": 'for i in 0..<10000 { print("line \\(i)") }', "count": 10000}

# The default model, which `make model` fetches, wherever the tests' own history is kept.
HOME = os.environ.get("QUILL_HOME") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "quill")
MODEL = os.path.join(HOME, "models", "smollm2-135m-instruct-q4_1.gguf")

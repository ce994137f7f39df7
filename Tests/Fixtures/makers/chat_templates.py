"""chat_templates/: what transformers' own chat template code prints, for real templates and for each feature of the language.

`families.json` has every template of `chat_templates/templates` on every conversation of `conversations.json`; `cases.json` has small
templates on the variables of `variables.json`. Objects are written as {"members": [[name, value], …]}, for their order matters here.
A case ends with its text, with {"raised": message} for `raise_exception`, or with {"error": true} for any other failure.
"""

import copy
import datetime
import json
import re

import jinja2
from transformers.utils import chat_template_utils

from .chat_template_cases import VARIABLES, templates
from .chat_template_conversations import CONVERSATIONS
from .common import FIXTURES, report

FOLDER = FIXTURES / "chat_templates"
NOW = datetime.datetime(2024, 7, 6, 9, 5, 7)
# What has no fixed text, or is a whole number beyond 64 bits or a complex one, which Quill refuses.
UNSTABLE = re.compile(r"object at 0x|<built-in|<function|<bound|<class|<generator|<dict_|\d{19,}|\dj\)")
# Jinja works out constants while it compiles, and prints nothing for a slice of one that has none; Quill says that it has none.
CONSTANT_SLICE = re.compile(r"\{\{ \((?:-?[\d.e]+|true|none|\{.*\})\)\[[:1-]*\] \}\}")


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def ordered(value):
    """The value with objects as lists of members."""
    if isinstance(value, dict):
        return {"members": [[name, ordered(member)] for name, member in value.items()]}
    return [ordered(element) for element in value] if isinstance(value, (list, tuple)) else value


def outcome(run):
    """What a rendering ends with."""
    try:
        return run()
    except jinja2.exceptions.TemplateError as error:
        return {"raised": str(error)} if type(error) is jinja2.exceptions.TemplateError else {"error": True}
    except Exception:
        return {"error": True}


def conversation_outcome(source, conversation, add_generation_prompt):
    settings = dict(conversation)
    messages = settings.pop("messages")
    settings.setdefault("bos_token", "<s>")
    settings.setdefault("eos_token", "</s>")

    def run():
        texts, ranges = chat_template_utils.render_jinja_template(
            [messages], chat_template=source, add_generation_prompt=add_generation_prompt,
            return_assistant_tokens_mask="generation" in source and not settings.get("continue_final_message"), **settings)
        return {"text": texts[0], "ranges": ranges[0]} if ranges and ranges[0] else texts[0]

    return outcome(run)


def families(folder):
    result = {}
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        result[path.stem] = [[conversation_outcome(source, c, prompt) for prompt in (False, True)] for c in CONVERSATIONS.values()]
    return result


def cases():
    rows, seen = [], set()
    for source in templates():
        if source in seen or CONSTANT_SLICE.fullmatch(source):
            continue
        seen.add(source)
        result = outcome(lambda: chat_template_utils._cached_compile_jinja_template(source).render(**copy.deepcopy(VARIABLES)))
        text = result if isinstance(result, str) else ""
        if not UNSTABLE.search(text):
            rows.append([source, result])
    return rows


def write(name, value):
    """Writes one element of the value a line."""
    if isinstance(value, dict):
        rows = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()]
        text = "{\n" + ",\n".join(rows) + "\n}\n"
    else:
        text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in value) + "\n]\n"
    (FOLDER / name).write_text(text, encoding="utf-8")
    report(FOLDER / name)


def make():
    chat_template_utils.datetime = Clock
    write("conversations.json", [[name, ordered(c)] for name, c in CONVERSATIONS.items()])
    write("families.json", families(FOLDER / "templates"))
    write("variables.json", {name: ordered(v) for name, v in VARIABLES.items()})
    rows = cases()
    write("cases.json", rows)
    print(f"  {len(rows)} small cases, {sum(isinstance(r, dict) for _, r in rows)} of which fail")

"""datasets/: Parquet files that pyarrow writes with each setting, and rows of training as TRL makes them.

Every `parquet/*.parquet` but `imdb-like` holds the same table, `parquet/rows.json`: columns of each type, with nulls, lists and
messages. `training.json` has what TRL's SFTTrainer makes of rows of each form with two of the tokenizers in `tokenizers/`.
"""

import datetime
import decimal
import json
import tempfile

import pyarrow
import pyarrow.parquet
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from .common import FIXTURES, report, save_json

FOLDER = FIXTURES / "datasets"
ROWS = 40
REVIEWS = (FIXTURES / "reviews.txt").read_text(encoding="utf-8").splitlines()


# Parquet


def columns():
    text = [f"{REVIEWS[i % len(REVIEWS)]} №{i} 🎬" for i in range(ROWS)]
    turns = [[{"role": "user", "content": f"Was it good, {i}?"}, {"role": "assistant", "content": None if i == 7 else text[i]}][: i % 3] for i in range(ROWS)]
    return {
        "text": pyarrow.array(text),
        "label": pyarrow.array([i // 20 for i in range(ROWS)], pyarrow.int64()),
        "small": pyarrow.array([None if i % 5 == 0 else i - 20 for i in range(ROWS)], pyarrow.int32()),
        "unsigned": pyarrow.array([i * 100_000_000 for i in range(ROWS)], pyarrow.uint32()),
        "flag": pyarrow.array([None if i % 11 == 3 else i % 3 == 0 for i in range(ROWS)]),
        "score": pyarrow.array([i / 7 for i in range(ROWS)]),
        "single": pyarrow.array([None if i == 9 else i / 8 for i in range(ROWS)], pyarrow.float32()),
        "half": pyarrow.array([i / 4 for i in range(ROWS)], pyarrow.float16()),
        "source": pyarrow.array([None if i % 4 == 1 else ["imdb", "own", "", "naïve"][i % 4] for i in range(ROWS)]),
        "nothing": pyarrow.array([None] * ROWS, pyarrow.string()),
        "code": pyarrow.array([bytes([i, 255, 0, i]) for i in range(ROWS)], pyarrow.binary(4)),
        "day": pyarrow.array([datetime.date(1969, 12, 20) + datetime.timedelta(days=37 * i) for i in range(ROWS)]),
        "time": pyarrow.array([datetime.datetime(1999, 12, 31, 23, 59, 50, 250_000) + datetime.timedelta(seconds=i) for i in range(ROWS)], pyarrow.timestamp("us")),
        "price": pyarrow.array([decimal.Decimal(i * 5 - 50) / 4 for i in range(ROWS)], pyarrow.decimal128(9, 2)),
        "messages": pyarrow.array([None if i == 11 else turns[i] for i in range(ROWS)], pyarrow.list_(pyarrow.struct([("role", pyarrow.string()), ("content", pyarrow.string())]))),
        "tags": pyarrow.array([None if i % 6 == 5 else [None if j == 2 else f"tag{j}" for j in range(i % 5)] for i in range(ROWS)], pyarrow.list_(pyarrow.string())),
        "grid": pyarrow.array([[[i, j][: j + 1] for j in range(i % 3)] for i in range(ROWS)], pyarrow.list_(pyarrow.list_(pyarrow.int64()))),
        "film": pyarrow.array([None if i == 4 else {"title": None if i == 6 else f"Film {i}", "year": 1990 + i} for i in range(ROWS)]),
    }  # fmt: skip


def as_json(value):
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(type(value))


def write(table, name, **settings):
    path = FOLDER / "parquet" / f"{name}.parquet"
    pyarrow.parquet.write_table(table, path, row_group_size=17, data_page_size=200, write_batch_size=5, store_schema=False, **settings)


def make_parquet():
    (FOLDER / "parquet").mkdir(parents=True, exist_ok=True)
    table = pyarrow.table(columns())
    for codec in ["none", "snappy", "gzip", "zstd"]:
        for version in ["1.0", "2.0"]:
            for dictionary in [False, True]:
                kind = "dictionary" if dictionary else "plain"
                write(table, f"{codec}-v{version[0]}-{kind}", compression=codec, data_page_version=version, use_dictionary=dictionary)
    texts, integers = ["text", "source", "nothing"], ["label", "small", "unsigned"]
    delta = {**dict.fromkeys(integers, "DELTA_BINARY_PACKED"), **dict.fromkeys(texts, "DELTA_LENGTH_BYTE_ARRAY")}
    delta |= {"score": "BYTE_STREAM_SPLIT", "single": "BYTE_STREAM_SPLIT", "flag": "RLE"}
    write(table, "delta", compression="none", use_dictionary=False, column_encoding=delta, data_page_version="2.0")
    delta |= dict.fromkeys(texts, "DELTA_BYTE_ARRAY") | {"half": "BYTE_STREAM_SPLIT", "code": "DELTA_BYTE_ARRAY"}
    write(table, "delta-prefixes", compression="zstd", use_dictionary=False, column_encoding=delta)
    write(table, "checksums", compression="snappy", write_page_checksum=True)
    (FOLDER / "parquet" / "lz4.parquet").unlink(missing_ok=True)
    pyarrow.parquet.write_table(table.select(["text"]).slice(0, 4), FOLDER / "parquet" / "lz4.parquet", compression="lz4")
    rows = ",\n".join(json.dumps(row, default=as_json, ensure_ascii=False) for row in table.to_pylist())
    (FOLDER / "parquet" / "rows.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")
    for path in sorted((FOLDER / "parquet").iterdir()):
        report(path)


# Rows of training

TEMPLATE = (  # ChatML with the model's own end token and the marks that TRL's assistant_only_loss needs
    "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}{% if message['role'] == 'assistant' %}{% generation %}"
    "{{ message['content'] + eos_token }}{% endgeneration %}{% else %}{{ message['content'] + eos_token }}{% endif %}{{ '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def forms():
    some = REVIEWS[:12]
    talks = [
        [{"role": "system", "content": "Be brief."}][: i % 2] + [{"role": "user", "content": text}, {"role": "assistant", "content": "So it is."}]
        + ([{"role": "user", "content": "Why?"}, {"role": "assistant", "content": text[:20]}] if i % 3 == 0 else [])
        for i, text in enumerate(some)
    ]  # fmt: skip
    return {
        "prompt_completion": [{"prompt": f"Review: {text} Sentiment:", "completion": [" positive", " negative"][i % 2]} for i, text in enumerate(some)],
        "crossed": [{"prompt": f"Review: {text} Sentiment: ", "completion": ["positive", "negative"][i % 2]} for i, text in enumerate(some)],
        "messages": [{"messages": talk} for talk in talks],
        "prompt_messages": [{"prompt": talk[:-1], "completion": talk[-1:]} for talk in talks],
    }


def prepared(name, tokenizer, rows, **settings):
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1))
    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(output_dir=folder, report_to=[], use_cpu=True, bf16=False, loss_type="nll", dataset_num_proc=None, **settings)
        trained = SFTTrainer(model=model, args=config, processing_class=tokenizer, train_dataset=Dataset.from_list(rows)).train_dataset
    keep = ["input_ids", "labels", "seq_lengths"]
    return {"name": name, "rows": [{key: row[key] for key in keep if key in row} for row in trained]}


def make_training():
    cases = []
    for folder, special in {"smollm2": {"eos_token": "<|im_end|>"}, "llama2": {"bos_token": "<s>", "eos_token": "</s>"}}.items():
        file = FIXTURES / "tokenizers" / folder / "tokenizer.json"
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file), chat_template=TEMPLATE, **special)
        for name, rows in forms().items():
            settings = [("all", {"completion_only_loss": False}), ("short", {"completion_only_loss": False, "max_length": 24})]
            settings += [("packed", {"packing": True, "max_length": 160, "completion_only_loss": False})]
            only = {"assistant_only_loss": True} if name == "messages" else {"completion_only_loss": True}
            settings += [("only", only), ("only-packed", only | {"packing": True, "max_length": 200})]
            for kind, extra in settings:
                case = prepared(kind, tokenizer, rows, **({"max_length": 512} | extra))
                cases.append({"tokenizer": folder, "form": name, **case, "max_length": extra.get("max_length", 512)})
    save_json("datasets/training", {"template": TEMPLATE, "forms": forms(), "cases": cases})


def make():
    make_parquet()
    make_training()

"""The cache and the local folder that huggingface_hub lays out, of a small repository on a server on the loopback."""

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "hub"
REPOSITORY = "user/repo"
COMMIT = "c0" * 20
# What the repository holds: path, content, whether it is stored as a large file.
FILES = [
    ("README.md", b"# A small repository\n", False),
    ("config.json", b'{"model_type": "llama"}\n', False),
    ("folder/deep/notes.txt", "gr\u00fc\u00df dich\n".encode(), False),
    ("model.safetensors", bytes(range(256)) * 8, True),
    ("tokenizer.json", b"{}\n", False),
]
CLIENT = """
import sys
from huggingface_hub import snapshot_download
snapshot_download("user/repo")
snapshot_download("user/repo", local_dir=sys.argv[1])
"""


def etag(content, is_large):
    return hashlib.sha256(content).hexdigest() if is_large else blob_id(content)


def blob_id(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def tree():
    for path, content, is_large in FILES:
        entry = {"type": "file", "path": path, "size": len(content), "oid": blob_id(content)}
        if is_large:
            entry["lfs"] = {"oid": etag(content, True), "size": len(content), "pointerSize": 134}
        yield entry


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as huggingface.co does; large files come by a redirect."""

    def log_message(self, *arguments):
        pass

    def reply(self, status, body, **fields):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **fields}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == f"/api/models/{REPOSITORY}/revision/main":
            return self.reply(200, json.dumps({"id": REPOSITORY, "sha": COMMIT, "siblings": []}).encode())
        if path == f"/api/models/{REPOSITORY}/tree/{COMMIT}":
            return self.reply(200, json.dumps(list(tree())).encode())
        for name, content, is_large in FILES:
            tag = f'"{etag(content, is_large)}"'
            if path == f"/{REPOSITORY}/resolve/{COMMIT}/{name}":
                if is_large:
                    host = f"http://localhost:{self.server.server_port}/storage/{name}"
                    return self.reply(302, b"", Location=host, X_Repo_Commit=COMMIT, X_Linked_Etag=tag, X_Linked_Size=len(content))
                return self.reply(200, content, ETag=tag, X_Repo_Commit=COMMIT)
            if path == f"/storage/{name}":
                return self.reply(200, content)
        return self.reply(404, b"")

    do_HEAD = do_GET


def make():
    shutil.rmtree(FOLDER, ignore_errors=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment |= {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_CACHE": str(FOLDER / "cache"),
        "HF_HOME": str(FOLDER / "home"), "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    subprocess.run([sys.executable, "-c", CLIENT, str(FOLDER / "local")], env=environment, check=True)
    server.shutdown()
    for leftover in [FOLDER / "cache" / ".locks", FOLDER / "home", *FOLDER.rglob("*.lock")]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    for note in FOLDER.rglob("*.metadata"):
        # The time of the download, later than any check-out makes the file.
        note.write_text("\n".join([*note.read_text().split("\n")[:2], "4102444800.0", ""]))


def check(cache):
    """What huggingface_hub finds, offline, in a cache that Quill filled with this repository as a model."""
    os.environ |= {"HF_HUB_OFFLINE": "1"}
    from huggingface_hub import snapshot_download, try_to_load_from_cache

    folder = Path(snapshot_download(REPOSITORY, cache_dir=cache, allow_patterns=["*.json", "*.safetensors"]))
    for name, content, _ in FILES:
        if name.endswith((".json", ".safetensors")):
            assert (folder / name).read_bytes() == content, name
            assert try_to_load_from_cache(REPOSITORY, name, cache_dir=cache) == str(folder / name), name
    print(f"the model is found in {folder}")

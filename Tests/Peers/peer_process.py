"""What the scripts that time share: a peer in a process of its own, the program `quill bench`, and the peers' environment."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REST = 0.5  # seconds: the threads of the one before look out for more work for a while


class Peer:
    """A script beside this one that reads requests as JSON lines and answers with seconds and its peak of memory."""

    def __init__(self, name, script, *arguments):
        self.name, self.peak, self.errors = name, 0, tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, HERE / script, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)  # fmt: skip

    def seconds(self, request):
        time.sleep(REST)
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.errors.seek(0)
            raise SystemExit(f"{self.errors.read()}\n{self.name} ended with status {status}")
        answer = json.loads(line)
        self.peak = answer["peak_mib"]
        return answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def quill(program, measurement, more, **options):
    """The report of `quill bench MEASUREMENT`; `prompt=[128, 512]` is `--prompt 128,512`, and `more` goes behind as it is."""
    command = [program, "bench", measurement]
    for name, value in options.items():
        command += ["--" + name, ",".join(map(str, value)) if isinstance(value, list) else str(value)]
    time.sleep(REST)
    done = subprocess.run([*command, *more], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def setup(folder):
    """The Python of an environment with the peers, which is made where it is not there."""
    environment = folder / "venv"
    if not environment.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin/python"
    # llama.cpp is compiled here. GCC 12 leaves out stores to the configuration of AMX's tiles, and the program dies of it.
    compilers = {"CC": "clang", "CXX": "clang++"} if shutil.which("clang++") else {}
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-r", HERE.parent / "Fixtures/requirements.txt"], check=True,
        env={**compilers, **os.environ})  # fmt: skip
    return python


def restart_in(python):
    """Runs the same script with the same arguments, less --setup, in another Python."""
    os.execv(python, [str(python), *(argument for argument in sys.argv if argument != "--setup")])

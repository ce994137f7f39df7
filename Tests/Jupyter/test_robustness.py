"""What jupyter_kernel_test does not look at: interrupts, the end of a kernel, bad messages, stdin, order and speed."""

import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from queue import Empty

import pytest
from jupyter_client.connect import write_connection_file
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

import samples
from latency import wire_round_trips

TIMEOUT = 15


@contextmanager
def running_kernel(**arguments):
    manager = KernelManager(kernel_name=samples.KERNEL, **arguments)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield manager, client
    finally:
        client.stop_channels()
        if manager.is_alive():
            manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    with running_kernel() as (manager, client):
        yield manager, client


def reply_to(client, request, timeout=TIMEOUT):
    while True:
        reply = client.get_shell_msg(timeout=timeout)
        if reply["parent_header"].get("msg_id") == request:
            return reply["content"]


def outputs_of(client, request, timeout=TIMEOUT):
    """The iopub messages of a request, from busy to idle."""
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=timeout)
        if message["parent_header"].get("msg_id") != request:
            continue
        messages.append(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return messages


def run(client, code, **arguments):
    request = client.execute(code, **arguments)
    return reply_to(client, request), outputs_of(client, request)


def result_of(client, sample):
    reply, outputs = run(client, sample["code"])
    assert reply["status"] == "ok"
    return [m["content"]["data"]["text/plain"] for m in outputs if m["msg_type"] == "execute_result"]


def start_endless_cell(client):
    request = client.execute(samples.ENDLESS)
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == request and message["msg_type"] == "execute_input":
            time.sleep(0.1)
            return request


def interrupt_by_message(manager, client):
    client.control_channel.send(client.session.msg("interrupt_request", content={}))


def interrupt_by_signal(manager, client):
    os.kill(manager.provisioner.pid, signal.SIGINT)


# Interrupts


@pytest.mark.parametrize("interrupt", [interrupt_by_message, interrupt_by_signal])
def test_interrupt_stops_the_cell_within_100_ms_and_keeps_the_session(kernel, interrupt):
    manager, client = kernel
    run(client, samples.ASSIGN)
    request = start_endless_cell(client)
    start = time.perf_counter()
    interrupt(manager, client)
    reply = reply_to(client, request)
    seconds = time.perf_counter() - start
    assert reply["status"] == "error" and reply["ename"] and reply["traceback"]
    assert seconds < 0.1
    outputs_of(client, request)
    assert result_of(client, samples.READ) == [samples.READ["result"]]


@pytest.mark.parametrize("interrupt", [interrupt_by_message, interrupt_by_signal])
def test_interrupt_of_an_idle_kernel_does_nothing(kernel, interrupt):
    manager, client = kernel
    interrupt(manager, client)
    time.sleep(0.2)
    assert result_of(client, samples.RESULT) == [samples.RESULT["result"]]


def test_an_interrupt_also_ends_a_question(kernel):
    manager, client = kernel
    request = client.execute(samples.ASK["code"])
    assert client.get_stdin_msg(timeout=TIMEOUT)["content"]["prompt"] == samples.ASK["prompt"]
    interrupt_by_message(manager, client)
    assert reply_to(client, request)["status"] == "error"
    outputs_of(client, request)


# Requests while a cell runs


def test_completion_inspection_and_history_answer_while_a_cell_runs(kernel):
    manager, client = kernel
    request = start_endless_cell(client)
    try:
        for ask in (
            lambda: client.complete(samples.COMPLETIONS[0]["text"]),
            lambda: client.inspect(samples.INSPECT),
            lambda: client.is_complete("1"),
            lambda: client.history(hist_access_type="tail", n=1),
            lambda: client.comm_info(),
            lambda: client.kernel_info(),
        ):
            assert reply_to(client, ask(), timeout=1)["status"] in ("ok", "complete")
    finally:
        interrupt_by_message(manager, client)
    assert reply_to(client, request)["status"] == "error"
    outputs_of(client, request)


def test_an_error_aborts_the_cells_that_wait(kernel):
    manager, client = kernel
    first = start_endless_cell(client)
    second = client.execute(samples.RESULT["code"])
    interrupt_by_message(manager, client)
    assert reply_to(client, first)["status"] == "error"
    assert reply_to(client, second)["status"] == "aborted"
    outputs_of(client, first)
    states = [m["content"]["execution_state"] for m in outputs_of(client, second)]
    assert states == ["busy", "idle"]


# Output


def test_ten_thousand_lines_arrive_before_idle(kernel):
    _, client = kernel
    reply, outputs = run(client, samples.MANY_LINES["code"])
    assert reply["status"] == "ok"
    text = "".join(m["content"]["text"] for m in outputs if m["msg_type"] == "stream")
    assert len(text.splitlines()) == samples.MANY_LINES["count"]
    assert len(outputs) < 200


def test_silent_shows_and_counts_nothing(kernel):
    _, client = kernel
    before = run(client, samples.RESULT["code"])[0]["execution_count"]
    reply, outputs = run(client, samples.HELLO_WORLD, silent=True)
    assert reply["status"] == "ok"
    assert {m["msg_type"] for m in outputs} == {"status"}
    assert run(client, samples.RESULT["code"])[0]["execution_count"] == before + 1


def test_user_expressions(kernel):
    _, client = kernel
    expressions = {"good": samples.RESULT["code"], "bad": samples.ERROR}
    reply, _ = run(client, samples.ASSIGN, user_expressions=expressions)
    assert reply["user_expressions"]["good"]["data"]["text/plain"] == samples.RESULT["result"]
    assert reply["user_expressions"]["bad"]["status"] == "error"


# Input


def test_a_question_gets_its_answer(kernel):
    _, client = kernel
    request = client.execute(samples.ASK["code"])
    question = client.get_stdin_msg(timeout=TIMEOUT)
    assert question["content"] == {"prompt": samples.ASK["prompt"], "password": False}
    client.input("Ada")
    assert reply_to(client, request)["status"] == "ok"
    outputs = outputs_of(client, request)
    results = [m["content"]["data"]["text/plain"] for m in outputs if m["msg_type"] == "execute_result"]
    assert len(results) == 1 and "Ada" in results[0]


def test_a_question_fails_where_nobody_can_answer(kernel):
    _, client = kernel
    reply, _ = run(client, samples.ASK["code"], allow_stdin=False)
    assert reply["status"] == "error"


# Bad messages


def frames_of(client, message_type="kernel_info_request", content=None):
    message = client.session.msg(message_type, content=content or {})
    return client.session.serialize(message)


def bad_frames(client):
    good = frames_of(client)
    other = Session(key=b"another key")
    yield "wrong signature", other.serialize(other.msg("kernel_info_request", content={}))
    yield "signature that is no hexadecimal text", [good[0], b"zz" * 32, *good[2:]]
    yield "no delimiter", [b"hello"]
    yield "an empty message", [b""]
    yield "too few frames", good[:4]
    for position in range(2, 6):
        broken = [b"{not json" if index == position else frame for index, frame in enumerate(good)]
        yield f"frame {position} is no JSON", [good[0], client.session.sign(broken[2:6]), *broken[2:]]
    deep = [*good[2:5], b"[" * 100_000]
    yield "deeply nested", [good[0], client.session.sign(deep), *deep]
    listed = [b"[]", *good[3:6]]
    yield "a header that is a list", [good[0], client.session.sign(listed), *listed]
    empty = [b"{}", *good[3:6]]
    yield "an empty header", [good[0], client.session.sign(empty), *empty]
    yield "an unknown type", frames_of(client, "make_coffee_request")


@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
def test_bad_messages_are_dropped(kernel, channel):
    manager, client = kernel
    socket = getattr(client, f"{channel}_channel").socket
    for name, frames in bad_frames(client):
        socket.send_multipart(frames)
        assert result_of(client, samples.RESULT) == [samples.RESULT["result"]], name
    assert manager.is_alive()


@pytest.mark.parametrize("message_type", ["execute", "complete", "inspect", "is_complete", "history"])
def test_content_of_the_wrong_shape_gets_an_error_and_idle(kernel, message_type):
    _, client = kernel
    message = client.session.msg(f"{message_type}_request", content={"code": 5, "hist_access_type": 5})
    client.shell_channel.send(message)
    request = message["header"]["msg_id"]
    reply = reply_to(client, request)
    assert reply["status"] == "error" and "evalue" in reply
    states = [m["content"]["execution_state"] for m in outputs_of(client, request)]
    assert states == ["busy", "idle"]


# The end


@pytest.mark.parametrize("busy", [False, True])
def test_shutdown(busy):
    with running_kernel() as (manager, client):
        if busy:
            start_endless_cell(client)
        client.shutdown()
        reply = client.get_control_msg(timeout=TIMEOUT)
        assert reply["msg_type"] == "shutdown_reply"
        assert reply["content"] == {"status": "ok", "restart": False}
        assert manager.provisioner.process.wait(timeout=2) == 0


def test_restart_forgets_the_session():
    with running_kernel() as (manager, client):
        run(client, samples.ASSIGN)
        manager.restart_kernel()
        client.wait_for_ready(timeout=60)
        assert run(client, samples.READ["code"])[0]["status"] == "error"
        assert run(client, samples.RESULT["code"])[0]["execution_count"] == 2


def test_a_port_that_is_taken_ends_the_kernel_with_a_message():
    with running_kernel() as (manager, _):
        command = [part.format(connection_file=manager.connection_file) for part in manager.kernel_spec.argv]
        second = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
        assert second.returncode != 0
        assert "cannot bind" in second.stderr


def test_the_kernel_ends_with_the_process_that_started_it(tmp_path):
    """A front end that is killed has no time to end its kernels."""
    with running_kernel() as (manager, client):
        command = [part.format(connection_file=tmp_path / "kernel.json") for part in manager.kernel_spec.argv]
        write_connection_file(str(tmp_path / "kernel.json"), key=b"key")
    program = (
        "import os, subprocess, sys, time; "
        "environment = os.environ | {'JPY_PARENT_PID': str(os.getpid())}; "
        "print(subprocess.Popen(sys.argv[1:], env=environment).pid, flush=True); time.sleep(60)"
    )
    front_end = subprocess.Popen([sys.executable, "-c", program, *command], stdout=subprocess.PIPE, text=True)
    kernel = int(front_end.stdout.readline())
    time.sleep(0.5)
    assert lives(kernel)
    front_end.kill()
    front_end.wait()
    end = time.monotonic() + 5
    while lives(kernel) and time.monotonic() < end:
        time.sleep(0.05)
    assert not lives(kernel)


def lives(process):
    try:
        with open(f"/proc/{process}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_idle_kernel_uses_no_time(kernel):
    manager, client = kernel
    run(client, samples.RESULT["code"])

    def seconds():
        with open(f"/proc/{manager.provisioner.pid}/stat") as status:
            ticks = status.read().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    before = seconds()
    time.sleep(2)
    assert seconds() - before <= 0.02


def test_ipc():
    with running_kernel(transport="ipc") as (manager, client):
        assert result_of(client, samples.RESULT) == [samples.RESULT["result"]]


def test_heartbeat_echoes(kernel):
    _, client = kernel
    client.hb_channel.unpause()
    time.sleep(1.5)
    assert client.hb_channel.is_beating()


# Speed. The best of several runs: what the kernel can do, not what the machine has to do besides.


def test_execution_takes_less_than_2_ms(kernel):
    manager, client = kernel
    # The best of a few medians, because other programs run beside the tests.
    assert min(statistics.median(wire_round_trips(manager, client, 50)) for _ in range(10)) < 0.002


def test_the_kernel_is_ready_in_half_a_second():
    def seconds():
        start = time.perf_counter()
        with running_kernel():
            return time.perf_counter() - start

    assert any(seconds() < 0.5 for _ in range(10))


def test_nothing_follows_idle(kernel):
    _, client = kernel
    run(client, samples.HELLO_WORLD)
    with pytest.raises(Empty):
        client.get_iopub_msg(timeout=0.3)

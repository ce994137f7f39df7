"""How long a kernel takes: latency.py [KERNEL …] prints, for each, start to ready and the answer to `1 + 1`, the latter twice:
on the wire, and as jupyter_client's own functions see it, which take about a millisecond themselves."""

import statistics
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

CODE = "1 + 1"


def wire_round_trips(manager, client, count):
    """Seconds from a request's first byte to the kernel's idle, read from the sockets without a client in between."""
    info, context = manager.get_connection_info(), zmq.Context()
    shell, iopub = context.socket(zmq.DEALER), context.socket(zmq.SUB)
    shell.connect(f"{info['transport']}://{info['ip']}:{info['shell_port']}")
    iopub.subscribe(b"")
    iopub.connect(f"{info['transport']}://{info['ip']}:{info['iopub_port']}")
    while iopub.poll(200):
        iopub.recv_multipart()
    content = dict(code=CODE, silent=False, store_history=True, user_expressions={}, allow_stdin=False, stop_on_error=True)
    times = []
    for _ in range(count):
        frames = client.session.serialize(client.session.msg("execute_request", content=content))
        start = time.perf_counter()
        shell.send_multipart(frames)
        shell.recv_multipart()
        while b'"idle"' not in iopub.recv_multipart()[-1]:
            pass
        times.append(time.perf_counter() - start)
    context.destroy(linger=0)
    return times


def client_round_trips(client, count):
    """The same through jupyter_client."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        request = client.execute(CODE)
        while True:
            message = client.get_iopub_msg(timeout=10)
            mine = message["parent_header"].get("msg_id") == request
            if mine and message["content"].get("execution_state") == "idle":
                break
        client.get_shell_msg(timeout=10)
        times.append(time.perf_counter() - start)
    return times


def main(kernels):
    for name in kernels:
        start = time.perf_counter()
        manager = KernelManager(kernel_name=name)
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        ready = time.perf_counter() - start
        client_round_trips(client, 20)
        wire, seen = wire_round_trips(manager, client, 300), client_round_trips(client, 300)
        print(
            f"{name}: ready after {ready:.2f} s, {CODE} in {1000 * statistics.median(wire):.2f} ms on the wire, "
            f"{1000 * statistics.median(seen):.2f} ms through jupyter_client"
        )
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["quill"])

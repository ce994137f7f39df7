"""The real model in the real kernel: a training and a generation stop when they are told to, and the session goes on."""

import json
import statistics
import time

import pytest

import samples
from test_robustness import interrupt_by_message, interrupt_by_signal, reply_to, result_of, run, running_kernel

ROWS = ", ".join(f'["text": "{("A film with a slow start, " * 60)}{i}"]' for i in range(8))
PREPARE = f"""
let base = load({json.dumps(samples.MODEL)})
let demo = base.quantized(to: .nf4).attaching(LoRA(rank: 8))
let trainer = demo.trainer(on: dataset([{ROWS}]), steps: 1000, batchSize: 4, maxLength: 256)
"""
LONG = {"training": "trainer.run()", "generation": 'base.generate("The movie was", maxTokens: 1000, temperature: 0)'}


@pytest.fixture(scope="module")
def session():
    with running_kernel() as (manager, client):
        assert run(client, PREPARE)[0]["status"] == "ok"
        yield manager, client


@pytest.mark.parametrize("interrupt", [interrupt_by_message, interrupt_by_signal])
@pytest.mark.parametrize("work", LONG)
def test_long_work_stops_within_100_ms(session, work, interrupt):
    manager, client = session
    delays = []
    for wait in (0.7, 1.1, 1.6, 2.3, 3.1):  # at different places of a step
        request = client.execute(LONG[work])
        time.sleep(wait)
        start = time.perf_counter()
        interrupt(manager, client)
        reply = reply_to(client, request)
        delays.append(time.perf_counter() - start)
        assert reply["status"] == "error" and reply["ename"] == "Interrupted"
    # The median, because other programs on a shared machine may hold up any single one.
    assert statistics.median(delays) < 0.1, delays
    assert result_of(client, {"code": "trainer.history.count >= 0"}) == ["true"]

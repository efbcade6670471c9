"""The webhook's own work on a signed text message, beside a handler that only answers and beside pywa."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench import bodies, load
from bench.processes import TARGETS, Server, exchange, function, serving, wait_listening
from bench.table import Row
from functions.whatsapp.model import Address, Inbound, Tenant
from functions.whatsapp.tasks import MessageTask, dump
from infra.local.here import free_port

CONCURRENCY = 16
"""Threads of the webhook, as Terraform sets them; the same for the references. Also the connections of the
generator.
"""
ENVIRONMENT = {
    "WHATSAPP_APP_SECRET": bodies.SECRET,
    "WHATSAPP_VERIFY_TOKEN": "v",
    "WHATSAPP_ACCESS_TOKEN": "t",
    "WHATSAPP_PHONE_NUMBER_ID": bodies.NUMBER_ID,
    "GOOGLE_CLOUD_PROJECT": "bench",
    "MEDIA_BUCKET": "bench",
    "TASKS_QUEUE": "projects/p/locations/l/queues/q",
    "TASKS_ENDPOINT": "http://127.0.0.1:9",
    "WORKER_URL": "http://127.0.0.1:9/",
    "FUNCTION_TARGET": "webhook",
}
SERVER_CPU, LOAD_CPU = 0, 1


def rows(*, quick: bool) -> list[Row]:
    """The two first rows."""
    rounds, seconds = (3, 2.0) if quick else (7, 4.0)
    found, cost = measure(rounds, seconds)
    ours, hello, pywa = (found[name] for name in ("ours", "hello", "pywa"))
    errors = sum(one.errors for results in found.values() for one in results)
    note = (
        f"medians of {rounds} interleaved rounds of {seconds:.0f} s, {CONCURRENCY} connections, one core "
        f"for the server, generator {hello[0].tool} at most "
        f"{max(one.cpu for results in found.values() for one in results):.0%} of the other; {errors} "
        f"errors; p50 {_median([one.p50_ms for one in ours]):.1f} ms ours, "
        f"{_median([one.p50_ms for one in hello]):.1f} ms bare; processor time a request {cost['ours']:.0f} "
        f"µs ours, {cost['hello']:.0f} bare, {cost['pywa']:.0f} pywa; ours includes one JSON log line and "
        "the task's body a request; with the admission rules over a store in memory too: "
        f"{_median([one.per_second for one in found['rules']]):,.0f}/s, {cost['rules']:.0f} µs"
    )
    return [
        _row("webhook, own work, against a bare handler", ours, hello, 0.65, note, errors),
        _row(
            "webhook, own work, against pywa 4.5 doing the same job",
            ours,
            pywa,
            1.15,
            "as above; pywa too checks the signature, writes one JSON line "
            "with the same fields, makes the same task's JSON, and admits and enqueues where nothing is done",
            errors,
        ),
    ]


def measure(rounds: int, seconds: float) -> tuple[dict[str, list[load.Result]], dict[str, float]]:
    """What each server did, by name, one result a round, and its processor microseconds a request; the
    servers are asked in turn.
    """
    found: dict[str, list[load.Result]] = {"hello": [], "ours": [], "pywa": [], "rules": []}
    cost: dict[str, list[float]] = {name: [] for name in found}
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as running:
        for turn in range(-1, rounds):  # the first round is for warming up
            for name, server in running.items():
                file = load.keep(
                    bodies.signed_texts(round(6000 * seconds), f"{turn + 1:02}{name}"),
                    Path(folder) / "requests",
                )
                spent = server.cpu_s()
                result = load.run(
                    "127.0.0.1",
                    server.port,
                    file,
                    seconds=seconds if turn >= 0 else 1.0,
                    connections=CONCURRENCY,
                    cpu=LOAD_CPU,
                )
                if turn >= 0:
                    found[name].append(result)
                    cost[name].append(1e6 * (server.cpu_s() - spent) / (result.per_second * seconds))
    return found, {name: _median(spent) for name, spent in cost.items()}


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, Server]]:
    """The servers, running and answering."""
    port = free_port()
    with ExitStack() as stack, (folder / "log").open("wb") as log:
        options = {"threads": CONCURRENCY, "cpu": SERVER_CPU, "log": log}
        pywa = [sys.executable, str(TARGETS / "pywa_app.py"), str(port), bodies.SECRET]
        running = {
            "hello": stack.enter_context(function(TARGETS / "hello.py", "hello", **options)),
            "ours": stack.enter_context(
                function(TARGETS / "noop.py", "webhook", ENVIRONMENT | {"DESK": "none"}, **options)
            ),
            "rules": stack.enter_context(
                function(TARGETS / "noop.py", "webhook", ENVIRONMENT | {"DESK": "rules"}, **options)
            ),
            "pywa": stack.enter_context(serving(pywa, port, {"TASK": _task().decode()}, **options)),
        }
        for name, server in running.items():
            wait_listening(server)
            answer = exchange(server.port, bodies.signed_texts(1, f"first{name}")[0])
            assert b" 200 " in answer.splitlines()[0], (name, answer, (folder / "log").read_bytes()[-2000:])
            assert (
                name == "hello"
                or b" 401 " in exchange(server.port, bodies.post(b"{}", secret="wrong")).splitlines()[0]
                or name == "pywa"
            )
        yield running
        _same_job(running["pywa"], (folder / "log").read_bytes())


def _same_job(pywa: Server, log: bytes) -> None:
    """What pywa was measured at is our job: the same fields in its line and in its task. Raises
    AssertionError.
    """
    found = json.loads(
        exchange(pywa.port, b"GET /handled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").split(b"\r\n\r\n", 1)[1]
    )
    assert found["messages"] > 100, "pywa's handler was not reached"
    now, address = datetime.now(UTC), Address("51900000000", "PE.1")
    task = MessageTask(
        Tenant(UUID(int=1), UUID(int=2), address, 1, "text", now),
        1,
        Inbound("wamid.x", address, now, "text", text="hola"),
        now,
    )
    assert _shape(found["task"]) == _shape(json.loads(dump(task))), "another task"
    told = [json.loads(line) for line in log.splitlines() if line.startswith(b"{")]
    lines = {
        tuple(sorted(line)) for line in told if line.get("message") == "request" and line.get("admitted") == 1
    }
    assert lines == {tuple(found["line"])}, ("other fields", lines, found["line"])


def _task() -> bytes:
    now, address = datetime.now(UTC), Address("51900000000", "PE.1")
    return dump(
        MessageTask(
            Tenant(UUID(int=1), UUID(int=2), address, 1, "text", now),
            1,
            Inbound("wamid.x", address, now, "text", text="hola"),
            now,
        )
    )


def _shape(value: Any) -> Any:
    return {name: _shape(part) for name, part in value.items()} if isinstance(value, dict) else None


def _row(
    what: str, ours: list[load.Result], reference: list[load.Result], goal: float, note: str, errors: int
) -> Row:
    ratio = _median([one.per_second / other.per_second for one, other in zip(ours, reference, strict=True)])
    return Row(
        what,
        f"{_median([one.per_second for one in ours]):,.0f}/s",
        f"{_median([one.per_second for one in reference]):,.0f}/s",
        f"{ratio:.2f} ×",
        f"≥ {goal:.2f} ×",
        ratio >= goal and not errors,
        note,
    )


def _median(values: list[float]) -> float:
    return statistics.median(values)

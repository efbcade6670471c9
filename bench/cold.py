"""Cold starts: from the start of the process to the first answer, beside the least that the same answer could
cost.

The function's own sources are unpacked as a deploy unpacks them, compiled once by its build and never again;
installed packages are compiled in both. The first message is a real one through the real clients: Firestore's
over gRPC, Cloud Storage's and Cloud Tasks' over HTTP, Graph's and Postgres' in the worker, whose first file
is a photo.
"""

from __future__ import annotations

import compileall
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bench import bodies
from bench.processes import ROOT, TARGETS, exchange, function, serving, wait_listening
from bench.stage import SAMPLES, Stage, until
from bench.table import Row
from infra.local.here import free_port

HELLO = "hello"
PHOTO = SAMPLES / "boleta.jpg"


@dataclass(frozen=True, slots=True)
class Start:
    """One cold start."""

    cpu_s: float
    wall_s: float
    memory_mb: float


def rows(stage: Stage, *, quick: bool) -> list[Row]:
    """Both functions' first messages; the handshake and a rejected signature."""
    runs, rounds = (1, 2) if quick else (3, 4)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        source = deployed(Path(folder))
        port = free_port()
        firestore = stack.enter_context(serving([sys.executable, "-m", "bench.firestore", str(port)], port))
        wait_listening(firestore)
        stage.queue(paused=True)
        webhook, worker = (
            {**stage.environment(name), "INBOX": "firestore", "FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{port}"}
            for name in ("webhook", "worker")
        )
        secret, number = stage.where.app_secret, webhook["WHATSAPP_PHONE_NUMBER_ID"]
        photos = iter(_photos(stage, runs * rounds + 1))

        def text() -> bytes:
            return bodies.post(
                bodies.message(1, bodies.text(), f"wamid.{uuid4().hex}", number_id=number), secret=secret
            )

        def task() -> bytes:
            return bodies.post(next(photos), path="/")

        handshake = (
            f"GET {bodies.PATH}?hub.mode=subscribe&hub.challenge=42"
            f"&hub.verify_token={stage.where.verify_token} HTTP/1.1\r\nHost: x\r\n\r\n"
        ).encode()
        forged = bodies.post(bodies.message(1, bodies.text(), "wamid.x"), secret="wrong")
        plain = bodies.post(b"{}")
        least = {
            "webhook": ("hello_webhook.py", webhook),
            "worker": ("hello_worker.py", worker | {"PHOTO": str(PHOTO)}),
        }
        found: dict[str, list[Start]] = {
            name: []
            for name in ("webhook", "webhook hello", "worker", "worker hello", "bare", "handshake", "forged")
        }
        for turn in range(-1, runs * rounds):  # the first round brings the files into memory
            for name, env, make in (("webhook", webhook, text), ("worker", worker, task)):
                ours = start(source / "main.py", name, env, make(), b" 200 ")
                file, its = least[name]
                other = start(TARGETS / file, HELLO, its, plain, b" 200 ")
                if turn >= 0:
                    found[name].append(ours)
                    found[f"{name} hello"].append(other)
            for name, request, answer in (("handshake", handshake, b" 200 "), ("forged", forged, b" 401 ")):
                one = start(source / "main.py", "webhook", webhook, request, answer)
                if turn >= 0:
                    found[name].append(one)
            bare = start(TARGETS / "hello.py", HELLO, {}, plain, b" 200 ")
            if turn >= 0:
                found["bare"].append(bare)
        stage.clear_queue()
        stage.queue(paused=False)
    return [
        _row(
            "cold start, webhook: first signed message answered",
            found["webhook"],
            found["webhook hello"],
            1.15,
            runs,
        ),
        _row("cold start, worker: first photo answered", found["worker"], found["worker hello"], 1.15, runs),
        _row("cold instance, verification handshake", found["handshake"], found["bare"], 2.0, runs),
        _row("cold instance, rejected signature", found["forged"], found["bare"], 2.0, runs),
    ]


def _photos(stage: Stage, count: int) -> list[bytes]:
    """The tasks of one photo from each of so many people, who are known; none has been worked on."""
    senders = [stage.sim.add_sender()["id"] for _ in range(count)]
    stage.queue(paused=False)
    for sender in senders:
        stage.sim.wait_answers(sender, stage.sim.send(sender, text="hola"))
    stage.queue(paused=True)
    for sender in senders:
        stage.sim.send(sender, files=[PHOTO])
    until(lambda: stage.waiting() >= count)
    tasks = stage.tasks()
    assert len(tasks) == count
    return tasks


def start(source: Path, target: str, env: Mapping[str, str], request: bytes, answer: bytes) -> Start:
    """Start a function, send it one request as soon as it listens, and stop it."""
    with (
        tempfile.TemporaryFile() as log,
        function(
            source,
            target,
            {
                "PYTHONPATH": str(ROOT) if source.is_relative_to(TARGETS) else "",
                **env,
                "FUNCTION_TARGET": target,
            },
            threads=16,
            log=log,
        ) as server,
    ):
        wait_listening(server)
        given = exchange(server.port, request)
        wall = time.monotonic() - server.started
        if answer not in given.splitlines()[0]:
            log.seek(0)
            raise RuntimeError(f"{target}: {given[:300]!r}\n{log.read()[-2000:].decode()}")
        return Start(server.cpu_s(), wall, server.memory_mb())


def deployed(folder: Path) -> Path:
    """The function's sources as its build leaves them."""
    target = folder / "workspace"
    target.mkdir()
    shutil.copy(ROOT / "main.py", target)
    for name in ("functions", "infra"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    compileall.compile_dir(target, quiet=2)
    return target


def _row(what: str, ours: list[Start], reference: list[Start], goal: float, runs: int) -> Row:
    def told(starts: list[Start]) -> str:
        wall, memory = (
            statistics.median(one.wall_s for one in starts),
            statistics.median(one.memory_mb for one in starts),
        )
        return f"{wall:.2f} s wall, {memory:.0f} MB"

    def cpu(starts: list[Start]) -> float:
        return statistics.median(one.cpu_s for one in starts)

    each = len(ours) // runs
    ratios = [
        cpu(ours[each * run : each * (run + 1)]) / cpu(reference[each * run : each * (run + 1)])
        for run in range(runs)
    ]
    ratio = statistics.median(ratios)
    return Row(
        what,
        f"{cpu(ours):.2f} s CPU",
        f"{cpu(reference):.2f} s CPU",
        f"{ratio:.2f} ×",
        f"≤ {goal:.2f} × CPU",
        ratio <= goal,
        f"the median of {runs} runs ({', '.join(f'{one:.2f}' for one in ratios)}), each the median of "
        f"{each} starts of both in turn; ours {told(ours)}; "
        f"reference {told(reference)}",
    )

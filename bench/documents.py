"""Documents through the worker: one, its statements, and one sender's forty-five in order."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from bench import bodies
from bench.processes import ROOT, TARGETS, exchange
from bench.stage import SAMPLES, Stage, settle, until
from bench.table import Row
from functions.extractor.engine import Extractor
from infra.local.simulator import read

PDF = SAMPLES / "factura.pdf"
PHOTOS = ("boleta.jpg", "foto1.jpg", "foto2.jpg", "foto3.jpg")


def digital(at: Stage, *, quick: bool) -> list[Row]:
    """One digital PDF, from its task to its reply."""
    count = 8 if quick else 30
    senders = [at.sim.add_sender()["id"] for _ in range(count + 1)]
    for sender in senders:  # welcomed before, so that one document is one reply
        at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    at.queue(paused=True)
    for sender in senders:
        at.sim.send(sender, files=[PDF])
    until(lambda: at.waiting() >= count + 1)
    port = urlsplit(at.where.worker).port
    assert port
    data, ours, alone = PDF.read_bytes(), list[float](), list[float]()
    verdict, first = "", 0.0
    with contextlib.closing(Extractor()) as extractor:
        for _ in range(3):
            extractor.extract(data)
        for turn, task in enumerate(at.tasks()[: count + 1]):
            began = time.perf_counter()
            answer = exchange(port, bodies.post(task, path="/"))
            took = time.perf_counter() - began
            assert b" 200 " in answer.splitlines()[0], answer
            began = time.perf_counter()
            verdict = extractor.extract(data).verdict
            if turn:  # the first file of the worker starts its processes
                ours.append(1000 * took)
                alone.append(1000 * (time.perf_counter() - began))
            else:
                first = took
    at.clear_queue()
    at.queue(paused=False)
    worker = [line for line in at.lines("worker") if line.get("document")][-count:]
    steps = ", ".join(
        f"{name.removesuffix('_ms')} {statistics.median(line.get(name, 0) for line in worker):.0f}"
        for name in ("open_ms", "claim_ms", "media_ms", "extract_ms", "finish_ms", "release_ms")
    )
    answered = sum(len(read(at.sim.conversation(sender)).answers) == 2 for sender in senders)
    more = statistics.median(one - other for one, other in zip(ours, alone, strict=True))
    return [
        Row(
            "worker, digital PDF: task to reply",
            f"{statistics.median(ours):.0f} ms",
            f"{statistics.median(alone):.0f} ms (extractor alone)",
            f"+{more:.0f} ms",
            "≤ +60 ms",
            more <= 60 and answered == count + 1 and verdict == "proven",
            f"medians of {count} documents of as many senders, each beside the same file read by the "
            f"extractor alone ({verdict}); until the task's own answer, which comes after the reply; "
            f"{answered} of {count + 1} answered; the first file of an instance "
            f"took {first:.1f} s; steps (ms): {steps}",
        )
    ]


# statements


def statements(at: Stage, *, quick: bool) -> list[Row]:
    """Counted by Postgres itself."""
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    time.sleep(1)
    log = at.home / "postgres" / "log"
    admin = create_engine(
        at.where.admin_dsn.replace("postgresql://", "postgresql+pg8000://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text("alter system set log_statement = 'all'"))
        connection.execute(text("select pg_reload_conf()"))
    time.sleep(0.5)
    mark = log.stat().st_size
    at.sim.wait_answers(sender, at.sim.send(sender, files=[PDF]))
    time.sleep(1)
    # A statement's further lines begin with a tab.
    told = log.read_text("utf-8", "replace")[mark:].replace("\n\t", " ")
    with admin.connect() as connection:
        connection.execute(text("alter system reset log_statement"))
        connection.execute(text("select pg_reload_conf()"))
    admin.dispose()
    lines = [
        found[1].strip().lower() for found in re.finditer(r"LOG:  (?:statement|execute [^:]+): (.*)", told)
    ]
    bare = (
        "begin",
        "commit",
        "rollback",
        "start transaction",
        "select set_config",
        "alter system",
        "select pg_reload_conf",
    )
    own = [line for line in lines if not line.startswith(bare)]
    entries = sum("books.entries" in line for line in own)
    return [
        Row(
            "Postgres statements a document",
            str(len(own)),
            "-",
            "-",
            "≤ 14 without BEGIN, COMMIT and set_config, entries among them",
            0 < len(own) <= 14 and entries > 0,
            f"counted in Postgres' own log of one PDF, from its task to its reply; {entries} name the "
            f"books' entries; {len(lines)} with BEGIN, COMMIT and "
            "set_config; plans are read by tests/contract/test_query_plans.py",
        )
    ]


# in order


def ordered(at: Stage, *, quick: bool) -> list[Row]:
    """The real worker but for its reading, which takes a random time; WhatsApp's own limit of messages to one
    user is on.
    """
    count, longest = 45, 8.0
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    settle(at)  # a worker that is killed in the middle keeps its lane for half a minute
    at.stack.kill("worker")
    port = urlsplit(at.where.worker).port
    own = {
        "THREADS": str(count + 4),
        "OCR_SLOTS": str(count + 1),
        "DB_POOL_SIZE": "16",
        "SLEEP_S": str(longest),
        "PYTHONPATH": str(ROOT),
    }
    env = at.environment("worker") | own
    command = [
        str(Path(sys.executable).with_name("functions-framework")),
        f"--source={TARGETS / 'sleepy.py'}",
        "--target=worker",
        "--host=127.0.0.1",
        f"--port={port}",
    ]
    with (at.home / "logs" / "sleepy.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            at.queue(paused=True)
            at.sim.post("/switches", {"pair_limit": True})
            sent = at.sim.send(
                sender,
                files=[(f"f{index}.pdf", PDF.read_bytes() + b"\n%% %d" % index) for index in range(count)],
            )
            until(lambda: at.waiting() >= count)
            at.queue(paused=False, max_concurrent=count + 3)
            reading = at.sim.wait_answers(sender, sent, timeout=120)
            settle(at)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            at.sim.post("/switches", {"pair_limit": False})
            at.stack.launch("worker")
            at.stack.wait_ready("worker")
    ends = [
        float(line.split()[1])
        for line in (at.home / "logs" / "sleepy.log").read_text().splitlines()
        if line.startswith("READ ")
    ]
    begins = [
        float(line.split()[2])
        for line in (at.home / "logs" / "sleepy.log").read_text().splitlines()
        if line.startswith("READ ")
    ]
    assert len(ends) == count, (len(ends), (at.home / "logs" / "sleepy.log").read_text()[-2000:])
    out: list[dict[str, Any]] = [
        one for one in at.sim.conversation(sender) if one["direction"] == "out" and one["at"] > begins[0]
    ]
    last = max(one["at"] for one in out)
    over = last - max(ends)
    whole = not reading.missing and not reading.repeated and reading.in_order
    slowest = max(end - begin for end, begin in zip(ends, begins, strict=True))
    return [
        Row(
            "ordered release, one sender, 45 documents that finish in random order",
            f"{last - min(begins):.1f} s",
            f"{slowest:.1f} s (slowest extraction)",
            f"+{over:.2f} s after the last reading",
            "≤ +1 s beyond Graph's pacing",
            over <= 1.0 and whole,
            f"{count} at once, readings of 0 to {longest:.0f} s at random; {len(out)} messages for {count} "
            f"answers, all in order: {whole}; the first reading began when the first task was opened; "
            "Graph's limit of one message per 6 s to "
            "one user was on",
        )
    ]

"""Documents: one through the worker, a thousand through the whole stack, and one sender's forty-five in order."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from bench import bodies
from bench.processes import ROOT, TARGETS, busy_s, exchange, members, pss_kb
from bench.stage import SAMPLES, Stage
from bench.table import Row
from functions.extractor.engine import Extractor
from infra.local.simulator import read
from tests.corpus import generate

PDF = SAMPLES / "factura.pdf"
PHOTOS = ("boleta.jpg", "foto1.jpg", "foto2.jpg", "foto3.jpg")


def rows(at: Stage, *, quick: bool) -> list[Row]:
    """All rows about the worker, on one stack."""
    return [*_digital(at, 8 if quick else 30), _beside_a_model(5 if quick else 15), _statements(at), *_many(at, quick=quick), _ordered(at)]


# one digital PDF


def _digital(at: Stage, count: int) -> list[Row]:
    senders = [at.sim.add_sender()["id"] for _ in range(count + 1)]
    for sender in senders:  # welcomed before, so that one document is one reply
        at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    at.queue(paused=True)
    for sender in senders:
        at.sim.send(sender, files=[PDF])
    _until(lambda: at.waiting() >= count + 1)
    port = urlsplit(at.where.worker).port
    assert port
    data, ours, alone = PDF.read_bytes(), list[float](), list[float]()
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
            more <= 60 and answered == count + 1,
            f"medians of {count} documents of as many senders, each beside the same file read by the extractor alone ({verdict}); until the task's own answer, "
            f"which comes after the reply; {answered} of {count + 1} answered; the first file of an instance took {first:.1f} s; steps (ms): {steps}",
        )
    ]


# a proven photo beside a model that is slow or down


class _Slow:
    """A Gemini that takes ten seconds, or all the time it is given, and then cannot answer."""

    asked = 0

    def read(self, data: bytes, media_type: str, **asked: Any) -> Any:  # noqa: ARG002 - as `Gemini.read`
        """Raises GeminiFailed."""
        from functions.extractor.engines.gemini import GeminiFailed  # noqa: PLC0415 - as in the worker

        self.asked += 1
        time.sleep(min(10.0, asked["timeout_s"]))
        raise GeminiFailed("timeout", "slow")


def _proven(extractor: Extractor) -> Iterator[bytes]:
    """Photos that prove themselves."""
    for seed in itertools.count():
        photo = generate("clasica", seed, "photo1600").data
        if extractor.extract(photo).verdict == "proven":
            yield photo


def _beside_a_model(count: int) -> Row:
    """The same proven photos read in turn by an extractor without a model and by one whose model is slow."""
    slow = _Slow()
    taken: dict[bool, list[float]] = {False: [], True: []}
    with contextlib.closing(Extractor(slots=1)) as bare, contextlib.closing(Extractor(slots=1, gemini=slow)) as beside:
        photos = list(itertools.islice(_proven(bare), count))
        slow.asked = 0
        beside.extract(photos[0])
        for photo in photos:
            for with_model, extractor in ((False, bare), (True, beside)):
                began = time.perf_counter()
                extractor.extract(photo)
                taken[with_model].append(1000 * (time.perf_counter() - began))
    ratio = statistics.median(one / other for one, other in zip(taken[True], taken[False], strict=True))
    return Row(
        "proven photo, a model configured that takes 10 s and fails",
        f"{statistics.median(taken[True]):.0f} ms",
        f"{statistics.median(taken[False]):.0f} ms (no model)",
        f"{ratio:.2f} ×",
        "≤ 1.15 ×, model not asked",
        ratio <= 1.15 and not slow.asked,
        f"medians of {len(photos)} photos, each read by both in turn; the model was asked {slow.asked} times",
    )


# statements


def _statements(at: Stage) -> Row:
    """Counted by Postgres itself."""
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    time.sleep(1)
    log = at.home / "postgres" / "log"
    admin = create_engine(at.where.admin_dsn.replace("postgresql://", "postgresql+pg8000://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("alter system set log_statement = 'all'"))
        connection.execute(text("select pg_reload_conf()"))
    time.sleep(0.5)
    mark = log.stat().st_size
    at.sim.wait_answers(sender, at.sim.send(sender, files=[PDF]))
    time.sleep(1)
    told = log.read_text("utf-8", "replace")[mark:]
    with admin.connect() as connection:
        connection.execute(text("alter system reset log_statement"))
        connection.execute(text("select pg_reload_conf()"))
    admin.dispose()
    lines = [found[1].strip().lower() for found in re.finditer(r"LOG:  (?:statement|execute [^:]+): (.*)", told)]
    bare = ("begin", "commit", "rollback", "start transaction", "select set_config", "alter system", "select pg_reload_conf")
    own = [line for line in lines if not line.startswith(bare)]
    return Row(
        "Postgres statements a document",
        str(len(own)),
        "-",
        "-",
        "≤ 14 without BEGIN, COMMIT and set_config",
        0 < len(own) <= 14,
        f"counted in Postgres' own log of one PDF, from its task to its reply; {len(lines)} with BEGIN, COMMIT and set_config; plans are read by "
        "tests/contract/test_query_plans.py",
    )


# a thousand


@dataclass(slots=True)
class _Watch:
    """The worker's memory and the machine's cores while documents pass. Memory is of the whole session, the extractor's processes included."""

    session: int
    memory: list[tuple[float, float]] = field(default_factory=list)
    busy: float = 0.0

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        done = threading.Event()

        def look() -> None:
            while not done.wait(1.0):
                self.memory.append((time.monotonic(), sum(pss_kb(pid) for pid in members(self.session)) / 1024))

        thread = threading.Thread(target=look, daemon=True)
        before = busy_s()
        thread.start()
        yield
        after = busy_s()
        done.set()
        thread.join()
        self.busy = (after[0] - before[0]) / (after[1] - before[1])


def _many(at: Stage, *, quick: bool) -> list[Row]:
    count = 100 if quick else 1000
    layouts = ("clasica", "banda", "portal")
    pdfs = [(f"f{index}.pdf", generate(layouts[index % 3], 5000 + index, "digital").data) for index in range(count + 60)]
    photos = [(name, (SAMPLES / name).read_bytes()) for name in PHOTOS]
    at.queue(max_concurrent=4)  # one instance, as Terraform sets its concurrency
    _through(at, _mix(pdfs[:20], photos, 2))  # every process is warm
    tens = [_through(at, _mix(pdfs[20 + 10 * turn : 30 + 10 * turn], photos, 1)) / 10 for turn in range(4)]
    watch = _Watch(at.stack.processes["worker"].pid)
    with watch.run():
        each = _through(at, _mix(pdfs[60:], photos, count // 10)) / count
    tens += [_through(at, _mix(pdfs[20 + 10 * turn : 30 + 10 * turn], photos, 1)) / 10 for turn in range(4)]  # before and after
    tenth = len(watch.memory) // 10 or 1
    early = statistics.median(memory for _, memory in watch.memory[tenth : 2 * tenth + 1])
    late = statistics.median(memory for _, memory in watch.memory[-tenth:])
    ten = statistics.median(tens)
    lines = [line for line in at.lines("worker") if line.get("document")]
    retried = sum(line["status"] != 200 for line in lines)
    return [
        Row(
            f"worker, {count:,} documents through the whole stack",
            f"{1000 * each:.0f} ms a document",
            f"{1000 * ten:.0f} ms a document of 10",
            f"{each / ten:.2f} ×",
            "≤ 1.10 ×, memory ± 10 %, both cores busy",
            each <= 1.1 * ten and abs(late / early - 1) <= 0.1 and watch.busy >= 0.85,
            f"9 PDFs to 1 photo, {count // 10} senders with 10 each, every answer checked; memory {early:.0f} MB in the second tenth, {late:.0f} MB in the last "
            f"({late / early - 1:+.0%}); cores {watch.busy:.0%} busy; one instance with 4 tasks at once; {retried} tasks retried; the 10: "
            + ", ".join(f"{1000 * one:.0f}" for one in tens),
        )
    ]


def _mix(pdfs: Sequence[tuple[str, bytes]], photos: Sequence[tuple[str, bytes]], groups: int) -> list[list[tuple[str, bytes]]]:
    """`groups` senders' files, ten each, one of them a photo."""
    rng = random.Random(7)
    found = []
    for group in range(groups):
        files = [*pdfs[9 * group : 9 * group + 9], photos[group % len(photos)]]
        rng.shuffle(files)
        found.append(files)
    return found


def _through(at: Stage, senders: Sequence[Sequence[tuple[str, bytes]]]) -> float:
    """Seconds from the first message to the last answer of everyone; every file must have exactly one."""
    phones = [at.sim.add_sender()["id"] for _ in senders]
    at.queue(paused=True)
    before = at.waiting()
    sent = {phone: at.sim.send(phone, files=files) for phone, files in zip(phones, senders, strict=True)}  # type: ignore[arg-type]  # bytes with their names
    total = sum(len(files) for files in senders)
    _until(lambda: at.waiting() - before >= total, 300)
    began = time.time()
    at.queue(paused=False)
    _settle(at)
    last = 0.0
    for phone in phones:
        messages = at.sim.conversation(phone)
        reading = read(messages)
        _until(lambda phone=phone, sent=sent: {one["wamid"] for one in sent[phone]} <= set(read(at.sim.conversation(phone)).answers), 30)
        assert not reading.repeated, reading.repeated
        last = max(last, *(one["at"] for one in at.sim.conversation(phone) if one["direction"] == "out"))
    return last - began


# in order


def _ordered(at: Stage) -> Row:
    """The real worker but for its reading, which takes a random time; WhatsApp's own limit of messages to one user is on."""
    count, longest = 45, 8.0
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    _settle(at)  # a worker that is killed in the middle keeps its lane for half a minute
    at.stack.kill("worker")
    port = urlsplit(at.where.worker).port
    own = {"THREADS": str(count + 4), "OCR_SLOTS": str(count + 1), "DB_POOL_SIZE": "16", "SLEEP_S": str(longest), "PYTHONPATH": str(ROOT)}
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
            sent = at.sim.send(sender, files=[(f"f{index}.pdf", PDF.read_bytes() + b"\n%% %d" % index) for index in range(count)])
            _until(lambda: at.waiting() >= count)
            at.queue(paused=False, max_concurrent=count + 3)
            reading = at.sim.wait_answers(sender, sent, timeout=120)
            _settle(at)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            at.sim.post("/switches", {"pair_limit": False})
            at.stack.launch("worker")
            at.stack.wait_ready("worker")
    ends = [float(line.split()[1]) for line in (at.home / "logs" / "sleepy.log").read_text().splitlines() if line.startswith("READ ")]
    begins = [float(line.split()[2]) for line in (at.home / "logs" / "sleepy.log").read_text().splitlines() if line.startswith("READ ")]
    assert len(ends) == count, (len(ends), (at.home / "logs" / "sleepy.log").read_text()[-2000:])
    out: list[dict[str, Any]] = [one for one in at.sim.conversation(sender) if one["direction"] == "out" and one["at"] > begins[0]]
    last = max(one["at"] for one in out)
    over = last - max(ends)
    whole = not reading.missing and not reading.repeated and reading.in_order
    slowest = max(end - begin for end, begin in zip(ends, begins, strict=True))
    return Row(
        "ordered release, one sender, 45 documents that finish in random order",
        f"{last - min(begins):.1f} s",
        f"{slowest:.1f} s (slowest extraction)",
        f"+{over:.2f} s after the last reading",
        "≤ +1 s beyond Graph's pacing",
        over <= 1.0 and whole,
        f"{count} at once, readings of 0 to {longest:.0f} s at random; {len(out)} messages for {count} answers, all in order: {whole}; "
        "the first reading began when the first task was opened; Graph's limit of one message per 6 s to one user was on",
    )


def _settle(at: Stage) -> None:
    """Until the queue has nothing to do."""
    _until(lambda: not (found := at.look())["waiting"] and not found["running"], 900, 0.3)


def _until(ready: Any, seconds: float = 120, every: float = 0.1) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError("the stack did not get there")
        time.sleep(every)

"""Many files through the whole stack: a thousand mixed ones, what they leave behind in the worker, and sixty
photos of one sender at once.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.processes import busy_s, members, pss_kb
from bench.reading import proven
from bench.stage import SAMPLES, Stage, settle, until
from bench.table import Row
from functions.extractor.engine import Extractor
from tests.corpus import generate

Named = tuple[str, bytes]
SLOTS = 2
"""Files that the stack's worker reads at once."""
_EARLY = 100
PHOTOS = ("boleta.jpg", "foto1.jpg", "foto2.jpg", "foto3.jpg", "borrosa.jpg", "no_factura.jpg")
ODD = ("roto.pdf", "hostil.pdf", "carta.docx")


def _odd() -> list[Named]:
    """What people send beside invoices: pictures that say nothing, files that are broken, or of no type that
    we read.
    """
    blank = BytesIO()
    Image.new("L", (1200, 900), 255).save(blank, "PNG")
    pdf = generate("clasica", 1, "digital").data
    return [
        *((name, (SAMPLES / name).read_bytes()) for name in ODD),
        ("blanco.png", blank.getvalue()),
        ("corto.pdf", pdf[: len(pdf) // 2]),
        ("vacio.pdf", b"%PDF-1.7\n"),
        ("lista.csv", b"a;b;c\n" + b"1;2;3\n" * 50),
        ("yape.jpg", generate("yape", 1, "photo1280").data),
        ("factura.xml", b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'),
    ]


@dataclass(frozen=True)
class Left:
    """What a worker at rest holds: megabytes (shared pages counted once), processes and open descriptors of
    its whole session.
    """

    memory_mb: float
    processes: int
    descriptors: int

    @classmethod
    def of(cls, session: int) -> Left:
        """The median of five looks, a second apart."""
        looks = []
        for _ in range(5):
            time.sleep(1)
            pids = members(session)
            looks.append(
                (sum(pss_kb(pid) for pid in pids) / 1024, len(pids), sum(_descriptors(pid) for pid in pids))
            )
        memory, processes, descriptors = (statistics.median(look[at] for look in looks) for at in range(3))
        return cls(memory, round(processes), round(descriptors))


def _descriptors(pid: int) -> int:
    with contextlib.suppress(OSError):
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return 0


@dataclass(slots=True)
class _Watch:
    """The most memory of the worker's whole session, and the machine's cores, while documents pass."""

    session: int
    memory: list[float] = field(default_factory=list)
    busy: float = 0.0

    @contextlib.contextmanager
    def run(self) -> Iterator[None]:
        done = threading.Event()

        def look() -> None:
            while not done.wait(1.0):
                self.memory.append(sum(pss_kb(pid) for pid in members(self.session)) / 1024)

        thread = threading.Thread(target=look, daemon=True)
        before = busy_s()
        thread.start()
        yield
        after = busy_s()
        done.set()
        thread.join()
        self.busy = (after[0] - before[0]) / (after[1] - before[1])


def thousand(at: Stage, *, quick: bool) -> list[Row]:
    """A thousand mixed files; what ten of the same cost each; and what the worker holds after a hundred and
    after all.
    """
    count = 200 if quick else 1000
    layouts = ("clasica", "banda", "portal")
    pdfs = [
        (f"f{index}.pdf", generate(layouts[index % 3], 5000 + index, "digital").data)
        for index in range(count + 60)
    ]
    photos, odd = [(name, (SAMPLES / name).read_bytes()) for name in PHOTOS], _odd()
    session = at.stack.processes["worker"].pid
    at.queue(max_concurrent=4)  # one instance, four tasks at once
    _through(at, _mix(pdfs[:20], photos, odd, 2))  # every process is warm

    def ten() -> float:
        return _through(at, _mix(pdfs[20:60], photos, odd, 4)) / 40

    tens = [ten()]
    watch = _Watch(session)
    with watch.run():
        seconds = _through(at, _mix(pdfs[60:], photos, odd, _EARLY // 10))
    early = Left.of(session)
    with watch.run():
        seconds += _through(at, _mix(pdfs[60 + _EARLY :], photos, odd, (count - _EARLY) // 10))
    late = Left.of(session)
    tens.append(ten())  # before and after
    each, base = seconds / count, statistics.mean(tens)
    lines = [line for line in at.lines("worker") if line.get("document")]
    retried = sum(line["status"] != 200 for line in lines)
    verdicts = Counter(str(line.get("verdict")) for line in lines)
    grown = late.memory_mb / early.memory_mb
    return [
        Row(
            f"worker, {count:,} mixed files through the whole stack",
            f"{1000 * each:.0f} ms a file",
            f"{1000 * base:.0f} ms a file of 40, before and after",
            f"{each / base:.2f} ×",
            "≤ 1.05 ×, both cores busy",
            each <= 1.05 * base and watch.busy >= 0.85,
            f"8 PDFs, a photo and a file that is no invoice to ten, {count // 10} senders with 10 each, "
            f"every answer checked; cores {watch.busy:.0%} busy; one instance with 4 tasks at once; "
            f"{retried} tasks retried; the 40: "
            f"{', '.join(f'{1000 * one:.0f}' for one in tens)}; {dict(verdicts)}",
        ),
        Row(
            f"worker at rest after {count:,} mixed files, {SLOTS} slots",
            f"{late.memory_mb:.0f} MB, {late.processes} processes, {late.descriptors} descriptors",
            f"after {_EARLY}: {early.memory_mb:.0f} MB, {early.processes}, {early.descriptors}",
            f"{grown:.2f} ×",
            "≤ 1.05 ×, as many processes, no more descriptors",
            grown <= 1.05 and late.processes == early.processes and late.descriptors <= early.descriptors,
            f"its children and the OCR engines included, memory shared between them counted once; at most "
            f"{max(watch.memory):.0f} MB while files pass",
        ),
    ]


def _mix(
    pdfs: Sequence[Named], photos: Sequence[Named], odd: Sequence[Named], groups: int
) -> list[list[Named]]:
    """`groups` senders' files, ten each: eight PDFs, a photo, and something else."""
    rng = random.Random(7)
    found = []
    for group in range(groups):
        files = [*pdfs[8 * group : 8 * group + 8], photos[group % len(photos)], odd[group % len(odd)]]
        rng.shuffle(files)
        found.append(files)
    return found


def _through(at: Stage, senders: Sequence[Sequence[Named]]) -> float:
    """Seconds from the first message to the last answer of everyone; every file must have exactly one."""
    phones = [at.sim.add_sender()["id"] for _ in senders]
    at.queue(paused=True)
    before = at.waiting()
    sent = {phone: at.sim.send(phone, files=files) for phone, files in zip(phones, senders, strict=True)}
    total = sum(len(files) for files in senders)
    until(lambda: at.waiting() - before >= total, 300)
    began = time.time()
    at.queue(paused=False)
    settle(at)
    last = 0.0
    for phone in phones:
        reading = at.sim.wait_answers(phone, sent[phone], timeout=30)
        assert not reading.missing, reading.missing
        assert not reading.repeated, reading.repeated
        last = max(last, *(one["at"] for one in at.sim.conversation(phone) if one["direction"] == "out"))
    return last - began


# sixty photos of one sender


def burst(at: Stage, *, quick: bool) -> list[Row]:
    """Sixty photos that arrive at once, under WhatsApp's own limit of messages to one person, beside what the
    slowest of them takes alone.
    """
    count, papers = (12, 6) if quick else (60, 15)
    alone = list[float]()
    with contextlib.closing(Extractor(slots=1)) as extractor:
        photos = list(itertools.islice(proven(extractor), papers))
        for photo in photos:
            began = time.perf_counter()
            verdict = extractor.extract(photo).verdict
            alone.append(time.perf_counter() - began)
            assert verdict == "proven", verdict
    sender = at.sim.add_sender()["id"]
    at.sim.wait_answers(sender, at.sim.send(sender, text="hola"))
    # Both engines are warm.
    at.sim.wait_answers(sender, at.sim.send(sender, files=[("primera.jpg", photos[0])]))
    settle(at)
    at.queue(paused=True, max_concurrent=8)  # an instance's threads, as Terraform sets them
    at.sim.post("/switches", {"pair_limit": True})
    try:
        heard = len(at.sim.conversation(sender))
        # No two have the same bytes.
        files = [(f"foto{index}.jpg", photos[index % papers] + b"%d" % index) for index in range(count)]
        sent = at.sim.send(sender, files=files)
        until(lambda: at.waiting() >= count, 300)
        began = time.time()
        at.queue(paused=False)
        reading = at.sim.wait_answers(sender, sent, timeout=300)
        settle(at)
    finally:
        at.sim.post("/switches", {"pair_limit": False})
    out = [one for one in at.sim.conversation(sender)[heard:] if one["direction"] == "out"]
    took, least = max(one["at"] for one in out) - began, max(alone) * count / SLOTS
    whole = not reading.missing and not reading.repeated and reading.in_order
    return [
        Row(
            f"a burst of {count} photos of one sender",
            f"{took:.1f} s, {len(out)} messages",
            f"{least:.1f} s (slowest alone {max(alone):.2f} s × {count} / {SLOTS} slots)",
            f"{took / least:.2f} ×",
            "≤ 1.20 ×, each answered once, in order",
            took <= 1.2 * least and whole,
            f"{papers} papers that prove themselves, read alone in {statistics.median(alone):.2f} s at the "
            "median; one reading alone uses both cores; from the first task to the last answer; in order "
            f"and once: {whole}; Graph's limit of one message per 6 s to one "
            f"user was on",
        )
    ]

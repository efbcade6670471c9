"""Ten files of one sender at the same instant: answered each, in order, by few messages."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.gemini import FakeGemini, Play
from tests.corpus import Sample, camera, generate
from tests.e2e.conftest import Running, boot, shut

pytestmark = pytest.mark.e2e

COUNT = 10
GATHER_S = 4
FULL = 3000
"""Characters of a combined message."""


def most(took: float, answers: Iterable[str]) -> int:
    """The messages that these answers need at most: they fill one and begin another, and what is ready leaves
    whenever `GATHER_S` have passed, however long a busy machine reads the others. A quick machine needs no fewer
    than the answers fill.
    """
    filled, room = 1, FULL
    for size in map(len, answers):
        filled, room = (filled, room - size) if size <= room else (filled + 1, FULL - size)
    return max(filled, 2 + int(took // GATHER_S))


_ANSWERED = "select wamid, seq from messaging.replies where wamid = any(:wamids) and state = 'sent'"


def papers(layouts: Sequence[str]) -> list[Sample]:
    """Distinct invoices, each with a number of its own that no other text holds by chance."""
    found: dict[str, Sample] = {}
    seed = 0
    while len(found) < COUNT:
        seed += 1
        sample = generate(layouts[seed % len(layouts)], seed, "digital")
        number = sample.truth[0].number or ""
        if len(number) >= 5 and len(sample.truth[0].items) < 5:
            found.setdefault(number, sample)
    return list(found.values())


def photo(pdf: bytes) -> bytes:
    """A flat picture of its first page: what is tried here is not the reading."""
    out = BytesIO()
    camera.raster(pdf, 100).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.fixture
def with_gemini() -> Iterator[tuple[Running, list[tuple[str, bytes]], list[str]]]:
    """A stack that gathers as in the cloud and whose Gemini takes half a second for each of ten photos; the
    photos, and the numbers on them.
    """
    samples = papers(("ticket80", "ticket58"))
    files = [(f"foto{place}.jpg", photo(sample.data)) for place, sample in enumerate(samples)]
    answers = {
        hashlib.sha256(data).hexdigest(): {
            "not_invoice": None,
            "invoices": [sample.truth[0].model_dump(mode="json")],
        }
        for (_, data), sample in zip(files, samples, strict=True)
    }
    home = Path(tempfile.mkdtemp(prefix="cuadra-burst-"))
    with FakeGemini(Play("good", delay_s=0.5), answers=answers) as server:
        running = boot(
            home,
            {
                "GEMINI": "key",
                "GEMINI_API_KEY": "not-a-key",
                "GEMINI_URL": server.url,
                "LANE_GATHER_S": str(GATHER_S),
                "LANE_LEASE_S": "6",
            },
        )
        yield running, files, [str(sample.truth[0].number) for sample in samples]
        shut(running)
    shutil.rmtree(home, ignore_errors=True)


def at_once(
    stack: Running, sender: str, files: Sequence[tuple[str, bytes]]
) -> tuple[dict[str, str], int, float]:
    """Send all at the same instant, each in its own POST, and hold them in the queue until all are there: a quick
    machine reads a file before the next one comes. Returns the answer to each file by its name, how many messages
    they came in, and how long it took from then.

    Holds that each is answered once and that answers follow the numbers given at admission.
    """
    (hola,), _ = stack.ask(sender, text="Hola")
    stack.sim.post("/switches", {"concurrent": True})
    before = len(received(stack, sender))
    queue = f"{stack.where.tasks}/_tasks"
    requests.post(queue, json={"paused": True}, timeout=5).raise_for_status()
    sent = stack.sim.send(sender, files=files)
    wamids = [message["wamid"] for message in sent]
    began = time.monotonic()
    while len(waiting := requests.get(queue, timeout=5).json()["waiting"]) < len(files):
        assert time.monotonic() - began < 60, waiting
        time.sleep(0.1)
    requests.post(queue, json={"paused": False}, timeout=5).raise_for_status()
    began = time.monotonic()
    while len(done := stack.sql(_ANSWERED, wamids=wamids)) < len(files):
        assert time.monotonic() - began < 60, done
        time.sleep(0.1)
    took = time.monotonic() - began
    numbers = {hola["wamid"]: 1} | {row["wamid"]: row["seq"] for row in done}
    reading = stack.read(sender, numbers)
    assert (reading.missing, reading.repeated, reading.strays) == ((), (), ())
    assert [numbers[reading.questions[place]["wamid"]] for place in reading.order] == list(
        range(1, len(files) + 2)
    )
    by_name = {
        name: reading.answers[message["wamid"]][0] for (name, _), message in zip(files, sent, strict=True)
    }
    return by_name, len(received(stack, sender)) - before, took


def received(stack: Running, sender: str) -> list[dict[str, Any]]:
    return [message for message in stack.sim.conversation(sender) if message["direction"] == "out"]


@pytest.mark.long
@pytest.mark.only_long
def test_ten_photos_at_once_make_few_messages(
    with_gemini: tuple[Running, list[tuple[str, bytes]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten photos at the same instant are read side by side, each answered once, in order, in few messages."""
    stack, files, numbers = with_gemini
    answers, messages, took = at_once(stack, stack.sim.add_sender(name="Ana")["id"], files)
    with capsys.disabled():
        print(f"\n{COUNT} photos at once: {messages} messages, {took:.1f} s")
    assert [
        number
        for number, (name, _) in zip(numbers, files, strict=True)
        if f"Número: {number}" not in answers[name]
    ] == []
    assert messages <= most(took, answers.values())


def test_ten_pdfs_at_once_make_few_messages(
    with_gemini: tuple[Running, list[tuple[str, bytes]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten PDFs at the same instant, which no model need read, are answered each once, in order, in few
    messages.
    """
    stack, *_ = with_gemini
    samples = papers(("clasica", "ticket80"))
    files = [(f"{sample.name}.pdf", sample.data) for sample in samples]
    answers, messages, took = at_once(stack, stack.sim.add_sender(name="Ana")["id"], files)
    with capsys.disabled():
        print(f"\n{COUNT} PDFs at once: {messages} messages, {took:.1f} s")
    assert [
        sample.truth[0].number
        for sample in samples
        if f"Número: {sample.truth[0].number}" not in answers[f"{sample.name}.pdf"]
    ] == []
    assert messages <= most(took, answers.values())

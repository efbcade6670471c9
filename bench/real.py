"""The webhook with its real clients against the stand-ins: at no latency, and at the latencies of a cloud."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from bench import bodies
from bench.processes import exchange
from bench.stage import SAMPLES, Stage, stage
from bench.table import Row
from infra.local.stack import NUMBER_ID

SENDERS = 50
THREADS = {"THREADS": "16"}
"""As Terraform sets the webhook's concurrency."""
INBOX_MS, QUEUE_MS, STORAGE_MS, MEDIA_MS = 40, 25, 50, 100
PATH_MS = max(INBOX_MS, MEDIA_MS) + STORAGE_MS + QUEUE_MS + INBOX_MS
"""Admission beside the download, then the store, the queue, and the mark that it is enqueued."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One webhook: when it is due (seconds from the start), what it is, and its bytes."""

    due: float
    name: str
    request: bytes


@dataclass(frozen=True, slots=True)
class Hit:
    """Its answer; the time counts from the moment it was due, so that a server that stalls is not spared."""

    name: str
    ms: float
    status: int


def fire(port: int, shots: Sequence[Shot]) -> list[Hit]:
    """Post each at its time, on a connection of its own, whether or not the ones before are answered."""
    began = time.perf_counter() + 0.2

    def post(shot: Shot) -> Hit:
        answer = exchange(port, shot.request, 30)
        return Hit(
            shot.name,
            1000 * (time.perf_counter() - began - shot.due),
            int(answer.split(b" ", 2)[1]) if answer else 0,
        )

    with ThreadPoolExecutor(96) as pool:
        futures = []
        for shot in sorted(shots, key=lambda one: one.due):
            time.sleep(max(0.0, began + shot.due - time.perf_counter()))
            futures.append(pool.submit(post, shot))
        return [future.result() for future in futures]


class Phones:
    """Webhooks of this stage's business: texts, and photos whose addresses WhatsApp gives."""

    def __init__(self, at: Stage) -> None:
        self._at = at
        self._file = at.sim.add_file((SAMPLES / "boleta.jpg").read_bytes(), "boleta.jpg")
        self.renew()

    def renew(self) -> None:
        """A fresh address of the photo; it lives five minutes."""
        headers = {"Authorization": f"Bearer {self._at.where.access_token}"}
        found = requests.get(
            f"{self._at.where.simulator}/v26.0/{self._file}", headers=headers, timeout=10
        ).json()
        self._part = {key: found[key] for key in ("mime_type", "sha256", "url")} | {"id": self._file}

    def text(self, sender: int) -> bytes:
        """A signed text."""
        return self._post(sender, bodies.text())

    def photo(self, sender: int) -> bytes:
        """A signed photo."""
        return self._post(sender, {"type": "image", "image": self._part})

    def _post(self, sender: int, part: dict[str, object]) -> bytes:
        return bodies.post(
            bodies.message(sender, part, f"wamid.{uuid4().hex}", number_id=NUMBER_ID),
            secret=self._at.where.app_secret,
        )


def steady(
    phones: Phones,
    seconds: float,
    *,
    texts: float = 0,
    photos: float = 0,
    start: float = 0,
    senders: int = SENDERS,
) -> list[Shot]:
    """Texts and photos a second, evenly, the senders in turn."""
    shots = (
        [
            Shot(start + index / texts, "text", phones.text(index % senders))
            for index in range(round(seconds * texts))
        ]
        if texts
        else []
    )
    if photos:
        shots += [
            Shot(start + index / photos, "photo", phones.photo(index % senders))
            for index in range(round(seconds * photos))
        ]
    return shots


def clients(*, quick: bool) -> list[Row]:
    """At no latency."""
    seconds = 10.0 if quick else 40.0
    with stage(THREADS) as at:
        at.queue(paused=True)
        phones, port = Phones(at), _port(at)
        fire(port, steady(phones, 4, texts=25, photos=2))  # every sender is known, every connection stands
        before = at.waiting()
        hits = fire(port, steady(phones, seconds, texts=40, photos=8))
        lost = _lost(at, hits, before)
        deferred = sum(int(line.get("media_deferred", 0)) for line in at.lines("webhook"))
    texts = sorted(hit.ms for hit in hits if hit.name == "text")
    photos = sorted(hit.ms for hit in hits if hit.name == "photo")
    errors = sum(hit.status != 200 for hit in hits)
    p50, p99 = statistics.median(texts), _share(sorted(hit.ms for hit in hits), 0.99)
    return [
        Row(
            "webhook, real clients, stand-ins at zero latency: 40 texts and 8 photos a second",
            f"text p50 {p50:.0f} ms, all p99 {p99:.0f} ms, {errors} errors",
            "-",
            "-",
            "p50 ≤ 25 ms (text), p99 ≤ 150 ms, no error",
            p50 <= 25 and p99 <= 150 and not errors and not lost,
            f"{len(texts)} texts, {len(photos)} photos of 157 KB in {seconds:.0f} s, queue paused, "
            f"{SENDERS} senders; text p99 {_share(texts, 0.99):.0f} ms, photo p50 "
            f"{statistics.median(photos):.0f} and p99 {_share(photos, 0.99):.0f} ms; {deferred} photos left "
            f"to the worker; {lost} lost; "
            "timed from the moment each was due",
        )
    ]


def cloud(*, quick: bool) -> list[Row]:
    """At the latencies of a cloud."""
    seconds = 15.0 if quick else 60.0
    latencies = {"CUADRA_LATENCY_INBOX_MS": str(INBOX_MS), "CUADRA_LATENCY_STORAGE_MS": str(STORAGE_MS)}
    with stage(THREADS, latencies) as at:
        at.queue(paused=True, latency_ms=QUEUE_MS)
        at.sim.post("/switches", {"media_ms": MEDIA_MS})
        phones, port = Phones(at), _port(at)
        fire(port, steady(phones, 7, photos=8))
        before = at.waiting()
        calm = fire(port, steady(phones, seconds, photos=8))
        lost = _lost(at, calm, before)
        phones.renew()
        before = at.waiting()
        shots = steady(phones, 15, photos=8) + [Shot(5.0, "burst", phones.photo(777)) for _ in range(20)]
        storm = fire(port, shots)
        lost += _lost(at, storm, before)
        lines = at.lines("webhook")
        deferred = sum(int(line.get("media_deferred", 0)) for line in lines)
    times = sorted(hit.ms for hit in calm)
    p50, p99 = statistics.median(times), _share(times, 0.99)
    burst = sorted(hit.ms for hit in storm if hit.name == "burst")
    all_storm = sorted(hit.ms for hit in storm)
    errors = sum(hit.status != 200 for hit in calm + storm)
    goal = min(PATH_MS + 40, 250)
    note = (
        f"injected: Inbox {INBOX_MS} ms a call, download {MEDIA_MS}, storage {STORAGE_MS}, queue "
        f"{QUEUE_MS}, each ± 20 %; their critical path is {PATH_MS} ms; {len(calm)} photos of {SENDERS} "
        f"senders at 8 a second; {errors} errors; {deferred} photos left to the worker"
    )
    return [
        Row(
            "webhook, cloud-like latencies, steady photos",
            f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, {lost} lost",
            f"critical path {PATH_MS} ms",
            f"+{p50 - PATH_MS:.0f} ms",
            f"p50 ≤ path + 40 ms and ≤ 250 ms ({goal}), p99 ≤ 1 s",
            p50 <= goal and p99 <= 1000 and not lost and not errors,
            note,
        ),
        Row(
            "the same, 20 photos of one sender at once among them",
            f"burst p50 {statistics.median(burst):.0f} ms, p99 {_share(all_storm, 0.99):.0f} ms, {lost} lost",
            f"critical path {PATH_MS} ms",
            "-",
            "p99 ≤ 2 s, 0 lost",
            max(burst) <= 2000 and _share(all_storm, 0.99) <= 2000 and not lost and not errors,
            f"slowest of the burst {max(burst):.0f} ms; one sender's admissions follow one another, "
            f"{INBOX_MS} ms each",
        ),
    ]


def _lost(at: Stage, hits: Sequence[Hit], before: int) -> int:
    """Answered 200 without a task."""
    return sum(hit.status == 200 for hit in hits) - (at.waiting() - before)


def _port(at: Stage) -> int:
    port = urlsplit(at.where.webhook).port
    assert port
    return port


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

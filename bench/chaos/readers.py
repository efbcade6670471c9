"""How each reader fails while files are read: the opening server and its children, the OCR engine, and a
model that is down or lies.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import requests

from infra.local.stack import Stack

OPENER, OCR = "opener killed", "OCR killed"
_MODULES = {OPENER: "functions.extractor.opening.server", OCR: "functions.extractor.engines.ocr"}
_PLAYS: Mapping[str, dict[str, Any]] = {
    "model slow": {"behaviour": "slow", "seconds": 20},
    "model down": {"behaviour": "503"},
    "model refuses": {"behaviour": "429"},
    "model cuts": {"behaviour": "reset"},
    "model babbles": {"behaviour": "not_json"},
    "model of another shape": {"behaviour": "wrong_schema"},
    "model sees nothing": {"behaviour": "empty"},
}
_OTHER_RUC, _OTHER_NAME = "20987654326", "COMERCIAL AJENA S.A.C."
"""Of nobody who sends here; its check digit is right, so that only the paper itself can tell."""

Lie = Callable[[dict[str, Any]], dict[str, Any]]
_LIES: Mapping[str, Lie] = {
    "model wrong in the total": lambda one: one | {"total": "4321.00"},
    "model wrong in the RUC": lambda one: one | {"supplier": {"ruc": _OTHER_RUC, "name": _OTHER_NAME}},
    "model wrong throughout": lambda one: one | _elsewhere(),
}
DENIES = "model denies the comprobante"
FAULTS = (OPENER, OCR, *_PLAYS, *_LIES, DENIES)
PAIRS = (
    (OPENER, OCR),
    (OPENER, "model down"),
    (OCR, "model down"),
    (OCR, "model slow"),
    (OCR, "model babbles"),
    *((OCR, lie) for lie in _LIES),
    (OCR, DENIES),
)
"""Faults that leave the fewest to read: nobody, or only one that lies."""


_STARTED_S = 10.0
"""How long is waited for a process to kill: readers start with the first file that needs them."""
_FELT_S = 15.0
"""How long failing readers are felt after their end: what was begun with them ends, and waits for its
turn.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` (epoch) the readers named in `faults` failed."""

    faults: tuple[str, ...]
    start: float
    end: float

    def felt(self, at: float) -> bool:
        """Whether a reading that ended `at` may have met it."""
        return self.start <= at <= self.end + _FELT_S


def blind(faults: set[str]) -> bool:
    """Whether a file may have had nobody to read it: it could not be opened, or neither our OCR nor the model
    looked at it.
    """
    return OPENER in faults or (OCR in faults and len(faults) > 1)


class Readers:
    """Breaks one reader for as long as a context lasts; `kills` counts the processes that were killed."""

    def __init__(self, stack: Stack, gemini: str, answers: Mapping[str, dict[str, Any]], rng: Random) -> None:
        self._stack, self._gemini, self._answers, self._rng = stack, gemini, answers, rng
        self.kills: Counter[str] = Counter()

    @contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        """The reader fails in this way; a process is killed again and again, whenever it is there."""
        if fault in _MODULES:
            with self._hunted(fault):
                yield
            return
        play = _PLAYS.get(fault, {"behaviour": "good"})
        self._told({"script": [play], "answers": self._lied(fault)})
        yield
        self._told({"script": [{"behaviour": "good"}], "answers": self._answers})

    def _lied(self, fault: str) -> dict[str, dict[str, Any]]:
        if fault == DENIES:
            return {sha: {"not_invoice": "photo", "invoices": []} for sha in self._answers}
        if not (lie := _LIES.get(fault)):
            return {}
        return {
            sha: answer | {"invoices": [lie(one) for one in answer["invoices"]]}
            for sha, answer in self._answers.items()
        }

    def _told(self, control: dict[str, Any]) -> None:
        requests.put(f"{self._gemini}/control", json=control, timeout=10).raise_for_status()

    @contextmanager
    def _hunted(self, fault: str) -> Iterator[None]:
        stop, hit = threading.Event(), threading.Event()
        hunter = threading.Thread(target=self._hunt, args=(fault, stop, hit), daemon=True)
        hunter.start()
        yield
        hit.wait(_STARTED_S)
        stop.set()
        hunter.join()

    def _hunt(self, fault: str, stop: threading.Event, hit: threading.Event) -> None:
        """The first one as soon as it is there; then an engine at any moment of its work or start, and
        openers while a file is open.
        """
        found: list[int] = []
        while not found and not stop.wait(0.05):
            found = self._servers(fault)
        if found:
            self._killed(fault, self._rng.choice(found))
            hit.set()
        if fault == OPENER:
            return self._hunt_children(stop)
        while not stop.wait(self._rng.uniform(0.2, 2.0)):
            if found := self._servers(fault):
                self._killed(fault, self._rng.choice(found))
        return None

    def _hunt_children(self, stop: threading.Event) -> None:
        """A child lives for some hundredths of a second: it is looked for often, and many a file loses its
        own or the server.
        """
        found: list[int] = []
        looked = 0.0
        while not stop.wait(0.004):
            if time.monotonic() - looked > 0.3:
                found, looked = self._servers(OPENER), time.monotonic()
            for server in found:
                for child in children(server):
                    if self._rng.random() < 0.1:
                        self._killed(OPENER, self._rng.choice((child, server)))

    def _servers(self, fault: str) -> list[int]:
        worker = self._stack.processes.get("worker")
        return servers(_MODULES[fault], worker.pid) if worker else []

    def _killed(self, fault: str, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills[fault] += 1


def servers(module: str, worker: int) -> list[int]:
    """The processes that run `module` for the worker whose process group this is, their own forks aside."""
    found = {pid for pid in _group(worker) if f"\0-m\0{module}\0".encode() in _read(pid, "cmdline")}
    return [pid for pid in found if _parent(pid) not in found]


def children(pid: int) -> list[int]:
    """The processes that it forked and that still run."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _group(leader: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(ProcessLookupError):
                if os.getpgid(int(entry.name)) == leader:
                    yield int(entry.name)


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    stat = _read(pid, "stat")
    return int(stat.rpartition(b")")[2].split()[1]) if stat else 0


def _elsewhere() -> dict[str, Any]:
    """Another paper altogether, whose sums hold: nothing but the page itself speaks against it."""
    item = {
        "description": "SERVICIO DE TRANSPORTE",
        "quantity": "1",
        "unit": "ZZ",
        "unit_price": "1000.00",
        "amount": "1000.00",
    }
    return {
        "kind": "01", "series": "F777", "number": "777", "issue_date": "2026-10-05", "currency": "PEN",
        "supplier": {"ruc": _OTHER_RUC, "name": _OTHER_NAME}, "taxable": "1000.00", "exempt": None,
        "unaffected": None, "free": None, "discounts": None, "igv": "180.00", "isc": None, "icbper": None,
        "other_charges": None, "rounding": None, "total": "1180.00", "detraction": None, "perception": None,
        "net_payable": None, "amount_in_words": "MIL CIENTO OCHENTA CON 00/100 SOLES", "modifies": None,
        "items": [item],
    }  # fmt: skip

"""What is needed to make a reply: stores, readers, rooms and settings; and what the two rooms, texts and
files, say and keep alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from functions.books.ports import Interpreter
from functions.errors import ComeAgain
from functions.extractor.invoice import Extraction
from functions.extractor.witness import Known
from functions.whatsapp import people
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.doorkeeper import Doorkeeper
from functions.whatsapp.editing import author_of
from functions.whatsapp.ledger import Records
from functions.whatsapp.model import Enclosed, Made, Media, Notice, Said, made_name
from functions.whatsapp.places import Places
from functions.whatsapp.ports import Clock, MediaStore, Queue
from functions.whatsapp.roles import may
from functions.whatsapp.tasks import MessageTask
from functions.whatsapp.ticks import Ticks


class Reader(Protocol):
    """The part of the extractor that files.py needs."""

    def extract(self, data: bytes, *, uri: str | None = None, known: Known | None = None) -> Extraction:
        """Read one file; never raises, holds its own deadline. SUNAT is not asked about what is `known`."""

    def table(self, data: bytes) -> list[list[str]] | None:
        """Return the rows of a file that is a table, None for any other file. Raises OpeningFailed where the
        failure is ours.
        """


class MediaSource(Protocol):
    """The part of the Graph client that files.py needs."""

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        """Return the file's bytes. Raises MediaGone, MediaTooLarge, GraphError, Unwell."""


class Retry(ComeAgain):
    """This task must be tried again; the message says why, in one snake_case word."""


class NoPlace(ComeAgain):
    """No file can be read here now: the task is to come again in `back_s` seconds, and no attempt was
    counted.
    """

    def __init__(self, back_s: float) -> None:
        super().__init__(back_s)
        self.back_s = back_s


@dataclass(slots=True)
class Story:
    """The record of what happened to one task, for the canonical log line: ids, outcome and each step's
    milliseconds.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step; repeated steps add up."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.fields[f"{name}_ms"] = self.fields.get(f"{name}_ms", 0) + round(
                (time.monotonic() - started) * 1000
            )


@dataclass(frozen=True, slots=True)
class Means:
    """The means of a reply. In seconds: a document is its worker's for `lease_s`, a file is fetched within
    `fetch_s` and stored or loaded within `store_s`, and no reading is begun later than `begin_by_s` into its
    task.
    """

    records: Records
    media: MediaStore
    graph: MediaSource
    reader: Reader
    ticks: Ticks
    places: Places
    clerk: Clerk
    queue: Queue
    doorkeeper: Doorkeeper
    lease_s: float = 75.0
    fetch_s: float = 20.0
    store_s: float = 10.0
    begin_by_s: float = 25.0
    daily_cap: int = 300
    help_contact: str = ""
    privacy_url: str = ""
    company: str = ""
    kept_days: int = 30
    clock: Clock = lambda: datetime.now(UTC)
    interpreter: Interpreter | None = None

    def named(self, task: MessageTask, said: Said | None) -> Said | None:
        """Return an answer under its business's name, for a sender who has several; unchanged for everybody
        else, and where there is nothing to say.
        """
        if not said or not said.text:
            return said
        where = replace(task, seat=said.seat or task.seat)
        return replace(said, text=self.heading(where) + said.text)

    def heading(self, task: MessageTask) -> str:
        """Return the business's name as a line, for a sender who has several; empty for everybody else."""
        return people.heading(self.doorkeeper.named(task)) if task.seat else ""

    def apart(self, task: MessageTask) -> str | None:
        """Return what tells the business from another of the same name, for a sender who has both; else
        None.
        """
        return self.doorkeeper.apart(task) if task.seat else None

    def missing(self, task: MessageTask) -> Notice | None:
        """Return the notice of the business's papers that SUNAT does not have, told once, for a sender who
        may be told.
        """
        return self.clerk.missing(author_of(task)) if may(task.role, "sunat") else None

    def kept(self, task: MessageTask, made: Made, story: Story) -> Enclosed:
        """Store a file of ours under its business's name, before the answer that brings it is written."""
        with story.step("store"):
            uri = self.media.save(
                made_name(task.business, task.message.wamid, made.data),
                made.data,
                made.mime,
                timeout=self.store_s,
            )
        return Enclosed(uri, made.name, made.mime)

    def put_off(self, task: MessageTask) -> NoPlace:
        """Return the exception that puts the task off, with the time after which it is to come again
        (`Places.back_in`).
        """
        return NoPlace(self.places.back_in(task.tenant.user_id, task.seq, task.turn))

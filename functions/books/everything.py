"""All that is kept of a business, as the person whose data it is receives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.books.entry import Entry


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes, and the business: what was told, and what WhatsApp tells."""

    phone: str | None
    bsuid: str | None
    since: datetime
    last_wrote_at: datetime | None
    ruc: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper, also one that was taken out of the books."""

    entry: Entry
    taken_out_at: datetime | None
    filename: str | None
    uri: str | None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent. `size` in bytes."""

    received_at: datetime
    filename: str | None
    media_type: str | None
    size: int | None
    papers: int
    uri: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A value that was corrected."""

    at: datetime
    serial: str
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What we answered."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Everything:
    """The newest of each, and how many there are of the papers, the files and the answers."""

    person: Person
    papers: Sequence[KeptPaper]
    files: Sequence[SentFile]
    changes: Sequence[Change]
    answers: Sequence[Answer]
    counts: tuple[int, int, int]

    @property
    def left_out(self) -> int:
        """How many papers, files and answers one workbook had no place for."""
        return sum(self.counts) - len(self.papers) - len(self.files) - len(self.answers)

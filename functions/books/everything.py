"""All that is kept of a business and its person, in the form in which that person receives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.books.entry import Entry


@dataclass(frozen=True, slots=True)
class Person:
    """The person who writes and the business: what they told us, and what WhatsApp tells."""

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
    """One of our answers."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Everything:
    """The newest rows of each sort. `counts`: how many papers, files and answers there are in all."""

    person: Person
    papers: Sequence[KeptPaper]
    files: Sequence[SentFile]
    changes: Sequence[Change]
    answers: Sequence[Answer]
    counts: tuple[int, int, int]

    @property
    def left_out(self) -> int:
        """The number of papers, files and answers that one workbook had no place for."""
        return sum(self.counts) - len(self.papers) - len(self.files) - len(self.answers)

"""A paper in the books with what an accountant asks of it: where it came from, and what in it a person should
look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from functions.books.entry import Entry
from functions.extractor.invoice import ErrorCode, NotInvoice

Why = NotInvoice | ErrorCode | Literal["taken_out", "reading", "failed", "nothing"]
"""Why a file has no paper in the books: what it is or what is wrong with it; its owner took the paper out; it
is being read; we failed.
"""


@dataclass(frozen=True, slots=True)
class Filed:
    """An entry, the file that it was read from, and who sent that.

    `month`: the first day of the month to which it belongs. `sender`: the last digits of a phone, or a name.
    `failed` and `doubted`: names of the checks that failed and paths of the fields that were doubtful, while
    nobody has corrected the paper. `modified_on`: of a note, when the paper that it modifies was issued,
    where that one is in the books too. `sunat`: SUNAT's word on it, with its hour; `refused`: that it is
    annulled or was never authorised.
    """

    entry: Entry
    document: UUID
    month: date
    filename: str | None = None
    uri: str | None = None
    sender: str | None = None
    failed: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    modified_on: date | None = None
    sunat: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Unfiled:
    """A file of which nothing is in the books, or whose paper was taken out: then `said` is that paper's
    number.
    """

    document: UUID
    received_at: datetime
    why: Why
    filename: str | None = None
    uri: str | None = None
    sender: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """All of a month: the papers issued in it or received in it, by issue, and its files that are no papers.
    `left_out`: papers beyond the most.
    """

    papers: Sequence[Filed]
    unfiled: Sequence[Unfiled] = ()
    left_out: int = 0

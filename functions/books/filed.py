"""A paper in the books with what an accountant wants to know of it: where it came from, and what in it a
person should look at.
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
"""The reason why a file has no paper in the books: its nature or its error; its owner took the paper out; it
is being read; we failed; no comprobante was found.
"""


@dataclass(frozen=True, slots=True)
class Filed:
    """An entry, the file from which it was read, and the sender of that file.

    `month`: the first day of the month to which it belongs. `sender`: the last digits of a phone, or a name.
    `failed` and `doubted`: names of the checks that failed and paths of the fields that were doubtful, while
    nobody has corrected the paper. `modified_on`: of a note, the day of issue of the paper that it modifies,
    where that paper is in the books too. `sunat`: SUNAT's word on it, with its hour; `refused`: SUNAT says
    that it is annulled or was never authorised.
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
    """A file of which nothing is in the books. Where its paper was taken out, `said` is that paper's
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
    `left_out`: how many papers there are beyond the limit.
    """

    papers: Sequence[Filed]
    unfiled: Sequence[Unfiled] = ()
    left_out: int = 0

"""What the books need of Postgres. `infra` implements it; as all ports it raises `Unwell` when the database is down, slow or refusing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from functions.books.entry import Entry


@dataclass(frozen=True, slots=True)
class Business:
    """What a business has told of itself."""

    ruc: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The first of the entries that were found, and how many there are."""

    entries: tuple[Entry, ...]
    found: int


class Books(Protocol):
    """Entries of one business, those that were taken out left out."""

    def business(self, tenant: UUID) -> Business:
        """What is known of it."""

    def name_business(self, tenant: UUID, *, ruc: str | None = None, name: str | None = None) -> None:
        """Keep its RUC or its name, or both."""

    def month(self, tenant: UUID, first: date) -> Sequence[Entry]:
        """All of the month that begins with `first`, in the order of issue."""

    def latest(self, tenant: UUID, limit: int) -> Page:
        """What came last, the newest first."""

    def search(self, tenant: UUID, words: Sequence[str], limit: int) -> Page:
        """Papers whose issuer, note or items hold all these folded words, each perhaps only its beginning; the newest first."""

    def by_ruc(self, tenant: UUID, ruc: str, limit: int) -> Page:
        """Papers of an issuer, the newest first."""

    def by_number(self, tenant: UUID, series: str, number: str, limit: int) -> Page:
        """Papers of this series and number."""

"""Months as people write them: `octubre`, `oct 25`, `10`, `10/2026`, `2026-10`, `mes pasado`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

NAMES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip
_NAMED = {name.upper(): number for number, name in enumerate(NAMES, 1)} | {
    "SEPTIEMBRE": 9,
    "ENE": 1,
    "FEB": 2,
    "MAR": 3,
    "ABR": 4,
    "MAY": 5,
    "JUN": 6,
    "JUL": 7,
    "AGO": 8,
    "SET": 9,
    "SEP": 9,
    "SEPT": 9,
    "OCT": 10,
    "NOV": 11,
    "DIC": 12,
}
_NAME = re.compile(
    rf"\b({'|'.join(sorted(_NAMED, key=len, reverse=True))})\b(?:\s+(?:DEL?\s+)?(?:(20\d\d|"
    rf"\d\d)\b(?!\s*[/-])|(ANO PASADO)))?"
)
_NUMBER = re.compile(
    r"(?<![\d/.,-])(?:(\d{1,2})\s?[/-]\s?(20\d\d|\d\d)|(20\d\d)\s?[/-]\s?(\d{1,2}))(?![\d/.,-])"
)
_BARE = re.compile(r"(?:^|\s)(0?[1-9]|1[0-2])$")
_BEFORE = re.compile(r"\b(?:MES (?:PASADO|ANTERIOR)|PASADO MES|ANTERIOR MES)\b")
_THIS = re.compile(r"\b(?:ESTE MES|DEL? MES|MES ACTUAL|EN EL MES|AL MES)\b")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, as Lima counts it."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def before(self) -> Month:
        """The month before."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    @property
    def after(self) -> Month:
        """The month after."""
        return Month(self.year + (self.number == 12), self.number % 12 + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def name(self) -> str:
        """The month as people read it: `octubre 2026`."""
        return f"{NAMES[self.number - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"


@dataclass(frozen=True, slots=True)
class NamedMonth:
    """A month in a text and the text without it. `month` is None where what stands there is no month
    (`13/2026`).
    """

    month: Month | None
    rest: str


def find(text: str, today: date) -> NamedMonth | None:
    """Returns the month that a folded text names, None where it names none. A month without a year is the
    last one of that name, and none to come.
    """
    now = Month.of(today)
    if hit := _BEFORE.search(text):
        return NamedMonth(now.before, _without(text, hit))
    if hit := _NAME.search(text):
        number = _NAMED[hit[1]]
        year = now.year - 1 if hit[3] else _year(hit[2]) if hit[2] else now.year - (number > now.number)
        return NamedMonth(Month(year, number), _without(text, hit))
    if hit := _NUMBER.search(text):
        year, number = (int(hit[3]), int(hit[4])) if hit[3] else (_year(hit[2]), int(hit[1]))
        return NamedMonth(Month(year, number) if 1 <= number <= 12 else None, _without(text, hit))
    if hit := _THIS.search(text):
        return NamedMonth(now, _without(text, hit))
    if hit := _BARE.search(text):
        number = int(hit[1])
        return NamedMonth(Month(now.year - (number > now.number), number), _without(text, hit))
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _without(text: str, hit: re.Match[str]) -> str:
    rest = (
        re.sub(r"\b(?:(?:EN )?(?:EL )?MES DEL?|DEL?|EN|EL|A|PARA)\s*$", "", text[: hit.start()].rstrip())
        + " "
        + text[hit.end() :]
    )
    return " ".join(rest.split())

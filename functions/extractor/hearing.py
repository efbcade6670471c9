"""Asks SUNAT about a file's papers and applies its word: it confirms values that were seen, or chooses
between two that were seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from functions.extractor.clock import Clock
from functions.extractor.invoice import Invoice
from functions.extractor.judging import checks, merge
from functions.extractor.judging.paper import Paper
from functions.extractor.reading.reading import Doubt
from functions.extractor.witness import (
    FEES_BY,
    KINDS,
    Heard,
    Key,
    Known,
    NotAsked,
    SunatWord,
    Witness,
)

_UNITS = (("supplier.ruc",), ("kind",), ("series", "number"), ("issue_date",), ("total",))
"""Fields that are in doubt together: a reader that reads another series reads another number with it."""
_CHECKS = {"supplier_ruc", "series", "date"}
"""The checks of a key's own fields."""
_WHOSE = {Doubt.OTHER_SELLER, Doubt.BUYERS_RUC}
"""Doubts between the seller's number and the buyer's."""
_MOST_OTHERS = 2
"""The most values, seen in the place of the one that was taken, about which SUNAT is asked too."""
_LEAST_S = 0.3
"""With fewer seconds left no question is begun."""


def key_of(invoice: Invoice, today: date) -> Key | None:
    """Returns the six fields, where all are there, their own checks hold, and SUNAT answers for such a kind;
    else None.
    """
    one = invoice
    if one.supplier.ruc is None or one.kind not in KINDS or one.series is None or one.number is None:
        return None
    amount = getattr(one, FEES_BY) if one.kind == "02" else one.total
    if one.issue_date is None or amount is None or amount <= 0:
        return None
    held = {check.name for check in checks.run(one, 0, today=today) if check.ok}
    return (
        Key(one.supplier.ruc, one.kind, one.series, one.number, one.issue_date, amount)
        if held >= _CHECKS
        else None
    )


@dataclass(slots=True)
class Hearing:
    """The questions about one file: `seconds` is the time for all of them, no key is asked twice, and nothing
    that is `known` is asked.
    """

    witness: Witness
    clock: Clock
    seconds: float
    known: Known | None = None
    words: dict[Key, SunatWord | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def hear(self, papers: Sequence[Paper], today: date) -> None:
        """Asks about each paper that is complete and not proven yet, and judges anew each one that SUNAT
        accepts.
        """
        since = time.monotonic()
        for index, paper in enumerate(papers):
            if (
                paper.verdict == "proven"
                or paper.heard is not None
                or (key := key_of(paper.invoice, today)) is None
            ):
                continue
            paper.heard = self._about(paper, key, index, today)
            if paper.heard is not None and paper.heard.word.state == "accepted":
                paper.readings.insert(0, merge.from_word(paper.heard.key))
                paper.judge(index, today)
        if self.words:
            self.clock.step("sunat", since)

    def _about(self, paper: Paper, key: Key, index: int, today: date) -> Heard | None:
        """Returns what SUNAT says of one paper, or None. Where readers saw other values of one field, the one
        value stands that SUNAT accepts alone: if it accepts two, its word settles nothing. Where seller and
        buyer were taken for one another a person decides, since their names would still be the wrong way
        round.
        """
        doubted = {
            _unit(e.field)
            for e in paper.evidence
            if e.field in merge.KEY and (e.trust == "doubted" or e.disagree)
        }
        others = _others(paper, today)
        if doubted and len(doubted | others.keys()) > 1:
            return None
        word = self._ask(key)
        if word is None:
            return None
        unit, keys = next(iter(others.items())) if len(others) == 1 else (None, [])
        said = Heard(
            index, key, word, lone=bool(doubted | others.keys()) and not 0 < len(keys) <= _MOST_OTHERS
        )
        if unit is None or said.lone or word.state not in {"accepted", "not_found"}:
            return said
        told = {key: word} | {other: answer for other in keys if (answer := self._ask(other)) is not None}
        if len(told) <= len(keys):  # one of them has no answer
            return None if doubted else replace(said, lone=True)
        accepted = [one for one, answer in told.items() if answer.state == "accepted"]
        if len(accepted) > 1 or (accepted and accepted[0].ruc == paper.invoice.customer.id):
            return None
        return Heard(index, accepted[0], told[accepted[0]], settled=unit[-1]) if accepted else said

    def _ask(self, key: Key) -> SunatWord | None:
        if key in self.words:
            return self.words[key]
        if self.known and (word := self.known(key)) is not None:
            self.words[key] = word
            return word
        seconds = min(self.seconds, self.clock.left())
        if seconds < _LEAST_S:
            return None
        since = time.monotonic()
        try:
            self.words[key] = self.witness.ask(key, seconds=seconds)
        except NotAsked as why:
            self.words[key] = None
            self.notes.append(f"sunat failed: {why.reason}")
        finally:
            self.seconds -= time.monotonic() - since
        return self.words[key]


def _unit(path: str) -> tuple[str, ...]:
    return next(unit for unit in _UNITS if path in unit)


def _others(paper: Paper, today: date) -> dict[tuple[str, ...], list[Key]]:
    """Returns the keys that have, in place of one value that was taken, another that readers saw, by the unit
    that differs; also the buyer's number where it may be the seller's. A key that fails its own checks cannot
    be right and is left out.
    """
    readings = [r for r in (*paper.readings, paper.second, paper.other) if r is not None]
    found: dict[tuple[str, ...], list[Key]] = {}
    for unit in _UNITS:
        taken = tuple(_value(paper.invoice, path) for path in unit)
        for reading in readings:
            seen = [reading.fields.get(path) for path in unit]
            if None in seen:
                continue
            told = [s for s in seen if s is not None]
            for values in (
                tuple(s.value for s in told),
                tuple(s.alt if s.alt is not None and isinstance(s.value, str) else s.value for s in told),
            ):
                key = _with(paper.invoice, unit, values, today) if values != taken else None
                if key is not None and key not in found.get(unit, []):
                    found.setdefault(unit, []).append(key)
    buyer = paper.invoice.customer.id
    if buyer is not None and any(_WHOSE & reading.doubts for reading in paper.readings):
        key = _with(paper.invoice, _UNITS[0], (buyer,), today)
        if key is not None and key not in found.get(_UNITS[0], []):
            found.setdefault(_UNITS[0], []).append(key)
    return found


def _with(invoice: Invoice, unit: tuple[str, ...], values: tuple[Any, ...], today: date) -> Key | None:
    """Returns the key with another value that was seen, or None where its own checks do not hold."""
    changes: dict[str, Any] = dict(zip(unit, values, strict=True))
    if "supplier.ruc" in changes:
        changes = {"supplier": invoice.supplier.model_copy(update={"ruc": values[0]})}
    return key_of(invoice.model_copy(update=changes), today)


def _value(invoice: Invoice, path: str) -> str | date | Decimal | None:
    return invoice.supplier.ruc if path == "supplier.ruc" else getattr(invoice, path)

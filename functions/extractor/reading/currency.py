"""The currency of a comprobante: what its page names, and the signs beside its sums."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from functions.extractor.peru.currency import CURRENCIES, foreign_in
from functions.extractor.peru.tokens import Amount, amounts, lettered
from functions.extractor.peru.wording import Stems
from functions.extractor.reading.reading import Doubt, Reading, Seen, place
from functions.extractor.sheets.rows import Row, Sheet

_SAYS = {"USD": (4.0, 2.0), "EUR": (3.0, 3.0), "PEN": (4.0, 1.0)}
"""By currency: the weight of its words and of its signs."""
_BARE_DOLLAR = re.compile(r"(?<![A-Z/])\$\s?\d")
_ACCOUNT = Stems("AHORR CORRIENTE BANCO DETRACCI EQUIVAL REFERENCIAL", "CUENTA CUENTAS CTA CTAS CTACTE CCI")
_OTHERS = re.compile(r"TIPO\s*DE\s*CAMBIO|\d{3,}-\d{6,}|\bT\.?\s?C\.?[: ]")
"""What marks money that is not the paper's own: an account has its own currency, and so has what is
paid into it.
"""
_NUMBERED = re.compile(r"\W*\d{3,}-\d{6,}")
_ACCOUNTED = re.compile(r"\d{3,}-\d{4,}")
_SPELLED = re.compile(r"MONEDA|^\s*SON\b|SON\s?:|\bCON\s+\d\d\s?/\s?100|\d\d/100")
_SIGNED, _SIGNED_TOTALS = 7.0, ("total", "taxable", "exempt", "unaffected", "igv")


def read(sheets: Sequence[Sheet], reading: Reading) -> None:
    """Fills the currency. It runs after the totals: the sign beside them outweighs equivalents and accounts
    that the page names elsewhere.
    """
    sums = {value for value in map(reading.get, _SIGNED_TOTALS) if value}
    votes: dict[str, float] = {}
    first: dict[str, Seen] = {}
    beside: dict[str, bool] = {}
    for sheet in sheets:
        for row, below in itertools.zip_longest(sheet.rows, sheet.rows[1:]):
            line = lettered(row.text)
            if row.text.endswith(":") and below is not None and _NUMBERED.match(below.text):
                continue  # an account whose number wraps
            if _names_foreign(row, line):
                reading.side = replace(reading.side, foreign=True)
                return  # neither soles, dollars nor euros: left open, for a person to look at
            for code, start, end, vote, own in _votes(row, line, sums, beside):
                votes[code] = votes.get(code, 0.0) + vote
                if own:
                    first.setdefault(code, Seen(code, row.text[start:end], place(sheet, row, start, end)))
    best, *others = sorted(votes, key=lambda c: (c not in first, -votes[c])) or [""]
    if best not in first:
        return  # accounts have their own currencies, however many there are
    reading.put("currency", first[best])
    if beside.get(best):
        reading.signed = best
    if any(votes[c] >= 0.2 * votes[best] or c in beside for c in others):
        reading.doubts.add(Doubt.OTHER_CURRENCY)


def _votes(
    row: Row, line: str, sums: Collection[Decimal], beside: dict[str, bool]
) -> Iterator[tuple[str, int, int, float, bool]]:
    """Yields a row's mentions of currencies as (code, start, end, weight, whether it is of the paper's own
    money). Marks in `beside` the currencies before amounts, and whether one of these is a sum.
    """
    weight = 3.0 if _SPELLED.search(line) else 1.0
    for code, start, end, value in _currencies(line):
        account = _of_an_account(row, start, end)
        yield code, start, end, value * weight * (0.1 if account else 1.0), not account
    for code, start, end, amount in _beside(line):
        if not (_of_an_account(row, amount.start, amount.end) or _of_an_account(row, start, end)):
            # A detraction is in soles whatever the bill is in.
            counts = amount.value in sums
            beside[code] = beside.get(code, False) or counts
            yield code, amount.start, amount.end, _SIGNED * counts, counts


def _names_foreign(row: Row, line: str) -> bool:
    """True where a row that spells the paper's money names a currency that is none of ours."""
    other = foreign_in(line) if _SPELLED.search(line) else None
    return other is not None and not _of_an_account(row, *other)


def _of_an_account(row: Row, start: int, end: int) -> bool:
    """True where a mention is about an account or other money, as its cell, the cell before it, or the number
    that follows shows. A cell before it that has its own account's number says nothing of it.
    """
    cells = row.cells
    at = cells.index(row.word_at(start).cell)
    before = cells[at - 1].text if at and not _ACCOUNTED.search(cells[at - 1].text) else ""
    near = lettered(f"{before} {cells[at].text}")
    return (
        _ACCOUNT.found_in(near)
        or _OTHERS.search(near) is not None
        or _NUMBERED.match(row.text[end:]) is not None
    )


def _currencies(line: str) -> list[tuple[str, int, int, float]]:
    """Returns the currencies that a line names as (code, start, end, weight)."""
    found = [
        (each.code, m.start(), m.end(), value)
        for each in CURRENCIES
        for pattern, value in zip((each.words, each.signs), _SAYS[each.code], strict=True)
        for m in pattern.finditer(line)
    ]
    bare = _BARE_DOLLAR.search(line)
    return [*found, ("USD", bare.start(), bare.start() + 1, 0.9)] if bare else found


def _beside(line: str) -> Iterator[tuple[str, int, int, Amount]]:
    """Yields the amounts of a line that a currency stands before, each with the last currency named since the
    amount before it, and its place.
    """
    last = 0
    named = _currencies(line)
    for amount in amounts(line):
        mine = [(start, end, code) for code, start, end, _ in named if last <= start < amount.start]
        if mine and amount.money:
            start, end, code = max(mine)
            yield code, start, end, amount
        last = amount.end

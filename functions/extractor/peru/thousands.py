"""Tells where a page parts thousands by a space, `23 600.00`, and closes such numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from functions.extractor.peru.tokens import lettered, number

_APART = re.compile(
    r"(?P<before>\D*(?:\d{1,2}(?:\.\d{1,2})?\s?%\D*)?)(?<![\d.,])(?P<whole>\d{1,3}(?:\s\d{3})+)(?P<cents>[.,]\d\d)(?!\d)\D*"
)


_SIGNED = re.compile(r"\s*(?:S/\.?|US\$|\$|€)\s?\d{1,3}(?:\s\d{3})+[.,]\d\d(?!\d)\D*")


def thousands_apart(lines: Sequence[str], phrases: Iterable[str]) -> bool:
    """True where a page parts thousands by a space, as in `23 600.00`: its total does, or a phrase that is a
    sign and an amount, perhaps with its label behind, and no amount is written otherwise.

    On other pages such digits are a quantity before a price.
    """
    said = [
        re.search(r"(?:TOTAL|A PAGAR)\D*\d{1,3}(?:\s\d{3})+[.,]\d\d\W*$", lettered(line))
        or re.fullmatch(r"\d{1,3}(?:\s\d{3})+[.,]\d\d TOTAL", lettered(line))
        for line in lines
    ]
    phrases = list(phrases)
    signed = any(_SIGNED.fullmatch(phrase) for phrase in phrases)
    return (signed or any(said) or _make_a_tax(phrases)) and not any(
        re.search(r"\d,\d{3}\.|\d{4}[.,]\d\d(?!\d)", line) for line in lines
    )


def _make_a_tax(phrases: Sequence[str]) -> bool:
    """True where a phrase that is nothing but such digits is the base of a tax that the page prints, or the sum of
    both: `1 538.42` beside `276.91`.
    """
    apart = [number(closed(p)) for p in phrases if re.fullmatch(r"\d{1,3}(?:\s\d{3})+[.,]\d\d", p)]
    printed = [value for p in phrases if (value := number(p)) is not None] if apart else []
    return any(
        abs(each - base) <= _ROUNDED
        for whole in apart
        if whole is not None
        for rate in _RATES
        for base in (whole * rate, whole / (1 + rate))
        for each in printed
        if each
    )


_RATES = (Decimal("0.18"), Decimal("0.105"), Decimal("0.1"))
_ROUNDED = Decimal("0.006")


def closed(phrase: str) -> str:
    """Returns the phrase with commas for the spaces of an amount that stands alone in it, or behind its label or
    before it.
    """
    found = _APART.fullmatch(phrase)
    return (
        phrase
        if found is None
        else found["before"] + re.sub(r"\s", ",", found["whole"]) + phrase[found.start("cents") :]
    )

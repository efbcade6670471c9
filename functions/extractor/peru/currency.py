"""The currencies of Peru's papers, as the papers write them: names, codes and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency by its ISO 4217 code. `words`: its name or code; `signs`: its signs before amounts; both
    in folded text.
    """

    code: str
    words: re.Pattern[str]
    signs: re.Pattern[str]


CURRENCIES = (
    Currency(
        "USD",
        re.compile(
            r"DOLAR(?:ES)?(?:\s*(?:DE\s+(?:LOS\s+)?|NORTE)?(?:AMERICANOS?|ESTADOS(?:\s+UNIDOS)?))?|\bUSD\b"
        ),
        re.compile(r"U\.?S\.?\s?\$|U\$[SD]"),
    ),
    Currency("EUR", re.compile(r"\bEURO?S?\b"), re.compile(r"€")),
    Currency(
        "PEN",
        re.compile(r"\b(?:NUEVOS\s*)?SOLES\b|\bNUEVO\s*SOL\b|\bPEN\b"),
        re.compile(r"(?<![A-Z0-9])S\s?/\.?(?![A-Z/])"),
    ),
)
_FOREIGN = frozenset([
    "PESOS", "ESTERLINA", "ESTERLINAS", "SUIZO", "SUIZOS", "REALES", "YEN", "YENS", "YENES", "YUAN", "YUANS",
    "YUANES", "BOLIVIANOS", "CAD", "AUD", "GBP", "CHF", "JPY", "CNY", "BRL", "CLP", "MXN", "COP", "ARS",
    "BOB",
])  # fmt: skip
_DOLLARS = ("CANAD", "AUSTRAL", "NEOZEL", "SINGAPUR", "HONG")
_MONEY = re.compile(r"\bDOLAR(?:ES)?\s*(?:DE\s*)?(?P<of>[A-Z]+)|\b[A-Z]+\b")
SIGN = r"(?:S\s?/\.?|(?:U\.?S\.?\s?)?\$|€|USD|PEN|EUR)"
"""A currency's sign or code beside an amount, as printed."""


def foreign_in(line: str) -> tuple[int, int] | None:
    """Returns where a folded line names a currency that is none of ours; a `$` beside it is not that of the
    US dollar.
    """
    return next(
        (m.span() for m in _MONEY.finditer(line) if m[0] in _FOREIGN or (m["of"] or "").startswith(_DOLLARS)),
        None,
    )


def spelled(text: str) -> set[str]:
    """Returns the codes of the currencies that a folded phrase names in words."""
    return {each.code for each in CURRENCIES if each.words.search(text)}


def named(text: str) -> str | None:
    """Returns the code of the first currency that a folded phrase names in any way; a mere `$` is the
    dollar's.
    """
    if text == "$":
        return "USD"
    return next(
        (each.code for each in CURRENCIES if each.words.search(text) or each.signs.search(text)), None
    )

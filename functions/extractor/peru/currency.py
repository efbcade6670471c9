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
        re.compile(r"US\s?\$|U\.S\.\$|U\$[SD]"),
    ),
    Currency("EUR", re.compile(r"\bEURO?S?\b"), re.compile(r"€")),
    Currency(
        "PEN",
        re.compile(r"\b(?:NUEVOS\s*)?SOLES\b|\bNUEVO\s*SOL\b|\bPEN\b"),
        re.compile(r"(?<![A-Z0-9])S\s?/\.?(?![A-Z/])"),
    ),
)
FOREIGN = re.compile(
    r"\bDOLAR(?:ES)?\s*(?:CANAD|AUSTRAL|NEOZEL|DE\s*(?:CANADA|AUSTRALIA|SINGAPUR|HONG))|\bPESOS\b|"
    r"\bLIBRAS?\s*ESTERLINAS?|\bFRANCOS?\s*SUIZOS?"
    r"|\bREALES\b|\bYENE?S\b|\bYUANE?S\b|\bBOLIVIANOS\b|"
    r"\b(?:CAD|AUD|GBP|CHF|JPY|CNY|BRL|CLP|MXN|COP|ARS|BOB)\b"
)
"""The names of other currencies, as lines that name a paper's currency write them: a `$` beside one is not
that of the US dollar.
"""
SIGN = r"(?:S\s?/\.?|US\s?\$|U\.S\.\$|USD|PEN|EUR|\$|€)"
"""A currency's sign or code beside an amount, as printed."""


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

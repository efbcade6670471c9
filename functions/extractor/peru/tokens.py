"""Reads single tokens: folded text, amounts, dates, RUCs, series and numbers. Pure functions that tolerate
misread characters of OCR.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from functions.extractor.peru.currency import SIGN


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Returns the text in upper case without accents, with one space between words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.upper().split())


@functools.lru_cache(maxsize=4096)
def fold_same(text: str) -> str:
    """Returns upper case without accents, character for character: offsets stay those of `text`."""
    return "".join((unicodedata.normalize("NFKD", c)[:1] or c).upper()[:1] or c for c in text)


@functools.lru_cache(maxsize=4096)
def lettered(text: str) -> str:
    """Returns `fold_same` of the text, where zeros in words that an engine misread are the letter O again, so
    that labels are plain Spanish.

    A word has more letters than digits, and at most one digit that is not a zero: `T0TAL` and `1MP0RTE` are
    words, `F001` and `2026` are not.
    """
    return _WITH_ZEROS.sub(_with_letters, fold_same(text))


_WITH_ZEROS = re.compile(r"(?<![A-Z0-9])(?=[A-Z1-9]*0)[A-Z0-9]*[A-Z][A-Z0-9]*")


def _with_letters(word: re.Match[str]) -> str:
    digits = [c for c in word[0] if c.isdigit()]
    others = sum(c != "0" for c in digits)
    mostly = 2 * len(digits) < len(word[0]) or len(word[0]) == 2
    return (
        word[0].replace("0", "O") if others < 2 and mostly and (not others or len(word[0]) > 2) else word[0]
    )


# --- amounts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a line: its value, where it stands, how many decimals it shows, and the currency sign
    before it.
    """

    value: Decimal
    start: int
    end: int
    decimals: int
    sign: str = ""

    @property
    def money(self) -> bool:
        """True where it looks like money rather than a count or a code."""
        return self.decimals == 2 or bool(self.sign)  # cents


_NUMBER = re.compile(
    rf"""(?:(?P<off>(?<!\S)[-–])?(?P<sign>(?<![A-Z0-9]){SIGN})\s*(?P<neg>[-–(]\s?)?|(?P<minus>(?<![\dA-Z.])(?:[-–](?=\d)|\(\s?))|(?<![-\dA-Z/.,]))
    (?P<digits>
        \d{{1,3}}(?:[,'’]\s?\d{{3}})+(?:\.\s?\d{{1,10}})?(?!\d)   # 1,234.56
      | \d{{1,3}}(?:\.\d{{3}})+[.,]\s?\d{{2}}(?!\d)              # 1.234,56, and 1.234.56 as engines see a comma
      | \d{{1,12}}[.,]\s?\d{{1,10}}(?![\d])                       # 1234.5  1234,50
      | \d{{1,12}}
    )(?P<tail>\s?-(?=\s|$))?(?![A-Z\d]|[/:.,-]\d)""",
    re.VERBOSE | re.IGNORECASE,
)


@functools.lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """Returns the numbers of a line, left to right, without percentages, dates, codes and serials."""
    return tuple(_amounts(text))


def _amounts(text: str) -> Iterator[Amount]:
    for found in _NUMBER.finditer(text):
        rest = text[found.end("digits") :]
        if re.match(r"\s?%", rest):
            continue
        value = number(found["digits"])
        if value is None:
            continue
        minus = found["off"] or found["neg"] or found["minus"] or ""
        if minus.startswith(("-", "–")) or (minus and ")" in rest[:2]) or found["tail"]:
            value = -value
        yield Amount(
            value,
            found.start("digits"),
            found.end("digits"),
            decimals(value),
            (found["sign"] or "").replace(" ", "").upper(),
        )


def number(text: str) -> Decimal | None:
    """Returns the value of written digits: `1,234.56`, `1234.5`, `1.234,56`, `1234,50`, and `1.234.56`, in
    which an engine read a comma as a dot.

    One comma before three digits parts thousands, one dot never does: Peru writes decimals with a dot. A
    number from 10^12 on, or with more than ten decimals, is no amount: sums of such numbers overflow later
    calculations.
    """
    raw = re.sub(r"['’](?=\s?\d{3}(?!\d))", ",", text)
    raw = re.sub(r"[\s'’]", "", raw)
    if re.fullmatch(r"(?!0,)\d{1,3}(?:,\d{3})+(?:\.\d*)?", raw):
        raw = raw.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+[.,]\d\d", raw):
        raw = re.sub(r"[.,]", "", raw[:-3]) + "." + raw[-2:]
    elif re.fullmatch(r"\d{1,3}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,})|\d+,\d+", raw):
        raw = raw.replace(".", "").replace(",", ".")
    return Decimal(raw) if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{0,10})?|\.[0-9]{1,10}", raw) else None


def an_amount(text: str) -> Decimal | None:
    """Returns an amount that stands alone, with its currency and its sign: `S/ 450.00`, `450.00 SOLES`,
    `-5.00`, `(5.00)`, `5.00-`.
    """
    bare = re.sub(rf"{SIGN}|\bSOL(?:ES)?\b", "", text.upper(), count=1)
    below = re.fullmatch(r"\s*(?:-(.+)|\((.+)\)|(.+)-)\s*", bare)
    value = number(bare if below is None else "".join(filter(None, below.groups())))
    return -value if below and value else value


def decimals(value: Decimal) -> int:
    """Returns how many decimals a value shows."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# --- dates --------------------------------------------------------------------------------------------------

_MONTHS = (
    *("ENE|JAN", "FEB", "MAR", "ABR|APR", "MAY", "JUN"),
    *("JUL", "AGO|AUG", "SE[PT]", "OCT", "NOV", "DIC|DEC"),
)
"""How the months begin in Spanish and in English."""
_MONTH = "(?P<mes>" + "|".join(_MONTHS) + r")[A-Z]*\.?"
_DATES = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<y>20\d\d)(?=\D|\d\d:|$)"),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})\s?(?:[-/.]|DE|DEL)?\s?"
        + _MONTH
        + r"\s?(?:[-/.,]|DEL|DE)?\s?(?:ANO\s)?(?P<y>20\s?\d\d)(?!\d)"
    ),
    re.compile(
        r"(?<![A-Z])" + _MONTH + r"\s?(?P<d>\d{1,2})(?:ST|ND|RD|TH)?\s?(?:,|DEL?)\s?(?P<y>20\d\d)(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[-/]\s?" + _MONTH + r"\s?[-/]\s?(?P<y2>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[-/]\s?(?P<m>\d{1,2})\s?[-/]\s?(?P<y2>\d\d)(?!\d|[-/])"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a line and where it stands."""

    value: date
    start: int
    end: int


@functools.lru_cache(maxsize=4096)
def days(text: str) -> tuple[Day, ...]:
    """The dates of a line, left to right: day before month, as Peru writes; ISO; months by name, also before
    the day.
    """
    line = lettered(text)
    found: list[Day] = []
    for pattern in _DATES:
        for match in pattern.finditer(line):
            if any(d.start < match.end() and match.start() < d.end for d in found):
                continue
            parts = match.groupdict()
            month = (
                int(parts["m"])
                if parts.get("m")
                else next(i for i, m in enumerate(_MONTHS, 1) if re.match(m, parts["mes"]))
            )
            year = int(parts["y"].replace(" ", "")) if parts.get("y") else 2000 + int(parts["y2"])
            value = a_date(year, month, int(parts["d"]))
            if value is not None:
                found.append(Day(value, match.start(), match.end()))
    return tuple(sorted(found, key=lambda d: d.start))


def a_day(text: str) -> date | None:
    """Returns the date with which the text begins, whatever stands behind it, such as a time of day; None
    where there is none.
    """
    return next((day.value for day in days(text.strip()) if day.start == 0), None)


def a_date(year: int, month: int, day: int) -> date | None:
    """Returns the date, or None when there is no such day or the year is not from 2000 to 2099."""
    if not 2000 <= year <= 2099:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- RUC ----------------------------------------------------------------------------------------------------

_LOOKS = str.maketrans(
    {
        "O": "0",
        "Q": "0",
        "D": "0",
        "I": "1",
        "L": "1",
        "|": "1",
        "!": "1",
        "]": "1",
        "Z": "2",
        "S": "5",
        "B": "8",
        "G": "6",
        "T": "7",
    }
)


def valid_ruc(ruc: str) -> bool:
    """True where SUNAT's check digit and prefix hold (10 natural persons, 15-17 others, 20 entities)."""
    if not re.fullmatch(r"(?:10|15|16|17|20)\d{9}", ruc):
        return False
    rest = 11 - sum(int(d) * w for d, w in zip(ruc, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
    return int(ruc[10]) == {10: 0, 11: 1}.get(rest, rest)


@dataclass(frozen=True, slots=True)
class Ruc:
    """A RUC in a line. `read` is what stood there where the check digit proved a repair."""

    value: str
    start: int
    end: int
    valid: bool
    read: str | None = None


_RUC_LIKE = re.compile(r"(?<![\dA-Z])[12IL|][05-7OQ][\dOQDIL|!\]ZSBGT]{9}(?![\dA-Z])")
_RUC_AFTER = re.compile(
    r"R[.\s]?U[.\s]?[CG][.\s]?\s?(?:N[°ºO*.]?\s?|:\s?|NRO\.?\s?|"
    r"#\s?)*(?P<d>[12IL|](?:[\s.-]?[\dOQDIL|!ZSBGT]){10})(?![\dA-Z])"
)


def rucs(text: str) -> list[Ruc]:
    """Returns the RUCs of a line. Letters for digits are repaired only where the check digit then holds."""
    line = fold_same(text)
    found: list[Ruc] = []
    spans = [(m.start(), m.end()) for m in _RUC_LIKE.finditer(line)] + [
        m.span("d") for m in _RUC_AFTER.finditer(line)
    ]
    for start, end in spans:
        if any(r.start < end and start < r.end for r in found):
            continue
        raw = line[start:end]
        digits = re.sub(r"[\s.-]", "", raw).translate(_LOOKS)
        clean = re.sub(r"[\s.-]", "", raw)
        ok = valid_ruc(digits)
        if clean.isdigit():
            if ok or digits[:2] in ("10", "15", "16", "17", "20"):
                found.append(Ruc(digits, start, end, ok))
        elif ok:
            found.append(Ruc(digits, start, end, valid=True, read=clean))
    return sorted(found, key=lambda r: r.start)


# --- series and number --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Serial:
    """A series and number in a line. `alt` is the series with look-alikes put right (O for 0, I for 1): a
    guess until proven.
    """

    series: str
    number: str
    start: int
    end: int
    alt: str | None = None
    strong: bool = True


_SERIAL = re.compile(
    r"(?<![A-Z0-9])(?P<s>[A-Z0-9][A-Z0-9|]{3})\s?(?:(?:[-–—_=~]|\.\s?-|-\s?\.|N[°ºO*.]{1,2}|NRO\.?|#|"
    r"/)\s?){1,3}(?P<n>0{0,4}[0-9OQIL|DSB]{1,8})(?![A-Z0-9]|[-/.]\d)"
)
_SERIAL_3 = re.compile(
    r"(?<![A-Z0-9-])(?<!\d\)\s)(?<!\d\))(?P<s>\d{3,4})\s?[-–—]\s?(?:N[°ºO]\s?)?(?P<n>\d{4,8})(?![A-Z0-9]|[-/.]\d)"
)
"""A physical paper's; behind an area's code in brackets it is a telephone's."""
_SERIAL_GAP = re.compile(r"(?<![A-Z0-9])(?P<s>[FBESP][A-Z0-9|]{3})\s{1,2}(?P<n>\d{1,8})(?![A-Z0-9]|[-/.,]\d)")
_SERIAL_BILL = re.compile(r"(?<![A-Z0-9])(?P<s>S[A-Z0-9]{3})\s?-\s?(?P<n>\d{9,10})(?![A-Z0-9]|[-/.]\d)")
"""A service bill's number, which may be longer than the eight digits of other papers."""
_SERIES_DIGITS = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1"})


def serials(text: str) -> list[Serial]:
    """Returns what may be a series and number: `F001-123`, `F033 - 00330623`, `E001 N° 12`, physical
    `0001-000123`; weakly `F001 123`.
    """
    line = fold_same(text).replace("]", "|")
    found: list[Serial] = []
    for pattern, strong in ((_SERIAL, True), (_SERIAL_BILL, True), (_SERIAL_3, True), (_SERIAL_GAP, False)):
        for match in pattern.finditer(line):
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            series, alt = a_series(match["s"])
            digits = match["n"].translate(_LOOKS)
            if series is None or not digits.isdigit() or int(digits) == 0:
                continue
            found.append(Serial(series, str(int(digits)), match.start("s"), match.end("n"), alt, strong))
    return sorted(found, key=lambda f: f.start)


def a_series(raw: str) -> tuple[str | None, str | None]:
    """Returns the series that `raw` shows, and the series with look-alikes put right (None when that is the
    same).

    A series is a letter and three alphanumerics, or three or four printed digits. Series such as FO99 exist,
    so FO01 stays as it is until something proves F001. No series has a stroke or bracket: there only the
    look-alike is possible.
    """
    if raw.isdigit():
        alt = "B" + raw[1:] if raw[0] == "8" and len(raw) == 4 else None
        return (raw, alt) if len(raw) in (3, 4) else (None, None)
    if not raw[0].isalpha():
        fixed = {"8": "B"}.get(raw[0], "") + raw[1:].translate(_SERIES_DIGITS)
        return (fixed, None) if len(fixed) == 4 and fixed[1:].isdigit() else (None, None)
    alt = raw[0] + raw[1:].translate(_SERIES_DIGITS)
    if raw[:2] in ("EB", "E8"):  # the portal's boletas
        alt = "EB" + raw[2:].translate(_SERIES_DIGITS)
    if "|" in raw:
        return (alt, None) if alt[2:].isdigit() else (None, None)
    if not any(c.isdigit() for c in raw[1:]) and not alt[1:].isdigit():
        return None, None
    return raw, (alt if alt != raw else None)

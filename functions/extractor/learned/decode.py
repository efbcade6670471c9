"""Turns the roles of words into the fields that identify a paper. What the words say must be a RUC, a serial,
a day; the role only chooses among them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from statistics import fmean

from functions.extractor.learned.features import CURRENCIES, KINDS
from functions.extractor.learned.words import WordPage
from functions.extractor.peru.kinds import fits
from functions.extractor.peru.tokens import Serial, a_series, days, rucs, serials
from functions.extractor.reading.reading import Place, Reading, Seen

SURE = {"supplier.ruc": 0.95, "serial": 0.8, "kind": 0.9, "issue_date": 0.95, "currency": 0.9}
"""The least chance with which a field is told, so that it is a vote and no guess. Right words have 0.98; most
wrong ones of RUCs and dates have less than 0.95.
"""


def identify(page: WordPage, reading: Reading) -> None:
    """Puts issuer, series and number, kind, date and currency, where the network is sure of them."""
    _ruc(page, reading)
    _serial(page, reading)
    _kind(page, reading)
    _date(page, reading)
    chance = float(page.currency.max())
    if chance >= SURE["currency"]:
        code = CURRENCIES[int(page.currency.argmax())]
        reading.put("currency", Seen(code, code))


def _ruc(page: WordPage, reading: Reading) -> None:
    """Puts the RUC whose word is likeliest the supplier's; one whose check digit holds counts as twice as
    likely.
    """
    found = [
        (chance * (2 if ruc.valid else 1), chance, ruc, page.box(words[0], words[-1]))
        for line in page.lines
        for ruc in rucs(line.row.text)
        if (words := line.within(ruc.start, ruc.end))
        for chance in [max(page.chances["supplier_ruc"][word] for word in words)]
    ]
    _, chance, ruc, box = max(found, key=lambda each: each[0], default=(0.0, 0.0, None, None))
    if ruc is not None and chance >= SURE["supplier.ruc"]:
        reading.put("supplier.ruc", Seen(ruc.value, ruc.read or ruc.value, box, repaired=ruc.read))


def _serial(page: WordPage, reading: Reading) -> None:
    chance, serial, box = max(
        [*_whole_serials(page), *_parted_serials(page)], key=lambda each: each[0], default=(0.0, None, None)
    )
    if serial is not None and chance >= SURE["serial"]:
        reading.put("series", Seen(serial.series, serial.series, box, alt=serial.alt))
        reading.put("number", Seen(serial.number, serial.number, box))


def _whole_serials(page: WordPage) -> Iterator[tuple[float, Serial, Place]]:
    """Yields series and number in one phrase, as likely as their words are on average."""
    for line in page.lines:
        for serial in serials(line.row.text):
            words = [
                w for w in line.within(serial.start, serial.end) if re.search(r"\w", page.tokens[w].text)
            ]
            if words:
                yield (
                    fmean(
                        sum(page.chances[name][w] for name in ("serial", "series", "number")) for w in words
                    ),
                    serial,
                    page.box(words[0], words[-1]),
                )


def _parted_serials(page: WordPage) -> Iterator[tuple[float, Serial, Place]]:
    """Yields series and number that stand under labels of their own."""
    for first in _likely(page, "series"):
        raw = re.sub(r"[^A-Z0-9|]", "", page.tokens[first].text.upper().rpartition(":")[2])
        series, alt = a_series(raw) if len(raw) in (3, 4) else (None, None)
        for second in _likely(page, "number"):
            number = re.search(r"0*([1-9]\d{0,9})\D*$", page.tokens[second].text)
            if series is not None and number is not None:
                chance = math.sqrt(page.chances["series"][first] * page.chances["number"][second])
                yield chance, Serial(series, number[1], 0, 0, alt), page.box(second)


def _likely(page: WordPage, role: str, count: int = 4) -> list[int]:
    """Returns the likeliest words of a role."""
    chances = page.chances[role]
    return sorted(range(len(chances)), key=lambda word: -chances[word])[:count]


def _kind(page: WordPage, reading: Reading) -> None:
    """Puts the likeliest kind that can carry the series, unless the page may as well be no comprobante."""
    series = reading.get("series")
    chances = {
        code: float(page.kind[at])
        for at, code in enumerate(KINDS)
        if code is None or series is None or fits(code, series)
    }
    code = max(chances, key=chances.__getitem__)
    if code is not None and chances[code] >= SURE["kind"] * sum(chances.values()):
        reading.put("kind", Seen(code, code, page.box(_likely(page, "title", 1)[0])))


def _date(page: WordPage, reading: Reading) -> None:
    found = [
        (fmean(page.chances["date"][word] for word in words), day.value, page.box(words[0], words[-1]))
        for line in page.lines
        for day in days(line.row.text)
        if (words := line.within(day.start, day.end))
    ]
    chance, day, box = max(found, key=lambda each: each[0], default=(0.0, None, None))
    if day is not None and chance >= SURE["issue_date"]:
        reading.put("issue_date", Seen(day, str(day), box))

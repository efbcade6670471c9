"""Reads the head of a comprobante: its kind, series and number, its dates, and the document that a note
modifies.
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.extractor.peru.kinds import fits
from functions.extractor.reading import dates, modified, pairing
from functions.extractor.reading.reading import Doubt, Reading, Seen, place
from functions.extractor.reading.title import Head, Numbered, Reason
from functions.extractor.sheets.rows import Sheet

__all__ = ["Head", "read"]

_BY_LETTER = {"F": "01", "B": "03", "S": "14"}


def read(sheets: Sequence[Sheet], reading: Reading) -> Head | None:
    """Fills kind, series, number, dates and `modifies`. Returns the title that it took, or None where that is
    only mentioned.
    """
    region = modified.regions(sheets)
    choice = pairing.choose(sheets, region)
    head, numbered = choice.head, choice.numbered
    reading.doubts |= choice.doubts
    if numbered is not None:
        alt = numbered.serial.alt if reading.source == "ocr" else None
        reading.put("series", Seen(numbered.serial.series, numbered.shown, numbered.series_at, alt=alt))
        reading.put("number", Seen(numbered.serial.number, numbered.shown, numbered.number_at))
    if head is not None:
        reading.put("kind", Seen(head.kind, head.row.text, place(head.sheet, head.row)))
    elif numbered is not None:
        reading.put("kind", _by_letter(numbered))
    _repair(reading, electronic=head is not None and Reason.ELECTRONIC in head.reasons)
    dates.read(sheets, region, reading)
    if reading.get("kind") in ("07", "08"):
        modified.read(sheets, region, reading)
        if reading.get("modifies.number") is None:
            # Every note names one: the series and number taken as the note's own may be those.
            reading.doubts.add(Doubt.OTHER_SERIAL)
    return None if head is None or head.spoken else head


def _by_letter(numbered: Numbered) -> Seen | None:
    """Returns the kind that the letter of a series tells where there is no title. It is only likely: a note
    may have the same letter.
    """
    series = numbered.serial.series
    kind = "03" if series.startswith("EB") else _BY_LETTER.get(series[0])
    return None if kind is None or series.isdigit() else Seen(kind, series, numbered.series_at)


def _repair(reading: Reading, *, electronic: bool) -> None:
    """Repairs a look-alike in the series where the kind allows no other: E801 on a boleta is EB01, 8001 under
    an electronic title is B001.
    """
    seen = reading.fields.get("series")
    kind = reading.get("kind")
    if seen is None or seen.alt is None or kind is None:
        return
    impossible = not fits(kind, seen.value) or (seen.value.isdigit() and electronic)
    if impossible and fits(kind, seen.alt):
        reading.fields["series"] = Seen(seen.alt, seen.text, seen.box, repaired=seen.value)

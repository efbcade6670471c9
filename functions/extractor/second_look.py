"""Which pages are worth the larger OCR model's time, which part of each, and how its lines are put in place.

The larger model takes five times as long as the small one for a page, and less for a part of it. What a
reading leaves open mostly stands somewhere: a RUC whose check digit fails, lines that do not make the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.extractor.conclusion import Failed, Looks, Read
from functions.extractor.engines.ocr import RasterLines
from functions.extractor.judging import verdict
from functions.extractor.judging.paper import Paper
from functions.extractor.page import Box, Page, Part, turned
from functions.extractor.reading.what import Nature
from functions.extractor.sheets.rows import Sheet

Band = tuple[float, float]
"""From where to where on a page, downwards, in fractions of it."""
_SOME_TEXT = 40
"""With fewer characters a second look at the pixels finds nothing either: the picture shows a wall, a face, a
table.
"""
_HEAD = ("supplier.ruc", "kind", "series", "number")
"""What a paper prints above its items; a date may stand below them."""
_SUMS = ("taxable", "exempt", "unaffected", "discounts", "other_charges", "igv", "total")
_SUMMED = ("igv_rate", "sum", "items")
"""The checks that any amount between the first item and the total may make fail."""
_AROUND = 2.0
"""Line heights above and below what is open that are looked at too, for a line that was passed over."""
_MOST = 0.7
"""The share of a page from which the whole of it is looked at."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The part of a page, as turned, that is looked at, and the band of it whose lines replace those that were
    read: none that stands in it is cut by the part's edge, however far the page slants.
    """

    part: Part
    band: Band


def pages(scanned: Sequence[Page], papers: Sequence[Paper], found: Nature, looks: Looks) -> list[Page]:
    """Returns the pages that are worth the larger model's time: those that were not seen, or all where
    something is missing or does not add up. `looks` holds every page's `text` and `tiny`.
    """
    unseen = [page for page in scanned if isinstance(looks[page.index, "tiny"], Failed)]
    if papers and all(p.verdict == "proven" for p in papers):
        return unseen
    if unseen:
        return list(scanned)
    read = [look for look in looks.values() if isinstance(look, Read)]
    if sum(len(sheet.text) for look in read for sheet in look.sheets) < _SOME_TEXT:
        return []
    if found.what is not None:
        worth = not found.shown
    else:
        worth = not papers or any(p.verdict in ("needs_review", "unreadable") or p.unsettled for p in papers)
    return list(scanned) if worth else []


def saw_more(scanned: Sequence[Page], looks: Looks) -> bool:
    """True where the larger model read a page that the small one did not see: the first look's papers have
    nothing of that page.
    """
    return any(
        isinstance(looks[page.index, "tiny"], Failed) and isinstance(looks.get((page.index, "small")), Read)
        for page in scanned
    )


def aim(index: int, papers: Sequence[Paper], lines: RasterLines) -> Aim | None:
    """Returns where on the page of this index everything stands that the papers on it leave open; None where
    that is most of the page, or where something stands nowhere. `lines` are what the small model saw.
    """
    here = [
        (paper, [s for s in paper.sheets if s.index == index])
        for paper in papers
        if any(s.index == index for s in paper.sheets)
    ]
    bands = [band for paper, sheets in here for band in _open(paper, sheets)]
    known = [band for band in bands if band is not None]
    if len(known) < len(bands) or not known:
        return None
    around = _AROUND * max(sheet.em for _, sheets in here for sheet in sheets) / lines.height
    band = min(top for top, _ in known) - around, max(bottom for _, bottom in known) + around
    inside = [box for box in lines.boxes if _is_in(box, band, lines)]
    top = max(0.0, min([band[0], *(box.y0 / lines.height for box in inside)]))
    bottom = min(1.0, max([band[1], *(box.y1 / lines.height for box in inside)]))
    return None if bottom - top > _MOST else Aim((0.0, top, 1.0, bottom), band)


def joined(lines: RasterLines, close: RasterLines, at: Aim) -> RasterLines:
    """Returns a page's lines, those of the band as a closer look saw them; as before where it saw none."""
    seen = [box for box in close.boxes if _is_in(box, at.band, lines)]
    kept = [box for box in lines.boxes if not _is_in(box, at.band, lines)]
    return RasterLines([*kept, *seen], lines.width, lines.height, lines.turn) if seen else lines


def _is_in(box: Box, band: Band, lines: RasterLines) -> bool:
    return band[0] <= (box.y0 + box.y1) / 2 / lines.height <= band[1]


def _open(paper: Paper, sheets: Sequence[Sheet]) -> Iterator[Band | None]:
    """Yields the band of each thing that a paper leaves open on these sheets, or None."""
    bands = [*_bands(paper, sheets)]
    below = min((top for path, (top, _) in bands if path == "items"), default=None)
    above = max((end for _, (_, end) in bands if below is not None and end <= below), default=below)
    if not paper.invoice.items:
        yield None
    for path, value in verdict.keys(paper.invoice).items():
        if value is None:
            yield (0.0, below) if path in _HEAD and below is not None else None
    for paths in _disputed(paper):
        stand: list[Band | None] = [band for path, band in bands if path in paths]
        yield from stand or [None]
        if "items" in paths and stand and above is not None:
            yield (above, above)  # what stands between the heads and the first item may be one


def _bands(paper: Paper, sheets: Sequence[Sheet]) -> Iterator[tuple[str, Band]]:
    """Yields the band of each value that was read off these sheets, with its path: all of an item `items`."""
    here = {sheet.index: sheet for sheet in sheets}
    ours = [reading for reading in paper.readings if reading.source == "ocr"]
    seen = [(path, one.box) for reading in ours for path, one in reading.fields.items()]
    seen += [("items", one.box) for reading in ours for item in reading.items for one in item.values()]
    for path, box in seen:
        if box is not None and box[0] in here:
            _, top, _, bottom = turned(box[1:], here[box[0]].turn)
            yield path, (top, bottom)


def _disputed(paper: Paper) -> Iterator[tuple[str, ...]]:
    """Yields the fields of each check that fails, and each field in which sources differ, that was taken
    though the page speaks for another value, or that looks like another.
    """
    for check in paper.checks:
        if check.ok is False:
            yield ("items", *_SUMS) if check.name in _SUMMED else check.fields
    told = [each.field for each in paper.evidence if each.disagree]
    told += verdict.doubted_fields(paper.evidence, paper.readings)
    told += [path for each in paper.readings for path, one in each.fields.items() if one.alt is not None]
    yield from (("items",) if path.startswith("items.") else (path,) for path in told)

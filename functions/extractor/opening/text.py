"""The text layer of a PDF page, as boxes rebuilt from the places of its characters.

The order of drawing means nothing (shuffled PDFs are common), so characters are grouped by baseline and place
alone. Runs in the disposable child: everything here may be fed a hostile file.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from functions.extractor.page import Box, Edge

MAX_CHARS = 40_000
MAX_OBJECTS = 20_000
_LEADERS, _LEADING = ".·…_", 5
"""Signs that lead the eye over a line, and how many in a row do."""
_SPACE, _TOUCH, _NARROW = 0.17, 0.1, 0.07
"""The least gap that parts words of letters that are spaced out, the least one that parts what was drawn apart,
and the least one beyond what a phrase's letters usually keep, in sizes of their letters.
"""
_BLANK = 0.125
"""The gap that parts words whose letters are as wide as their steps, in sizes."""
_KERNED = 0.16
"""How much narrower than a letter's own gap kerning makes it, at most: a space is wider than that."""
_PHRASE, _COLUMNS = 1.1, 0.7
"""The widest gap in a phrase, and between what was drawn apart."""
_PIXEL, _EVEN, _STEADY, _MANY = 0.75, 0.03, 0.9, 50
"""A pixel of CSS in points; how far from whole pixels the steps from letter to letter are where a browser drew
them, what share of them, and of how many.
"""
_HYPHEN = 0xAD
"""A font's standard encoding draws a soft hyphen as a hyphen."""
_ASCENT, _DESCENT, _LARGEST = 0.8, 0.2, 60.0
"""How far letters reach above and below their line, in font sizes, where the font does not say: PDFium then
gives the ink's box, in which an `a` is lower than a `b`. `_LARGEST`: points above the line up to which that
is believed.
"""
_WHOLE = 3
"""How many letters a text object holds on a page that is not drawn letter by letter."""
_TWIN = 0.15
"""How far apart a letter is drawn a second time to look bold, in sizes."""
_CROWD = 100
"""Texts of one line beyond which none are told apart: no paper's line has as many, a hostile one may."""
_SAME = 0.25
"""Points between sizes of letters that are the same."""
_BESIDE, _TALLER = 0.7, 1.3
"""Points by which an edge may reach into a letter, and how much longer than the letters are high it is."""
# x0, y0, x1, y1, baseline, character, text object by address, font's size.
_Glyph = tuple[float, float, float, float, float, str, int, float]


@dataclass(frozen=True, slots=True)
class Text:
    """The upright text of a page, by lines from left to right. `air` is the page's usual gap between letters.

    `whole`: the page draws words or phrases at once. Two of them are cells of narrow columns where the gap
    between them is less than a space but more than between letters. `even`: its letters are as wide as their
    steps.
    """

    lines: tuple[tuple[_Glyph, ...], ...]
    air: float
    whole: bool
    even: bool

    def boxes(self, upright: Sequence[Edge] = ()) -> list[Box]:
        """Returns its phrases in points, origin top left; the page's rotation is undone. An upright edge
        parts what stands on both sides of it.
        """
        return [box for line in self.lines for box in _phrases(line, self, upright)]


def read(page: Any, text_page: Any) -> Text:
    """Returns the text of a page. Text that nobody sees is not read."""
    glyphs = _without_leaders(_glyphs(page, text_page, _covered(page)))
    glyphs.sort(key=lambda g: (g[4], g[0]))
    lines: list[list[_Glyph]] = []
    for glyph in glyphs:
        height = glyph[3] - glyph[1]
        for line in lines[:-4:-1]:
            last = line[-1]
            alike = 0.6 < height / max(last[3] - last[1], 0.1) < 1.67
            if alike and abs(last[4] - glyph[4]) <= max(0.6, 0.12 * height):
                line.append(glyph)
                break
        else:
            lines.append([glyph])
    usual = Counter(round(g[7], 1) for g in glyphs).most_common(1)[0][0] if glyphs else 0.0
    lines = [layer for line in lines for layer in _layers(line, usual)]
    for line in lines:
        line.sort(key=lambda g: g[0])
    even = _evened(lines)
    return Text(
        tuple(map(tuple, even or lines)),
        _air([gap for line in even or lines for gap in _gaps(line)]),
        len(glyphs) >= _WHOLE * len({g[6] for g in glyphs}),
        even is not None,
    )


def _layers(line: list[_Glyph], usual: float) -> list[list[_Glyph]]:
    """Returns a line's texts that were drawn over one another, each alone: a stamp's and what it covers. Those of
    the page's `usual` size stay together; what was drawn twice to look bold is one text.
    """
    drawn: dict[int, list[_Glyph]] = defaultdict(list)
    for glyph in line:
        drawn[glyph[6]].append(glyph)
    spans = sorted((t[0][0], t[-1][0]) for t in drawn.values() if len(t) >= _WHOLE)
    ends = itertools.accumulate((end for _, end in spans), max)
    if len(spans) > _CROWD or all(begin >= end for end, (begin, _) in zip(ends, spans[1:], strict=False)):
        return [line]  # nearly every line
    layers: list[list[list[_Glyph]]] = [[]]
    for text in sorted(drawn.values(), key=lambda t: (abs(t[0][7] - usual) > _SAME, t[0][0])):
        free = next((layer for layer in layers if not any(_crosses(text, o) for o in layer)), None)
        if free is None:
            layers.append([text])
        else:
            free.append(text)
    return [[g for text in layer for g in text] for layer in layers]


def _crosses(one: Sequence[_Glyph], other: Sequence[_Glyph]) -> bool:
    """True where letters of two texts of one line, both of several letters, stand among each other."""
    if min(len(one), len(other)) < _WHOLE or not (one[0][0] < other[-1][0] and other[0][0] < one[-1][0]):
        return False
    short, long = sorted((one, other), key=len)
    twins = sum(any(g[5] == o[5] and abs(g[0] - o[0]) < _TWIN * g[7] for o in long) for g in short)
    return 2 * twins < len(short)


def _evened(lines: Sequence[Sequence[_Glyph]]) -> list[list[_Glyph]] | None:
    """Returns the lines with each letter as wide as the page lets it be, where a browser drew them, else None.
    It rounds a letter's advance to whole pixels, the same wherever the letter stands, so that no gap behind
    it is a space unless it is wider than the letter's own.
    """
    pairs = [(one, other) for line in lines for one, other in itertools.pairwise(line)]
    steps = [(other[0] - one[0]) / _PIXEL for one, other in pairs if other[6] != one[6]]
    if len(steps) < _MANY or sum(abs(x - round(x)) < _EVEN for x in steps) < _STEADY * len(steps):
        return None
    after: dict[tuple[str, float, float], list[float]] = defaultdict(list)
    for one, other in pairs:
        gap = (other[0] - one[2]) / max(one[3] - one[1], 1.0)
        if -_SPACE < gap < 2 * _SPACE and one[5].isalnum():  # behind a sign there is often a space
            after[_drawn(one)].append(round(gap, 2))
    own = {key: _usual(gaps) for key, gaps in after.items()}
    return [
        [(*g[:2], g[2] + own.get(_drawn(g), 0.0) * (g[3] - g[1]), *g[3:]) for g in line] for line in lines
    ]


def _usual(gaps: list[float]) -> float:
    """Returns the gap behind a letter within words, in sizes: of those that are clearly less than the
    narrowest and a space, the most frequent. Where all may be spaces it is not known, and 0.
    """
    least = min(gaps)
    if least >= _BLANK:
        return 0.0
    own = Counter(gap for gap in gaps if gap < least + _KERNED)
    return max(sorted(own), key=own.__getitem__)


def _drawn(glyph: _Glyph) -> tuple[str, float, float]:
    """Returns a letter with its size and its share of it across, which tells its font."""
    return glyph[5], round(glyph[7], 1), round((glyph[2] - glyph[0]) / max(glyph[3] - glyph[1], 1.0), 2)


def _gaps(line: Sequence[_Glyph]) -> list[float]:
    """Returns the gaps between neighbours, in sizes of their letters, without those between columns."""
    found = []
    for one, other in itertools.pairwise(line):
        gap = (other[0] - one[2]) / max(min(one[3] - one[1], other[3] - other[1]), 1.0)
        if -0.3 < gap < 1.1:
            found.append(gap)
    return found


def _air(gaps: list[float]) -> float:
    """Returns the usual gap between letters where a designer spaced them out (`E L E C T R O N I C A`), else
    0.
    """
    if len(gaps) < 5:
        return 0.0
    usual = sorted(gaps)[len(gaps) // 2]
    return usual if usual > 0.12 else 0.0


def _phrases(line: Sequence[_Glyph], text: Text, edges: Sequence[Edge]) -> Iterator[Box]:
    """Yields a line's phrases: it is cut where the gap is wider than between words, and at edges."""
    runs: list[list[_Glyph]] = []
    passing = _passing(line, edges)
    for glyph in line:
        if runs:
            last = runs[-1][-1]
            size = max(min(last[3] - last[1], glyph[3] - glyph[1]), 1.0)
            gap = glyph[0] - last[2]
            twin = glyph[5] == last[5] and abs(glyph[0] - last[0]) < _TWIN * size
            if twin and (glyph[6] != last[6] or glyph[:4] != last[:4]):
                continue  # bold drawn twice; the letters of a ligature have one box in one text object
            other = text.whole and glyph[6] != last[6]
            touching = other and (_TOUCH + text.air) * size < gap <= (_SPACE + text.air) * size
            # A colon in a column of its own belongs to the value behind it.
            widest = _COLUMNS if other and ":" not in (last[5], glyph[5]) else _PHRASE
            near = -2.5 * size <= gap <= (widest + text.air) * size and not touching
            # Within a word there is the edge of a stamp.
            parted = any(last[2] - _BESIDE < at < glyph[0] + _BESIDE for at in passing)
            if near and not (parted and gap > (_TOUCH + text.air) * size):
                runs[-1].append(glyph)
                continue
        runs.append([glyph])
    yield from (box for run in runs if (box := _phrase(run, text)) is not None)


def _passing(line: Sequence[_Glyph], edges: Sequence[Edge]) -> list[float]:
    """Returns where edges that are longer than a line's letters are high pass it."""
    top, foot = min(g[1] for g in line) + _BESIDE, max(g[3] for g in line) - _BESIDE
    least = _TALLER * (foot - top)
    return [e.at for e in edges if e.start < top and foot < e.stop and e.stop - e.start > least]


def _phrase(run: list[_Glyph], page: Text) -> Box | None:
    gaps = _gaps(run)
    own = _air(gaps) or page.air
    narrow = max(_TOUCH, _NARROW + (sorted(gaps)[len(gaps) // 2] if gaps else 0.0))
    least = _SPACE + own if own else min(_SPACE, narrow)
    text = run[0][5]
    for last, glyph in itertools.pairwise(run):
        size = max(min(last[3] - last[1], glyph[3] - glyph[1]), 1.0)
        parts = max(least, _BLANK) if page.even and last[5].isalnum() else least
        text += (" " if (glyph[0] - last[2]) / size > parts else "") + glyph[5]
    clean = " ".join(unicodedata.normalize("NFKC", text).split())
    if not clean:
        return None
    x0, y0 = min(g[0] for g in run), min(g[1] for g in run)
    x1, y1 = max(g[2] for g in run), max(g[3] for g in run)
    return Box(clean, x0, y0, x1, y1, size=max(g[7] for g in run))


def _covered(page: Any) -> set[int]:
    """Returns, by address, the text objects over which a picture or a filled shape was drawn later: nobody
    sees their letters.
    """
    hidden: set[int] = set()
    earlier: list[tuple[int, float, float]] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(min(pdfium.FPDFPage_CountObjects(page), MAX_OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page, i)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_PATH and not _fills(thing):
            continue
        if not pdfium.FPDFPageObj_GetBounds(
            thing, ctypes.byref(left), ctypes.byref(bottom), ctypes.byref(right), ctypes.byref(top)
        ):
            continue
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            address = ctypes.addressof(thing.contents)
            earlier.append((address, (left.value + right.value) / 2, (bottom.value + top.value) / 2))
        elif (
            kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH)
            and not pdfium.FPDFPageObj_HasTransparency(thing)
            and (right.value - left.value) * (top.value - bottom.value) > 60
        ):
            hidden |= {
                a for a, x, y in earlier if left.value < x < right.value and bottom.value < y < top.value
            }
    return hidden


def _fills(thing: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(
        pdfium.FPDFPath_GetDrawMode(thing, ctypes.byref(mode), ctypes.byref(stroke))
        and mode.value != pdfium.FPDF_FILLMODE_NONE
    )


def _glyphs(page: Any, text_page: Any, hidden: set[int]) -> list[_Glyph]:
    raw, count = text_page.raw, text_page.count_chars()
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    rotation = page.get_rotation()
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    found: list[_Glyph] = []
    seen: dict[int, bool] = {}
    for i in range(min(count, MAX_CHARS)):
        code = pdfium.FPDFText_GetUnicode(raw, i)
        if code <= 32 or code in (0xFFFE, 0xFFFF, 0xA0) or 0xD800 <= code <= 0xDFFF:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(
            raw, i, ctypes.byref(rect)
        ) or not pdfium.FPDFText_GetCharOrigin(raw, i, ctypes.byref(x), ctypes.byref(y)):
            continue
        thing = pdfium.FPDFText_GetTextObject(raw, i)
        address = ctypes.addressof(thing.contents) if thing else 0
        if thing and not _shown(thing, address, hidden, seen):
            continue
        corners = [
            _turn(px, py, rotation, left, bottom, right, top)
            for px, py in ((rect.left, rect.top), (rect.right, rect.bottom))
        ]
        _, base = _turn(x.value, y.value, rotation, left, bottom, right, top)
        (ax, ay), (bx, by) = corners
        x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        size = _font_size(raw, i)
        if y1 - y0 < _ASCENT * size <= _LARGEST:
            y0, y1 = min(y0, base - _ASCENT * size), max(y1, base + _DESCENT * size)
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height or x1 - x0 > 4 * (y1 - y0) + 4:
            continue
        angle = (pdfium.FPDFText_GetCharAngle(raw, i) * 57.29578 + rotation) % 360
        if 10 < angle < 350:
            continue
        found.append((x0, y0, x1, y1, base, "-" if code == _HYPHEN else chr(code), address, size))
    return found


def _font_size(raw: Any, index: int) -> float:
    """Returns the size in which a character is drawn, in points."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix)):
        return 0.0
    return float(pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d))


def _without_leaders(glyphs: list[_Glyph]) -> list[_Glyph]:
    """Returns the glyphs, in the order of drawing, without the dots that lead from a label to its amount.

    The dots say nothing, and where a long amount reaches into them, their places would mix with its digits. A
    colon that ends them is left out too.
    """
    kept: list[_Glyph] = []
    for (_, leads), group in itertools.groupby(glyphs, lambda g: (g[4], g[5] in _LEADERS)):
        run = list(group)
        if leads and len(run) >= _LEADING:
            kept.append((*run[0][:5], " ", 0, 0.0))
        elif kept and kept[-1][5] == " " and run[0][5] == ":":
            kept += run[1:]
        else:
            kept += run
    return [glyph for glyph in kept if glyph[5] != " "]


def _shown(thing: Any, address: int, hidden: set[int], seen: dict[int, bool]) -> bool:
    """True where a text object is painted at all: neither drawn invisibly nor covered; `seen` remembers the
    answers.
    """
    if address not in seen:
        seen[address] = address not in hidden and pdfium.FPDFTextObj_GetTextRenderMode(thing) not in (
            pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
            pdfium.FPDF_TEXTRENDERMODE_CLIP,
        )
    return seen[address]


def _turn(
    x: float, y: float, rotation: int, left: float, bottom: float, right: float, top: float
) -> tuple[float, float]:
    """Returns a point of the page's own space as the reader sees it: turned by /Rotate, origin top left."""
    if rotation == 90:
        return y - bottom, x - left
    if rotation == 180:
        return right - x, y - bottom
    if rotation == 270:
        return top - y, right - x
    return x - left, top - y

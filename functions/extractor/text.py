"""The text layer of a PDF page, as boxes rebuilt from the places of its characters.

The order of drawing means nothing (facts: shuffled PDFs are common), so characters are grouped by baseline and place alone.
Runs in the disposable child: everything here may be fed a hostile file.
"""

from __future__ import annotations

import ctypes
import unicodedata
from typing import Any

import pypdfium2.raw as pdfium

from functions.extractor.page import Box

MAX_CHARS = 40_000
_Glyph = tuple[float, float, float, float, float, str]  # x0, y0, x1, y1, baseline, character


def boxes(page: Any, text_page: Any) -> list[Box]:
    """Phrases of the page's upright text, in points, origin top left; the page's rotation is undone."""
    glyphs = _glyphs(page, text_page)
    glyphs.sort(key=lambda g: (g[4], g[0]))
    lines: list[list[_Glyph]] = []
    for glyph in glyphs:
        height = glyph[3] - glyph[1]
        if lines and abs(lines[-1][-1][4] - glyph[4]) <= max(0.6, 0.12 * height):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    found: list[Box] = []
    for line in lines:
        found += _phrases(sorted(line, key=lambda g: g[0]))
    return found


def _phrases(line: list[_Glyph]) -> list[Box]:
    """Cuts a baseline into phrases where the gap is wider than words leave."""
    found: list[Box] = []
    text, run = "", []

    def close() -> None:
        clean = " ".join(unicodedata.normalize("NFKC", text).split())
        if clean:
            found.append(Box(clean, min(g[0] for g in run), min(g[1] for g in run), max(g[2] for g in run), max(g[3] for g in run)))

    for glyph in line:
        if run:
            last = run[-1]
            size = max(min(last[3] - last[1], glyph[3] - glyph[1]), 1.0)
            gap = glyph[0] - last[2]
            if glyph[5] == last[5] and abs(glyph[0] - last[0]) < 0.15 * size:
                continue  # bold drawn twice
            if gap > 1.1 * size or gap < -2.5 * size:
                close()
                text, run = "", []
            elif gap > 0.17 * size:
                text += " "
        text += glyph[5]
        run.append(glyph)
    if run:
        close()
    return found


def _glyphs(page: Any, text_page: Any) -> list[_Glyph]:
    raw, count = text_page.raw, text_page.count_chars()
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    rotation = page.get_rotation()
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    found: list[_Glyph] = []
    for i in range(min(count, MAX_CHARS)):
        code = pdfium.FPDFText_GetUnicode(raw, i)
        if code <= 32 or code in (0xFFFE, 0xFFFF, 0xA0, 0xAD) or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - unicode's own numbers
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, i, ctypes.byref(rect)) or not pdfium.FPDFText_GetCharOrigin(
            raw, i, ctypes.byref(x), ctypes.byref(y)
        ):
            continue
        corners = [_turn(px, py, rotation, left, bottom, right, top) for px, py in ((rect.left, rect.top), (rect.right, rect.bottom))]
        _, base = _turn(x.value, y.value, rotation, left, bottom, right, top)
        (ax, ay), (bx, by) = corners
        x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        if x1 < 0 or y1 < 0 or x0 > width or y0 > height or x1 - x0 > 4 * (y1 - y0) + 4:
            continue
        angle = (pdfium.FPDFText_GetCharAngle(raw, i) * 57.29578 + 90 * rotation) % 360
        if 10 < angle < 350:  # noqa: PLR2004 - watermarks and margins run sideways
            continue
        found.append((x0, y0, x1, y1, base, chr(code)))
    return found


def _turn(x: float, y: float, rotation: int, left: float, bottom: float, right: float, top: float) -> tuple[float, float]:
    """A point of the page's own space, as the reader sees it: turned by /Rotate, origin top left."""
    if rotation == 90:  # noqa: PLR2004 - degrees
        return y - bottom, x - left
    if rotation == 180:  # noqa: PLR2004 - degrees
        return right - x, y - bottom
    if rotation == 270:  # noqa: PLR2004 - degrees
        return top - y, right - x
    return x - left, top - y

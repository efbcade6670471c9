"""Opens PDF pages: by their text layer where it is to be trusted, else by their picture. Runs only inside the
disposable child (child.py).
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image

from functions.extractor.opening import pictures, rules, symbols, text
from functions.extractor.opening.document import MAX_PAGES, OCR_PAGES, TEXT_PAGES
from functions.extractor.page import Box, Opened, Page, UnreadableFile

ENOUGH_TEXT = 50
"""With so many characters a page's text layer is taken for its text (fewer are page numbers and stamps)."""
_DPI = 200
_LINES_OF_A_SYMBOL = 600
"""With so many segments of lines a page may have a symbol drawn of them: one with SUNAT's fields has 33
modules a side, that is about a thousand.
"""
_MOST_DRAWN = 15
"""The most pages without text that are drawn in search of those with ink: a blank one costs as much as
any.
"""


def open_pdf(data: bytes, counted: Callable[[int], object]) -> Opened:
    """Returns a PDF's first pages that have anything on them; `counted` is told how many pages it has before
    the first is looked at.

    A page that PDFium refuses is left out; whatever else breaks is our failure.

    Raises:
        UnreadableFile: with the reason.
    """
    document = _document(data)
    opened = Opened("application/pdf", len(document), steps={"qr": 0, "text": 0})
    counted(opened.pages)
    drawn: list[int] = []
    for index in range(opened.pages):
        if len(opened.seen) == TEXT_PAGES:
            break
        try:
            page = _page(document[index], index, opened, drawn)
        except pypdfium2.PdfiumError as error:
            if opened.pages == 1:
                raise UnreadableFile("corrupt", str(error)[:200]) from error
            continue
        if page is not None:
            opened.seen.append(page)
    if not opened.seen and not opened.blank:
        raise UnreadableFile("corrupt", "no page could be opened")
    return opened


def _document(data: bytes) -> Any:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableFile("encrypted", "needs a password") from error
        raise UnreadableFile("corrupt", str(error)[:200]) from error
    if len(document) == 0:
        raise UnreadableFile("corrupt", "no pages")
    if len(document) > MAX_PAGES:
        raise UnreadableFile("too_complex", f"{len(document)} pages")
    return document


def _page(page: Any, index: int, opened: Opened, drawn: list[int]) -> Page | None:
    """Returns one page by its text layer, else as a picture; None where it is blank, or the file has had its
    pictures already.

    `drawn` are the pages without text that were drawn before it.
    """
    start = time.monotonic()
    printed = text.read(page, page.get_textpage())
    found = printed.boxes()
    digital = sum(len(b.text) for b in found) >= ENOUGH_TEXT and not _invisible(page) and _legible(found)
    _step(opened, "text", start)
    if digital:
        return _digital(page, index, printed, opened)
    if not found and pdfium.FPDFPage_CountObjects(page) == 0 and pdfium.FPDFPage_GetAnnotCount(page) == 0:
        opened.blank.append(index)
        return None
    if sum(p.scanned for p in opened.seen) >= OCR_PAGES or len(drawn) >= _MOST_DRAWN:
        return None
    drawn.append(index)
    start = time.monotonic()
    grey = _render(page, _DPI)
    if not found and not _has_ink(grey):
        opened.blank.append(index)
        return None
    codes = symbols.codes(grey, hard=True)
    _step(opened, "qr", start)
    raster = pictures.fit(grey)
    return Page(index, raster.width, raster.height, codes=codes, raster=pictures.bmp(raster), scanned=True)


def _digital(page: Any, index: int, printed: text.Text, opened: Opened) -> Page:
    start = time.monotonic()
    width, height = page.get_size()
    grey = _render(page, 150)
    scale = grey.width / max(1.0, width)
    edges = rules.find(grey, scale)
    inked = _inked(printed.boxes(edges.upright), np.asarray(grey), scale)
    codes = symbols.codes(grey, hard=False) or (
        symbols.codes(_render(page, 300), hard=False) if _may_hide_symbol(page) else []
    )
    _step(opened, "qr", start)
    return Page(index, width, height, boxes=inked, codes=codes, rules=edges)


def _may_hide_symbol(page: Any) -> bool:
    """True where a page that shows no symbol is worth four times the pixels: it has a picture, or lines
    enough to draw a symbol.
    """
    lines = 0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH]):
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            return True
        lines += pdfium.FPDFPath_CountSegments(ctypes.cast(thing.raw, pdfium.FPDF_PAGEOBJECT))
        if lines >= _LINES_OF_A_SYMBOL:
            return True
    return False


def _step(opened: Opened, name: str, since: float) -> None:
    opened.steps[name] += round((time.monotonic() - since) * 1000)


def _render(page: Any, dpi: float) -> Image.Image:
    width, height = page.get_size()
    scale = min(dpi / 72, (12_000_000 / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=True)
    return Image.fromarray(np.ascontiguousarray(bitmap.to_numpy().squeeze())).convert("L")


def _inked(found: list[Box], grey: NDArray[np.uint8], scale: float) -> list[Box]:
    """Returns the phrases that leave ink on the page; white on white is read by nobody, and may say what the
    paper does not.
    """
    seen = []
    for box in found:
        x0, y0, x1, y1 = (round(v * scale) for v in (box.x0, box.y0, box.x1, box.y1))
        patch = grey[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1]
        if patch.size == 0 or int(patch.max()) - int(patch.min()) >= 24:
            seen.append(box)
    return seen


def _has_ink(grey: Image.Image) -> bool:
    """True where a page shows more than its scan's grain and dark edges. A page number has some hundred
    pixels that differ from the page, grain none.
    """
    small = grey.copy()
    small.thumbnail((800, 800))
    pixels = np.asarray(small, dtype=np.int16)
    edge_y, edge_x = (max(1, side // 30) for side in pixels.shape)
    inner = pixels[edge_y:-edge_y, edge_x:-edge_x]
    return inner.size == 0 or int(np.count_nonzero(np.abs(inner - int(np.median(inner))) > 32)) > 30


def _legible(found: list[Box]) -> bool:
    """True where the characters look like text. A broken ToUnicode map gives controls, private-use characters
    and the replacement mark instead of letters.
    """
    letters = "".join(b.text for b in found)
    strange = sum(1 for c in letters if 0xE000 <= ord(c) <= 0xF8FF or c == "�" or not c.isprintable())
    plain = sum(1 for c in letters if c.isalnum())
    return strange <= 0.1 * len(letters) and plain >= 0.4 * len(letters)


def _invisible(page: Any) -> bool:
    """True where most of the text is drawn invisibly: that is somebody else's OCR beneath a scan, which we do
    not trust as a text layer.
    """
    hidden = seen = 0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=3):
        mode = pdfium.FPDFTextObj_GetTextRenderMode(ctypes.cast(thing.raw, pdfium.FPDF_PAGEOBJECT))
        hidden += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        seen += 1
        if seen >= 400:
            break
    return hidden * 2 > seen > 0

"""Opens one file from a stranger: text with places, grey rasters, symbols. Runs only inside the disposable child (child.py)."""

from __future__ import annotations

import ctypes
import io
import time
import warnings
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from functions.extractor.opening import text
from functions.extractor.opening.document import MAX_PAGES, MAX_PIXELS, OCR_PAGES, TEXT_PAGES
from functions.extractor.page import Box, UnreadableFile

Grey = NDArray[np.uint8]

ENOUGH_TEXT = 50
"""Characters from which a page's text layer is taken for its text (fewer are page numbers and stamps)."""
_SYMBOLS = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.PDF417))
_LONG_SIDE, _STRIP_SIDE = 2500, 5000
_DPI = 200


def prepare() -> None:
    """Loads what opening needs, once, before children are forked."""
    import pillow_heif  # noqa: PLC0415 - only the child reads HEIC

    pillow_heif.register_heif_opener()
    Image.preinit()
    Image.init()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow errs at twice this; ours is checked at open
    zxingcpp.read_barcodes(np.full((8, 8), 255, np.uint8), formats=_SYMBOLS)


def open_file(data: bytes, media_type: str) -> tuple[dict[str, Any], list[bytes]]:
    """The header and blobs of one opened file, for the wire.

    Raises:
        UnreadableFile: with the reason.
    """
    warnings.simplefilter("ignore")
    if media_type == "application/pdf":
        return _open_pdf(data)
    return _open_image(data)


# --- pictures ---------------------------------------------------------------------------------------------------------


def _open_image(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        image = Image.open(io.BytesIO(data))
        frames = int(getattr(image, "n_frames", 1))
        pages: list[dict[str, Any]] = []
        blobs: list[bytes] = []
        steps = {"qr": 0}
        for index in range(min(frames, OCR_PAGES)):
            if frames > 1:
                image.seek(index)
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableFile("too_large", f"{image.width} x {image.height} pixels")  # noqa: TRY301 - passed on below
            grey = _grey(image)
            start = time.monotonic()
            codes = _codes(grey, hard=True)
            steps["qr"] += _ms(start)
            raster = _fit(grey)
            pages.append(
                {
                    "index": index,
                    "width": raster.width,
                    "height": raster.height,
                    "boxes": [],
                    "codes": codes,
                    "scanned": True,
                    "soft": _soft(raster),
                    "raster": len(blobs),
                }
            )
            blobs.append(_bmp(raster))
    except UnreadableFile:
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableFile("too_complex", "decompression bomb") from error
    except MemoryError as error:
        raise UnreadableFile("too_complex", "out of memory") from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError, TypeError, KeyError, ZeroDivisionError) as error:
        raise UnreadableFile("corrupt", f"{type(error).__name__}: {error}"[:200]) from error
    return {"pages": frames, "seen": pages, "steps": steps}, blobs


def _grey(image: Image.Image) -> Image.Image:
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        pixels = np.asarray(image, dtype=np.float32)
        top = float(pixels.max()) or 1.0
        return Image.fromarray((pixels * (255.0 / top)).clip(0, 255).astype(np.uint8))
    return image.convert("L")


def _fit(grey: Image.Image) -> Image.Image:
    """No larger than the OCR can use; till rolls may stay long."""
    long, short = max(grey.size), max(1, min(grey.size))
    limit = _STRIP_SIDE if long > 2.5 * short else _LONG_SIDE
    if long <= limit:
        return grey
    ratio = limit / long
    return grey.resize((max(1, round(grey.width * ratio)), max(1, round(grey.height * ratio))), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _soft(grey: Image.Image) -> bool:
    """Whether a picture is out of focus (measured: sharp photos' strongest edges are 2-3 pixels wide, those out of focus over 7).

    The width of an edge is what it changes by in all over what it changes by from one pixel to the next, in the tiles with most contrast.
    """
    small = grey.copy()
    small.thumbnail((1600, 1600))
    pixels: NDArray[np.float32] = np.asarray(small, dtype=np.float32)
    if min(pixels.shape) < 96:
        return False
    pixels = ((pixels[:-1, :-1] + pixels[1:, :-1] + pixels[:-1, 1:] + pixels[1:, 1:]) / 4).astype(np.float32)  # against grain
    steep = np.maximum(np.abs(pixels[2:, 1:-1] - pixels[:-2, 1:-1]), np.abs(pixels[1:-1, 2:] - pixels[1:-1, :-2])) / 2
    tile = 24
    rows, columns = steep.shape[0] // tile, steep.shape[1] // tile

    def tiles(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return values[: rows * tile, : columns * tile].reshape(rows, tile, columns, tile).swapaxes(1, 2).reshape(rows * columns, -1)

    inner = tiles(pixels[1:-1, 1:-1])
    contrast = inner.max(axis=1) - inner.min(axis=1)
    most = np.argsort(contrast)[-max(8, contrast.size // 20) :]
    width = contrast[most] / np.maximum(tiles(steep).max(axis=1)[most], 0.1)
    return bool(np.median(width) > 5 and np.median(contrast[most]) > 66)


def _bmp(grey: Image.Image) -> bytes:
    out = io.BytesIO()
    grey.save(out, "BMP")
    return out.getvalue()


def _ms(start: float) -> int:
    return round((time.monotonic() - start) * 1000)


# --- symbols ----------------------------------------------------------------------------------------------------------


def _codes(grey: Image.Image, *, hard: bool) -> list[dict[str, Any]]:
    """QR and PDF417 symbols. In a picture without any, the places that look like one are tried again, enlarged and sharpened.

    Enlarging the whole picture finds no more than enlarging those places (measured on blurred photos) and takes several times longer.
    """
    found = _scan(grey)
    if found or not hard:
        return found
    for x, y, side in _places(grey):
        margin = round(side * 0.35)
        left, top = max(0, x - margin), max(0, y - margin)
        crop = grey.crop((left, top, min(grey.width, x + side + margin), min(grey.height, y + side + margin)))
        factor = min(3.0, 1000 / max(crop.size))
        big = crop.resize((max(8, round(crop.width * factor)), max(8, round(crop.height * factor))), Image.Resampling.BICUBIC)
        found = _scan(big.filter(ImageFilter.UnsharpMask(radius=max(1.0, factor), percent=200, threshold=0)))
        if found:
            for code in found:
                x0, y0, x1, y1 = code["box"]
                code["box"] = [
                    (left + x0 * crop.width) / grey.width,
                    (top + y0 * crop.height) / grey.height,
                    (left + x1 * crop.width) / grey.width,
                    (top + y1 * crop.height) / grey.height,
                ]
            return found
    return []


def _places(grey: Image.Image) -> list[tuple[int, int, int]]:
    """Squares that may hold a symbol, likeliest first: left, top, side. A symbol is dense in edges both across and down."""
    shrink = max(1, max(grey.size) // 800)
    small = np.asarray(grey.reduce(shrink), dtype=np.float32)
    across, down = np.abs(np.diff(small, axis=1))[:-1], np.abs(np.diff(small, axis=0))[:, :-1]
    found: list[tuple[float, int, int, int]] = []
    for share in (0.09, 0.14, 0.2):
        side = max(12, int(max(small.shape) * share))
        if side >= min(across.shape):
            continue
        step = max(1, side // 8)
        density = np.minimum(_sums(across, side), _sums(down, side))[::step, ::step] / (side * side)
        for _ in range(3):
            i, j = (int(v) for v in np.unravel_index(int(density.argmax()), density.shape))
            if density[i, j] <= 0:
                break
            found.append((float(density[i, j]), j * step * shrink, i * step * shrink, side * shrink))
            density[max(0, i - 6) : i + 7, max(0, j - 6) : j + 7] = -1
    return [place[1:] for place in sorted(found, reverse=True)[:6]]


def _sums(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """The sum of every square of this side."""
    total = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    sums: NDArray[np.float32] = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    return sums


def _scan(grey: Image.Image) -> list[dict[str, Any]]:
    found = []
    for symbol in zxingcpp.read_barcodes(np.asarray(grey), formats=_SYMBOLS, text_mode=zxingcpp.TextMode.Plain):
        corners = [symbol.position.top_left, symbol.position.top_right, symbol.position.bottom_right, symbol.position.bottom_left]
        xs, ys = [p.x / grey.width for p in corners], [p.y / grey.height for p in corners]
        found.append({"text": symbol.text[:2000], "angle": float(symbol.orientation), "box": [min(xs), min(ys), max(xs), max(ys)]})
    return found


# --- PDF --------------------------------------------------------------------------------------------------------------


def _open_pdf(data: bytes) -> tuple[dict[str, Any], list[bytes]]:  # noqa: C901, PLR0912, PLR0915 - real paper's cases, one after the other
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableFile("encrypted", "needs a password") from error
        raise UnreadableFile("corrupt", str(error)[:200]) from error
    count = len(document)
    if count == 0:
        raise UnreadableFile("corrupt", "no pages")
    if count > MAX_PAGES:
        raise UnreadableFile("too_complex", f"{count} pages")
    pages: list[dict[str, Any]] = []
    blobs: list[bytes] = []
    steps = {"qr": 0, "text": 0}
    rasters = 0
    for index in range(min(count, TEXT_PAGES)):
        try:
            page = document[index]
            start = time.monotonic()
            text_page = page.get_textpage()
            found = text.boxes(page, text_page)
            invisible = _invisible(page)
            steps["text"] += _ms(start)
            width, height = page.get_size()
            digital = sum(len(b.text) for b in found) >= ENOUGH_TEXT and not invisible and _legible(found)
            entry: dict[str, Any] = {
                "index": index,
                "width": width,
                "height": height,
                "scanned": not digital,
                "codes": [],
                "raster": None,
                "boxes": [],
            }
            start = time.monotonic()
            if digital:
                grey = _render(page, 150)
                entry["boxes"] = [[b.text, b.x0, b.y0, b.x1, b.y1] for b in _inked(found, np.asarray(grey), grey.width / max(1.0, width))]
                entry["codes"] = _codes(grey, hard=False) or _codes(_render(page, 300), hard=False)
            elif rasters < OCR_PAGES:
                grey = _render(page, _DPI)
                entry["codes"] = _codes(grey, hard=True)
            steps["qr"] += _ms(start)
            if not digital:
                if rasters >= OCR_PAGES:
                    continue
                rasters += 1
                entry["raster"] = len(blobs)
                raster = _fit(grey)
                entry["width"], entry["height"] = raster.width, raster.height
                blobs.append(_bmp(raster))
            pages.append(entry)
        except (pypdfium2.PdfiumError, ValueError, OSError) as error:
            if index == 0 and count == 1:
                raise UnreadableFile("corrupt", str(error)[:200]) from error
        except MemoryError as error:
            raise UnreadableFile("too_complex", "out of memory") from error
    if not pages:
        raise UnreadableFile("corrupt", "no page could be opened")
    return {"pages": count, "seen": pages, "steps": steps}, blobs


def _render(page: Any, dpi: float) -> Image.Image:
    width, height = page.get_size()
    scale = min(dpi / 72, (12_000_000 / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=True)
    return Image.fromarray(np.ascontiguousarray(bitmap.to_numpy().squeeze())).convert("L")


def _inked(found: list[Box], grey: Grey, scale: float) -> list[Box]:
    """The phrases that leave ink on the page: white on white is there for machines only, and machines are not asked to pay."""
    seen = []
    for box in found:
        x0, y0, x1, y1 = (round(v * scale) for v in (box.x0, box.y0, box.x1, box.y1))
        patch = grey[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1]
        if patch.size == 0 or int(patch.max()) - int(patch.min()) >= 24:
            seen.append(box)
    return seen


def _legible(found: list[Any]) -> bool:
    """A broken ToUnicode map gives controls, private-use characters and the replacement mark instead of letters."""
    letters = "".join(b.text for b in found)
    strange = sum(1 for c in letters if 0xE000 <= ord(c) <= 0xF8FF or c == "�" or not c.isprintable())
    plain = sum(1 for c in letters if c.isalnum())
    return strange <= 0.1 * len(letters) and plain >= 0.4 * len(letters)


def _invisible(page: Any) -> bool:
    """Whether most of the text is drawn invisibly: somebody else's OCR beneath a scan, which we do not trust as a text layer."""
    hidden = seen = 0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=3):
        mode = pdfium.FPDFTextObj_GetTextRenderMode(ctypes.cast(thing.raw, pdfium.FPDF_PAGEOBJECT))
        hidden += mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        seen += 1
        if seen >= 400:
            break
    return hidden * 2 > seen > 0

"""Opens pictures: decodes them, turns them as their EXIF says, and makes them grey and no larger than the OCR
can use. Runs only inside the disposable child (child.py).
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from functions.extractor.opening import symbols
from functions.extractor.opening.document import MAX_PIXELS, OCR_PAGES
from functions.extractor.page import Opened, Page, UnreadableFile

_LONG_SIDE, _STRIP_SIDE = 2500, 5000


def open_image(data: bytes, media_type: str) -> Opened:
    """Returns a picture's first frames as pages without text.

    Raises:
        UnreadableFile: with the reason.
    """
    with _decoding():
        image: Image.Image = Image.open(io.BytesIO(data))
        opened = Opened(media_type, int(getattr(image, "n_frames", 1)), steps={"qr": 0})
    for index in range(min(opened.pages, OCR_PAGES)):
        with _decoding():
            if opened.pages > 1:
                image.seek(index)
            if image.width * image.height > MAX_PIXELS:
                raise UnreadableFile("too_large", f"{image.width} x {image.height} pixels")
            grey = _grey(image)
        raster = fit(grey)
        with ThreadPoolExecutor(1) as pool:
            soft = pool.submit(_soft, raster)
            start = time.monotonic()
            codes = symbols.codes(grey, hard=True)
            opened.steps["qr"] += round((time.monotonic() - start) * 1000)
        page = Page(
            index,
            raster.width,
            raster.height,
            codes=codes,
            raster=bmp(raster),
            scanned=True,
            soft=soft.result(),
            dark=_dark(raster),
        )
        opened.seen.append(page)
    return opened


@contextmanager
def _decoding() -> Iterator[None]:
    """Takes whatever Pillow raises at a stranger's bytes for an error of the file. Our own work on the pixels
    is done outside of it.
    """
    try:
        yield
    except (UnreadableFile, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise UnreadableFile("too_complex", "decompression bomb") from error
    except Exception as error:
        raise UnreadableFile("corrupt", f"{type(error).__name__}: {error}"[:200]) from error


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


def fit(grey: Image.Image) -> Image.Image:
    """Returns the picture, no larger than the OCR can use; till rolls may stay long."""
    long, short = max(grey.size), max(1, min(grey.size))
    limit = _STRIP_SIDE if long > 2.5 * short else _LONG_SIDE
    if long <= limit:
        return grey
    ratio = limit / long
    return grey.resize(
        (max(1, round(grey.width * ratio)), max(1, round(grey.height * ratio))),
        Image.Resampling.LANCZOS,
        reducing_gap=2.0,
    )


def _soft(grey: Image.Image) -> bool:
    """True where a picture is out of focus (measured: the strongest edges of sharp photos are 2-3 pixels
    wide, of those out of focus over 7).

    The width of an edge is its whole change divided by its largest change from one pixel to the next, in the
    tiles with most contrast.
    """
    small = grey.copy()
    small.thumbnail((1600, 1600))
    pixels: NDArray[np.float32] = np.asarray(small, dtype=np.float32)
    if min(pixels.shape) < 96:
        return False
    # The mean of four pixels, against grain.
    pixels = ((pixels[:-1, :-1] + pixels[1:, :-1] + pixels[:-1, 1:] + pixels[1:, 1:]) / 4).astype(np.float32)
    steep = (
        np.maximum(np.abs(pixels[2:, 1:-1] - pixels[:-2, 1:-1]), np.abs(pixels[1:-1, 2:] - pixels[1:-1, :-2]))
        / 2
    )
    tile = 24
    rows, columns = steep.shape[0] // tile, steep.shape[1] // tile

    def tiles(values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        return (
            values[: rows * tile, : columns * tile]
            .reshape(rows, tile, columns, tile)
            .swapaxes(1, 2)
            .reshape(rows * columns, -1)
        )

    inner = tiles(pixels[1:-1, 1:-1])
    contrast = inner.max(axis=1) - inner.min(axis=1)
    most = np.argsort(contrast)[-max(8, contrast.size // 20) :]
    width = contrast[most] / np.maximum(tiles(steep).max(axis=1)[most], 0.1)
    return bool(np.median(width) > 5 and np.median(contrast[most]) > 66)


def _dark(grey: Image.Image) -> bool:
    """True where not even one pixel in a hundred has a third of full light: the lens was covered, or the room
    had no light.
    """
    return float(np.percentile(np.asarray(grey.reduce(4) if min(grey.size) > 400 else grey), 99)) < 85


def bmp(grey: Image.Image) -> bytes:
    """Returns the pixels as a file that takes hardly any time to write or read."""
    out = io.BytesIO()
    grey.save(out, "BMP")
    return out.getvalue()

"""Finds QR and PDF417 symbols in a grey picture. Runs only inside the disposable child (child.py)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from functions.extractor.page import Code

_SYMBOLS = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.PDF417))
_Box = tuple[float, float, float, float]


def codes(grey: Image.Image, *, hard: bool) -> list[Code]:
    """Returns the QR and PDF417 symbols. In a picture without any, where `hard` asks for it, the places that
    look like one are tried again, enlarged and sharpened.

    Enlarging the whole picture finds no more than enlarging those places (measured on blurred photos) and
    takes several times longer.
    """
    found = _scan(grey)
    if found or not hard:
        return found
    # Pillow and zxing let other threads run, and nothing else is done meanwhile.
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(partial(_scan_closely, grey), _places(grey)):
            if found:
                pool.shutdown(wait=False, cancel_futures=True)
                return found
    return []


def _scan_closely(grey: Image.Image, square: tuple[int, int, int]) -> list[Code]:
    """Returns the symbols around a square (left, top, side), enlarged and sharpened."""
    x, y, side = square
    margin = round(side * 0.35)
    left, top = max(0, x - margin), max(0, y - margin)
    crop = grey.crop((left, top, min(grey.width, x + side + margin), min(grey.height, y + side + margin)))
    factor = min(3.0, 1000 / max(crop.size))
    size = max(8, round(crop.width * factor)), max(8, round(crop.height * factor))
    big = crop.resize(size, Image.Resampling.BICUBIC)
    found = _scan(big.filter(ImageFilter.UnsharpMask(radius=max(1.0, factor), percent=200, threshold=0)))
    return [replace(code, box=_outer(code.box, (left, top), crop.size, grey.size)) for code in found]


def _outer(box: _Box, at: tuple[int, int], inner: tuple[int, int], outer: tuple[int, int]) -> _Box:
    """Returns a box in fractions of the whole picture, from one in fractions of the part that was cut out at
    `at`.
    """
    (left, top), (width, height), (wide, high) = at, inner, outer
    x0, y0, x1, y1 = box
    return (
        (left + x0 * width) / wide,
        (top + y0 * height) / high,
        (left + x1 * width) / wide,
        (top + y1 * height) / high,
    )


def _places(grey: Image.Image) -> list[tuple[int, int, int]]:
    """Returns squares that may hold a symbol, likeliest first: left, top, side. A symbol is dense in edges
    both across and down.
    """
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
    """Returns the sum of every square of this side."""
    total = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    sums: NDArray[np.float32] = (
        total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    )
    return sums


def _scan(grey: Image.Image) -> list[Code]:
    found = []
    for symbol in zxingcpp.read_barcodes(
        np.asarray(grey), formats=_SYMBOLS, text_mode=zxingcpp.TextMode.Plain
    ):
        corners = [
            symbol.position.top_left,
            symbol.position.top_right,
            symbol.position.bottom_right,
            symbol.position.bottom_left,
        ]
        xs, ys = [p.x / grey.width for p in corners], [p.y / grey.height for p in corners]
        found.append(
            Code(symbol.text[:2000], float(symbol.orientation), (min(xs), min(ys), max(xs), max(ys)))
        )
    return found

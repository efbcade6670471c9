"""Finds the straight edges that a page draws: of lines, boxes and coloured areas. They show where one column
or line of a table ends and the next begins. Runs in the disposable child.

They are looked for in the drawn page and not among its objects, since a line is drawn as a path, as a thin
area, as the side of a box or as a picture, and may be clipped or covered.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from functions.extractor.page import Edge, Rules

_UPRIGHT, _LEVEL = 11, 60
"""The least lengths of an upright edge and of a level one, in points: a text's letters and underlined words
are shorter.
"""
_STEP = 12
"""The least difference, in shades of 256, between both sides of an edge."""
_SAMPLES = 8
"""The places at which an edge of the least length is looked at before all its pixels are."""
_ONE = 4
"""The pixels of a line's width: between its two sides, and where it crosses another."""
_UNBROKEN = 0.9
"""The least share of an edge that other lines do not cross."""
_MOST = 400
"""Edges of each direction that a page may tell: more are a pattern or a picture."""


def find(grey: Image.Image, scale: float) -> Rules:
    """Returns a drawn page's edges in points. `scale`: its pixels a point."""
    pixels = np.asarray(grey)
    upright = _edges(np.ascontiguousarray(pixels.T), round(_UPRIGHT * scale), scale)
    return Rules(upright, _edges(pixels, round(_LEVEL * scale), scale))


def _edges(pixels: NDArray[np.uint8], least: int, scale: float) -> tuple[Edge, ...]:
    """Returns the edges along an array's rows that are at least `least` pixels long, in the order of the
    rows, a line's two sides as one; none of a pattern or a picture.
    """
    kept: list[list[int]] = []
    near = 0
    for y, start, stop in _runs(pixels, least):
        while near < len(kept) and y - kept[near][0] > _ONE + 1:
            near += 1
        one = next((k for k in reversed(kept[near:]) if start <= k[3] and k[2] <= stop), None)
        if one is None:
            kept.append([y, y, start, stop])
        else:
            one[1:] = y, min(start, one[2]), max(stop, one[3])
        if len(kept) > _MOST:
            return ()
    return tuple(Edge((a + b + 3) / 2 / scale, start / scale, stop / scale) for a, b, start, stop in kept)


def _runs(pixels: NDArray[np.uint8], least: int) -> Iterator[tuple[int, int, int]]:
    """Yields the edges: the row above each, its first column and the one behind its last. An edge goes on
    where another line crosses it.
    """
    step = max(1, least // _SAMPLES)
    sampled = np.cumsum(_differs(pixels[:-2, ::step], pixels[2:, ::step]), axis=1, dtype=np.int32)
    rows = np.flatnonzero(np.any(sampled[:, _SAMPLES:] - sampled[:, :-_SAMPLES] >= _SAMPLES - 1, axis=1))
    beside = np.zeros((len(rows), pixels.shape[1] + _ONE + 2), dtype=np.bool_)
    beside[:, 1 : pixels.shape[1] + 1] = _differs(pixels[rows], pixels[rows + 2])
    flat = beside.ravel()
    starts, stops = (np.flatnonzero(flat[1:] != flat[:-1]) + 1).reshape(-1, 2).T
    apart = starts[1:] - stops[:-1] > _ONE
    starts, stops = starts[np.append(True, apart)[: len(starts)]], stops[np.append(apart, True)[: len(stops)]]
    inked = np.append(0, np.cumsum(flat))
    lengths = stops - starts
    long = (lengths >= least) & (inked[stops] - inked[starts] > _UNBROKEN * lengths)
    for start, stop in zip(starts[long], stops[long], strict=True):
        row, column = divmod(int(start), beside.shape[1])
        yield int(rows[row]), column - 1, column - 1 + int(stop - start)


def _differs(above: NDArray[np.uint8], below: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Returns where rows with one row between them differ: an edge may be two pixels wide."""
    differs: NDArray[np.bool_] = np.maximum(above, below) - np.minimum(above, below) >= _STEP
    return differs

"""Finds how the lines of a picture slope, and where each stands on the straight page.

An OCR engine gives upright boxes around slanted lines. Three things show the slant: long boxes are taller
than short ones, centres of one row align only under the right angle, and a QR symbol says its own. A rotation
is fitted first, then shear and keystone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from functions.extractor.page import Box

Floats = NDArray[np.float64]
Place = tuple[float, float, float, float]
"""x0, y0, x1, y1 on the straight page."""


def straightened(boxes: Sequence[Box], hint: float | None) -> list[Place]:
    """Returns where each box's line stands after straightening. `hint`: the slant that a symbol shows, degrees
    clockwise.
    """
    x = np.array([(b.x0 + b.x1) / 2 for b in boxes])
    y = np.array([(b.y0 + b.y1) / 2 for b in boxes])
    w = np.array([b.x1 - b.x0 for b in boxes], dtype=float)
    h = np.array([b.y1 - b.y0 for b in boxes], dtype=float)
    letters = np.array([len(b.text) for b in boxes], dtype=float)
    weight = np.sqrt(letters)
    x0, y0 = float(x.mean()), float(y.mean())
    degrees = _rotation(x - x0, y - y0, w, h, letters, weight, hint)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rx, ry = c * (x - x0) + s * (y - y0), -s * (x - x0) + c * (y - y0)
    true_w, true_h = _true_size(w, h, abs(degrees))
    em = float(np.median(true_h))
    ry = _keystone(rx, ry, em, weight)
    return [
        (
            float(rx[i] - true_w[i] / 2),
            float(ry[i] - true_h[i] / 2),
            float(rx[i] + true_w[i] / 2),
            float(ry[i] + true_h[i] / 2),
        )
        for i in range(len(boxes))
    ]


def _true_size(w: Floats, h: Floats, degrees: float) -> tuple[Floats, Floats]:
    """Returns the size of the slanted line inside its upright box."""
    c, s = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    usual = float(np.median(np.minimum(h, w)))
    if c * c - s * s < 0.35:
        return np.maximum(w / max(c, 0.3), usual), np.full_like(h, usual)
    true_h = np.clip((h * c - w * s) / (c * c - s * s), 0.45 * usual, np.maximum(h, 1.0))
    true_w = np.maximum((w - true_h * s) / c, 0.5 * true_h)
    return true_w, true_h


def _sharpness(y: Floats, weight: Floats, em: float) -> Floats:
    """Returns how well heights fall together: the last axis is the boxes, and there is one score for each
    index of the others.
    """
    step = em / 5
    low = y.min(axis=-1, keepdims=True)
    bins = ((y - low) / step).astype(np.int64)
    count = int(bins.max()) + 1
    flat = bins.reshape(-1, bins.shape[-1])
    offset = np.arange(flat.shape[0])[:, None] * count
    histogram = np.bincount(
        (flat + offset).ravel(), np.broadcast_to(weight, flat.shape).ravel(), flat.shape[0] * count
    )
    histogram = histogram.reshape(flat.shape[0], count)
    padded = np.pad(histogram, ((0, 0), (2, 2)))
    smooth = 3 * padded[:, 2:-2] + 2 * (padded[:, 1:-3] + padded[:, 3:-1]) + padded[:, :-4] + padded[:, 4:]
    score: Floats = (smooth**2).sum(axis=1).reshape(y.shape[:-1])
    return score


def _rotation(
    x: Floats, y: Floats, w: Floats, h: Floats, letters: Floats, weight: Floats, hint: float | None
) -> float:
    """Returns the degrees clockwise by which the lines slope, within ±45: from their alignment, with the
    boxes' own heights as prior. Names over numbers are as well aligned a line too high or too low; that
    longer boxes are taller tells the steepness.
    """
    if len(x) < 4:  # nothing to align
        return 0.0
    angles = np.arange(-45, 45.01, 0.5)
    if hint is not None:
        angles = angles[np.abs(angles - hint) <= 6]
        if not len(angles):
            return 0.0
    sizes = [_true_size(w, h, abs(a)) for a in np.abs(angles)]
    long = letters >= 4
    if not long.any():
        long[:] = True
    # With the right angle the letters' true height comes out alike over long and short lines, and no line is
    # taller than its letters.
    misfit = np.array([_misfit(w[long], h[long], letters[long], abs(a)) for a in angles])
    radians = np.radians(angles)
    heights = -np.sin(radians)[:, None] * x + np.cos(radians)[:, None] * y
    em = float(np.median([np.median(th) for _, th in sizes]))
    sharp = _sharpness(heights, weight, max(em, 1.0))
    score = np.log(sharp / sharp.max()) - 2.5 * (misfit - misfit.min())
    # Margins: the beginnings of lines and the ends of amounts stand in columns only under the right angle,
    # which tells left from right slant.
    tilt = np.tan(radians)[:, None] * w / 2
    for edge, height in ((x - w / 2, y - tilt), (x + w / 2, y + tilt)):
        columns = _sharpness(
            np.cos(radians)[:, None] * edge + np.sin(radians)[:, None] * height, weight, max(2 * em, 1.0)
        )
        score += 0.3 * np.log(columns / columns.max())
    if hint is not None:
        score -= 0.06 * np.abs(angles - hint)
    steep = _steepness(w, h, letters)
    if steep is not None:
        score -= _STEEP * np.abs(np.abs(np.tan(radians)) - steep)
    return float(angles[int(score.argmax())])


_STEEP = 20.0
"""The weight of the steepness that boxes show: one degree off costs a third."""
_ALIKE = 0.15
"""By how much the logarithm of a letter's width differs, at most, between lines of one size."""
_PAIRS = 40
"""Pairs of boxes from which their heights tell a steepness."""


def _steepness(w: Floats, h: Floats, letters: Floats) -> float | None:
    """Returns the tangent of the slope, without its sign, by how much taller longer boxes are than shorter ones
    of letters as wide: the median of all pairs, the more apart the weightier. None where too few pairs tell.
    """
    wide = np.log(w / letters)
    apart = w[:, None] - w
    told = (
        (apart > 5 * np.minimum(h[:, None], h))
        & (np.abs(wide[:, None] - wide) < _ALIKE)
        & ((letters > 2)[:, None] & (letters > 2))
    )
    if int(told.sum()) < _PAIRS:
        return None
    slopes, weights = (h[:, None] - h)[told] / apart[told], apart[told]
    order = np.argsort(slopes)
    total = np.cumsum(weights[order])
    return max(0.0, float(slopes[order][int(np.searchsorted(total, total[-1] / 2))]))


def _misfit(w: Floats, h: Floats, letters: Floats, degrees: float) -> float:
    """Returns how badly boxes of height `h` fit lines of one letter height at this slant, in letter heights;
    long lines weigh more.
    """
    c, s = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    left = (h - w * s / max(c, 0.3)) / max(c, 0.3)  # what remains for the letters
    order = np.argsort(left)
    cumulative = np.cumsum(letters[order])
    usual = float(left[order][int(np.searchsorted(cumulative, cumulative[-1] / 2))])
    scale = max(usual, float(np.median(h)) * 0.35, 1.0)
    return float((np.minimum(np.abs(left - usual) / scale, 1.5) * letters).sum() / letters.sum())


def _keystone(x: Floats, y: Floats, em: float, weight: Floats) -> Floats:
    """Returns heights after the best small shear and its change from top to bottom (the page's
    perspective).
    """
    if len(x) < 6:  # nothing to fit
        return y
    span = max(float(np.ptp(y)), 1.0)
    best_a = best_b = 0.0
    for reach_a, step_a, reach_b, step_b in ((0.03, 0.003, 0.2, 0.02), (0.004, 0.001, 0.02, 0.004)):
        a = best_a + np.arange(-reach_a, reach_a + 1e-9, step_a)
        b = best_b + np.arange(-reach_b, reach_b + 1e-9, step_b)
        grid_a, grid_b = np.meshgrid(a, b, indexing="ij")
        slope = grid_a[..., None] + grid_b[..., None] * (y / span)
        scores = np.log(_sharpness(y - slope * x, weight, em)) - 0.6 * np.abs(grid_b) - 1.0 * np.abs(grid_a)
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        best_a, best_b = float(a[i]), float(b[j])
    straight: Floats = y - (best_a + best_b * y / span) * x
    return straight

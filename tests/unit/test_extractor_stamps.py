"""What was stamped on a paper, or drawn over other text."""

from __future__ import annotations

import pytest

from functions.extractor.opening import text
from functions.extractor.page import Box
from functions.extractor.sheets.parting import without_stamps

pytestmark = pytest.mark.unit


def drawn(
    *texts: tuple[str, float, int, float],
) -> list[tuple[float, float, float, float, float, str, int, float]]:
    """The letters of texts on one line, each told by its words, left edge, text object and size: a letter is
    as wide as half its size.
    """
    return [
        (x0 + at * size / 2, 20.0 - size, x0 + (at + 1) * size / 2, 20.0, 18.0, letter, thing, size)
        for words, x0, thing, size in texts
        for at, letter in enumerate(words)
        if letter != " "
    ]


def test_a_stamp_over_a_name_leaves_both() -> None:
    """Letters of two texts among each other are two phrases; what has the page's own size stays together."""
    line = drawn(("INVENTADA", 10, 1, 8.0), ("S.A.C.", 54, 2, 8.0), ("PAGADO", 37, 3, 11.0))
    layers = text._layers(line, 8.0)
    assert ["".join(g[5] for g in sorted(layer)) for layer in layers] == ["INVENTADAS.A.C.", "PAGADO"]


def test_a_text_drawn_twice_to_look_bold_is_one() -> None:
    """The second drawing stands a hair beside the first."""
    line = drawn(("TOTAL", 10, 1, 8.0), ("TOTAL", 10.3, 2, 8.0))
    assert len(text._layers(line, 8.0)) == 1


def stamp(word: str, day: str, *others: Box, smaller: float = 0.7) -> list[str]:
    """What is left of a stamp's word at 100, 50, its day centred below it, and other boxes."""
    wide, high = 6 * len(day) * smaller, 10 * smaller
    below = Box(day, 100 + 3 * len(word) - wide / 2, 64, 100 + 3 * len(word) + wide / 2, 64 + high)
    return [b.text for b in without_stamps([Box(word, 100, 50, 100 + 6 * len(word), 60), below, *others])]


def test_a_stamp_with_its_day_is_nothing_of_the_papers() -> None:
    """Neither its word nor its day is read; a stamp without a day is left, and so is a day alone."""
    assert stamp("CANCELADO", "26/10/2026") == []
    assert stamp("CANCELADO", "F001-123") == ["CANCELADO", "F001-123"]
    assert stamp("CEMENTO", "26/10/2026") == ["CEMENTO", "26/10/2026"]


def test_a_stamp_takes_one_day() -> None:
    """The day of issue that happens to stand below it too is the paper's."""
    issued = Box("05/11/2026", 120, 70, 180, 80)
    assert stamp("CANCELADO", "26/10/2026", issued) == ["05/11/2026"]


def test_what_answers_labels_is_no_stamp() -> None:
    """An observation, ENTREGADO, over the day of issue, each behind its label and in letters of one size."""
    labels = (Box("Observaciones", 10, 50, 88, 60), Box("Fecha", 10, 64, 40, 74))
    kept = ["ENTREGADO", "26/10/2026", "Observaciones", "Fecha"]
    assert stamp("ENTREGADO", "26/10/2026", *labels, smaller=1.0) == kept


def test_a_label_between_two_answers_parts_them() -> None:
    """`Observaciones / ENTREGADO / Fecha / 26/10/2026`, the day is the label's."""
    label = Box("Fecha", 100, 61, 130, 66)
    assert stamp("ENTREGADO", "26/10/2026", label) == ["ENTREGADO", "26/10/2026", "Fecha"]


def test_a_crowded_line_costs_no_time() -> None:
    """Thousands of texts on one line, all over one another, as no paper has them, are one line."""
    line = drawn(*(("ABC", float(at), at, 8.0) for at in range(3000)))
    assert text._layers(line, 8.0) == [line]

"""Which way up a page is read."""

import time

import pytest

from functions.extractor.engines.ocr import OcrFailed, RasterLines, Size, Turn, upright
from functions.extractor.page import Box, Part

pytestmark = pytest.mark.unit


class Fake:
    """An engine that is as sure of each turn as it is told, fails at the others, and remembers what was
    asked; at 0 and 180 the lines stand.
    """

    def __init__(self, sure: dict[int, float], *, tall: bool = True, takes_s: float = 0.0) -> None:
        self._sure, self._tall, self._takes_s = sure, tall, takes_s
        self.asked: list[int] = []

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        assert seconds > 0
        self.asked.append(turn)
        time.sleep(self._takes_s)
        if turn not in self._sure:
            raise OcrFailed("late")
        wide, tall = (20.0, 200.0) if self._tall and turn in (0, 180) else (200.0, 20.0)
        return RasterLines([Box("FACTURA ELECTRONICA", 0, 0, wide, tall, self._sure[turn])], 400, 400, turn)


@pytest.mark.parametrize(
    ("sure", "turn"),
    [
        ({0: 0.97, 90: 0.72, 270: 0.96}, 270),
        ({0: 0.97, 90: 0.95, 270: 0.70}, 90),
        ({0: 0.90, 90: 0.50, 270: 0.60}, 0),
    ],
)
def test_standing_lines_are_turned_however_sure_the_engine_is(sure: dict[int, float], turn: int) -> None:
    """A page on its side is turned where one way reads surely, even if the engine read the standing lines
    more surely.
    """
    assert upright(Fake(sure), b"", angles=(), seconds=10).turn == turn


@pytest.mark.parametrize(
    ("sure", "tall", "turn", "asked"),
    [
        ({0: 0.74}, False, 0, [0, 180]),
        ({0: 0.40, 180: 0.90}, False, 180, [0, 180]),
        ({0: 0.74}, True, 0, [0, 90, 270]),
        ({0: 0.74, 270: 0.90}, True, 270, [0, 90, 270]),
        ({0: 0.90, 90: 0.95}, True, 90, [0, 270, 90]),
        ({0: 0.90}, False, 0, [0]),
    ],
)
def test_the_first_reading_stands_where_another_angle_fails(
    sure: dict[int, float], tall: bool, turn: int, asked: list[int]
) -> None:
    """A try at another angle that fails takes nothing away from what was read."""
    engine = Fake(sure, tall=tall)
    assert (upright(engine, b"", angles=(), seconds=10).turn, engine.asked) == (turn, asked)


@pytest.mark.parametrize(("first", "turn"), [(0.97, 270), (0.60, 90)], ids=["sure", "unsure"])
def test_the_likelier_side_is_tried_first(first: float, turn: Turn) -> None:
    """An engine is sure of standing lines on a page that lies on its right side alone, so that one try turns
    the page.
    """
    engine = Fake({0: first, turn: 0.96})
    assert (upright(engine, b"", angles=(), seconds=10).turn, engine.asked) == (turn, [0, turn])


@pytest.mark.parametrize("tall", [True, False])
def test_no_angle_is_tried_without_time_for_it(tall: bool) -> None:
    """With less time left than the first reading took, it is the answer."""
    engine = Fake({0: 0.5}, tall=tall, takes_s=0.1)
    assert (upright(engine, b"", angles=(), seconds=0.15).turn, engine.asked) == (0, [0])


def test_a_first_reading_that_fails_is_told() -> None:
    """Where nothing was read at all the failure is the caller's to judge, with its reason."""
    with pytest.raises(OcrFailed) as caught:
        upright(Fake({}), b"", angles=(), seconds=10)
    assert caught.value.reason == "late"

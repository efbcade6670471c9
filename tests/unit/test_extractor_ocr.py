"""Which way up a page is read."""

from typing import Any

import pytest

from functions.extractor.engines.ocr import Reading, upright
from functions.extractor.page import Box

pytestmark = pytest.mark.unit


class Fake:
    """An engine that is as sure of each turn as it is told; at 0 and 180 the lines stand."""

    def __init__(self, sure: dict[int, float]) -> None:
        self._sure = sure

    def read(self, raster: bytes, *, turn: int = 0, seconds: float = 1.0) -> Reading:
        wide, tall = (20.0, 200.0) if turn in (0, 180) else (200.0, 20.0)
        return Reading([Box("FACTURA ELECTRONICA", 0, 0, wide, tall, self._sure[turn])], 400, 400, turn)  # type: ignore[arg-type]  # a turn


@pytest.mark.parametrize(
    ("sure", "turn"),
    [
        ({0: 0.97, 90: 0.72, 270: 0.96}, 270),
        ({0: 0.97, 90: 0.95, 270: 0.70}, 90),
        ({0: 0.90, 90: 0.50, 270: 0.60}, 0),
    ],
)
def test_standing_lines_are_turned_however_sure_the_engine_is(sure: dict[int, float], turn: int) -> None:
    """A page on its side is turned where one way reads surely, even if the engine read the standing lines more surely."""
    engine: Any = Fake(sure)
    assert upright(engine, b"", angles=(), seconds=10).turn == turn

"""The second look: at which part of a page the larger model looks, and what its lines are joined with."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from functions.extractor.engines.ocr import RasterLines, Size, Turn
from functions.extractor.page import Box, Part
from functions.extractor.second_look import Aim, joined
from tests import scanned
from tests.sheets import HEAD, SUPPLIER, boxes

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 620.0, 320.0
SOLD = f"""{HEAD}
CANT.   DESCRIPCION                    P. UNIT           IMPORTE
2       CEVICHE MIXTO                   38.00             76.00
1       LECHE DE TIGRE                  18.00             18.00
1       JARRA DE CHICHA                 16.00             16.00

                                          OP. GRAVADA    S/    93.22
                                          IGV 18%        S/    16.78
                                          IMPORTE TOTAL  S/   110.00





GRACIAS POR SU VISITA
"""
UNSEEN = SOLD.replace("2       CEVICHE MIXTO                   38.00             76.00", "")
SLIP = SOLD.replace(
    "LECHE DE TIGRE                  18.00             18.00",
    "LECHE DE TIGRE" + " " * 18 + "13.00" + " " * 13 + "13.00",
)
MISREAD = SOLD.replace(SUPPLIER, "20512345677")
NO_TITLE = SOLD.replace("F001-00000123", "")
NO_TOTALS = "\n".join(line for line in SOLD.splitlines() if "S/" not in line)


@dataclass
class Eyes:
    """An OCR whose small model sees one drawing and whose larger one another, of a part what is whole in it
    and, of each line that is cut, nothing but strokes; it keeps the parts that it was asked about.
    """

    first: str
    second: str
    asked: list[Part | None] = field(default_factory=list)

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        found = [replace(box, conf=0.95) for box in boxes(self.first if size == "tiny" else self.second)]
        if size == "small":
            self.asked.append(part)
        top, bottom = (part[1] * HEIGHT, part[3] * HEIGHT) if part else (0.0, HEIGHT)
        found = [box for box in found if box.y1 > top and box.y0 < bottom]
        cut = [box for box in found if box.y0 < top or box.y1 > bottom]
        found = [replace(box, text="IIIII") if box in cut else box for box in found]
        return RasterLines(found, WIDTH, HEIGHT, turn)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def rows_of(part: Part | None) -> tuple[int, int] | None:
    """The first and the last row of the drawing that stand wholly in a part; rows are 14 apart, 10 high."""
    return (
        None if part is None else (-(-int(part[1] * HEIGHT + 0.5) // 14), int(part[3] * HEIGHT - 9.5) // 14)
    )


@pytest.mark.parametrize(
    ("first", "rows"),
    [(MISREAD, (0, 1)), (SLIP, (3, 15)), (UNSEEN, (3, 15)), (NO_TITLE, (0, 9)), (NO_TOTALS, None)],
    ids=["a RUC", "an amount", "a line that was passed over", "no series", "no total"],
)
def test_only_what_is_open_is_looked_at_again(
    pool: ThreadPoolExecutor, first: str, rows: tuple[int, int] | None
) -> None:
    """The larger model looks at the rows in which what is open stands, at the head where a part of the title
    is missing, and at the whole page where nothing tells where it stands; what it saw there settles it.
    """
    eyes = Eyes(first, SOLD)
    found = scanned.seen(pool, eyes, WIDTH, HEIGHT)
    assert ([rows_of(part) for part in eyes.asked], found.verdict) == ([rows], "consistent")
    assert found.invoices == scanned.seen(pool, Eyes(SOLD, SOLD), WIDTH, HEIGHT).invoices


def test_nothing_is_looked_at_again_where_nothing_is_open(pool: ThreadPoolExecutor) -> None:
    """A paper that adds up is looked at once."""
    eyes = Eyes(SOLD, SOLD)
    assert (scanned.seen(pool, eyes, WIDTH, HEIGHT).verdict, eyes.asked) == ("consistent", [])


def test_lines_beyond_the_part_stay_as_they_were_read() -> None:
    """A closer look replaces the lines in the middle of its part alone, and none where it saw nothing."""
    page = RasterLines([Box("head", 0, 10, 9, 20), Box("sum", 0, 50, 9, 60)], 100, 100)
    close = RasterLines([Box("SUM", 0, 51, 9, 60), Box("hea", 0, 12, 9, 20)], 100, 100)
    aim = Aim((0.0, 0.1, 1.0, 0.9), (0.4, 0.8))
    told = [joined(page, each, aim).boxes for each in (close, RasterLines([], 100, 100))]
    assert told == [[page.boxes[0], close.boxes[0]], page.boxes]

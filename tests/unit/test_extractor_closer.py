"""The closer look at a column of quantities: where it looks, what it adds, and when it is not asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from functions.extractor import closer
from functions.extractor.engines.ocr import OcrFailed, RasterLines, Size, Turn
from functions.extractor.invoice import Extraction
from functions.extractor.page import Box, Part, turned
from functions.extractor.reading import reader
from functions.extractor.reading.reading import around
from functions.extractor.sheets.rows import lay
from tests import scanned
from tests.sheets import HEAD, boxes

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 620.0, 900.0
TILL = f"""{HEAD}
CANT.   DESCRIPCION                                      IMPORTE
2       CEVICHE MIXTO                                     76.00
1       LECHE DE TIGRE                                    18.00
1       JARRA DE CHICHA                                   16.00
2       ARROZ CON MARISCOS                                80.00

                                          OP. GRAVADA    S/   161.02
                                          IGV 18%        S/    28.98
                                          IMPORTE TOTAL  S/   190.00
"""
PRICED = f"""{HEAD}
CANT.   DESCRIPCION                    P. UNIT           IMPORTE
2       CEVICHE MIXTO                   38.00             76.00
1       LECHE DE TIGRE                  18.00             18.00

                                          OP. GRAVADA    S/    79.66
                                          IGV 18%        S/    14.34
                                          IMPORTE TOTAL  S/    94.00
"""


def is_quantity(box: Box) -> bool:
    return box.x0 == 0 and box.text.isdigit()


@dataclass
class Eyes:
    """An OCR that sees of a whole page all `lines`, and of a part of it the `close` ones; it keeps the parts
    that it was asked about. A part without any fails.
    """

    lines: Sequence[Box]
    close: Sequence[Box] | None = None
    asked: list[Part] = field(default_factory=list)

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        if part is None:
            return RasterLines(list(self.lines), WIDTH, HEIGHT, turn)
        self.asked.append(part)
        if self.close is None:
            raise OcrFailed("died")
        return RasterLines(list(self.close), WIDTH, HEIGHT, turn)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def quantities(found: Extraction) -> list[Decimal | None]:
    return [item.quantity for item in found.invoices[0].items]


def without(drawn: Sequence[Box], *missing: int) -> list[Box]:
    """The drawing without those of its quantities."""
    counted = [box for box in drawn if is_quantity(box)]
    return [box for box in drawn if box not in [counted[n] for n in missing]]


@pytest.mark.parametrize("missing", [(1,), (1, 2), (0, 3), (0, 1, 2, 3)])
def test_a_figure_that_the_page_hides_is_seen_in_its_column(
    pool: ThreadPoolExecutor, missing: tuple[int, ...]
) -> None:
    """The column is looked at once, all of it and none of the words beside it, and every quantity is read."""
    drawn = boxes(TILL)
    eyes = Eyes(without(drawn, *missing), [box for box in drawn if is_quantity(box)])
    assert quantities(scanned.seen(pool, eyes, WIDTH, HEIGHT)) == [2, 1, 1, 2]
    (part,) = eyes.asked
    counted = [box for box in drawn if is_quantity(box)]
    assert part[0] <= 0
    assert max(b.x1 for b in counted) / WIDTH <= part[2] <= 8 * 6 / WIDTH
    assert part[1] < min(b.y0 for b in counted) / HEIGHT < max(b.y1 for b in counted) / HEIGHT < part[3]


def test_nobody_looks_where_nothing_is_missing(pool: ThreadPoolExecutor) -> None:
    """A table whose quantities were read, and one without a column for them, are not looked at again."""
    for drawing in (TILL, TILL.replace("CANT.", "     ").replace("\n2 ", "\n  ").replace("\n1 ", "\n  ")):
        eyes = Eyes(boxes(drawing))
        assert scanned.seen(pool, eyes, WIDTH, HEIGHT).invoices
        assert eyes.asked == []


def test_what_was_read_stands_where_the_closer_look_fails(pool: ThreadPoolExecutor) -> None:
    """An engine that dies at the closer look costs no answer, only the figure."""
    eyes = Eyes(without(boxes(TILL), 1))
    found = scanned.seen(pool, eyes, WIDTH, HEIGHT)
    assert (quantities(found), found.incomplete, len(eyes.asked)) == ([2, None, 1, 2], False, 1)


def test_a_closer_look_that_breaks_costs_no_answer(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of ours in it is noted and logged, and what the first look saw stands."""
    monkeypatch.setattr(closer, "added", lambda *_: 1 / 0)
    drawn = boxes(TILL)
    found = scanned.seen(
        pool, Eyes(without(drawn, 1), [box for box in drawn if is_quantity(box)]), WIDTH, HEIGHT
    )
    assert (quantities(found), found.notes) == ([2, None, 1, 2], ("closer look failed: ZeroDivisionError",))


@pytest.mark.parametrize("sure", [0.7, 0.95])
def test_a_figure_that_makes_no_amount_is_looked_at_again(pool: ThreadPoolExecutor, sure: float) -> None:
    """A 7 that does not multiply becomes the 1 that the closer look reads, however sure it was; a figure that
    was sure and multiplies stays, whatever the closer look reads.
    """
    drawn = boxes(PRICED)
    wrong = [replace(b, text="7", conf=sure) if is_quantity(b) and b.text == "1" else b for b in drawn]
    close = [replace(b, text="5") if b.text == "2" else b for b in drawn if is_quantity(b)]
    eyes = Eyes(wrong, close)
    assert quantities(scanned.seen(pool, eyes, WIDTH, HEIGHT)) == [2, 1]


def test_a_slanting_page_brings_the_next_column() -> None:
    """Of a box that goes on into the next column the figures count with which it begins, where they stand."""
    lines = RasterLines([Box("280.00", 40, 20, 76, 30, 0.99)], WIDTH, HEIGHT)
    close = RasterLines([Box("1 280.", 10, 20, 64, 30, 0.95), Box("1A", 10, 60, 20, 70, 0.99)], WIDTH, HEIGHT)
    found = closer.added(lines, close)
    assert found is not None
    assert found.boxes == [lines.boxes[0], Box("1", 10, 20, 19, 30, 0.95)]


def test_what_stands_far_from_the_others_is_of_no_column() -> None:
    """A number of a line that was taken for its quantity does not make the column as wide as the page."""
    art = f"""{HEAD}
CANT.   DESCRIPCION                    P. UNIT           IMPORTE
2       CEVICHE MIXTO                   38.00             76.00
        LECHE DE TIGRE                  18.00             18.00
3       JARRA DE CHICHA                 16.00             48.00
"""
    page = lay(boxes(art), width=WIDTH, height=HEIGHT)
    reading = reader.read([page], "ocr")
    far = replace(reading.items[0]["quantity"], box=(0, 0.6, 0.2, 0.61, 0.21))
    reading.items.append({**reading.items[0], "quantity": far})
    found = closer.column(reading, page)
    assert found is not None
    assert found.part[2] * WIDTH <= 8 * 6


def test_the_columns_beside_it_are_left_out() -> None:
    """Prices close to the left and words close to the right of the quantities are not looked at."""
    art = f"""{HEAD}
P.U.   CANT  DESCRIPCION                              IMPORTE
38.00   2    CEVICHE MIXTO                             76.00
18.00        LECHE DE TIGRE                            18.00
16.00   3    JARRA DE CHICHA                           48.00
"""
    drawn = [replace(b, y0=2 * b.y0, y1=2 * b.y0 + 26) for b in boxes(art)]
    sheet = lay(drawn, width=WIDTH, height=2 * HEIGHT)
    found = closer.column(reader.read([sheet], "ocr"), sheet)
    assert found is not None
    assert [round(edge * WIDTH) for edge in (found.part[0], found.part[2])] == [5 * 6, 13 * 6]


def test_a_phrase_is_no_column(pool: ThreadPoolExecutor) -> None:
    """Where a till tells quantity and price in a phrase there is no column to look at."""
    eyes = Eyes(
        boxes(f"""{HEAD}
CEVICHE MIXTO
2 x 38.00                                                 76.00
LECHE DE TIGRE                                            18.00
JARRA DE CHICHA
3 x 16.00                                                 48.00

                                          OP. GRAVADA    S/   120.34
                                          IGV 18%        S/    21.66
                                          IMPORTE TOTAL  S/   142.00
""")
    )
    assert quantities(scanned.seen(pool, eyes, WIDTH, HEIGHT)) == [2, None, 3]
    assert eyes.asked == []


def test_a_figure_that_was_taken_for_a_letter_is_read(pool: ThreadPoolExecutor) -> None:
    """An unsure `M` where the closer look surely sees a figure was that figure."""
    drawn = boxes(TILL)
    counted = [box for box in drawn if is_quantity(box)]
    wrong = [replace(b, text="M", conf=0.6) if b == counted[1] else b for b in drawn]
    eyes = Eyes(wrong, counted)
    assert quantities(scanned.seen(pool, eyes, WIDTH, HEIGHT)) == [2, 1, 1, 2]


@pytest.mark.parametrize(
    ("close", "more"),
    [
        (Box("1", 0, 20, 6, 30, 0.95), ["1"]),
        (Box("1", 0, 20, 6, 30, 0.6), None),
        (Box("LECHE", 0, 20, 30, 30, 0.99), None),
        (Box("3", 0, 0, 6, 10, 0.99), None),
    ],
    ids=["sure", "unsure", "words", "otherwise than before"],
)
def test_only_a_sure_figure_is_added(close: Box, more: list[str] | None) -> None:
    """Words and guesses are not, nor what is read otherwise where a figure was sure."""
    lines = RasterLines([Box("2", 0, 0, 6, 10, 0.99)], WIDTH, HEIGHT)
    found = closer.added(lines, RasterLines([close], WIDTH, HEIGHT))
    assert (found and [box.text for box in found.boxes]) == (more and ["2", *more])


def test_a_figure_takes_the_place_of_no_phrase() -> None:
    """What was read unsurely but is as long as a phrase stays, whatever figure is seen in it."""
    lines = RasterLines([Box("LECHE DE TIGRE", 0, 20, 84, 30, 0.7)], WIDTH, HEIGHT)
    assert closer.added(lines, RasterLines([Box("1", 40, 20, 46, 30, 0.99)], WIDTH, HEIGHT)) is None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_place_on_the_page_is_found_on_the_page_as_turned(turn: int) -> None:
    """The place of a box, told in fractions of the page as it was sent, is the box's on the page turned."""
    sheet = replace(lay(boxes("FACTURA ELECTRONICA"), width=WIDTH, height=HEIGHT), turn=turn)
    (cell,) = sheet.rows[0].cells
    box = cell.box
    assert turned(around(sheet, [cell])[1:], turn) == pytest.approx(
        (box.x0 / WIDTH, box.y0 / HEIGHT, box.x1 / WIDTH, box.y1 / HEIGHT), abs=1e-4
    )


def test_figures_of_two_columns_are_looked_at_in_the_first() -> None:
    """Of quantities that stand far from each other those of the left column tell where the look goes."""
    art = f"""{HEAD}
CANT.   DESCRIPCION                    P. UNIT           IMPORTE
2       CEVICHE MIXTO                   38.00             76.00
3       JARRA DE CHICHA                 16.00             99.00
"""
    page = lay(boxes(art), width=WIDTH, height=HEIGHT)
    reading = reader.read([page], "ocr")
    right = reading.items[1]["quantity"].box
    assert right is not None
    reading.items[1]["quantity"] = replace(
        reading.items[1]["quantity"], box=(0, 0.6, right[2], 0.61, right[4])
    )
    found = closer.column(reading, page)
    assert found is not None
    assert found.part[2] * WIDTH <= 8 * 6

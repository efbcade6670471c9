"""A file of several invoices: which pages make one, what is told, and what is named as not read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from functions.extractor.case import Case
from functions.extractor.clock import Clock
from functions.extractor.engines.ocr import RasterLines, Size, Turn
from functions.extractor.invoice import Extraction
from functions.extractor.page import Opened, Page, Part
from functions.whatsapp.result import format_extraction, title
from tests.sheets import FACTURA, TODAY, boxes

pytestmark = pytest.mark.unit

HEAD = FACTURA[: FACTURA.index("OP. GRAVADA")].rstrip()
LATER = """
CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
1.00    NIU    ARENA GRUESA POR METRO                 50.00       50.00

                                          OP. GRAVADA    S/   150.00
                                          IGV 18%        S/    27.00
                                          IMPORTE TOTAL  S/   177.00
"""
"""A second page: further lines and the sums, without title, issuer and number."""


class Blind:
    """An OCR that is asked about no page of these files."""

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        raise AssertionError((raster, size, turn, part, seconds))


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def numbered(drawing: str, number: int) -> str:
    return drawing.replace("00000123", f"{number:08}")


def extracted(pool: ThreadPoolExecutor, texts: dict[int, str], *, pages: int, blank: list[int]) -> Extraction:
    """What a PDF comes to of which these pages have text, those are blank, and the others were not seen."""
    seen = [Page(index, 620, 900, boxes(text)) for index, text in texts.items()]
    opened = Opened("application/pdf", pages, seen, blank=blank)
    return Case(opened, eyes=Blind(), model=None, pool=pool, clock=Clock(30.0), today=TODAY).run()


def test_three_invoices_of_which_one_takes_two_pages(pool: ThreadPoolExecutor) -> None:
    """Each invoice is filed with its own total and lines, the one of two pages once; a blank page belongs to
    nothing, and of the pages the one that was not seen is missing from those that are named.
    """
    texts = {
        0: FACTURA,
        1: numbered(HEAD, 124),
        2: LATER,
        4: numbered(FACTURA, 125),
    }
    got = extracted(pool, texts, pages=6, blank=[3])
    assert [(one.number, one.total, len(one.items)) for one in got.invoices] == [
        ("123", Decimal("118.00"), 1),
        ("124", Decimal("177.00"), 2),
        ("125", Decimal("118.00"), 1),
    ]
    assert {one.issue_date for one in got.invoices} == {date(2026, 11, 5)}
    assert {(e.invoice, e.box and e.box[0]) for e in got.evidence if e.field == "total"} == {
        (0, 0),
        (1, 2),
        (2, 4),
    }
    assert (got.verdict, got.pages_seen, got.pages_read, got.pages) == ("consistent", (0, 1, 2, 3, 4), 5, 6)
    told = format_extraction(got)
    assert [f"*Comprobante {n} de 3*" in told for n in (1, 2, 3)] == [True] * 3
    assert told.endswith("\n\n📑 Leí las páginas 1-5 de 6. Si falta algo, envíame las otras por separado.")
    assert title(got, "mes.pdf") == "F001-123 y 2 más"


def test_a_file_of_many_tells_each_in_its_line(pool: ThreadPoolExecutor) -> None:
    """Twelve invoices on 24 pages, every second one blank: each has its line, and no page is missing."""
    texts = {2 * n: numbered(FACTURA, 200 + n) for n in range(12)}
    got = extracted(pool, texts, pages=24, blank=[2 * n + 1 for n in range(12)])
    told = format_extraction(got).split("\n")
    assert told[0] == "📚 *12 comprobantes en este archivo*"
    assert told[1:13] == [
        f"✅ Factura F001-{200 + n} · COMERCIAL FICTICIA S.A.C. · S/ 118.00" for n in range(12)
    ]
    assert not [line for line in told if "📑" in line]

"""Several papers in one picture, cut apart by their titles and symbols."""

from collections.abc import Sequence
from datetime import date

import pytest

from functions.extractor.judging import paper
from functions.extractor.page import Box, Code
from functions.extractor.reading import reader
from functions.extractor.sheets import papers as parts
from functions.extractor.sheets.rows import Sheet, lay
from tests.sheets import CUSTOMER, SUPPLIER, sheet

pytestmark = pytest.mark.unit

LEFT = f"""
BODEGA FICTICIA S.A.C.
RUC: {SUPPLIER}
BOLETA DE VENTA ELECTRONICA
B001-00000123
FECHA: 05/11/2026
ARROZ        10.00
TOTAL S/     10.00
"""
RIGHT = f"""
GRIFO INVENTADO E.I.R.L.
RUC: {CUSTOMER}
FACTURA ELECTRONICA
F002-00000045
FECHA: 06/11/2026
DIESEL       50.00
TOTAL S/     50.00
"""
SYMBOL = {
    "left": f"{SUPPLIER}|03|B001|123|1.53|10.00|2026-11-05|-|-|",
    "right": f"{CUSTOMER}|01|F002|45|7.63|50.00|2026-11-06|6|{SUPPLIER}|",
}


def beside(left: str, right: str, gap: int = 40) -> str:
    """Two drawings next to each other."""
    rows = zip(left.strip("\n").splitlines(), right.strip("\n").splitlines(), strict=True)
    return "\n".join(f"{a:<{gap}}{b}" for a, b in rows)


def cut(page: Sheet) -> list[str]:
    """The first line of each part."""

    def again(boxes: Sequence[Box], codes: Sequence[Code]) -> Sheet:
        return lay(boxes, width=page.width, height=page.height)

    return [part.rows[0].text for part in parts.split(page, again)]


def test_two_papers_beside_each_other_are_two() -> None:
    """Each part has its own title, issuer and total, left before right."""
    assert cut(sheet(beside(LEFT, RIGHT))) == ["BODEGA FICTICIA S.A.C.", "GRIFO INVENTADO E.I.R.L."]


def test_two_papers_above_each_other_are_two() -> None:
    """The same with a level cut, top before bottom."""
    assert cut(sheet(LEFT + "\n\n\n" + RIGHT)) == ["BODEGA FICTICIA S.A.C.", "GRIFO INVENTADO E.I.R.L."]


def test_a_resolution_cuts_no_paper_in_two() -> None:
    """The number of the resolution that authorises an issuer is no second paper's, also under a title and
    among RUCs and totals.
    """
    footer = f"FACTURA ELECTRONICA\nAutorizado mediante Resolución 097-2012\nRUC: {CUSTOMER}\nTOTAL S/ 10.00"
    assert cut(sheet(f"{LEFT}\n\n\n{footer}")) == ["BODEGA FICTICIA S.A.C."]


def test_a_sentence_with_another_number_cuts_no_paper_in_two() -> None:
    """What a note says at length about the factura that it lowers is no title of a paper beside it."""
    left = f"""
SIDERURGICA FICTICIA S.A.A.
RUC {CUSTOMER}
SON: DIEZ CON 00/100 SOLES. NOTA APLICABLE AL SALDO DE LA FACTURA F101-00009931.
IMPORTE TOTAL        10.00
"""
    right = f"""
NOTA DE CREDITO ELECTRONICA
FC11-00000402
RUC {SUPPLIER}
IMPORTE NETO         10.00
"""
    assert cut(sheet(beside(left, right, 100))) == ["SIDERURGICA FICTICIA S.A.A. NOTA DE CREDITO ELECTRONICA"]


def test_a_title_left_of_its_number_is_a_title() -> None:
    """Where series and number stand at the right of the title, the paper counts as one as well."""
    left = LEFT.replace(
        "BOLETA DE VENTA ELECTRONICA\nB001-00000123", "BOLETA ELECTRONICA  B001-00000123\nCAJA 1"
    )
    assert cut(sheet(beside(left, RIGHT, 48))) == ["BODEGA FICTICIA S.A.C.", "GRIFO INVENTADO E.I.R.L."]


def test_a_symbol_stands_for_a_title_that_is_lost() -> None:
    """A paper whose series and number cannot be read is cut out by the place of its symbol."""
    page = sheet(beside(LEFT, RIGHT.replace("FACTURA ELECTRONICA\nF002-00000045", "F CTUR  LEC\nF00  0045")))
    assert len(cut(page)) == 1
    page.codes, page.conf = [Code(SYMBOL["right"], box=(0.45, 0.1, 0.55, 0.15))], 0.95  # read off a picture
    assert cut(page) == ["BODEGA FICTICIA S.A.C.", "GRIFO INVENTADO E.I.R.L."]


def test_a_document_named_among_the_items_is_no_paper() -> None:
    """A page that mentions another factura with its number stays whole."""
    page = sheet(LEFT + "\n\nSE ENTREGO LA FACTURA\nF001-00000777\nGRACIAS")
    assert cut(page) == ["BODEGA FICTICIA S.A.C."]


def test_a_second_symbol_is_an_invoice_and_nothing_there_is_proven() -> None:
    """Where two papers cannot be cut apart, the second is known from its symbol alone, and neither is called
    proven.
    """
    page = sheet(LEFT)
    page.codes = [Code(text) for text in SYMBOL.values()]
    found = paper.read([page], [], frozenset([0]), date(2026, 11, 22))
    assert [(p.invoice.series, p.invoice.number, p.invoice.issue_date) for p in found] == [
        ("B001", "123", date(2026, 11, 5)),
        ("F002", "45", date(2026, 11, 6)),
    ]
    assert {p.verdict for p in found} <= {"consistent", "needs_review"}


PAGE = f"""
BODEGA FICTICIA S.A.C.                    RUC: {SUPPLIER}
                                          FACTURA ELECTRONICA
                                          F001-00000123
"""
FURTHER = """
Cant.  Descripcion          Importe
1      ARROZ                  10.00
TOTAL S/                      10.00
"""


def grouped(*pages: Sheet) -> list[list[int]]:
    """The pages' places, group by group."""
    return [[one.index for one in group] for group in reader.group(pages)]


def test_pages_join_and_part_by_what_they_call_their_own() -> None:
    """A page that goes on joins the one before it, a title with another number parts them, the same title
    again does not.
    """
    other = PAGE.replace("F001-00000123", "F001-00000124")
    pages = [sheet(art, index) for index, art in enumerate((PAGE, FURTHER, PAGE + FURTHER, other, FURTHER))]
    assert grouped(*pages) == [[0, 1, 2], [3, 4]]


def test_a_symbol_parts_pages_whose_titles_are_lost() -> None:
    """Two scans without a legible title are two invoices by their symbols; a title and the symbol beside it
    are one.
    """
    first, second, third = sheet(FURTHER, 0), sheet(FURTHER, 1), sheet(FURTHER, 2)
    first.codes, second.codes = [Code(SYMBOL["left"])], [Code(SYMBOL["right"])]
    assert grouped(first, second, third) == [[0], [1, 2]]
    titled = sheet(PAGE.replace("F001-00000123", "F002-00000046"), 0)
    titled.codes = [Code(SYMBOL["right"])]
    assert grouped(titled, second) == [[0, 1]]

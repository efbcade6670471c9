import pytest

from functions.extractor.sheets import blocks
from tests.sheets import sheet

pytestmark = pytest.mark.unit

FACTURA = """
FERRETERIA INVENTADA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                          FACTURA ELECTRÓNICA
Señor(es) : DISTRIBUIDORA INVENTADA SAC              F001-00000123
Orden de compra : 4500012345                         Fecha de Emisión : 05/11/2026
1   Polea                                            118.00
                                                     Total 118.00
"""
ORDER = """
ORDEN DE COMPRA
OC-4500
RUC 20601234565   Fecha: 12/10/2026
3   Martillo                                         96.00
                                                     Total 96.00
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("26/11/26, 14:14                    Comprobante electrónico\n", "\nhttps://ventas.example/ver/1"),
        ("FAX 26/11/2026 14:14  DE: 01 4456677  PAG 01/01\n", ""),
        ("", "\nEscaneado con un teléfono"),
    ],
)
def test_a_line_at_the_edge_is_no_part_of_the_paper(before: str, after: str) -> None:
    """Headers and footers of browsers, faxes and scanner apps are left out."""
    (found,) = blocks.own([sheet(before + FACTURA.strip("\n") + after)])
    assert found.text == sheet(FACTURA).text


def test_a_labelled_day_at_the_top_stays() -> None:
    """A paper may begin with its own date and time."""
    art = "Fecha y hora de emisión: 26/11/2026 14:14\n" + FACTURA.strip("\n")
    (found,) = blocks.own([sheet(art)])
    assert found.text == sheet(art).text


def test_another_document_ends_the_comprobante() -> None:
    """A purchase order behind a factura is none of its pages, nor is what comes after it; a label that names
    one is no title.
    """
    found = blocks.own([sheet(FACTURA), sheet(ORDER, 1), sheet("Conformidad del almacén", 2)])
    assert [s.text for s in found] == [sheet(FACTURA).text]


def test_a_further_page_stays() -> None:
    """A page without a title goes on with the comprobante, also where it names an order."""
    further = "2   Martillo        96.00\nOrden de compra :   4500012345\nTotal 96.00"
    assert len(blocks.own([sheet(FACTURA), sheet(further, 1)])) == 2

"""What a paper calls itself, when it was issued, and what it modifies: the kinds on which papers of others
broke the reader.
"""

from datetime import date

import pytest

from functions.extractor.reading import what
from functions.extractor.reading.reading import Doubt
from tests.sheets import SUPPLIER, read, sheet

pytestmark = pytest.mark.unit

HEAD = ("kind", "series", "number", "issue_date")
MODIFIES = ("modifies.kind", "modifies.series", "modifies.number")
BILL = """
SERVICIO DE AGUA FICTICIO                    {title}
RUC 20512345671                              {serial}
Fecha de emisión: 06/11/2026
Volumen de agua potable       46.26
I.G.V.                         8.33
Importe total a pagar: S/ 54.59
"""
NOTE = """
COMERCIAL FICTICIA S.A.C.                    RUC: 20512345671
                                             NOTA DE CREDITO ELECTRONICA
                                             FC01-00000012
"""
VICTIM = """
DOCUMENTO QUE MODIFICA
Tipo: Factura Electrónica
Número: F001-00000245             Fecha de Emisión: 02/11/2026
"""
WRAPPED = """
Documento de    Factura F001-00000245
referencia:
Motivo:         ANULACION
"""
OWN = """
Cliente: DISTRIBUIDORA INVENTADA E.I.R.L.
Fecha de Emisión: 05/11/2026
"""


@pytest.mark.parametrize(
    ("serial", "want"),
    [
        ("FACTURA ELECTRONICA\nSerie: F001\nNúmero: 000123", ("01", "F001", "123")),
        ("FACTURA ELECTRONICA\nSerie: F001   Número: 000123", ("01", "F001", "123")),
        ("FACTURA ELECTRONICA\nSerie N°: F001\n  Correlativo: 000123", ("01", "F001", "123")),
        ("FACTURA ELECTRONICA\nComprobante F001 -\n00000123", ("01", "F001", "123")),
        ("FACTURA ELECTRONICA\nSerie del documento:\nF001\nNro. correlativo: 123", ("01", "F001", "123")),
        ("FACTURA\nE001 N° 123", ("01", "E001", "123")),
        ("FACTURA ELECTRONICA\nE001 100-", ("01", "E001", "100")),
        ("BOLETA DE\nVENTA ELECTRONICA\nB001-77", ("03", "B001", "77")),
        ("NOTA DE\nCREDITO ELECTRONICA\nFC01-12", ("07", "FC01", "12")),
        ("RECIBO POR HONORARIOS\nE001-332", ("02", "E001", "332")),
    ],
)
def test_a_title_is_read_with_its_series_and_number(serial: str, want: tuple[str, ...]) -> None:
    """On one row or two, behind labels or none, and where the title itself wraps."""
    got = read(
        f"COMERCIAL FICTICIA S.A.C.\nRUC 20512345671\n{serial}\nFecha de emisión: 05/11/2026\nTOTAL S/ 118.00"
    )
    assert tuple(got.get(name) for name in HEAD[:3]) == want


@pytest.mark.parametrize(
    ("title", "serial"),
    [
        ("RECIBO", "S106-0018702063"),
        ("RECIBO ELECTRONICO", "S106-0018702063"),
        ("N° de Recibo: S106-0018702063", ""),
    ],
    ids=["bare", "electronic", "labelled"],
)
def test_a_bill_of_light_or_water_is_one(title: str, serial: str) -> None:
    """«Recibo» alone, electronic, or as the label of its number titles a service bill, which is a
    comprobante.
    """
    art = BILL.format(title=title, serial=serial)
    got = read(art)
    assert [got.get(name) for name in HEAD] == ["14", "S106", "18702063", date(2026, 11, 6)]
    assert what.judge([sheet(art)], got, []) is None


@pytest.mark.parametrize(
    "label", ["Dirección del Receptor de la Factura :", "Resolución N.° 097-2012/SUNAT", "Guía de remisión :"]
)
def test_a_label_is_no_title(label: str) -> None:
    """A phrase that ends in a colon, a resolution and an empty reference change nothing of what the paper
    is.
    """
    art = f"""
COMERCIAL FICTICIA S.A.C.                    RUC: 20512345671
{label}                                      BOLETA DE VENTA ELECTRONICA
Jr. Inventado 123                            B100-00000047
Fecha de Emisión : 16/11/2026
TOTAL S/ 20.00
"""
    got = read(art)
    assert [got.get(name) for name in HEAD] == ["03", "B100", "47", date(2026, 11, 16)]
    assert what.judge([sheet(art)], got, []) is None


@pytest.mark.parametrize(
    "art",
    [NOTE + VICTIM + OWN, NOTE + OWN + VICTIM, NOTE + WRAPPED + OWN],
    ids=["before", "after", "wrapped"],
)
def test_a_note_keeps_its_own_date(art: str) -> None:
    """The modified document's block gives what is modified, and neither kind, number nor date of the note,
    wherever it stands.
    """
    got = read(art)
    assert [got.get(name) for name in HEAD] == ["07", "FC01", "12", date(2026, 11, 5)]
    assert [got.get(name) for name in MODIFIES] == ["01", "F001", "245"]


def test_a_modified_date_beside_its_block_is_a_guess() -> None:
    """Where the only date may be the modified document's, it is shown and doubted."""
    got = read(NOTE + VICTIM)
    assert (got.get("issue_date"), Doubt.OTHER_DATE in got.doubts) == (date(2026, 11, 2), True)


def test_a_note_that_names_nothing_else_has_a_doubtful_number() -> None:
    """Every note modifies a document: where one number alone is found, it may be that document's."""
    assert [Doubt.OTHER_SERIAL in read(NOTE + more + OWN).doubts for more in ("", VICTIM)] == [True, False]


FACTURA = (
    "COMERCIAL FICTICIA S.A.C.\nRUC 20512345671\nFACTURA ELECTRONICA\nF001-123\n{dates}\nTOTAL S/ 118.00"
)


@pytest.mark.parametrize(
    ("dates", "want"),
    [
        ("Fecha de\nEmisión:  05/11/2026", (date(2026, 11, 5), None)),
        (
            "Fecha de  05/11/2026\nEmisión:\nFecha  20/11/2026\nVencimiento:",
            (date(2026, 11, 5), date(2026, 11, 20)),
        ),
        ("Fecha de emisión\n05/11/2026", (date(2026, 11, 5), None)),
        ("Fecha de emisión: 5 de noviembre del\n2026 19:43", (date(2026, 11, 5), None)),
        ("Fecha  05  11  2026", (date(2026, 11, 5), None)),
        ("Fecha: 05-nov-2026\nVence: 20-nov-2026", (date(2026, 11, 5), date(2026, 11, 20))),
        ("Fecha de lectura: 01/11/2026\nEmisión: 05/11/2026", (date(2026, 11, 5), None)),
        ("Date: January 5, 2026\nDue date: Apr. 20th, 2026", (date(2026, 1, 5), date(2026, 4, 20))),
        ("Fecha: Noviembre 5 del 2026\nVence: 20 Dec 2026", (date(2026, 11, 5), date(2026, 12, 20))),
        (
            "Jr. Grau 12  Fecha: jueves 5 de noviembre de 2026 23:10\nVENCIMIENTO:  vie. 20/11/2026",
            (date(2026, 11, 5), date(2026, 11, 20)),
        ),
    ],
)
def test_a_date_is_what_its_label_says(dates: str, want: tuple[date | None, ...]) -> None:
    """Beside, below and over two rows; in figures, words and boxes, behind the day of the week, in English; the
    reading of a meter is no issue.
    """
    got = read(FACTURA.format(dates=dates))
    assert ((got.get("issue_date"), got.get("due_date")), got.doubts & {Doubt.OTHER_DATE}) == (want, set())


@pytest.mark.parametrize(
    "edge",
    ["26/11/26, 14:14        Comprobante", "FAX 26/11/2026 11:49   PAG 01/01", "26/11/26,      Comprobante"],
)
def test_a_printers_line_dates_nothing(edge: str) -> None:
    """A date with a clock time at the page's edge, which nobody wrote on the paper, is no date of issue, nor is
    a browser's whose clock was not seen.
    """
    assert read(f"{edge}\n{FACTURA.format(dates='')}").get("issue_date") is None


@pytest.mark.parametrize(("closed", "want"), [("05/11/2026", date(2026, 11, 5)), ("06/11/2026", None)])
def test_the_one_day_of_a_paper_is_a_guess_whatever_it_is_called(closed: str, want: date | None) -> None:
    """A restaurant's opening and closing of a table on one day date it, in doubt; two days do not."""
    got = read(FACTURA.format(dates=f"Apertura: 05/11/2026 13:02\nCierre: {closed} 14:05"))
    assert (got.get("issue_date"), Doubt.OTHER_DATE in got.doubts) == (want, want is not None)


def test_a_date_without_a_label_among_others_is_a_guess() -> None:
    """Two dates of which none is called the issue's: the one that is taken is doubted."""
    got = read(FACTURA.format(dates="Lima, 05/11/2026\nFecha de entrega: 09/11/2026"))
    assert (got.get("issue_date"), Doubt.OTHER_DATE in got.doubts) == (date(2026, 11, 5), True)


def test_a_date_is_called_in_two_languages() -> None:
    """`FECHA / DATE` is the issue's; days that are called otherwise, and those of lines under their own
    heading, do not rival it.
    """
    lines = (
        "INGRESO /CHECK-IN   24-03-26",
        "FECHA / DATE        28-mar-2026",
        "FECHA      DESCRIPCION / DESCRIPTION      IMPORTE",
        "25-03-26   HABITACION                      50.00",
        "26-03-26   HABITACION                      68.00",
    )
    got = read(FACTURA.format(dates="\n".join(lines)))
    assert (got.get("issue_date"), got.doubts & {Doubt.OTHER_DATE}) == (date(2026, 3, 28), set())


@pytest.mark.parametrize("broken", ["85/11/2026", "05/11/7026", "79 de noviembre del 2026", "2026-17-05"])
def test_a_date_of_issue_that_is_no_day_makes_any_other_a_guess(broken: str) -> None:
    """Where a digit of the day of issue was misread, the date that is left is not taken for it unseen."""
    got = read(FACTURA.format(dates=f"Fecha de emisión: {broken}\nInicio del servicio: 01/10/2026"))
    assert Doubt.OTHER_DATE in got.doubts


def test_two_titles_of_different_kinds_are_doubted() -> None:
    """A factura and a boleta titled alike on one page, with nothing to choose by but their place."""
    got = read(
        "COMERCIAL FICTICIA S.A.C.\nRUC 20512345671\nFACTURA ELECTRONICA\nBOLETA "
        "ELECTRONICA\n0001-123\nTOTAL S/ 118.00"
    )
    assert Doubt.OTHER_KIND in got.doubts


def test_an_export_is_no_foreign_paper() -> None:
    """A Peruvian factura names its title in two languages, its buyer's country and a tax it does not pay."""
    art = f"""
EXPORTADORA FICTICIA S.A.C.                  R.U.C. {SUPPLIER}
FACTURA ELECTRÓNICA DE EXPORTACIÓN / COMMERCIAL INVOICE   FE01-00000331
Sold to: IMPORTADORA ANDINA CIA. LTDA.       R.U.C. Ecuador 1790012345001
Fecha de Emisión: 05/11/2026                 VAT exempt
TOTAL US$    100.00
"""
    got = read(art)
    told = (what.judge([sheet(art)], got, []), got.get("kind"), got.get("customer.name"))
    assert told == (None, "01", "IMPORTADORA ANDINA CIA. LTDA.")


def test_a_foreign_paper_is_called_foreign() -> None:
    """Another country's factura with a Peruvian customer is no guía, no quote and no comprobante."""
    art = """
IMPORTADORA INVENTADA CIA. LTDA.             RUC: 0912345678001
AMBIENTE: PRODUCCION                         FACTURA
CLAVE DE ACCESO 1234567890123456             001-002-000000123
Cliente: DISTRIBUIDORA INVENTADA  RUC 20601234565
Guía de remisión: 001-002-000000045
SUBTOTAL 12%    100.00
IVA 12%          12.00
VALOR TOTAL     112.00
"""
    assert what.judge([sheet(art)], read(art), []) == "foreign"


@pytest.mark.parametrize(
    ("lines", "want"),
    [
        (("TICKET", "Serie: 0005", "Nro: 438"), ("12", "0005", "438")),
        (("TICKET BOLETA", "M001 - 00000069"), ("12", "M001", "69")),
        (("TICKET BOLETA ELECTRONICA", "B001 - 00000069"), ("03", "B001", "69")),
        (("RECIBO POR", "HONORARIOS", "E001-46"), ("02", "E001", "46")),
        (("FACTURA ELECTRONICA", "Serie: FA00", "Nro: 77"), ("01", "FA00", "77")),
        (("BOLETO ELECTRONICO / FACTURA ELECTRONICA", "Serie-Correlativo F5A0-77"), ("01", "F5A0", "77")),
        (
            (
                "NOTA DE CREDITO",
                "FD07-9",
                "",
                "Tipo de documento : BOLETA",
                "Documento : FACTURA ELECTRONICA",
            ),
            ("07", "FD07", "9"),
        ),
    ],
)
def test_a_tickets_series_tells_what_it_is(lines: tuple[str, ...], want: tuple[str, str, str]) -> None:
    """A till's ticket is one unless its series is a boleta's or a factura's; a title may wrap, and a labelled
    kind is another document's.
    """
    reading = read("\n".join((f"RUC 20512345671  {lines[0]}", *(" " * 18 + line for line in lines[1:]))))
    assert tuple(map(reading.get, HEAD[:3])) == want


@pytest.mark.parametrize(
    "line", ["Agente de retención según R.S. 037-2002", "F. EMISION: 02/02/2027 / 19:20:36"]
)
def test_a_resolution_and_a_clock_are_no_number(line: str) -> None:
    """The number of a resolution, and a year beside an hour, are not the comprobante's."""
    assert read(f"RUC 20512345671\nFACTURA ELECTRONICA\n{line}").get("series") is None


@pytest.mark.parametrize(
    ("lines", "want"),
    [
        (("FECHA DE VENCIMIENTO: 13/08/2026",), (None, date(2026, 8, 13))),
        (("F.EMIS. 05/11/2026", "VENCE 13/12/2026"), (date(2026, 11, 5), date(2026, 12, 13))),
        (("Fch Emisión: 05/11/2026", "Fecha de Vcto.: 13/12/2026"), (date(2026, 11, 5), date(2026, 12, 13))),
        (("Expedido el: 05/11/2026", "Pague hasta: 13/12/2026"), (date(2026, 11, 5), date(2026, 12, 13))),
        (("Impreso el 07/11/2026",), (None, None)),
        (
            ("Fecha emisión: 05/11/2026", "ALMACENES PUNTA NEGRA S.A.C.     Vence el: 13 Dic 2026"),
            (date(2026, 11, 5), date(2026, 12, 13)),
        ),
        (
            ("Señores: ALFA    DIA MES AÑO", "Dirección: Lima", "RUC: 20601234565    05  11  2026"),
            (date(2026, 11, 5), None),
        ),
        (
            ("Señores: ALFA          DÍA  MES  AÑO", "RUC: 20601234565 05  11  2026"),
            (date(2026, 11, 5), None),
        ),
    ],
)
def test_dates_are_what_they_are_called(
    lines: tuple[str, ...], want: tuple[date | None, date | None]
) -> None:
    """However a label is written; a day of payment or of printing is never that of the issue."""
    reading = read("\n".join(("RUC 20512345671  FACTURA ELECTRONICA", "                 F001-123", *lines)))
    assert (reading.get("issue_date"), reading.get("due_date")) == want

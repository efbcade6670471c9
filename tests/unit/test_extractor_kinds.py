"""Peru's tables: what a kind or a currency is called by those who write it."""

import pytest

from functions.extractor.peru.currency import named, spelled
from functions.extractor.peru.kinds import KINDS, NAMES, begun_by, coded, fits, mentions
from functions.extractor.peru.tokens import fold, lettered
from functions.extractor.sheets.spelling import mended

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "01"), ("30", "30"), ("R1", "02"), ("Nota de Crédito", "07"),
        ("NOTA DE DÉBITO ELECTRÓNICA", "08"), ("Guía de Remisión Transportista", "31"),
        ("Guía de Remisión", "09"), ("Factura electrónica", "01"), ("boleta de venta", "03"),
        ("Boleto aéreo", "05"), ("123", None), ("hola", None), ("", None),
    ],
)  # fmt: skip
def test_a_kind_is_known_by_its_digits_or_its_words(text: str, code: str | None) -> None:
    """The narrower words come first: a note is no factura, a carrier's guide no sender's."""
    assert coded(text) == code


def test_every_invoice_is_known_by_the_name_that_users_read() -> None:
    """What we call a kind is understood as that kind."""
    assert {code: coded(name) for code, name in NAMES.items()} == {code: code for code in NAMES}
    titled = {code for code, name in NAMES.items() if [m.code for m in mentions(fold(name))] == [code]}
    assert titled == NAMES.keys() - {"13"}
    assert KINDS.keys() - NAMES.keys() == {"09", "20", "31", "40"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("FACTURA ELECTRÓNICA", [("01", "FACTURA")]),
        ("F A C T U R A", [("01", "F A C T U R A")]),
        ("FACTURAELECTRONICAF001-12", [("01", "FACTURAELECTRONICA")]),
        ("FAGTURA", [("01", "FAGTURA")]),
        ("NOTA ELECT. DE CRED.", [("07", "NOTA ELECT. DE CRED.")]),
        ("REC. POR HONORARIOS", [("02", "REC. POR HONORARIOS")]),
        ("BOLETO ELECTRÓNICO DE VIAJE", [("16", "BOLETO ELECTRÓNICO DE VIAJE")]),
        ("RECIBO N° S001-12", [("14", "RECIBO")]),
        ("RECIBO ELECTRÓNICO POR HONORARIOS", [("02", "RECIBO ELECTRÓNICO POR HONORARIOS")]),
        ("TICKET BOLETA", [("03", "BOLETA"), ("12", "TICKET BOLETA")]),
        ("RECIBO DE ELECTRICIDAD", [("14", "RECIBO DE ELECTRICIDAD")]),
        ("RECIBO TELEFÓNICO", [("14", "RECIBO TELEFÓNICO")]),
        ("FACTURAS", []),
        ("RECIBOS POR HONORARIOS", []),
        ("SE FACTURARÁ", []),
        ("BOL. 5 KG", []),
        ("RECIBÍ CONFORME", []),
        ("RECIBO MI PEDIDO", []),
        ("CREDITO, NOTA", []),
    ],
)
def test_a_title_is_known_however_it_is_written(line: str, said: list[tuple[str, str]]) -> None:
    """Wide-set, run together, abbreviated, with what may stand between and a letter misread, a title names
    its kind; its words in the plural, conjugated, cut to a unit's or turned round name none.
    """
    assert [(m.code, line[m.start : m.end]) for m in mentions(lettered(line))] == said


@pytest.mark.parametrize(
    ("kind", "series", "may"),
    [("01", "F001", True), ("01", "B001", False), ("03", "EB01", True), ("07", "FC01", True),
        ("02", "F001", False), ("14", "S001", True), ("99", "X1", False)],
)  # fmt: skip
def test_a_kind_has_its_own_series(kind: str, series: str, may: bool) -> None:
    """F for facturas, B for boletas, both for notes; a kind without a rule has any of three or four
    characters.
    """
    assert fits(kind, series) is may


def test_a_series_letter_names_its_kinds() -> None:
    """F and B are shared with notes; any kind may print digits."""
    assert [set(begun_by(letter)) for letter in "FBS0"] == [
        {"01", "07", "08"},
        {"03", "07", "08"},
        {"14"},
        set(),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [("S/", "PEN"), ("S/.", "PEN"), ("NUEVOS SOLES", "PEN"), ("US$", "USD"), ("$", "USD"),
        ("DOLARES AMERICANOS", "USD"), ("€", "EUR"), ("LIBRAS", None)],
)  # fmt: skip
def test_a_currency_is_known_by_name_code_or_sign(text: str, code: str | None) -> None:
    """Whatever stands for a currency names it."""
    assert named(text) == code


def test_only_words_spell_a_currency() -> None:
    """A sign is no word; a phrase may name two."""
    assert [
        spelled(text) for text in ("CIEN CON 00/100 S/", "CIEN CON 00/100 SOLES", "CIEN DOLARES O SUS SOLES")
    ] == [
        set(),
        {"PEN"},
        {"PEN", "USD"},
    ]


def test_a_sign_that_an_engine_misread_is_put_right_off_pixels_alone() -> None:
    """`5/` and `S|` before an amount with cents are soles; in a date, a fraction or a text layer they are
    what they say.
    """
    assert [mended(t) for t in ("TOTAL 5/ 12.00", "S| 1,250.50", "IMPORTE (5/)")] == [
        "TOTAL S/ 12.00",
        "S/ 1,250.50",
        "IMPORTE (S/)",
    ]
    same = ["05/03/2026", "PERNO 5/16", "DISCO 5/ 8"]
    assert [mended(t) for t in same] == same
    assert named("5/12") is None

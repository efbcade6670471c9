import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.extractor.page import Box
from functions.extractor.sheets.rows import lay
from functions.extractor.sheets.spelling import mended
from tests.scale import draws

pytestmark = pytest.mark.unit

LABELS = [
    "Op. Gravada del periodo",
    "Op. Exonerada",
    "Op. Inafecta",
    "I.G.V. (18%)",
    "Otros cargos y tributos",
    "Redondeo",
    "Importe Total de la venta",
]
ITEMS = [
    "Cemento portland tipo I",
    "Fierro corrugado",
    "Servicio de transporte de carga",
    "Arroz extra",
    "Balón de gas",
    "Pintura látex blanco hueso",
]


def photographed(degrees: float, keystone: float = 0.0) -> list[Box]:
    """A page of labels with amounts far to the right, as an engine boxes it when the page lies askew: upright
    boxes, slanted lines.
    """
    lines = [("Empresa Ficticia S.A.C. venta de materiales y servicios", "RUC 20512345671")] + [
        (t, f"{i}0{i}.00") for i, t in enumerate(ITEMS + LABELS, 1)
    ]
    slant = math.radians(degrees)
    c, s = math.cos(slant), math.sin(slant)
    found = []
    for row, pair in enumerate(lines):
        for column, text in enumerate(pair):
            width = len(text) * 9.0
            x, y = (60 + width / 2 if column == 0 else 900 - width / 2), 100 + row * 34.0
            y += keystone * (row / len(lines) - 0.5) * (x - 480)
            across, down = width * c + 20 * abs(s), width * abs(s) + 20 * c
            px, py = c * (x - 480) - s * (y - 400), s * (x - 480) + c * (y - 400)
            found.append(
                Box(
                    text,
                    px + 600 - across / 2,
                    py + 600 - down / 2,
                    px + 600 + across / 2,
                    py + 600 + down / 2,
                    0.95,
                )
            )
    return found


@pytest.mark.long
@settings(deadline=None, max_examples=draws(15, 40))
@given(st.floats(-28, 28), st.floats(-0.05, 0.05))
def test_labels_meet_their_amounts(degrees: float, keystone: float) -> None:
    """However the page lies, each label stands in one row with its own amount."""
    sheet = lay(photographed(degrees, keystone), width=1200, height=1200, slanted=True)
    pairs = {r.cells[0].text: r.cells[-1].text for r in sheet.rows if len(r.cells) == 2}
    assert {t: f"{i}0{i}.00" for i, t in enumerate(ITEMS + LABELS, 1)}.items() <= pairs.items()


def test_a_symbols_angle_is_followed() -> None:
    """The slant that a QR shows keeps rows right where lines alone could be paired either way."""
    sheet = lay(photographed(6.0), width=1200, height=1200, slanted=True, hint=6.0)
    assert all(len(r.cells) == 2 for r in sheet.rows)


@pytest.mark.parametrize("degrees", [-3.5, 3.5])
def test_longer_boxes_are_taller_the_steeper_a_page_lies(degrees: float) -> None:
    """A roll whose names stand over their numbers is as well aligned a line too high: its boxes' heights tell
    the slope.
    """
    slant = math.radians(degrees)
    c, s = math.cos(slant), math.sin(slant)
    found, pairs = [], {}
    for at in range(12):
        name, amount = f"NOMBRE {'LARGO ' * (1 + at % 3)}{at}", f"{at + 10}.{at + 10}"
        pairs[name] = amount
        for text, left, down in ((name, 0.0, 0.0), (f"{at} UND", 190.0, 26.0), (amount, 420.0, 26.0)):
            width = len(text) * 10.0
            x, y = left + width / 2, 52.0 * at + down
            across, tall = width * c + 20 * abs(s), width * abs(s) + 20 * c
            px, py = 200 + c * x - s * y, 200 + s * x + c * y
            found.append(Box(text, px - across / 2, py - tall / 2, px + across / 2, py + tall / 2, 0.95))
    rows = [row.text for row in lay(found, width=1200, height=1200, slanted=True).rows]
    assert rows == [
        text for at, (name, amount) in enumerate(pairs.items()) for text in (name, f"{at} UND {amount}")
    ]


@pytest.mark.parametrize(
    ("read", "kept"),
    [("三三", []), ("=======s===5====±=:", []), ("A = B", ["A = B"]), ("-", ["-"]), ("ＲＵＣ", ["RUC"])],
)
def test_a_rule_of_signs_is_no_text(read: str, kept: list[str]) -> None:
    """What an engine makes of one is dropped, a sign within words or alone is kept."""
    box = Box(read, 100, 100, 100 + 12.0 * len(read), 120, 0.95)
    assert [row.text for row in lay([box], width=600, height=600).rows] == kept


def test_what_an_engine_glues_is_parted() -> None:
    """Quantities, units and prices of a till roll that were read as one word come apart."""
    sheet = lay([Box("5UNDx55.37", 0, 0, 90, 12, 0.99)], width=100, height=100, slanted=True)
    assert sheet.rows[0].text == "5 UND x 55.37"


@pytest.mark.parametrize(
    ("glued", "parted"),
    [
        ("1UNDx 28.74", "1 UND x 28.74"),
        ("2CJA", "2 CJA"),
        ("2TUB", "2 TUB"),
        ("2KGMx3.50", "2 KGM x 3.50"),
        ("500GRS", "500GRS"),
        ("CAJA X 12UND", "CAJA X 12UND"),
    ],
)
def test_a_unit_that_touches_its_number_is_parted(glued: str, parted: str) -> None:
    """With the sign of multiplication behind it or without; a size of what is sold stays as it stands."""
    sheet = lay([Box(glued, 0, 0, 90, 12, 0.99)], width=100, height=100, slanted=True)
    assert [cell.text for row in sheet.rows for cell in row.cells] == [parted]


@pytest.mark.parametrize(
    ("read", "want"),
    [
        ("Exonaradas", "Exoneradas"),
        ("REDONDO", "REDONDO"),
        ("EMISIDN", "EMISION"),
        ("lmporte", "importe"),
        ("Gravada", "Gravada"),
        ("BOLETO", "BOLETO"),
        ("Martillo", "Martillo"),
    ],
)
def test_misread_labels_are_mended(read: str, want: str) -> None:
    """A label with a letter misread is put right; other words stay."""
    assert mended(read) == want


@pytest.mark.parametrize(
    ("box", "rows"),
    [
        (Box("12", 0, 0, 11, 41, 0.99), ["1 CEVICHE", "2 TACU TACU"]),
        (Box("12", 0, 0, 20, 12, 0.99), ["12 CEVICHE", "TACU TACU"]),
        (Box("12", 0, 0, 40, 41, 0.99), ["CEVICHE", "12", "TACU TACU"]),
    ],
    ids=["stacked", "beside", "tall"],
)
def test_digits_that_stand_below_each_other_are_a_column(box: Box, rows: list[str]) -> None:
    """An engine reads a narrow column of quantities as one number: each digit goes back to its row."""
    words = [Box("CEVICHE", 60, 0, 130, 12, 0.99), Box("TACU TACU", 60, 28, 140, 40, 0.99)]
    found = [Row.text for Row in lay([box, *words], width=300, height=100, slanted=True).rows]
    assert found == rows


def test_shadows_are_no_letters() -> None:
    """What the engine itself hardly believes is not read."""
    assert lay([Box("PSRS", 0, 0, 40, 10, 0.4)], width=100, height=100, slanted=True).rows == []


@pytest.mark.parametrize(
    "word",
    [
        "CARLOS",
        "VARGAS",
        "MEDINA",
        "PENSION",
        "DOSCIENTOS",
        "RECEPCIONES",
        "FACTURADO",
        "Facturar",
        "TOTALES",
    ],
)
def test_a_name_is_no_misread_label(word: str) -> None:
    """Names, numbers and things that resemble a label stay what they are."""
    assert mended(word) == word


@pytest.mark.parametrize(
    ("word", "label"),
    [("FACIURA", "FACTURA"), ("BOIETA", "BOLETA"), ("DESCRIPCIÓM", "DESCRIPCION"), ("Emisíon", "Emisíon")],
)
def test_a_misread_label_is_put_right(word: str, label: str) -> None:
    """A label with a letter that looks like its own is read as the label."""
    assert mended(word) == label

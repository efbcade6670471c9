import pytest

from functions.extractor.page import Box
from functions.extractor.reading import reader
from functions.extractor.reading.reading import Doubt
from functions.extractor.sheets.rows import lay
from tests.sheets import read

pytestmark = pytest.mark.unit


def named(*header: str, ruc: str = "20512345671") -> tuple[str | None, bool]:
    """The supplier's name that a header gives, and whether another phrase might be it."""
    reading = read(
        "\n".join(
            [
                *(f"{line:<60}" for line in header),
                f"Av. Los Próceres 123 - Lima                        R.U.C. {ruc}",
                "                                                   FACTURA ELECTRÓNICA",
                "                                                   F001-00000123",
                "Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026",
                "RUC : 20601234565                                  Moneda : SOLES",
            ]
        )
    )
    return reading.get("supplier.name"), Doubt.OTHER_NAME in reading.doubts


@pytest.mark.parametrize(
    "name",
    [
        "SEGURIDAD ELECTRONICA S.A.C.",
        "CASA DE MONEDA S.A.",
        "GUIA ANDINA E.I.R.L.",
        "INMOBILIARIA AVENIDA BRASIL SAC",
        "CLIENTE FELIZ S.A.C.",
    ],
)
def test_a_firm_may_be_called_by_any_word(name: str) -> None:
    """What ends in a legal form is a name, also with words that are labels elsewhere."""
    assert named(name) == (name, False)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (
            ["INVERSIONES GASTRONOMICAS DEL", "PACIFICO SUR S.A.C."],
            "INVERSIONES GASTRONOMICAS DEL PACIFICO SUR S.A.C.",
        ),
        (["ESTACION DE SERVICIOS", "SAN CRISTOBAL S.R.L."], "ESTACION DE SERVICIOS SAN CRISTOBAL S.R.L."),
        (["CLINICA DEL NORTE", "SOCIEDAD ANONIMA", "CERRADA"], "CLINICA DEL NORTE SOCIEDAD ANONIMA CERRADA"),
        (["TAMBITO", "INVERSIONES DEL BARRIO S.A.C."], "INVERSIONES DEL BARRIO S.A.C."),
    ],
)
def test_a_name_ends_with_its_legal_form(header: list[str], name: str) -> None:
    """Lines of one name are joined; a trade name above is none of them."""
    assert named(*header) == (name, False)


@pytest.mark.parametrize(
    ("header", "ruc"),
    [
        (["CONSTRUCTORA HERMANOS", "GARCIA LOPEZ S.A.C."], "20512345671"),  # one name or two
        (["ALFA INVENTADA S.A.C.", "BETA INVENTADA S.A.C."], "20512345671"),  # two firms
        (["TALLERES EL PISTON"], "10412345679"),  # a person's RUC, and no person
    ],
)
def test_a_doubtful_name_is_told(header: list[str], ruc: str) -> None:
    """Where two phrases may be the name, the other one is kept as a doubt."""
    assert named(*header, ruc=ruc)[1]


@pytest.mark.parametrize(
    ("height", "name"), [(16, "ARRIETA BUSTIOS, GONZALO MARTIN"), (10, "ARRIETA BUSTIOS, GONZALO")]
)
def test_a_persons_last_name_below_in_letters_of_a_heading(height: int, name: str) -> None:
    """One word under a person's names is the last of them where it is drawn as large as they are, and
    larger than the page's other words.
    """
    found = [
        Box("ARRIETA BUSTIOS, GONZALO", 60, 60, 290, 60 + height),
        Box("MARTIN", 60, 78, 130, 78 + height),
        Box("Abogado", 60, 100, 110, 110),
        *(Box(text, 380, y, 380 + 6 * len(text), y + 10) for text, y in (
            ("R.U.C. 10201312618", 62), ("RECIBO POR HONORARIOS", 74), ("ELECTRONICO", 86),
            ("Nro: E001-470", 98),
        )),
        *(Box(text, 60, y, 60 + 6 * len(text), y + 10) for text, y in (
            ("Fecha de emision: 05/11/2026", 140), ("Total por honorarios 118.00", 160)
        )),
    ]  # fmt: skip
    page = lay(found, width=620, height=900, index=0)
    assert reader.read([page], "text").get("supplier.name") == name

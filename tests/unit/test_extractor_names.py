import pytest

from functions.extractor.reading.reading import Doubt
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

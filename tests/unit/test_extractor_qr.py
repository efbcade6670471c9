from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.extractor.peru.qr import Qr, parse

pytestmark = pytest.mark.unit

RUC, BUYER, HASH = "20512345671", "20601234565", "RZMqkcWnJ0pGZ0c3c2hYbG1hZ3M="


def qr(**changes: object) -> Qr:
    """A whole factura, with changes."""
    fields: dict[str, object] = {
        "ruc": RUC, "kind": "01", "series": "F001", "number": "1455", "igv": Decimal("239.96"),
        "total": Decimal("1573.00"),
        "issue_date": date(2025, 9, 30), "customer_type": "6", "customer_id": BUYER,
    }  # fmt: skip
    return Qr(**{**fields, **changes})


@pytest.mark.parametrize(
    ("payload", "want"),
    [
        (f"{RUC}|01|F001|1455|239.96|1573.00|2025-09-30|6|{BUYER}|{HASH}", qr(hashed=True)),
        (f"{RUC}|01|F001|123|36.00|236.00|2018-01-21|6|{BUYER}|",
            qr(number="123", igv=Decimal(36), total=Decimal(236), issue_date=date(2018, 1, 21))),
        (f"{RUC}|03|B001|27|111.97|734.00|11/09/2025|1|48762828",
         qr(kind="03", series="B001", number="27", igv=Decimal("111.97"), total=Decimal(734),
             issue_date=date(2025, 9, 11), customer_type="1", customer_id="48762828")),
        (f"{RUC}|Boleta|B001|1|10.68|70.00|13-03-2022|1|40708627|",
         qr(kind="03", series="B001", number="1", igv=Decimal("10.68"), total=Decimal(70),
             issue_date=date(2022, 3, 13), customer_type="1", customer_id="40708627")),
        (f"{RUC}|FACTURA|F001|1455|239.96|1573.00|30-09-2025|6|{BUYER}|", qr()),
        (f"{RUC}|Nota de Crédito|FC01|3|239.96|1573.00|2025-09-30|6|{BUYER}",
            qr(kind="07", series="FC01", number="3")),
        (f"{RUC}|Boleta|B001|2||15.00|20-03-2022|-|-|",
         qr(kind="03", series="B001", number="2", igv=None, total=Decimal(15), issue_date=date(2022, 3, 20),
             customer_type=None, customer_id=None, nobody=True)),
        (f"{RUC}|01|F001|1455|90|590.00|2025-09-30|6|{BUYER}|", qr(igv=Decimal(90), total=Decimal(590))),
        (f"{RUC}|01|F033-00330623|28.67|187.94|5/12/2026 12:00:00\u202fAM|6|{BUYER}|{HASH}\r\n",
         qr(series="F033", number="330623", igv=Decimal("28.67"), total=Decimal("187.94"),
             issue_date=date(2026, 5, 12), hashed=True)),
        (f"{RUC} | 01 | FFF1 | 000001 | 239.96 | 1573.00 | 2025-09-30 | 6 | {BUYER} | ",
            qr(series="FFF1", number="1")),
        (f"{RUC}]01]F001]1455]239.96]1573.00]2025-09-30]6]{BUYER}]", qr()),
        (f"{RUC};01;F001;1455;239.96;1573.00;2025-09-30;6;{BUYER};", qr()),
        (f"{RUC}%7C01%7CF001%7C1455%7C239.96%7C1573.00%7C2025-09-30%7C6%7C{BUYER}%7C", qr()),
        (f"{RUC}|01|f001|00001455|239.96|1573.00|2025-09-30|6|{BUYER}|", qr()),
        (f"{RUC}|1|F001|1455|239.96|1573.00|2025-09-30|6|{BUYER}|", qr()),
        (f"{RUC}|01|F001|1455|239.96|1,573.00|9/30/2025|6|{BUYER}|", qr()),
        (f"https://cpe.example/ver?ruc={RUC}&tipo=01&serie=F001&numero=1455&monto=1573.00&igv=239.96&fecha=2025-09-30",
         qr(customer_type=None, customer_id=None)),
    ],
    ids=["hash", "closing-pipe", "day-first", "word", "capitals", "note", "no-igv", "integer",
        "fused-us-date", "spaces", "brackets", "semicolons",
         "escaped", "lower-case", "one-digit-type", "day-over-12", "url"],
)  # fmt: skip
def test_every_printed_variant_is_understood(payload: str, want: Qr) -> None:
    """A symbol gives its fields in each of the ways that issuers really print it."""
    assert parse(payload) == want


@pytest.mark.parametrize(
    ("payload", "kind", "series"),
    [
        (f"{RUC}|40 | P003-00612 | 0.00 | 450.37 | 5/28/2026 12:00:00 AM | 6 | ", "40", "P003"),
        (f"{RUC}|Guía de Remisión Remitente|TV50|12|---|---|22-01-2023|6|{BUYER}|", "09", "TV50"),
        (f"{RUC}|09|T009|0741770|6|{BUYER}", "09", "T009"),
        (
            "https://e-factura.sunat.gob.pe/v1/contribuyente/gre/comprobantes/descargaqr?hashqr=AbC=",
            "09",
            None,
        ),
    ],
)
def test_what_is_no_invoice_says_so(payload: str, kind: str, series: str | None) -> None:
    """Guías and certificates of percepción are recognised, and are nobody's invoice."""
    found = parse(payload)
    assert found is not None
    assert (found.kind, found.series, found.is_invoice) == (kind, series, False)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "hola",
        "https://wa.me/51900000000",
        "1|2|3",
        f"{RUC[:-1]}9|01|F001|1|1|1|2025-01-01",
        f"{RUC[:-1]}|01|F001|1|1|1|2025-01-01|6|{BUYER}|",
        "WIFI:S:x;T:WPA;P:y;;",
    ],
)
def test_other_symbols_are_not_sunats(payload: str) -> None:
    """A symbol of anybody else gives nothing, nor a torn one whose RUC fails its check digit."""
    assert parse(payload) is None


def test_a_whole_symbol_keeps_its_voice() -> None:
    """An issuer's number that fails its check digit takes nothing from what else the symbol says."""
    wrong = f"{RUC[:-1]}9"
    assert parse(f"{wrong}|01|F001|1455|239.96|1573.00|2025-09-30|6|{BUYER}|{HASH}") == qr(
        ruc=wrong, hashed=True
    )


@given(st.text(max_size=80))
def test_no_payload_breaks_the_parser(payload: str) -> None:
    """Whatever a stranger's symbol holds, parsing it ends in fields or in nothing."""
    parse(payload)
    parse(f"{RUC}|01|{payload}")

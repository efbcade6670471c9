from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.extractor.invoice import (
    Check,
    Customer,
    ErrorCode,
    Evidence,
    Extraction,
    ExtractionError,
    Invoice,
    Item,
    Modifies,
    NotInvoice,
    Supplier,
)
from functions.extractor.judging import checks
from functions.whatsapp import helpers, result
from functions.whatsapp.format import money, size
from tests.scale import draws

pytestmark = pytest.mark.unit

SEED = """💼 *Proveedor*
RUC: 123456789
Razón Social: Ejemplo SAC

📄 *Factura*
Serie: F001
Número: 123
Total: S/ 450.00

📦 *Items*
1. Producto 1 - S/ 200
2. Producto 2 - S/ 250"""

SAMPLE = Invoice(
    kind="01",
    series="F001",
    number="123",
    currency="PEN",
    supplier=Supplier(ruc="123456789", name="Ejemplo SAC"),
    total=Decimal("450.00"),
    items=[
        Item(description="Producto 1", amount=Decimal("200.00")),
        Item(description="Producto 2", amount=Decimal(250)),
    ],
)

NASTY = st.text(
    st.one_of(st.sampled_from("*_~`>\n\r\t\u202e\u200b\u2066\u0000 😀ñ"), st.characters()), max_size=60
)
KEYS = ("supplier.ruc", "kind", "series", "number", "issue_date", "total")
SYMBOL = Invoice(
    kind="01",
    series="F001",
    number="123",
    issue_date=date(2026, 11, 20),
    supplier=Supplier(ruc="20123456786"),
    total=Decimal("450.00"),
)
"""What a QR alone gives: its six fields."""

AMOUNT = st.one_of(st.none(), st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=2))
INVOICE = st.builds(
    Invoice,
    kind=st.sampled_from([None, "01", "03", "07", "99"]),
    series=st.one_of(st.none(), NASTY),
    number=st.one_of(st.none(), NASTY),
    currency=st.one_of(st.sampled_from([None, "PEN", "USD", "EUR"]), NASTY),
    supplier=st.builds(Supplier, ruc=st.one_of(st.none(), NASTY), name=st.one_of(st.none(), NASTY)),
    customer=st.builds(Customer, id=NASTY, name=NASTY),
    total=AMOUNT,
    igv=AMOUNT,
    modifies=st.one_of(st.none(), st.builds(Modifies, series=NASTY, number=NASTY)),
    items=st.lists(st.builds(Item, description=NASTY, amount=AMOUNT), max_size=8),
)


def test_the_sample_is_byte_for_byte() -> None:
    """An invoice of which only the specification's fields are known reads exactly as specified."""
    assert result.format_invoice(SAMPLE) == SEED


def test_more_known_fields_add_lines() -> None:
    """Every further field that was read adds one line in the same style; the heading follows the kind."""
    invoice = SAMPLE.model_copy(
        update={
            "kind": "07",
            "issue_date": date(2026, 11, 5),
            "customer": Customer(id_type="6", id="20100000009", name="Bodega Ficticia EIRL"),
            "taxable": Decimal("381.36"),
            "igv": Decimal("68.64"),
            "exempt": Decimal(0),
            "currency": "USD",
            "total": Decimal(1450),
            "detraction": Decimal("54.00"),
            "net_payable": Decimal("396.00"),
            "modifies": Modifies(kind="01", series="F001", number="9"),
            "items": [
                Item(description="Arroz", amount=Decimal("1234.5")),
                Item(description=None, amount=None),
            ],
        }
    )
    assert result.format_invoice(invoice) == (
        "💼 *Proveedor*\nRUC: 123456789\nRazón Social: Ejemplo SAC\n\n📄 *Nota de crédito*\nSerie: "
        "F001\nNúmero: 123\n"
        "Fecha de emisión: 05/11/2026\nCliente: Bodega Ficticia EIRL - RUC 20100000009\nModifica: Factura "
        "F001-9\n"
        "Op. gravada: US$ 381.36\nIGV: US$ 68.64\nTotal: US$ 1,450.00\nDetracción: US$ 54.00\nNeto a pagar: "
        "US$ 396.00\n\n"
        "📦 *Items*\n1. Arroz - US$ 1,234.50\n2. no se lee - no se lee"
    )


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        ("100.00", "Redondeo: -S/ 0.03\nTotal: S/ 100.00\nNeto a pagar: S/ 100.00"),
        ("100.03", "Total: S/ 100.03\nRedondeo: -S/ 0.03\nNeto a pagar: S/ 100.00"),
    ],
)
def test_a_rounding_stands_where_it_counts(total: str, lines: str) -> None:
    """Before the total that it is part of, and after the one that is rounded only when it is paid."""
    rounded = Invoice(
        currency="PEN", total=Decimal(total), rounding=Decimal("-0.03"), net_payable=Decimal("100.00")
    )
    assert lines in result.format_invoice(rounded)


def test_what_was_not_read_says_so() -> None:
    """An invoice without a single value shows each key line as unread and invents nothing."""
    assert result.format_invoice(Invoice()) == (
        "💼 *Proveedor*\nRUC: no se lee\nRazón Social: no se lee\n\n📄 *Comprobante*\nSerie: no se "
        "lee\nNúmero: no se lee\n"
        "Total: no se lee\n\n📦 *Items*\nno se lee"
    )


@pytest.mark.parametrize("code", get_args(ErrorCode))
def test_every_error_has_its_own_sentence(code: ErrorCode) -> None:
    """Each failure is told in a sentence of its own, with the file's name."""
    text = result.format_extraction(
        Extraction("unreadable", "none", error=ExtractionError(code, "x")), filename="a*b.pdf"
    )
    assert text == f"{helpers.error_sentence(code)}\n📎 a b.pdf"
    assert (
        sum(helpers.error_sentence(other) == helpers.error_sentence(code) for other in get_args(ErrorCode))
        == 1
    )


@pytest.mark.parametrize("what", get_args(NotInvoice))
def test_what_is_no_invoice_is_named(what: NotInvoice) -> None:
    """A document that is no comprobante is named as what it is and not shown as one."""
    text = result.format_extraction(Extraction("not_an_invoice", "ocr", what=what))
    assert ("parece ser" in text or "No veo ningún comprobante" in text, "Proveedor" in text) == (True, False)
    assert re.search(r"mánda|envíame|consúlta", text, re.IGNORECASE), "and what to do next"


def test_a_later_page_alone_is_no_other_document() -> None:
    """A page of a comprobante that came without its first is told as its continuation, and what to do about
    it.
    """
    text = result.format_extraction(Extraction("not_an_invoice", "ocr", what="continuation"))
    assert text == (
        "📄 Esto parece ser la continuación de un comprobante: tiene ítems o totales, pero no su título, su "
        "RUC ni su número. Para leerlo completo, envíame todas sus páginas juntas en un solo PDF."
    )


def test_trust_names_each_doubt() -> None:
    """A failed check, a disagreement and an unread key field are each told concretely in the line of
    trust.
    """
    invoice = SAMPLE.model_copy(update={"number": None})
    extraction = Extraction(
        "needs_review",
        "qr+ocr",
        (invoice,),
        evidence=(Evidence(0, "total", "450.00", "qr", disagree=(("ocr", "460.00"),)),),
        checks=(Check(0, "supplier_ruc", ok=False),),
    )
    last = result.format_extraction(extraction).rsplit("\n\n", 1)[1]
    assert last == (
        "⚠️ Revisa: no se lee el número; el total dice 450.00 según el código QR y 460.00 según la lectura "
        "de la imagen; el RUC del proveedor no pasa su dígito verificador."
    )


def test_proven_says_against_what() -> None:
    """What is proven names the fields that the QR says too and those that sums confirm, and that the rest is
    as it was read.
    """
    symbol = [Evidence(0, field, "x", "qr", agree=("text",), trust="proven") for field in KEYS]
    sums = [
        Evidence(0, field, "x", "text", trust="proven")
        for field in ("currency", "taxable", "igv", "items.0.amount")
    ]
    rest = [Evidence(0, field, "x", "text") for field in ("supplier.name", "due_date", "items.0.description")]
    text = result.format_extraction(
        Extraction("proven", "qr+text", (SAMPLE,), evidence=(*rest, *symbol, *sums))
    )
    assert text == (
        f"{SEED}\n\n✅ Verificado contra el código QR: el tipo de comprobante, la serie, el número, la fecha "
        "de emisión, el RUC del proveedor y el total. También comprobé la moneda, la op. gravada, el IGV y "
        "los importes de los ítems. Lo demás (nombres, descripciones) va como se lee."
    )


def test_a_proof_names_the_money_and_the_names_that_it_is_not_about() -> None:
    """What is paid beside the total is as it was read, and a name with a rival is told as such, after the
    promise.
    """
    sure = Evidence(0, "total", "450.00", "qr", agree=("text",), trust="proven")
    rest = (
        Evidence(0, "net_payable", "396.00", "text"),
        Evidence(0, "supplier.name", "x", "text", trust="doubted"),
    )
    text = result.format_extraction(Extraction("proven", "qr+text", (SAMPLE,), evidence=(sure, *rest)))
    assert text == (
        f"{SEED}\n\n✅ Verificado contra el código QR: el total. Lo demás (nombres, descripciones, el neto a "
        "pagar) va como se lee. Hay más de un dato posible para la razón social del proveedor."
    )


def test_what_is_nothing_and_not_shown_is_not_verified_either() -> None:
    """An amount of 0.00 that the message leaves out is in no promise; a base and a tax of 0.00 are shown, and
    named.
    """
    sure = [Evidence(0, "total", "450.00", "qr", agree=("text",), trust="proven")]
    sums = [
        Evidence(0, field, "0.00", "text", trust="proven") for field in ("taxable", "igv", "exempt", "icbper")
    ]
    rest = (Evidence(0, "free", "0.00", "text"), Evidence(0, "discounts", "5.00", "text"))
    text = result.format_extraction(
        Extraction("proven", "qr+text", (SAMPLE,), evidence=(*sure, *sums, *rest))
    )
    assert text == (
        f"{SEED}\n\n✅ Verificado contra el código QR: el total. También comprobé la op. gravada y el IGV. "
        "Lo demás (nombres, descripciones, los descuentos) va como se lee."
    )


def test_a_doubt_names_its_field() -> None:
    """A value beside which the page speaks for another is told as such, by the field's name."""
    evidence = (
        Evidence(0, "issue_date", "2026-11-05", "text", trust="doubted"),
        Evidence(0, "total", "450.00", "text"),
    )
    text = result.format_extraction(Extraction("needs_review", "text", (SAMPLE,), evidence=evidence))
    assert text == f"{SEED}\n\n⚠️ Revisa: hay más de un dato posible para la fecha de emisión."


def test_a_symbol_alone_is_shown_and_blames_no_paper() -> None:
    """Where only the QR could be read its six fields stand, the rest is unread, and the line says that we
    could not read the words.
    """
    evidence = tuple(Evidence(0, field, "x", "qr") for field in KEYS)
    read = Extraction(
        "needs_review",
        "qr",
        (SYMBOL,),
        evidence=evidence,
        checks=(Check(0, "supplier_ruc", ok=True), Check(0, "sum", ok=None)),
    )
    shown = (
        "💼 *Proveedor*\nRUC: 20123456786\nRazón Social: no se lee\n\n📄 *Factura*\nSerie: F001\nNúmero: 123\n"
        "Fecha de emisión: 20/11/2026\nTotal: 450.00\nMoneda: no se lee\n\n📦 *Items*\nno se lee\n\n"
        "⚠️ Solo pude leer el código QR; las palabras no las pude leer esta vez. "
    )
    assert result.format_extraction(read) == shown + "Compáralo con el papel antes de registrarlo."
    doubted = replace(read, checks=(Check(0, "supplier_ruc", ok=False),))
    assert (
        result.format_extraction(doubted)
        == shown + "Revisa: el RUC del proveedor no pasa su dígito verificador."
    )


@pytest.mark.parametrize(
    ("passed", "line"),
    [
        (
            ("sum", "supplier_ruc"),
            (
                "Solo lo leyó la IA; los montos y el RUC cuadran, pero compáralo con el papel antes de "
                "registrarlo."
            ),
        ),
        (
            ("items",),
            "Solo lo leyó la IA; los montos cuadran, pero compáralo con el papel antes de registrarlo.",
        ),
        (
            ("supplier_ruc",),
            (
                "Solo lo leyó la IA; el RUC pasa su dígito verificador, pero compáralo con el papel antes "
                "de registrarlo."
            ),
        ),
        ((), "Solo lo leyó la IA; compáralo con el papel antes de registrarlo."),
    ],
)
def test_a_model_as_the_only_witness_is_told_as_such(passed: tuple[str, ...], line: str) -> None:
    """What a model alone read is never called verified, whatever adds up; where another source agrees in a
    field it is not alone.
    """
    alone = tuple(Evidence(0, field, "x", "gemini") for field in KEYS)
    read = Extraction(
        "consistent",
        "gemini",
        (SAMPLE,),
        evidence=alone,
        checks=tuple(Check(0, name, ok=True) for name in passed),
    )
    assert result.format_extraction(read) == f"{SEED}\n\n⚠️ {line}"
    doubted = replace(read, checks=(Check(0, "sum", ok=False),))
    assert (
        result.format_extraction(doubted)
        == f"{SEED}\n\n⚠️ Solo lo leyó la IA. Revisa: la base y los impuestos no suman el total."
    )
    agreed = replace(read, evidence=(*alone[1:], replace(alone[0], agree=("ocr",))))
    assert "IA" not in result.format_extraction(agreed)


def test_every_check_has_its_sentence() -> None:
    """Each check that the extractor makes is told in its own words when it fails."""
    days = {"issue_date": date(2026, 11, 1), "due_date": date(2026, 11, 1)}
    whole = SAMPLE.model_copy(
        update=days | {"net_payable": Decimal(450), "customer": Customer(id_type="6", id="1")}
    )
    names = {check.name for check in checks.run(whole, 0, today=date(2026, 11, 1))}
    texts = {
        name: result.format_extraction(
            Extraction("needs_review", "ocr", (SAMPLE,), checks=(Check(0, name, ok=False),))
        )
        for name in names
    }
    assert names == set(result.CHECKS)
    assert len(set(texts.values())) == len(names)


def test_what_was_only_consistent_claims_no_more() -> None:
    """Without a second source, the line of trust names only the checks that really passed."""
    some = (Check(0, "supplier_ruc", ok=True), Check(0, "sum", ok=None))
    text = result.format_extraction(Extraction("consistent", "ocr", (SAMPLE,), checks=some))
    assert text.endswith(
        "✅ Comprobado: el RUC pasa su dígito verificador. Dale una mirada antes de registrarlo."
    )
    assert result.format_extraction(Extraction("consistent", "ocr", (SAMPLE,))).endswith(
        "contra otra fuente."
    )


def test_pages_that_were_not_read_are_told() -> None:
    """When only some pages were read, the answer says which."""

    def told(pages: int, *seen: int) -> str:
        return result.format_extraction(
            Extraction("consistent", "ocr", (SAMPLE,), pages=pages, pages_seen=seen)
        ).rsplit("\n\n", 1)[1]

    assert (
        told(34, *range(20))
        == "📑 Leí las páginas 1-20 de 34. Si falta algo, envíame las otras por separado."
    )
    assert (
        told(9, 0, 1, 3, 6, 7)
        == "📑 Leí las páginas 1-2, 4 y 7-8 de 9. Si falta algo, envíame las otras por separado."
    )
    assert told(2, 1) == "📑 Leí la página 2 de 2. Si falta algo, envíame las otras por separado."
    assert "📑" not in told(2, 0, 1)


def test_each_of_many_invoices_has_its_line() -> None:
    """Invoices that do not fit one message in full are all told, a line each, and none is counted away."""
    many = tuple(
        SAMPLE.model_copy(
            update={"kind": "03", "series": "B012", "number": str(45 + n), "total": Decimal(120 + n)}
        )
        for n in range(25)
    )
    doubted = Check(3, "sum", ok=False)
    sure = tuple(Evidence(n, "total", "x", "qr", agree=("text",), trust="proven") for n in range(25))
    text = result.format_extraction(
        Extraction("needs_review", "qr+text", many, evidence=sure, checks=(doubted,))
    )
    lines = [
        f"{'⚠️' if n == 3 else '✅'} Boleta B012-{45 + n} · Ejemplo SAC · S/ {120 + n}.00" for n in range(25)
    ]
    tail = "Los guardé todos. Envíame por separado el que quieras ver completo. Revisa los que llevan ⚠️."
    assert text == "\n".join(("📚 *25 comprobantes en este archivo*", *lines, "", tail))


@pytest.mark.long
@settings(max_examples=draws(20, 60), deadline=None)
@given(st.lists(INVOICE, min_size=1, max_size=12), st.sampled_from([1500, 3900]))
def test_any_result_fits_and_keeps_its_shape(invoices: list[Invoice], limit: int) -> None:
    """Whatever the documents say, a result keeps its limit, never claims validity, and its only bold words
    are our headings.
    """
    text = result.format_extraction(
        Extraction("needs_review", "gemini", tuple(invoices), pages=9, pages_seen=(0, 1, 4)), limit=limit
    )
    assert size(text) <= limit
    assert "válid" not in text
    assert all(line.count("*") in (0, 2) for line in text.split("\n"))


def test_titles() -> None:
    """A reply is named by its document, by the first of several, or by its file."""
    one, two = Extraction("proven", "qr", (SAMPLE,)), Extraction("proven", "qr", (SAMPLE, SAMPLE))
    assert [result.title(e, "f.pdf") for e in (one, two, None)] == [
        f"Factura F001-123 · {money(SAMPLE.total)}", "F001-123 y 1 más", "f.pdf",
    ]  # fmt: skip
    assert result.title(None, None) == "Foto"


def test_a_line_shows_the_quantity_and_the_price_that_are_printed() -> None:
    """A portal prints quantity and price and no amount: they are shown, and nothing is multiplied. Beside an
    amount they follow it, unless it is one.
    """
    items = [
        Item(description="Paracetamol", quantity=Decimal("6.00"), unit_price=Decimal("14.61")),
        Item(description="Gasa", quantity=Decimal("0.50")),
        Item(description="Alcohol", quantity=Decimal(100), unit_price=Decimal(2), amount=Decimal(200)),
        Item(description="Sello", quantity=Decimal("1.00"), unit_price=Decimal(5), amount=Decimal(5)),
    ]
    text = result.format_invoice(Invoice(currency="PEN", items=items))
    assert (
        text.split("*Items*\n")[1]
        == "1. Paracetamol - 6 x S/\u00a014.61\n2. Gasa - no se lee\n3. Alcohol - S/ 200 (100 x "
        "S/\u00a02.00)\n4. Sello - S/ 5"
    )

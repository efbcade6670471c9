from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
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
from functions.whatsapp import helpers
from functions.whatsapp.format import Part, cut, lay_out, money, size
from functions.whatsapp.model import Address, Inbound, Kind

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
    items=[Item(description="Producto 1", amount=Decimal("200.00")), Item(description="Producto 2", amount=Decimal(250))],
)

NASTY = st.text(st.one_of(st.sampled_from("*_~`>\n\r\t\u202e\u200b\u2066\u0000 😀ñ"), st.characters()), max_size=60)
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


def inbound(kind: Kind, code: int | None = None) -> Inbound:
    return Inbound("wamid.1", Address(phone="51900000001"), datetime(2026, 11, 1, tzinfo=UTC), kind, error_code=code)


def test_the_sample_is_byte_for_byte() -> None:
    """An invoice of which only the specification's fields are known reads exactly as specified."""
    assert helpers.format_invoice(SAMPLE) == SEED


def test_the_welcomes_are_byte_for_byte() -> None:
    """Both welcomes are the specification's, to the byte."""
    assert (helpers.WELCOME_TEXT, helpers.WELCOME_FILE) == (
        "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y la analizaré por ti.",
        "👋 ¡Hola! Te acabo de registrar automáticamente.\nPuedes enviarme fotos o PDFs de boletas/facturas y las procesaré por ti.",
    )


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
            "items": [Item(description="Arroz", amount=Decimal("1234.5")), Item(description=None, amount=None)],
        }
    )
    assert helpers.format_invoice(invoice) == (
        "💼 *Proveedor*\nRUC: 123456789\nRazón Social: Ejemplo SAC\n\n📄 *Nota de crédito*\nSerie: F001\nNúmero: 123\n"
        "Fecha de emisión: 05/11/2026\nCliente: Bodega Ficticia EIRL - RUC 20100000009\nModifica: Factura F001-9\n"
        "Op. gravada: US$ 381.36\nIGV: US$ 68.64\nTotal: US$ 1,450.00\nDetracción: US$ 54.00\nNeto a pagar: US$ 396.00\n\n"
        "📦 *Items*\n1. Arroz - US$ 1,234.50\n2. no se lee - no se lee"
    )


def test_what_was_not_read_says_so() -> None:
    """An invoice without a single value shows each key line as unread and invents nothing."""
    assert helpers.format_invoice(Invoice()) == (
        "💼 *Proveedor*\nRUC: no se lee\nRazón Social: no se lee\n\n📄 *Comprobante*\nSerie: no se lee\nNúmero: no se lee\n"
        "Total: no se lee\n\n📦 *Items*\nno se lee"
    )


@pytest.mark.parametrize(
    ("amount", "currency", "short", "text"),
    [
        ("1450", "PEN", False, "S/ 1,450.00"),
        ("200.00", "PEN", True, "S/ 200"),
        ("200.50", "PEN", True, "S/ 200.50"),
        ("-3", "EUR", False, "-€ 3.00"),
        ("1E3", "USD", False, "US$ 1,000.00"),
        ("5", None, False, "5.00"),
        ("5", "CLP", False, "CLP 5.00"),
        ("NaN", "PEN", False, "no se lee"),
        ("1E40", "PEN", False, "no se lee"),
    ],
)
def test_money(amount: str, currency: str | None, short: bool, text: str) -> None:
    """Totals have two decimals and thousands separators; item amounts drop `.00`; what is no amount is unread."""
    assert money(Decimal(amount), currency, short=short) == text


@pytest.mark.parametrize("code", get_args(ErrorCode))
def test_every_error_has_its_own_sentence(code: ErrorCode) -> None:
    """Each failure is told in a sentence of its own, with the file's name."""
    text = helpers.format_extraction(Extraction("unreadable", "none", error=ExtractionError(code, "x")), filename="a*b.pdf")
    assert text == f"{helpers.error_sentence(code)}\n📎 a b.pdf"
    assert sum(helpers.error_sentence(other) == helpers.error_sentence(code) for other in get_args(ErrorCode)) == 1


@pytest.mark.parametrize("what", get_args(NotInvoice))
def test_what_is_no_invoice_is_named(what: NotInvoice) -> None:
    """A document that is no comprobante is named as what it is and not shown as one."""
    text = helpers.format_extraction(Extraction("not_an_invoice", "ocr", what=what))
    assert "parece ser" in text
    assert "Proveedor" not in text


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_an_answer(kind: Kind) -> None:
    """Every kind of message that earns a number has a sentence to answer it with."""
    assert helpers.reply_to(inbound(kind))


def test_unsupported_codes_are_told_apart() -> None:
    """A file that WhatsApp could not hand over is told from a message it hid and from a type that cannot be read."""
    assert len({helpers.reply_to(inbound("unsupported", code)) for code in (131051, 131052, 131060)}) == 3


def test_instructions_name_a_person_and_the_privacy_page_when_known() -> None:
    """The instructions name the human contact and the privacy page only where settings give them."""
    both = helpers.instructions("ayuda@ejemplo.pe", "https://ejemplo.pe/privacidad")
    assert ("ayuda@ejemplo.pe" in both, "https://ejemplo.pe/privacidad" in both) == (True, True)
    assert "persona" not in helpers.instructions()


def test_trust_names_each_doubt() -> None:
    """A failed check, a disagreement and an unread key field are each told concretely in the line of trust."""
    invoice = SAMPLE.model_copy(update={"number": None})
    extraction = Extraction(
        "needs_review",
        "qr+ocr",
        (invoice,),
        evidence=(Evidence(0, "total", "450.00", "qr", disagree=(("ocr", "460.00"),)),),
        checks=(Check(0, "supplier_ruc", ok=False),),
    )
    last = helpers.format_extraction(extraction).rsplit("\n\n", 1)[1]
    assert last == (
        "⚠️ Revisa: no se lee el número; el total dice 450.00 según el código QR y 460.00 según la lectura de la imagen; "
        "el RUC del proveedor no pasa su dígito verificador."
    )


def test_proven_says_against_what() -> None:
    """What is proven names the QR and the text it was checked against, never validity."""
    evidence = (Evidence(0, "total", "450.00", "qr", agree=("text",)),)
    text = helpers.format_extraction(Extraction("proven", "qr+text", (SAMPLE,), evidence=evidence, checks=(Check(0, "sum", ok=True),)))
    assert text == f"{SEED}\n\n✅ Leído y verificado: coincide con el código QR y el texto del PDF y los montos cuadran."


def test_every_check_has_its_sentence() -> None:
    """Each check that the extractor makes is told in its own words when it fails."""
    whole = SAMPLE.model_copy(update={"net_payable": Decimal(450), "customer": Customer(id_type="6", id="1")})
    names = {check.name for check in checks.run(whole, 0, today=date(2026, 11, 1))}
    texts = {
        name: helpers.format_extraction(Extraction("needs_review", "ocr", (SAMPLE,), checks=(Check(0, name, ok=False),))) for name in names
    }
    assert len(set(texts.values())) == len(names) == 11
    assert [name for name, text in texts.items() if "un dato no cuadra" in text] == []


def test_what_was_only_consistent_claims_no_more() -> None:
    """Without a second source, the line of trust names only the checks that really passed."""
    some = (Check(0, "supplier_ruc", ok=True), Check(0, "sum", ok=None))
    text = helpers.format_extraction(Extraction("consistent", "ocr", (SAMPLE,), checks=some))
    assert text.endswith("✅ Comprobado: el RUC pasa su dígito verificador. Dale una mirada antes de registrarlo.")
    assert helpers.format_extraction(Extraction("consistent", "ocr", (SAMPLE,))).endswith("contra otra fuente.")


def test_pages_that_were_not_read_are_told() -> None:
    """When only some pages were read, the answer says how many."""
    assert "Leí 5 de 9 páginas" in helpers.format_extraction(Extraction("consistent", "ocr", (SAMPLE,), pages=9, pages_read=5))


def test_too_many_items_are_counted() -> None:
    """A long invoice is cut between items, and a line counts those left out."""
    items = [f"{n}. {'x' * 50} - S/ 1" for n in range(1, 201)]
    text = lay_out("cabeza", items, "✅ fin", 1000)
    shown = sum(line in items for line in text.split("\n"))
    assert size(text) <= 1000
    assert f"… y {200 - shown} ítems más que no entran aquí.\n\n✅ fin" in text


@settings(max_examples=150, deadline=None)
@given(NASTY, st.integers(2, 80))
def test_nothing_from_a_document_formats_a_message(text: str, limit: int) -> None:
    """Cleaned text holds no WhatsApp marker, line end, control, bidirectional or zero-width character, and keeps its limit."""
    cleaned = helpers.clean(text, limit)
    assert not set(cleaned) & set("*_~`\n\r")
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in cleaned)
    assert not cleaned.startswith((">", " "))
    assert size(cleaned) <= limit
    assert helpers.clean(cleaned, limit) == cleaned


@settings(max_examples=60, deadline=None)
@given(st.lists(INVOICE, min_size=1, max_size=12), st.sampled_from([1500, 3900]))
def test_any_result_fits_and_keeps_its_shape(invoices: list[Invoice], limit: int) -> None:
    """Whatever the documents say, a result keeps its limit, never claims validity, and its only bold words are our headings."""
    text = helpers.format_extraction(Extraction("needs_review", "gemini", tuple(invoices), pages=9, pages_read=5), limit=limit)
    assert size(text) <= limit
    assert "válid" not in text
    assert all(line.count("*") in (0, 2) for line in text.split("\n"))


def test_titles() -> None:
    """A reply is named by its document's number, by the first of several, or by its file."""
    one, two = Extraction("proven", "qr", (SAMPLE,)), Extraction("proven", "qr", (SAMPLE, SAMPLE))
    assert [helpers.title(e, "f.pdf") for e in (one, two, None)] == ["F001-123", "F001-123 y 1 más", "f.pdf"]
    assert helpers.title(None, None) == "Archivo"


def test_combined_replies_keep_number_and_name() -> None:
    """Several replies in one message stand each under its own number and name."""
    text = helpers.combine([Part(4, "F001-123", "uno"), Part(5, "", "dos")])
    assert text == "*#4 · F001-123*\nuno\n\n*#5 · Mensaje*\ndos"
    assert (helpers.fits("x" * 4096), helpers.fits("😀" * 2049)) == (True, False)


def test_an_oversized_text_is_cut_at_a_line() -> None:
    """A single reply over the limit is cut at a line and says so."""
    assert cut("aaaa\nbbbb\ncccc", 12) == "aaaa\nbbbb\n…"


def test_duplicates_name_their_day_in_lima() -> None:
    """The notice of a duplicate gives the Lima day on which the first came."""
    assert "F001-1 el 31/10/2026" in helpers.duplicate_notice("F001-1", datetime(2026, 11, 1, 3, tzinfo=UTC))


def test_the_cap_names_what_to_resend() -> None:
    """The one answer over the daily cap names the first file to send again tomorrow."""
    assert "300 archivos" in helpers.over_cap(300, "recibo.pdf")
    assert "recibo.pdf" in helpers.over_cap(300, "recibo.pdf")


@pytest.mark.parametrize(
    ("address", "masked"), [("51983446294", "51*****294"), ("+51983446294", "51*****294"), ("1234", "*****"), (None, "")]
)
def test_masks(address: str | None, masked: str) -> None:
    """Logs see only the ends of an address."""
    assert helpers.mask(address) == masked

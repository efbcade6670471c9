import json
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.extractor.engines.gemini import Gemini
from functions.extractor.engines.gemini_prices import Price, price_on
from functions.extractor.engines.gemini_schema import (
    CONTEXT_LIMIT,
    AnswerSchema,
    NotTheSchema,
    parse_answer,
    parse_date,
    parse_money,
    question,
)
from functions.extractor.invoice import Customer, Invoice, Item, Modifies, NotInvoice, Supplier
from tests.scale import draws

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("450.00", "450.00"),
        ("1,234.56", "1234.56"),
        ("1,234,567.89", "1234567.89"),
        ("S/ 450.00", "450.00"),
        ("S/. 1,450.00", "1450.00"),
        ("S/1450", "1450"),
        ("US$ 12.5", "12.5"),
        ("$ 12.50", "12.50"),
        ("450.00 SOLES", "450.00"),
        ("PEN 1 234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("12,50", "12.50"),
        ("0,500", "0.500"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        (".50", "0.50"),
        ("-0.03", "-0.03"),
        ("(5.00)", "-5.00"),
        ("S/ -5.00", "-5.00"),
        ("-S/ 5.00", "-5.00"),
        ("5.00-", "-5.00"),
        ("0.00", "0.00"),
        (450, "450"),
        (Decimal("450.10"), "450.10"),
    ],
)
def test_amounts_are_read_as_documents_write_them(written: object, amount: str) -> None:
    """Symbols, thousands in either style, signs and JSON numbers give the same exact Decimal."""
    assert parse_money(written) == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    [
        *(
            None,
            True,
            1.5,
            [],
            {},
            "",
            "-",
            "null",
            "nonsense",
            "18%",
            "12.3.4",
            "1,23,4.5",
            "12 soles y 50",
            "NaN",
            "Infinity",
            "1e5",
        ),
        *(
            "９９.00",
            "S/ S/ 5",
            "1234567890123",
            "--5",
            "1.234,56.7",
            Decimal("1E+999999999"),
            Decimal("1E-999999999"),
            Decimal("NaN"),
        ),
    ],
)
def test_what_is_no_amount_is_none(written: object) -> None:
    """Nonsense is None: never a guess, never an exception, never a gigabyte of zeros."""
    assert parse_money(written) is None


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("-999999999.99"), max_value=Decimal("999999999.99"), places=2))
def test_an_amount_written_with_separators_comes_back(amount: Decimal) -> None:
    """Writing with thousands separators and a symbol, then reading, gives the amount."""
    assert parse_money(f"S/ {amount:,.2f}") == amount


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03",
        "03/11/2026",
        "3/11/2026",
        "03-11-2026",
        "03.11.2026",
        "03/11/26",
        "2026/11/03",
        "2026-11-03T10:15:00",
        "03/11/2026 10:15",
    ],
)
def test_dates_are_read_in_every_printed_style(written: str) -> None:
    """ISO and day-first dates, with or without a time, are the same day."""
    assert parse_date(written) == date(2026, 11, 3)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "31/02/2026",
        "11/23/2026",
        "2026",
        "03/11",
        "0026-11-03",
        "03/11/1026",
        "mañana",
        20261103,
        [],
    ],
)
def test_what_is_no_day_is_none(written: object) -> None:
    """Impossible days, other orders and fragments are None."""
    assert parse_date(written) is None


WHOLE: dict[str, Any] = {
    "kind": "07",
    "series": " fc01 ",
    "number": "00000123",
    "issue_date": "03/11/2026",
    "due_date": None,
    "currency": "S/",
    "supplier": {"ruc": "RUC: 20-60123456-5", "name": "Ejemplo\u202e  SAC\n"},
    "customer": {"id_type": "RUC", "id": "20512345671", "name": "n/a"},
    "taxable": "100.00",
    "igv": "S/ 18.00",
    "total": 118.00,
    "rounding": "nonsense",
    "amount_in_words": "CIENTO DIECIOCHO CON 00/100 SOLES",
    "modifies": {"kind": "factura", "series": None, "number": "F001-00000099"},
    "items": [
        {
            "description": "Producto 1",
            "quantity": "2",
            "unit": "NIU",
            "unit_price": "59.00",
            "amount": "118.00",
        },
        {"description": None, "quantity": None, "unit": None, "unit_price": None, "amount": None},
        "a stray line",
    ],
    "grand_total": "not a name of ours",
}


def test_an_answer_becomes_invoices_value_by_value() -> None:
    """Names are the Invoice's, values normalised, nonsense null, unknown names and empty lines dropped."""
    assert parse_answer(json.dumps({"not_invoice": None, "invoices": [WHOLE, {}]})) == (
        (
            Invoice(
                kind="07",
                series="FC01",
                number="123",
                issue_date=date(2026, 11, 3),
                currency="PEN",
                supplier=Supplier(ruc="20601234565", name="Ejemplo SAC"),
                customer=Customer(id_type="6", id="20512345671"),
                taxable=Decimal("100.00"),
                igv=Decimal("18.00"),
                total=Decimal("118.00"),
                amount_in_words="CIENTO DIECIOCHO CON 00/100 SOLES",
                modifies=Modifies(kind="01", series="F001", number="99"),
                items=[
                    Item(
                        description="Producto 1",
                        quantity=Decimal(2),
                        unit="NIU",
                        unit_price=Decimal("59.00"),
                        amount=Decimal("118.00"),
                    )
                ],
            ),
        ),
        None,
    )


@pytest.mark.parametrize("what", get_args(NotInvoice))
def test_what_is_no_invoice_keeps_its_name(what: str) -> None:
    """Each name of the seam comes through."""
    assert parse_answer(json.dumps({"invoices": [], "not_invoice": what})) == ((), what)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"invoices": [], "not_invoice": "a love letter"}, "other"),
        ({"invoices": [], "not_invoice": "Bank transfer"}, "bank_transfer"),
        ({"invoices": [], "not_invoice": None}, None),
        ({"invoices": [{"kind": None, "items": []}]}, None),
    ],
)
def test_other_names_are_other_and_nothing_read_is_nothing(answer: dict[str, Any], what: str | None) -> None:
    """A name that we do not have is other; an invoice of nulls is no invoice."""
    assert parse_answer(json.dumps(answer)) == ((), what)


def test_an_invoice_beats_the_name_of_what_it_is_not() -> None:
    """A file with a comprobante is a comprobante, whatever else is said of it."""
    assert parse_answer('{"invoices": [{"number": "7"}], "not_invoice": "yape"}') == (
        (Invoice(number="7"),),
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure!",
        "[]",
        "null",
        "{}",
        '{"invoices": {}}',
        '{"invoices": ["x"]}',
        '{"invoices": [',
        "[" * 100_000,
        "1" * 5000,
    ],
)
def test_text_of_another_shape_is_refused(text: str) -> None:
    """What is not the schema raises, and the message quotes nothing of it."""
    with pytest.raises(NotTheSchema) as raised:
        parse_answer(text)
    assert str(raised.value) in {
        "the text is not JSON",
        "the JSON has no list of invoices",
        "an invoice is not an object",
    }


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Invoice.model_fields, *Item.model_fields, "ruc", "name"]), inner, max_size=6
        )
    ),
    max_leaves=12,
)


@pytest.mark.long
# What is tested is the answer, not a busy machine's clock.
@settings(max_examples=draws(20, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(list(Invoice.model_fields)), JUNK, max_size=8), max_size=3))
def test_no_value_can_break_an_answer(entries: list[dict[str, Any]]) -> None:
    """Whatever stands where a value should be, the answer is read and its invoices survive a trip through
    JSON.
    """
    invoices, _ = parse_answer(json.dumps({"invoices": entries, "not_invoice": None}))
    assert tuple(Invoice.model_validate_json(invoice.model_dump_json()) for invoice in invoices) == invoices


def test_the_schema_asks_for_the_invoice_and_nothing_else() -> None:
    """Names and order are the Invoice's, on every level."""
    definitions = AnswerSchema.model_json_schema()["$defs"]
    asked = {
        name.removeprefix("_"): list(definition["properties"]) for name, definition in definitions.items()
    }
    assert asked == {
        model.__name__: list(model.model_fields) for model in (Customer, Invoice, Item, Modifies, Supplier)
    }


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_context_cannot_leave_its_string(context: str) -> None:
    """The context is the last line, a JSON string that gives exactly itself."""
    assert json.loads(question(context).split("\n", 2)[2]) == context


def test_context_is_cut_and_nothing_is_said_where_there_is_none() -> None:
    """A long text layer is cut at the limit; an empty one leaves only the request."""
    assert len(json.loads(question("x" * (CONTEXT_LIMIT + 1)).split("\n", 2)[2])) == CONTEXT_LIMIT
    assert question(" ") == "Transcribe the file above."


def test_prices_follow_the_calendar() -> None:
    """A launch price ends on its last day, and an unknown model has no price."""
    standard = Price(Decimal("1.50"), Decimal("7.50"))
    launch = Price(Decimal("0.75"), Decimal("3.75"), date(2026, 12, 31))
    days = [date(2026, 12, 31), date(2027, 1, 1)]
    assert [price_on(day, "gemini-3.8-flash") for day in days] == [launch, standard]
    assert price_on(days[0], "gemini-9") is None
    assert price_on(days[0], "gemini-3.5-flash-lite") is not None


@pytest.mark.parametrize("identity", [{}, {"api_key": "k", "project": "p"}, {"api_key": ""}])
def test_one_identity_is_needed(identity: dict[str, str]) -> None:
    """Neither and both are mistakes of composition, told at once."""
    with pytest.raises(ValueError, match="api_key, or project"):
        Gemini(**identity)

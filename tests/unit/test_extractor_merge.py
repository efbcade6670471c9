import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from random import Random

import pytest

from functions.extractor.invoice import (
    Evidence,
    Extraction,
    ExtractionError,
    Invoice,
    Item,
    Source,
    Supplier,
    Verdict,
)
from functions.extractor.judging import checks, merge, proof
from functions.extractor.judging.paper import Paper
from functions.extractor.judging.verdict import trusted
from functions.extractor.judging.verdict import verdict as judged
from functions.extractor.peru.qr import Qr
from functions.extractor.reading.reading import Doubt, Reading, Seen, Side
from tests.sheets import TODAY, read

pytestmark = pytest.mark.unit

PAGE = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
SON: CIENTO DIECIOCHO CON 00/100 SOLES
"""
SYMBOL = Qr(
    "20512345671", "01", "F001", "123", D("18.00"), D("118.00"), date(2026, 11, 5), "6", "20601234565"
)


def verdict(page: str = PAGE, symbol: Qr | None = SYMBOL, *, others: tuple[Reading, ...] = ()) -> Verdict:
    """The verdict of a page with its symbol."""
    readings = [*([merge.from_qr(symbol)] if symbol else []), read(page), *others]
    invoice, evidence = merge.merge(readings, 0)
    return judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=readings)


def test_a_document_that_proves_itself_is_proven() -> None:
    """Symbol, text, check digit, lines, taxes and words all agree: no model is needed."""
    assert verdict() == "proven"


def test_a_symbol_of_a_damaged_number_proves_nothing() -> None:
    """It tells whose the other number is; the issuer's is the page's, and a person looks."""
    symbol = replace(SYMBOL, ruc="20512345679")
    invoice, _ = merge.merge([merge.from_qr(symbol), read(PAGE)], 0)
    assert (invoice.supplier.ruc, invoice.customer.id, verdict(symbol=symbol)) == (
        "20512345671",
        "20601234565",
        "needs_review",
    )


def test_a_proof_promises_what_symbol_and_sums_confirm() -> None:
    """The key, the currency, the amounts and the numbers of the lines are proven; names, words and units are
    as they were read.
    """
    readings = [merge.from_qr(SYMBOL), read(PAGE)]
    invoice, evidence = merge.merge(readings, 0)
    found = trusted(invoice, evidence, "proven", readings=readings)
    rest = {e.field for e in found if e.trust != "proven"}
    assert rest == {
        "supplier.name",
        "customer.name",
        "amount_in_words",
        "items.0.description",
        "items.0.unit",
    }
    assert {e.trust for e in trusted(invoice, evidence, "consistent", readings=readings)} == {"read"}


@pytest.mark.parametrize(("source", "found"), [("text", "consistent"), ("ocr", "needs_review")])
def test_off_a_picture_the_sums_hold_to_the_cent(source: Source, found: Verdict) -> None:
    """A base two cents off its total is a rounding where letters cannot lie, and off a picture a digit that
    may have been misread.
    """
    one = Paper([read(PAGE.replace("S/   100.00", "S/   100.02"), source=source)])
    one.judge(0, TODAY)
    assert (one.verdict, one.invoice.taxable) == (found, D("100.02"))


@pytest.mark.parametrize(
    ("doubt", "fields"),
    [
        (Doubt.BUYERS_RUC, {"supplier.ruc"}),
        (Doubt.OTHER_KIND, {"kind"}),
        (Doubt.OTHER_SERIAL, {"series", "number"}),
        (Doubt.OTHER_DATE, {"issue_date"}),
        (Doubt.OTHER_TOTAL, {"total"}),
    ],
)
def test_a_rival_for_a_key_field_is_a_matter_for_a_person(doubt: Doubt, fields: set[str]) -> None:
    """A key field with a rival is doubted and ends in review, unless a second source says the same."""
    page = read(PAGE)
    page.doubts.add(doubt)
    for readings, verdict, doubted in (
        ([page], "needs_review", fields),
        ([merge.from_qr(SYMBOL), page], "proven", set()),
    ):
        invoice, evidence = merge.merge(readings, 0)
        found = judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=readings)
        assert (
            found,
            {e.field for e in trusted(invoice, evidence, found, readings=readings) if e.trust == "doubted"},
        ) == (
            verdict,
            doubted,
        )


@pytest.mark.parametrize(
    ("words", "proven"),
    [
        ("CEMENTO PORTLAND TIPO I", True),
        ("DISCO 7 PULGADAS", True),
        ("", False),
        ("-", False),
        ("CEMENTO RUC 20601234565 AZUL", True),
    ],
)
def test_a_line_without_its_own_words_proves_nothing(words: str, proven: bool) -> None:
    """Sums may hold and the line say nothing: such a paper is not proven. What the words are is not
    promised.
    """
    symbol, page = merge.from_qr(SYMBOL), read(PAGE)
    page.items[0]["description"] = Seen(words, words)
    invoice, evidence = merge.merge([symbol, page], 0)
    assert (
        judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=[symbol, page]) == "proven"
    ) is proven


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, ruc="20601234565"),
        lambda s: replace(s, kind="03"),
        lambda s: replace(s, series="F002"),
        lambda s: replace(s, number="124"),
        lambda s: replace(s, igv=D("18.01")),
        lambda s: replace(s, total=D("118.10")),
        lambda s: replace(s, issue_date=date(2026, 11, 6)),
        lambda s: replace(s, customer_id="20512345671"),
    ],
)
def test_a_symbol_that_says_otherwise_is_shown(change: Callable[[Qr], Qr]) -> None:
    """One field on which symbol and text differ, and the document is for a person to look at."""
    assert verdict(symbol=change(SYMBOL)) == "needs_review"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("P. UNIT    IMPORTE\n2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00", ""),
        ("OP. GRAVADA    S/   100.00", ""),
        ("IGV 18%        S/    18.00", "ISC            S/    18.00"),
        ("F001-00000123", ""),
        ("Fecha de Emisión : 05/11/2026", ""),
    ],
    ids=["items", "base", "igv", "number", "date"],
)
def test_a_missing_proof_is_no_proof(old: str, new: str) -> None:
    """Without lines, base, the tax of that base, number or date on the page itself nothing is proven."""
    assert verdict(PAGE.replace(old, new)) != "proven"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CIENTO DIECIOCHO", "CIENTO OCHENTA"),
        ("50.00      100.00", "50.00      110.00"),
        ("OP. GRAVADA    S/   100.00", "OP. GRAVADA    S/   101.00"),
        ("05/11/2026", "05/12/2026"),
        ("SOLES", "DÓLARES"),
    ],
    ids=["words", "line", "base", "future", "currency"],
)
def test_what_contradicts_the_proof_breaks_it(old: str, new: str) -> None:
    """Words, lines, sums, days and currencies that do not tally are never proven."""
    assert verdict(PAGE.replace(old, new, 1 if old == "SOLES" else -1)) != "proven"


def test_without_symbol_the_best_is_consistent() -> None:
    """Text alone may be consistent; it never proves itself."""
    assert verdict(symbol=None) == "consistent"


def test_a_model_that_contradicts_is_flagged() -> None:
    """A hallucinated total stands in the evidence as a disagreement; the stronger source's value stays."""
    lie = Reading("gemini", {"total": Seen(D("811.00"), "811.00"), "supplier.ruc": Seen("20512345671", "")})
    readings = [merge.from_qr(SYMBOL), read(PAGE), lie]
    invoice, evidence = merge.merge(readings, 0)
    total = next(e for e in evidence if e.field == "total")
    assert (invoice.total, total.source, total.agree, total.disagree) == (
        D("118.00"),
        "qr",
        ("text",),
        (("gemini", "811.00"),),
    )
    assert verdict(others=(lie,)) == "needs_review"


def test_evidence_tells_who_agrees() -> None:
    """Each field has the strongest source that saw it, those who agree, and its place on the page."""
    _, evidence = merge.merge([merge.from_qr(SYMBOL), read(PAGE)], 0)
    by = {e.field: e for e in evidence}
    assert (by["supplier.ruc"].source, by["supplier.ruc"].agree, by["currency"].source) == (
        "qr",
        ("text",),
        "text",
    )
    assert by["total"].box is not None
    assert all(0 <= v <= 1 for v in by["total"].box[1:])


def test_a_repair_is_proven_by_the_symbol() -> None:
    """FO01 becomes F001 where the symbol says F001, and the evidence keeps what was read."""
    ocr = read(PAGE.replace("F001", "FO01"), source="ocr")
    invoice, evidence = merge.merge([merge.from_qr(SYMBOL), ocr], 0)
    series = next(e for e in evidence if e.field == "series")
    assert (invoice.series, series.value, series.repaired, series.disagree) == ("F001", "F001", "FO01", ())


def test_without_proof_nothing_is_repaired() -> None:
    """FO01 that nothing contradicts stays FO01."""
    assert merge.merge([read(PAGE.replace("F001", "FO01"), source="ocr")], 0)[0].series == "FO01"


def test_an_impossible_series_is_repaired() -> None:
    """Under the title of an electronic boleta 8001 and E801 can only be B001 and EB01, and the repair is
    recorded.
    """
    page = PAGE.replace("FACTURA", "BOLETA DE VENTA")
    for seen, want in (("8001", "B001"), ("E801", "EB01")):
        _, evidence = merge.merge([read(page.replace("F001", seen), source="ocr")], 0)
        series = next(e for e in evidence if e.field == "series")
        assert (series.value, series.repaired) == (want, seen)


def test_the_page_tells_how_the_symbols_date_is_written() -> None:
    """A symbol's 5/11 that the page writes as 11/5 is the page's day, not a quarrel."""
    symbol = merge.from_qr(replace(SYMBOL, issue_date=date(2026, 5, 11)))
    symbol.fields["issue_date"] = replace(symbol.fields["issue_date"], text="5/11/2026")
    invoice, evidence = merge.merge([symbol, read(PAGE)], 0)
    assert (invoice.issue_date, next(e for e in evidence if e.field == "issue_date").disagree) == (
        date(2026, 11, 5),
        (),
    )


def test_nothing_of_the_key_is_unreadable() -> None:
    """Neither issuer nor total nor number: the document could not be read."""
    assert verdict("RECUERDO DE UN PAISAJE", symbol=None) == "unreadable"


def test_the_line_has_the_keys_of_the_design() -> None:
    """An extraction as JSON has exactly the command line's keys, with money as strings."""
    one = Extraction(
        "consistent", "text",
        (Invoice(kind="01", total=D("118.00"), supplier=Supplier(ruc="20512345671"),
                items=[Item(amount=D("118.00"))]),),
        evidence=(Evidence(0, "total", "118.00", "text", ("ocr",), (("qr", "1"),), None,
                (0, 0.1, 0.2, 0.3, 0.4)),),
        error=ExtractionError("internal", "late"), elapsed_ms=7,
    )  # fmt: skip
    line = json.loads(json.dumps(one.to_json()))
    assert list(line) == [
        "verdict",
        "what",
        "engine",
        "invoices",
        "evidence",
        "checks",
        "error",
        "elapsed_ms",
    ]
    assert line["invoices"][0]["total"] == "118.00"
    assert line["evidence"][0] == {
        "invoice": 0, "field": "total", "value": "118.00", "source": "text", "agree": ["ocr"],
        "disagree": [["qr", "1"]], "repaired": None, "box": [0, 0.1, 0.2, 0.3, 0.4], "trust": "read",
    }  # fmt: skip
    assert line["error"] == {"code": "internal", "message": "late"}


def _numbers_are_promised(items: Sequence[Item], source: Source) -> bool:
    """Whether a proof would promise quantity and price of the first of these lines, read by that source."""
    one = Invoice(issue_date=date(2026, 11, 5), items=list(items))
    return {"items.0.quantity", "items.0.unit_price"} <= proof.promised(
        one, [Evidence(0, "items.0.amount", "1", source)]
    )


@pytest.mark.parametrize(
    ("quantity", "drawn", "text"),
    [("1250.500", True, True), ("1250.503", False, True), ("1250", False, False)],
)
def test_a_weight_must_make_its_amount_to_the_cent(quantity: str, drawn: bool, text: bool) -> None:
    """Off a picture a quantity with decimals has no room in which a misread digit could hide; a text layer's
    price may be rounded.
    """
    item = Item(description="UVA", quantity=D(quantity), unit_price=D("12.00"), amount=D("15006.00"))
    assert (_numbers_are_promised([item], "ocr"), _numbers_are_promised([item], "text")) == (drawn, text)


def test_a_price_of_one_is_no_proof_off_a_picture() -> None:
    """1500 by 1.00 and 1 by 1500.00 make the same amount: a picture in which two words changed places is not
    proven.
    """
    items = [Item(description="UVA", quantity=D(1500), unit_price=D("1.00"), amount=D("1500.00"))]
    assert (_numbers_are_promised(items, "ocr"), _numbers_are_promised(items, "text")) == (False, True)


@pytest.mark.parametrize(("read", "tight"), [("12.00", True), ("12.01", False)])
def test_a_cent_too_many_is_no_rounding(read: str, tight: bool) -> None:
    """Lines that are their products to the cent leave the sum no room: a single misread cent is no proof."""
    lines = [("3", "4.00", read), ("2", "6.50", "13.00"), ("2", "3.00", "6.00")]
    items = [Item(description="PAN", quantity=D(q), unit_price=D(p), amount=D(a)) for q, p, a in lines]
    assert (
        proof.tight(
            Invoice(taxable=D("26.27"), igv=D("4.73"), total=D("31.00"), items=items), Side(), every=False
        )
        is tight
    )


def _whole(items: list[tuple[str, str | None, str | None, str]], **other: str) -> Invoice:
    lines = [
        Item(
            description=d,
            quantity=None if q is None else D(q),
            unit_price=None if p is None else D(p),
            amount=D(a),
        )
        for d, q, p, a in items
    ]
    return Invoice(issue_date=date(2026, 11, 5), items=lines, **{k: D(v) for k, v in other.items()})


@pytest.mark.parametrize(("read", "tight"), [("70.80", True), ("70.81", False)])
def test_a_product_with_tax_was_not_rounded(read: str, tight: bool) -> None:
    """Prices before tax, amounts with it: 60.00 by 1.18 is 70.80 to the cent, and leaves no room."""
    one = _whole(
        [("MANDIL", "6", "10.00", "70.80"), ("BOTA", "3", "20.00", read)],
        taxable="120.00",
        igv="21.60",
        total="141.60",
    )
    assert proof.tight(one, Side(), every=False) is tight


@pytest.mark.parametrize(("read", "tight"), [("16.88", True), ("16.38", False)])
def test_a_charge_is_in_the_lines_or_in_none(read: str, tight: bool) -> None:
    """The bag's tax is a line: a sum without it is another's."""
    one = _whole(
        [("DETERGENTE", "1", read, read), ("BOLSA ICBPER", "1", "0.50", "0.50")],
        taxable="14.31",
        igv="2.57",
        icbper="0.50",
        total="17.38",
    )
    assert proof.tight(one, Side(), every=False) is tight


@pytest.mark.parametrize(
    ("items", "drawn", "text"),
    [
        ([("COPIA", "1250", "0.08474576", "105.93")], False, True),  # no cent hangs on the last digits
        ([("COPIA", "10.00", "6", "60.00")], False, True),  # they look the other way round
        ([("COPIA", "6", "10.00", "60.00"), ("FOLDER", "2", "5.00", "10.00")], True, True),
        # Before tax here, with it there.
        (
            [("COPIA", "6", "10.00", "60.00"), ("FOLDER", "2", "5.00", "11.80")],
            False,
            False,
        ),
    ],
)
def test_what_a_line_promises(
    items: list[tuple[str, str | None, str | None, str]], drawn: bool, text: bool
) -> None:
    """Off a picture each digit of a line must be one that its amount tells, and all prices are of one
    column.
    """
    lines = _whole(items).items
    assert (_numbers_are_promised(lines, "ocr"), _numbers_are_promised(lines, "text")) == (drawn, text)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00", "proven"),
        ("               CEMENTO PORTLAND TIPO I                           100.00", "proven"),
        ("               CUOTA 05/12/2026                                  118.00", "consistent"),
    ],
)
def test_an_instalment_is_no_line(lines: str, found: str) -> None:
    """A line without quantity and price is promised in its amount; what reads as an instalment keeps the
    document from its proof.
    """
    assert (
        verdict(
            PAGE.replace("2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00", lines)
        )
        == found
    )


@pytest.mark.parametrize(("free", "proven"), [("25.00", True), ("24.00", False)])
def test_a_gift_is_worth_what_is_told(free: str, proven: bool) -> None:
    """A line at 0.00 is good where its worth is among the totals."""
    one = _whole(
        [("POLO", "10", "10.00", "100.00"), ("GORRA", "5", "5.00", "0.00")],
        free=free,
        taxable="100.00",
        igv="18.00",
        total="118.00",
    )
    assert proof.sold(one, every=False) is proven
    assert next(c.ok for c in checks.run(one, 0, today=date(2026, 11, 22)) if c.name == "lines") is True


@pytest.mark.parametrize(
    ("other", "ok"),
    [
        ({"detraction": "566.40"}, True), ({"detraction": "566.00"}, True), ({"detraction": "566.90"}, None),
        ({"detraction": "12.00"}, None),
        ({"perception": "94.40"}, True), ({"perception": "94.90"}, None),
        ({"detraction": "566.40", "net_payable": "4153.60"}, True),
        ({"detraction": "566.40", "net_payable": "4153.90"}, None),
        ({"detraction": "566.00", "net_payable": "4154.00"}, True),
    ],
)  # fmt: skip
def test_a_levy_is_a_known_part_of_the_total(other: dict[str, str], ok: bool | None) -> None:
    """What is no usual rate of the total may still be right, and is not proven."""
    one = _whole([], total="4720.00", **other)
    assert next(c.ok for c in checks.run(one, 0, today=date(2026, 11, 22)) if c.name == "levies") is ok


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("00/100 SOLES", "00/100 DOLARES"),
        ("SON: CIENTO", "TIPO DE CAMBIO\nPAGO EN DOLARES US$ 31.47\nSON: CIENTO"),
    ],
)
def test_a_second_currency_is_no_proof(old: str, new: str) -> None:
    """Another currency in the words or beside an amount: the symbol cannot settle it."""
    assert old in PAGE
    assert verdict(PAGE.replace(old, new)) != "proven"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("COMERCIAL FICTICIA S.A.C.  ", "                           "),  # no name
        ("SON: CIENTO DIECIOCHO CON 00/100 SOLES", ""),
        ("CEMENTO PORTLAND TIPO I   ", "CEMENTO TIPO I 20601234565"),  # another column's number
    ],
)
def test_what_is_not_promised_keeps_nothing_from_its_proof(old: str, new: str) -> None:
    """Name, words and description are shown as they were read; what is promised has its two witnesses without
    them.
    """
    assert old in PAGE
    assert verdict(PAGE.replace(old, new)) == "proven"


def test_a_page_without_a_breakdown_is_proven_by_symbol_and_lines() -> None:
    """Where no base and no tax are printed the total is the symbol's and the page's, and the lines make it;
    nothing else is promised.
    """
    page = PAGE.replace("OP. GRAVADA    S/   100.00", "").replace("IGV 18%        S/    18.00", "")
    page = page.replace("50.00      100.00", "59.00      118.00")
    readings = [merge.from_qr(SYMBOL), read(page)]
    invoice, evidence = merge.merge(readings, 0)
    sure = proof.promised(invoice, evidence)
    assert (verdict(page), {"total", "currency", "items.0.amount"} <= sure, "igv" in sure) == (
        "proven",
        True,
        False,
    )


def test_a_tax_among_the_lines_is_no_proof() -> None:
    """The row of the IGV taken for a line makes the lines sum up to the total."""
    symbol, page = merge.from_qr(SYMBOL), read(PAGE)
    page.items.append({"description": Seen("IGV 18%"), "amount": Seen(D("18.00"))})
    invoice, evidence = merge.merge([symbol, page], 0)
    assert (
        judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=[symbol, page])
        == "consistent"
    )


def test_a_currency_needs_its_word_or_its_sign() -> None:
    """Words that name no currency leave the sign beside the sums; without either nothing is proven."""
    page = PAGE.replace("00/100 SOLES", "00/100")
    assert verdict(page) == "proven"
    assert verdict(page.replace("S/", "  ")) != "proven"


def test_a_rival_for_a_name_is_told_beside_the_proof() -> None:
    """No promise is about a name: it is doubted, and the verdict is what it was."""
    readings = [merge.from_qr(SYMBOL), read(PAGE)]
    readings[1].doubts.add(Doubt.OTHER_NAME)
    invoice, evidence = merge.merge(readings, 0)
    found = judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=readings)
    told = {e.field for e in trusted(invoice, evidence, found, readings=readings) if e.trust == "doubted"}
    assert (found, told) == ("proven", {"supplier.name"})


def test_an_identity_on_a_document_without_buyer_is_doubted() -> None:
    """The symbol says that there is no buyer, the page shows a DNI: it may be anybody's, and nobody is
    promised it.
    """
    readings = [
        merge.from_qr(replace(SYMBOL, customer_type=None, customer_id=None, nobody=True)),
        read(PAGE.replace("RUC : 20601234565", "DNI : 40123456   ")),
    ]
    invoice, evidence = merge.merge(readings, 0)
    found = trusted(invoice, evidence, "proven", readings=readings)
    assert {e.field for e in found if e.trust == "doubted"} == {"customer.id"}


def test_money_beside_the_fields_is_the_first_readings() -> None:
    """What is paid in advance or retained comes from the strongest reading that has it, sum by sum."""
    readings = [
        Reading("qr"),
        Reading("text", side=Side(advances=D(50))),
        Reading("ocr", side=Side(advances=D(60), retention=D(8))),
    ]
    assert merge.side(readings) == Side(advances=D(50), retention=D(8))


@pytest.mark.parametrize(("part", "slips"), [("quantity", 400), ("unit_price", 400)])
def test_a_digit_changed_in_a_line_leaves_no_proof_that_shows_it(part: str, slips: int) -> None:
    """Of random lines that multiply none stays sold with another quantity or price beside its amount, unless
    nothing printed can tell.
    """
    rng = Random(f"slips/{part}")
    for _ in range(slips):
        quantity, price = D(rng.randrange(1, 60)), D(rng.randrange(150, 90_000)).scaleb(-2)
        item = Item(description="CEMENTO", quantity=quantity, unit_price=price, amount=quantity * price)
        wrong = item.model_copy(
            update={part: getattr(item, part) * rng.choice([2, 3, 5]) + rng.choice([D("0.5"), D(1), D(7)])}
        )
        one = Invoice(total=item.amount, items=[item])
        assert proof.sold(one, every=False)
        assert not proof.sold(one.model_copy(update={"items": [wrong]}), every=False)


def test_evidence_of_another_value_than_the_invoices_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a value changed on its way into the invoice nothing is told of it as read."""
    made = merge._invoice
    monkeypatch.setattr(merge, "_invoice", lambda values, items: made(values | {"total": D("811.00")}, items))
    with pytest.raises(AssertionError, match=r"another value than the invoice: \['total'\]"):
        merge.merge([merge.from_qr(SYMBOL), read(PAGE)], 0)


@pytest.mark.parametrize(
    ("series", "source", "symbol", "expected"),
    [
        ("FRO1", "ocr", False, "needs_review"),
        ("FRO1", "text", False, "consistent"),
        ("FR01", "ocr", False, "consistent"),
        ("FL01", "ocr", False, "consistent"),
        ("FRO1", "ocr", True, "needs_review"),
    ],
    ids=["a picture", "a text layer", "a zero", "another letter", "the symbol says a zero"],
)
def test_an_o_in_a_series_may_be_a_zero(series: str, source: Source, symbol: bool, expected: Verdict) -> None:
    """Off a picture a series whose O may be a zero is for a person, whatever reads the same letters says."""
    page = PAGE.replace("F001-00000123", f"{series}-00000123").replace("TIPO I", "TIPO UNO")
    own = read(page, source=source)
    net = Reading("net", {"series": Seen(series, series), "number": Seen("123", "123")})
    said = [merge.from_qr(replace(SYMBOL, series="FR02"))] if symbol else []
    readings = [*said, own, net]
    invoice, evidence = merge.merge(readings, 0)
    assert judged(invoice, evidence, checks.run(invoice, 0, today=TODAY), readings=readings) == expected

"""One paper among its readings and among others: what it says of itself, and which reading of two is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from functions.extractor.invoice import Invoice, Item, Source, Supplier, Verdict
from functions.extractor.judging import merge, paper
from functions.extractor.judging.paper import Paper
from functions.extractor.page import Code
from functions.extractor.peru.qr import Qr
from functions.extractor.reading.reading import Reading, Seen
from tests.sheets import FACTURA, TODAY, read, sheet

pytestmark = pytest.mark.unit

RUC = "20512345671"
WHOLE = {
    "supplier.ruc": RUC, "kind": "01", "series": "F001", "number": "1", "issue_date": date(2026, 11, 5),
    "total": D(118), "currency": "PEN",
}  # fmt: skip
SYMBOL = Qr(RUC, "01", "F001", "1", D(18), D(118), date(2026, 11, 5), "6", "20601234565")
DRAWN = replace(SYMBOL, number="123", igv=D("18.00"), total=D("118.00"))
"""The symbol of the factura that tests draw."""
GUIDE = f"{RUC}|09|T001|77|"


def a_reading(source: Source = "text", **more: Any) -> Reading:
    """A whole reading; a name without its dot changes a field, None takes it away."""
    values = WHOLE | {name.replace("__", "."): value for name, value in more.items()}
    return Reading(source, {name: Seen(v, str(v)) for name, v in values.items() if v is not None})


def a_paper(*readings: Reading, **changes: Any) -> Paper:
    """A paper of these readings, judged."""
    made = Paper(list(readings), **changes)
    made.judge(0, TODAY)
    return made


def an_invoice(number: str = "1", **changes: Any) -> Invoice:
    """A model's answer."""
    values: dict[str, Any] = {
        "kind": "01", "series": "F001", "number": number, "issue_date": date(2026, 11, 5), "currency": "PEN",
        "total": D(118), "supplier": Supplier(ruc=RUC),
    }  # fmt: skip
    return Invoice(**values | changes)


@pytest.mark.parametrize(
    ("verdict", "series", "told"),
    [
        ("consistent", None, True),
        ("proven", None, True),
        ("needs_review", None, False),
        ("needs_review", "F001", True),
    ],
)
def test_a_paper_is_told_when_it_adds_up_or_has_its_name(
    verdict: Verdict, series: str | None, *, told: bool
) -> None:
    """Issuer, series and number make it a comprobante also where the rest does not hold."""
    made = Paper([], invoice=an_invoice(series=series), verdict=verdict)
    assert made.is_told is told


@pytest.mark.parametrize(
    ("source", "verdict", "wanted"),
    [
        ("text", "consistent", True),
        ("ocr", "consistent", True),
        ("qr", "consistent", False),
        ("text", "proven", False),
    ],
)
def test_a_second_opinion_is_of_words_that_nothing_proved(
    source: Source, verdict: Verdict, *, wanted: bool
) -> None:
    """A symbol alone has no words; what is proven needs nobody."""
    assert Paper([a_reading(source)], verdict=verdict).wants_second is wanted


@pytest.mark.parametrize(
    ("second", "whole"),
    [
        (None, False),
        (a_reading("net"), True),
        (a_reading("net", supplier__ruc="20512345672"), False),
        (a_reading("net", supplier__ruc=None), False),
        *[(a_reading("net", **{name: None}), False) for name in ("kind", "series", "number", "total")],
    ],
)
def test_a_second_reading_is_whole_with_all_that_identifies(second: Reading | None, *, whole: bool) -> None:
    """And with a RUC whose digit holds."""
    assert Paper([], second=second).second_is_whole is whole


def _guessed(*others: Reading, items: bool = True) -> Paper:
    guess = a_reading("ocr")
    guess.fields["number"] = Seen("1", "1", alt="7")
    guess.items = [{"amount": Seen(D(118), "118")}] if items else []
    return a_paper(guess, *others)


def test_a_guess_is_settled_by_another_source() -> None:
    """A look-alike that nobody else reads, or a paper without lines, may be worth a second look."""
    told = (
        *(_guessed(a_reading(source)).unsettled for source in ("text", "net")),
        _guessed().unsettled,
        _guessed(items=False).unsettled,
    )
    assert told == (False, False, True, True)
    series = a_reading("ocr", series="FR01")
    series.items = [{"amount": Seen(D(118), "118")}]
    series.fields["series"] = Seen("FRO1", "FRO1", alt="FR01")
    said = Seen("FRO1", "FRO1")
    assert a_paper(series, Reading("net", {"series": said})).unsettled  # it read the same letters
    series.fields["series"] = Seen("FL01", "FL01", alt="FI01")
    assert not a_paper(series, Reading("net", {"series": Seen("FL01", "FL01")})).unsettled
    lines = a_reading("ocr")
    lines.items = [{"amount": Seen(D(118), "118")}]
    assert (a_paper(lines).unsettled, a_paper(a_reading("ocr")).unsettled) == (False, True)


@pytest.mark.parametrize(
    ("kept", "alt", "number"), [(None, None, "2"), ("7", None, "7"), ("7", "2", "2"), ("7", "3", "7")]
)
def test_a_look_is_completed_by_the_other(kept: str | None, alt: str | None, number: str) -> None:
    """What the better look lacks, or took for what may be the other's digit; what it read stands."""
    first = a_reading("ocr", number="2", total=None, currency=None)
    second = a_reading("ocr", number=kept)
    if kept is not None:
        second.fields["number"] = Seen(kept, kept, alt=alt)
    first.items = [{"amount": Seen(D(5), "5")}]
    (found,) = paper.better([a_paper(first)], [a_paper(second)], TODAY)
    assert (found.invoice.number, found.invoice.items) == (number, [Item(amount=D(5))])
    assert found.other is first


def test_a_look_of_other_papers_is_kept_or_left_whole() -> None:
    """Where two looks count differently the better one stands, the second where they are alike."""
    one, two, poor = a_paper(a_reading("ocr")), a_paper(a_reading("ocr")), a_paper(Reading("ocr"))
    assert paper.better([one], [two, two], TODAY) == [two, two]
    assert paper.better([one], [poor, poor], TODAY) == [one]


def test_a_model_joins_by_series_and_number() -> None:
    """In whatever order it tells them; a model's earlier answer goes."""
    one, two = a_paper(a_reading()), a_paper(a_reading(number="2"), a_reading("gemini", number="2"))
    joined = paper.with_model([an_invoice("2"), an_invoice("1")], [one, two], TODAY)
    assert [(p.invoice.number, [r.source for r in p.readings]) for p in joined] == [
        ("2", ["text", "gemini"]),
        ("1", ["text", "gemini"]),
    ]


def test_a_model_joins_by_place_where_both_count_alike() -> None:
    """An only one joins the only one; one too many, or one whose place another has by its number, is a paper
    of its own.
    """
    one = a_paper(a_reading(number="9"))
    assert [len(p.readings) for p in paper.with_model([an_invoice()], [one], TODAY)] == [2]
    other = a_paper(a_reading(number="8"))
    both = paper.with_model([an_invoice("8"), an_invoice("7")], [one, other], TODAY)
    assert [(p.invoice.number, len(p.readings)) for p in both] == [("8", 2), ("7", 1), ("9", 1)]
    found = paper.with_model([an_invoice("3"), an_invoice("4")], [one], TODAY)
    assert [[r.source for r in p.readings] for p in found if p.readings[-1].source == "gemini"] == [
        ["gemini"],
        ["gemini"],
    ]


def test_what_we_proved_stays_as_it_is() -> None:
    """A model's word is not heard beside a proof."""
    one = Paper([a_reading()], invoice=an_invoice(), verdict="proven")
    assert paper.with_model([an_invoice(total=D(9))], [one], TODAY)[0].readings == [a_reading()]


@pytest.mark.parametrize(
    ("codes", "verdict", "kept"),
    [([SYMBOL], "needs_review", 2), ([], "consistent", 2), ([], "needs_review", 1)],
)
def test_a_paper_that_the_model_overlooked(codes: list[Qr], verdict: Verdict, kept: int) -> None:
    """Stays with a symbol; one that was complete without stays for a person to look at; any other goes."""
    other = Paper([a_reading(number="5", series="F005")], codes=codes, verdict=verdict)
    other.invoice = an_invoice("5", series="F005")
    found = paper.with_model([an_invoice()], [a_paper(a_reading()), other], TODAY)
    assert len(found) == kept
    assert codes or kept == 1 or found[-1].verdict == "needs_review"


def test_of_two_models_the_sounder_and_else_the_second() -> None:
    """Values that are disputed count against an answer."""
    calm, torn = [a_paper(a_reading())], [a_paper(a_reading(), a_reading("gemini", total=D(9)))]
    same = [a_paper(a_reading())]
    assert paper.sounder(calm, torn) == calm
    assert paper.sounder(torn, calm) == calm
    assert paper.sounder(calm, same)[0] is same[0]


def test_a_look_that_read_nothing_completes_nothing() -> None:
    """Where one look knows the paper from its symbol alone, the other's reading stands as it is."""
    symbol = Reading("qr", a_reading().fields)
    (found,) = paper.better([a_paper(symbol)], [a_paper(symbol, a_reading("ocr"))], TODAY)
    assert ([r.source for r in found.readings], found.other) == (["qr", "ocr"], None)
    (found,) = paper.better([a_paper(symbol, a_reading("ocr"))], [a_paper(symbol)], TODAY)
    assert found.other is None


@pytest.mark.parametrize(("base", "ok"), [("text", True), ("ocr", False)])
def test_a_base_that_was_read_off_pixels_is_forgiven_a_cent(base: Source, *, ok: bool) -> None:
    """Three cents may be the issuer's rounding; in a base that was read off pixels they may be a digit."""
    told = {"taxable": D("100.03"), "igv": D(18)}
    rest: Source = "ocr" if base == "text" else "text"
    sums = Reading(base, {name: Seen(value, str(value)) for name, value in told.items()})
    checks = {check.name: check.ok for check in a_paper(a_reading(rest), sums).checks}
    assert checks["sum"] is ok


OTHER = replace(DRAWN, number="124")


@pytest.mark.parametrize(
    ("codes", "total", "verdict"),
    [([DRAWN], None, "proven"), ([DRAWN, OTHER], None, "consistent"), ([DRAWN, OTHER], D(9), "needs_review")],
)
def test_words_under_two_symbols_prove_neither(codes: list[Qr], total: D | None, verdict: Verdict) -> None:
    """Some may be the other paper's; what is for a person to look at stays so."""
    page = read(FACTURA)
    if total is not None:
        page.fields["total"] = Seen(total, str(total))
    assert a_paper(merge.from_qr(DRAWN), page, codes=codes).verdict == verdict


def test_a_page_has_each_of_its_symbols_once() -> None:
    """In their order; what is no symbol of SUNAT's is none."""
    texts = ("https://wa.me/51900000001", f"{RUC}|01|F001|1|18|118|", f"{RUC}|01|F001|1|18|118|", GUIDE)
    found = paper._symbols([(0, [Code(text) for text in texts[:3]]), (1, [Code(text) for text in texts[2:]])])
    assert [(code.kind, code.number, place[0]) for code, place in found] == [("01", "1", 0), ("09", "77", 1)]


@pytest.mark.parametrize(
    ("drawn", "numbers"), [(frozenset({0}), ["123", "124"]), (frozenset[int](), ["123"])]
)
def test_of_two_symbols_the_one_that_the_words_name_is_theirs(
    drawn: frozenset[int], numbers: list[str]
) -> None:
    """Whichever stands first; the other one is a paper of its own in a picture, which may have lost that
    paper's words, and nothing in a text layer, which lost none.
    """
    page = sheet(FACTURA)
    page.codes = [
        Code(f"{RUC}|01|F001|{number}|18.00|118.00|2026-11-05|6|20601234565|") for number in (124, 123)
    ]
    found = paper.read([page], [], drawn, TODAY)
    assert [each.invoice.number for each in found] == numbers
    assert [e.agree for e in found[0].evidence if e.field == "number"] == [("ocr" if drawn else "text",)]

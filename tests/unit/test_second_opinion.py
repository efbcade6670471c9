from datetime import date
from decimal import Decimal as D

import pytest

from functions.extractor.invoice import Evidence, Invoice, Verdict
from functions.extractor.judging import lists, merge
from functions.extractor.judging.paper import Paper
from functions.extractor.peru.qr import Qr
from functions.extractor.reading.reading import Doubt, Reading, Seen, Side
from tests.sheets import CUSTOMER, FACTURA, SUPPLIER, TODAY, read

pytestmark = pytest.mark.unit

SYMBOL = Qr(SUPPLIER, "01", "F001", "123", D("18.00"), D("118.00"), date(2026, 11, 5), "6", CUSTOMER)
SAME = {
    "supplier.ruc": SUPPLIER,
    "kind": "01",
    "series": "F001",
    "number": "123",
    "issue_date": date(2026, 11, 5),
    "total": D("118.00"),
}
LINE = {
    "description": "CEMENTO PORTLAND TIPO I",
    "quantity": D(2),
    "unit_price": D("50.00"),
    "amount": D("100.00"),
}


def net(values: dict[str, object], *items: dict[str, object]) -> Reading:
    """A learned reader that says what a test gives it."""
    reading = Reading("net", {path: Seen(value, str(value)) for path, value in values.items()})
    reading.items = [{name: Seen(value, str(value)) for name, value in item.items()} for item in items]
    return reading


def judged(second: Reading | None, *, symbol: bool = False, page: Reading | None = None) -> Paper:
    """The page with its symbol and what the learned reader says."""
    paper = Paper([*([merge.from_qr(SYMBOL)] if symbol else []), page or read(FACTURA)], second=second)
    paper.judge(0, TODAY)
    return paper


def heard(paper: Paper, field: str) -> tuple[object, ...]:
    """Who stands for a field, and who against."""
    one: Evidence = next(each for each in paper.evidence if each.field == field)
    return one.value, one.source, one.agree, one.disagree


def test_a_vote_for_a_value_is_kept_in_its_evidence() -> None:
    """What the learned reader says too counts as an agreement, and proves nothing."""
    paper = judged(net(SAME))
    assert heard(paper, "total") == ("118.00", "text", ("net",), ())
    assert paper.verdict == "consistent"


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("supplier.ruc", CUSTOMER), ("kind", "03"), ("series", "F002"), ("number", "124"),
        ("issue_date", date(2026, 11, 6)),
        ("total", D("113.00")), ("igv", D("20.00")), ("currency", "USD"),
    ],
)  # fmt: skip
def test_a_vote_against_a_key_field_asks_for_a_person_and_says_which(field: str, other: object) -> None:
    """The value stays, the verdict falls from consistent to needs_review, and the evidence names who says
    what.
    """
    paper = judged(net({**SAME, field: other}))
    assert heard(paper, field)[2:] == ((), (("net", merge.show(other)),))
    assert (paper.verdict, paper.invoice) == ("needs_review", judged(None).invoice)


def test_a_vote_against_what_symbol_and_page_say_is_not_heard() -> None:
    """Two sources that read apart are stronger than a third that shares the page's words."""
    paper = judged(net({**SAME, "total": D("113.00")}), symbol=True)
    assert heard(paper, "total") == ("118.00", "qr", ("text",), ())
    assert paper.verdict == "proven"


def test_a_vote_against_another_field_is_not_heard() -> None:
    """Only key fields are disputed: of names and side amounts the learned reader knows less than the
    rules.
    """
    paper = judged(net({**SAME, "taxable": D("90.00")}))
    assert heard(paper, "taxable") == ("100.00", "text", (), ())
    assert paper.verdict == "consistent"


@pytest.mark.parametrize("field", ["kind", "series", "number", "issue_date", "total"])
def test_a_field_that_only_the_learned_reader_found_is_for_a_person(field: str) -> None:
    """It is shown with its source, doubted, and the document is never consistent."""
    page = read(FACTURA)
    del page.fields[field]
    paper = judged(net(SAME), page=page)
    assert heard(paper, field) == (merge.show(SAME[field]), "net", (), ())
    assert paper.verdict == "needs_review"
    assert next(e.trust for e in paper.evidence if e.field == field) == "doubted"


def test_a_ruc_that_only_the_learned_reader_found_is_not_told() -> None:
    """It may be the buyer's: the supplier's stays unread."""
    page = read(FACTURA)
    del page.fields["supplier.ruc"]
    assert judged(net(SAME), page=page).invoice.supplier.ruc is None


@pytest.mark.parametrize(
    ("doubt", "verdict"),
    [(Doubt.OTHER_DATE, "consistent"), (Doubt.BUYERS_RUC, "needs_review"), (Doubt.OTHER_TOTAL, "consistent")],
)
def test_its_vote_settles_a_doubt_but_that_of_the_buyers_ruc(doubt: Doubt, verdict: Verdict) -> None:
    """Of two days or totals a second opinion may tell; a RUC in the buyer's block both may mistake alike."""
    page = read(FACTURA)
    page.doubts.add(doubt)
    assert judged(net(SAME), page=page).verdict == verdict


def test_of_two_lists_the_sounder_stands() -> None:
    """A list whose amounts make the base replaces one whose do not, and the evidence says whose it is."""
    page = read(FACTURA)
    page.items = [{"description": Seen("CEMENTO PORTLAND TIPO I"), "amount": Seen(D("50.00"))}]
    paper = judged(net(SAME, LINE), page=page)
    assert [item.model_dump(exclude_none=True) for item in paper.invoice.items] == [LINE]
    assert heard(paper, "items.0.amount") == ("100.00", "net", (), ())
    assert paper.verdict == "consistent"


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("30.00", "60.00", "20.00"), "CEMENTO PORTLAND"),
        (("30.00", "55.00", "25.00"), "CEMENTO"),
        (("20.00", "60.00"), "CEMENTO"),
    ],
    ids=["the same lines", "other lines", "fewer"],
)
def test_the_sounder_list_has_the_rules_words_where_both_tell_the_same_lines(
    amounts: tuple[str, ...], words: str
) -> None:
    """Rules read whole phrases; a list of other lines has other words too."""
    invoice = Invoice(taxable=D("100.00"), igv=D("18.00"), total=D("118.00"))
    first = [{"description": Seen("CEMENTO PORTLAND"), "amount": Seen(D(amount))} for amount in amounts]
    second = [
        {"description": Seen("CEMENTO"), "amount": Seen(D(amount))} for amount in ("20.00", "60.00", "20.00")
    ]
    assert [
        (line["description"].value, str(line["amount"].value))
        for line in lists.sounder(first, second, invoice, Side())
    ] == [(words, "20.00"), (words, "60.00"), (words, "20.00")]


def test_of_two_lists_that_are_alike_the_rules_stands() -> None:
    """A tie goes to the rules; their line keeps the words that the learned reader did not see."""
    paper = judged(net(SAME, {**LINE, "description": "CEMENTO"}))
    assert paper.invoice == judged(None).invoice
    assert heard(paper, "items.0.description") == ("CEMENTO PORTLAND TIPO I", "text", (), ())
    assert heard(paper, "items.0.amount") == ("100.00", "text", ("net",), ())


def test_a_list_of_the_learned_reader_is_proven_by_its_sums() -> None:
    """Arithmetic confirms its amounts as it does those of the rules; a line that does not add up proves
    nothing.
    """
    page = read(FACTURA)
    page.items = []
    off = {**LINE, "amount": D("100.01")}
    assert judged(net(SAME, LINE), symbol=True, page=page).verdict == "proven"
    assert judged(net(SAME, off), symbol=True, page=page).verdict == "consistent"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], -1),
        ([LINE], 3),
        ([{**LINE, "unit_price": D("49.00")}], 2),
        ([{**LINE, "amount": D("90.00"), "unit_price": D("45.00")}], 2),
        ([{**LINE, "description": "77"}], 2),
        ([{"description": "CEMENTO", "amount": D("118.00")}], 2),
        ([{"description": "7"}], 0),
    ],
)
def test_what_speaks_for_a_list(items: list[dict[str, object]], expected: int) -> None:
    """Its sum, its products and its words, each for one."""
    invoice = Invoice(taxable=D("100.00"), igv=D("18.00"), total=D("118.00"), issue_date=date(2026, 11, 5))
    lines = [{name: Seen(value) for name, value in item.items()} for item in items]
    assert lists.soundness(lists.items_of(lines), invoice, Side()) == expected

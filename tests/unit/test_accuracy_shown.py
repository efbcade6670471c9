"""The bench's scores over everything shown."""

from datetime import date
from decimal import Decimal

import pytest

from bench.accuracy import Outcome, Task, count
from bench.accuracy_curve import table
from bench.accuracy_score import Miss, misses, wilson
from bench.accuracy_shown import Mark, bootstrap, mark, same
from functions.extractor.invoice import (
    Customer,
    Evidence,
    Extraction,
    Invoice,
    Item,
    Modifies,
    Supplier,
    Verdict,
)
from tests.corpus import Sample

pytestmark = pytest.mark.unit

KIT = Item(
    description="KIT DE INSTALACION",
    quantity=Decimal(2),
    unit="UND",
    unit_price=Decimal("25.00"),
    amount=Decimal("50.00"),
)
POLE = Item(
    description="POLEA", quantity=Decimal(1), unit="UND", unit_price=Decimal("50.00"), amount=Decimal("50.00")
)
TRUE = Invoice(
    kind="07", series="FC01", number="12", issue_date=date(2026, 3, 5), currency="PEN",
    supplier=Supplier(ruc="20609173425", name="Los Andes S.A.C."),
    customer=Customer(id_type="6", id="20555007133", name="COMERCIAL PÉREZ"), taxable=Decimal("100.00"),
    igv=Decimal("18.00"), total=Decimal("118.00"),
    modifies=Modifies(kind="01", series="F001", number="245"), items=[KIT, POLE],
)  # fmt: skip


def changed(**values: object) -> Invoice:
    return TRUE.model_copy(update=values, deep=True)


def marked(got: Invoice | None, verdict: Verdict = "proven", engine: str = "text", layout: str = "a") -> Mark:
    answer = Extraction(verdict, engine, invoices=(got,) if got else ())
    return mark("tune", "digital", layout, TRUE, answer, qr=False)


def test_what_is_read_as_printed_misses_nothing() -> None:
    """Case, accents and a 0.00 make no difference."""
    got = changed(
        customer=Customer(id_type="6", id="20555007133", name="Comercial Perez"), exempt=Decimal("0.00")
    )
    assert (marked(got).missed, marked(got).items) == ((), (2, 2))


def test_no_tax_is_no_tax_printed_or_not() -> None:
    """A paper that prints an IGV of 0.00 is read right by who says none, and the other way round."""
    printed, none = changed(igv=Decimal("0.00")), changed(igv=None)
    assert (misses(printed, none), misses(none, printed)) == ([], [])


@pytest.mark.parametrize(
    ("got", "missed"),
    [
        (
            changed(modifies=None),
            [
                Miss(f"modifies.{k}", v, None)
                for k, v in (("kind", "01"), ("series", "F001"), ("number", "245"))
            ],
        ),
        (changed(due_date=date(2026, 4, 1)), [Miss("due_date", None, date(2026, 4, 1))]),
        (
            changed(supplier=Supplier(ruc="20609173425", name="MEGA")),
            [Miss("supplier.name", "Los Andes S.A.C.", "MEGA")],
        ),
        (
            changed(items=[KIT.model_copy(update={"description": "DE INSTALACION", "unit": "KIT"}), POLE]),
            [
                Miss("items.description", "KIT DE INSTALACION", "DE INSTALACION"),
                Miss("items.unit", "UND", "KIT"),
            ],
        ),
        (
            changed(items=[POLE]),
            [Miss(f"items.{part}", getattr(KIT, part), None) for part in type(KIT).model_fields],
        ),
        (
            changed(items=[KIT, POLE, Item(description="GUIA", amount=Decimal(3))]),
            [Miss("items", None, "GUIA 3")],
        ),
    ],
)
def test_every_shown_value_counts(got: Invoice, missed: list[Miss]) -> None:
    """Lost, invented and wrong values are told apart, those of the lines too."""
    assert list(marked(got).others) == missed


def test_lines_are_matched_whatever_their_order() -> None:
    """A description on another line's price is wrong in both lines."""
    swapped = [
        KIT.model_copy(update={"description": "POLEA"}),
        POLE.model_copy(update={"description": "KIT DE INSTALACION"}),
    ]
    assert marked(changed(items=[POLE, KIT])).items == (2, 2)
    assert marked(changed(items=swapped)).items == (0, 2)


def test_off_pixels_a_letter_may_differ_and_a_word_may_not() -> None:
    """One character in twelve is forgiven to an OCR, none to a text layer."""
    assert same("COMERCIAL PEREZ SAC", "COMERCIAL PERFZ SAC", exact=False)
    assert not same("COMERCIAL PEREZ SAC", "COMERCIAL PERFZ SAC", exact=True)
    assert not same("KIT DE INSTALACION", "DE INSTALACION", exact=False)


def test_nothing_read_is_missing_and_not_wrong() -> None:
    """A file without an answer misses everything and gives nothing wrong."""
    found = marked(None, "unreadable")
    assert (found.key_wrong, found.wrong, len(found.keys)) == (False, False, 7)


def test_a_promise_is_broken_by_what_it_names() -> None:
    """A proven field that is wrong and a line that is not printed break the promise; a wrong name beside it
    is listed apart.
    """
    evidence = tuple(
        Evidence(0, field, "x", "qr", trust="proven")
        for field in ("supplier.ruc", "taxable", "items.0.amount")
    )

    def broken(**values: object) -> list[str]:
        answer = Extraction("proven", "qr+text", invoices=(changed(**values),), evidence=evidence)
        return [miss.field for miss in mark("tune", "digital", "a", TRUE, answer, qr=True).broken]

    assert broken(supplier=Supplier(ruc="20609173426", name="MEGA"), taxable=Decimal(1)) == ["ruc", "taxable"]
    assert broken(supplier=Supplier(ruc="20609173425", name="MEGA"), total=Decimal(1)) == []
    assert broken(items=[KIT, POLE.model_copy(update={"amount": Decimal(49)})]) == []
    assert broken(items=[KIT.model_copy(update={"amount": Decimal(49)}), POLE]) == ["items.amount"]
    assert broken(items=[KIT, POLE, Item(description="GUIA", amount=Decimal(3))]) == ["items"]


def test_what_stands_beside_a_promise_is_listed() -> None:
    """Nothing that a proven paper shows wrongly is hidden: it has a line of its own in the tables."""
    got = changed(supplier=Supplier(ruc="20609173425", name="MEGA"), modifies=None)
    said = table([marked(got)])
    assert "Shown by proven papers beside their promise" in said
    assert all(word in said for word in ("1 wrong, 0 missing of 1", "0 wrong, 1 missing of 1"))


def test_interval_is_drawn_over_layouts() -> None:
    """Ten errors of one maker are far less certain than ten errors of ten."""
    bad, good = changed(total=Decimal(1)), TRUE
    one = [marked(bad if place < 10 else good, layout=str(place // 10)) for place in range(100)]
    ten = [marked(bad if place % 10 == 0 else good, layout=str(place // 10)) for place in range(100)]
    assert bootstrap(one, ["proven"], "key_wrong") == (0.0, 0.3)
    assert bootstrap(ten, ["proven"], "key_wrong") == (0.1, 0.1)


def test_no_error_seen_is_no_proof_of_none() -> None:
    """Where nothing erred the bound comes from the number of papers; where nothing was taken there is
    none.
    """
    assert bootstrap([marked(TRUE)] * 300, ["proven"], "key_wrong") == wilson(0, 300)
    assert bootstrap([marked(TRUE)], ["consistent"], "key_wrong") == (0.0, 1.0)


def test_of_the_secret_split_no_field_is_printed() -> None:
    """Counts of `judge` stand in the tables; the fields that it misses and its layouts do not."""
    answer = Extraction("consistent", "text", invoices=(changed(due_date=date(2026, 4, 1)),))
    secret, open_ = (
        mark(group, "digital", f"{group}-page.b", TRUE, answer, qr=False) for group in ("judge", "tune")
    )
    assert "due_date" not in table([secret])
    assert "judge-page" not in table([secret])
    assert "judge" in table([secret])
    assert all(word in table([secret, open_]) for word in ("due_date", "tune-page"))


def test_a_paper_of_the_secret_split_is_never_listed() -> None:
    """What is not right is listed by name for `tune`, and counted alone for `judge`."""
    answer = Extraction("consistent", "text", invoices=(changed(due_date=date(2026, 4, 1)),))
    outcome = Outcome({}, [])
    for split in ("judge", "tune"):
        sample = Sample(
            f"{split}-0-digital", b"", "application/pdf", (TRUE,), None, "a4", split, "digital", qr=False
        )
        count(outcome, "own", Task(split, "digital", "grammar", 0), sample, answer, items=False)
    assert [task.name for _, task, _, _ in outcome.failed] == ["tune-0-digital"]
    assert [mark.group for mark in outcome.marks] == ["judge", "tune"]
    assert outcome.tallies == {}

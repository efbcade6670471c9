from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.extractor.peru.thousands import closed, thousands_apart
from functions.extractor.peru.tokens import (
    a_day,
    amounts,
    days,
    lettered,
    rucs,
    serials,
    valid_ruc,
)
from functions.extractor.sheets.spelling import plain

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("OP. GRAVADA S/ 1,234.56", ["1234.56"]),
        ("S/.1,234.56", ["1234.56"]),
        ("TOTAL 5000.00 y 5,000.00", ["5000.00", "5000.00"]),
        ("1.234,56", ["1234.56"]),
        ("1.680.89", ["1680.89"]),
        ("1234,50", ["1234.50"]),
        ("US$ 99.90 (12.00) -3.50", ["99.90", "-12.00", "-3.50"]),
        ("IGV 18% 36.00", ["36.00"]),
        ("2 x 5.00 10.00", ["2", "5.00", "10.00"]),
        ("F001-123", []),
        ("12/03/2026", []),
        ("24.607 KG", ["24.607"]),
        ("0,500 KG", ["0.500"]),
        ("999,999,999,999.99", ["999999999999.99"]),
        ("1" + ",000" * 9 + ".00", []),
    ],
)
def test_numbers_are_read_as_peru_writes_them(line: str, want: list[str]) -> None:
    """Amounts keep their value in every way they are printed; codes, dates, percentages and what overflows a
    sum are none.
    """
    assert [str(a.value) for a in amounts(line)] == want


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2))
def test_a_formatted_amount_comes_back(value: Decimal) -> None:
    """Writing an amount with thousands' commas and reading it again gives the amount."""
    assert [a.value for a in amounts(f"Total: S/ {value:,.2f}")] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "05/11/2026",
        "2026-11-05",
        "05-11-2026 10:33:01",
        "05/11/202610:33",
        "5-nov-2026",
        "5 de Noviembre del 2026",
        "05.11.2026",
        "05/11/26",
        "05 NOV. 2026",
        "05 de NOVIEMBRE de 20 26",
        "05-N0V-2026",
    ],
)
def test_dates_are_read_day_first(text: str) -> None:
    """Each printed style of the same day is the same day."""
    assert [d.value for d in days(f"Fecha de Emisión : {text}")] == [date(2026, 11, 5)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (" 2026-11-05T10:00", date(2026, 11, 5)),
        ("5/11/26 10:33", date(2026, 11, 5)),
        ("del 05/11/2026", None),
        ("", None),
    ],
)
def test_a_text_that_begins_with_a_day_is_that_day(text: str, want: date | None) -> None:
    """What stands behind the day does not matter, what stands before it does."""
    assert a_day(text) == want


def test_what_is_no_day_is_no_date() -> None:
    """A day that the calendar does not have is not read as another one."""
    assert days("31/02/2026 45/13/2026") == ()


@given(st.integers(0, 99999999).map(lambda n: f"20{n:08d}"))
def test_one_check_digit_holds(ten: str) -> None:
    """Of the ten RUCs with the same first digits exactly one is valid."""
    assert sum(valid_ruc(f"{ten}{d}") for d in range(10)) == 1


@pytest.mark.parametrize("ruc", ["10456789124", "15123456782", "16123456789", "17123456785", "20512345671"])
def test_every_prefix_is_known(ruc: str) -> None:
    """Natural persons, prefixes 15 to 17 and entities have RUCs."""
    assert valid_ruc(ruc)


def test_a_ruc_is_repaired_only_by_its_check_digit() -> None:
    """Letters read for digits are put right where the check digit then holds, with what was read; otherwise
    they are no RUC.
    """
    good, bad = rucs("RUC: 2O512345671"), rucs("RUC: 2O512345672")
    assert [(r.value, r.read) for r in good] == [("20512345671", "2O512345671")]
    assert bad == []


def test_a_misread_digit_is_kept_and_marked() -> None:
    """Eleven digits that fail the check are shown as they stand, never corrected."""
    assert [(r.value, r.valid) for r in rucs("R.U.C. N° 20512345672")] == [("20512345672", False)]


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("F001-00000123", ("F001", "123", None)),
        ("N° F033 - 00330623", ("F033", "330623", None)),
        ("Nro: E001-33", ("E001", "33", None)),
        ("EB01-45", ("EB01", "45", None)),
        ("0001-000234", ("0001", "234", None)),
        ("001-000234", ("001", "234", None)),
        ("F99L-7", ("F99L", "7", "F991")),
        ("BOO]-12", ("B001", "12", None)),
        ("B001.-00591295", ("B001", "591295", None)),
    ],
)
def test_series_and_number_are_told_apart(line: str, want: tuple[str, str, str | None]) -> None:
    """Series keep their four letters, numbers lose their zeros."""
    assert [(s.series, s.number, s.alt) for s in serials(line)] == [want]


def test_fo01_is_not_f001_until_proven() -> None:
    """Series such as FO01 exist: the letter stays, and the digit is kept as a guess."""
    assert [(s.series, s.alt) for s in serials("FO01-12")] == [("FO01", "F001")]


@pytest.mark.parametrize(
    "line", ["Cta. 194-1234567-0-11", "Tel. 01-4567890", "2026-11-05", "RUC 20512345671"]
)
def test_accounts_and_phones_are_no_series(line: str) -> None:
    """Numbers with dashes that are something else are not taken."""
    assert serials(line) == []


def test_thousands_by_a_space() -> None:
    """Only where the page's total is written so and nothing otherwise: elsewhere it is a quantity before a
    price.
    """
    assert thousands_apart(["80 EXCAVADORA 20 000.00", "IMPORTE TOTAL S/ 23 600.00"], [])
    assert thousands_apart(["S/ 3 025.08 S/ 3 569.59"], ["S/ 3 025.08", "S/ 3 569.59"])
    assert thousands_apart(["1 668.84 IGV", "10 940.20 Total"], [])
    assert not thousands_apart(["S/ 3 025.08 S/ 3 569.59"], ["S/ 3 025.08 S/ 3 569.59"])
    assert not thousands_apart(["2 100.00 200.00", "TOTAL S/ 200.00"], ["2 100.00", "TOTAL S/ 200.00"])
    assert not thousands_apart(["2 100.00 1,200.00", "TOTAL 1 200.00"], ["TOTAL 1 200.00"])
    assert [closed(p) for p in ("20 000.00", "IGV 18% S/ 3 600.00", "MESA 2 X 1 200.00", "1 234 567.80")] == [
        "20,000.00", "IGV 18% S/ 3,600.00", "MESA 2 X 1 200.00", "1,234,567.80",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("T0TAL 0P. GRAV", "TOTAL OP. GRAV"),
        ("1MP0RTE", "1MPORTE"),
        ("N0 0rden", "NO ORDEN"),
        ("F001-000123 2026 S/ 0.00", "F001-000123 2026 S/ 0.00"),
        ("B0LETA EB01-20", "BOLETA EB01-20"),
    ],
)
def test_a_zero_in_a_word_is_the_letter(text: str, read: str) -> None:
    """A zero is read as the letter O in words and stays what it is in numbers, series and dates."""
    assert lettered(text) == read


def test_signs_that_look_alike_are_read_as_one() -> None:
    """Times signs, quotes, hyphens, wide letters, ligatures and odd blanks come to the readers as plain
    characters.
    """
    assert plain("2\u00a0×\u20095.00  “ﬁno” Ｒｕｃ：2‑3") == '2 x 5.00 "fino" Ruc:2-3'


def test_a_telephone_is_no_series() -> None:
    """An area's code in brackets stands before it."""
    assert [serials(line) for line in ("Telf. (076) 709-8399", "Cel (01)709-8399")] == [[], []]
    assert [(one.series, one.number) for one in serials("N° 001-008399")] == [("001", "8399")]

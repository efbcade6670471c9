import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from functions.extractor.learned import features, network, reader, words
from functions.extractor.learned.features import KINDS, ROLE
from functions.extractor.learned.words import WordPage
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets.rows import Sheet
from tests.corpus.tokens.weights import PAGE
from tests.sheets import SUPPLIER, sheet

pytestmark = pytest.mark.unit


def values(reading: Reading) -> dict[str, object]:
    """What a reading says, without places."""
    return {path: seen.value for path, seen in reading.fields.items()}


def lines(reading: Reading) -> list[dict[str, object]]:
    """Its items, without places."""
    return [{name: seen.value for name, seen in item.items()} for item in reading.items]


def scripted(
    text: str, roles: dict[str, str], *, starts: tuple[str, ...] = (), kind: str = "01", chance: float = 0.97
) -> WordPage:
    """A page whose words play the roles that a test gives them, each as likely as `chance`; words that are
    not named play none.
    """
    seen = words.look([sheet(text)], network.shipped())
    assert seen is not None
    shares = np.full(seen.roles.shape, (1 - chance) / (len(ROLE) - 1), np.float32)
    for number, token in enumerate(seen.tokens):
        shares[number, ROLE[roles.get(token.text, "other")]] = chance
    kinds = np.full(len(KINDS), 0.01, np.float32)
    kinds[KINDS.index(kind)] = 0.93
    begun = np.array([token.text in starts for token in seen.tokens], np.float32)
    return WordPage(seen.tokens, seen.lines, shares, begun, kinds, np.array([0.98, 0.01, 0.01], np.float32))


def decoded(page: WordPage, *spelled: str) -> Reading:
    """What the roles of a page come to."""
    reading = Reading("net")
    reader.decoded(page, reading, frozenset(Decimal(each) for each in spelled))
    return reading


# --- the network --------------------------------------------------------------------------------------------


def test_the_weights_in_the_package_are_those_that_its_record_describes() -> None:
    """Hash and size of the weights are the record's, and no more than three megabytes."""
    data = network.WEIGHTS.read_bytes()
    record = json.loads(network.RECORD.read_text("utf-8"))
    assert (hashlib.sha256(data).hexdigest(), len(data) <= 3_000_000) == (record["sha256"], True)


def test_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are not those of the record are not read."""
    other = tmp_path / "weights.npz"
    other.write_bytes(network.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(network, "WEIGHTS", other)
    with pytest.raises(network.WrongWeights):
        network.shipped.__wrapped__()


def test_a_pages_words_play_the_roles_that_these_weights_gave_them() -> None:
    """What the network says of a small page is, to three decimals, what its record holds since its weights
    were taken in.
    """
    record = [line.split() for line in json.loads(network.RECORD.read_text("utf-8"))["page"]]
    page = words.look([sheet(PAGE)], network.shipped())
    assert page is not None
    assert [token.text for token in page.tokens] == [word for word, _, _ in record]
    assert [features.ROLES[at] for at in page.roles.argmax(1)] == [role for _, role, _ in record]
    assert page.roles.max(1).tolist() == pytest.approx([float(chance) for _, _, chance in record], abs=1e-3)


def test_a_page_is_read_whole() -> None:
    """A plain page gives issuer, serial, kind, date, currency, sums and its one line."""
    found = reader.read([sheet(PAGE)])
    assert values(found) == {
        "supplier.ruc": SUPPLIER, "series": "F001", "number": "123", "kind": "01",
        "issue_date": date(2026, 11, 5), "currency": "PEN",
        "total": Decimal("118.00"), "igv": Decimal("18.00"), "taxable": Decimal("100.00"),
    }  # fmt: skip
    assert lines(found) == [
        {
            "description": "CEMENTO PORTLAND TIPO I", "unit": "NIU", "quantity": Decimal("2.00"),
            "unit_price": Decimal("50.00"),
            "amount": Decimal("100.00"),
        }
    ]  # fmt: skip


def test_each_value_says_where_it_stands() -> None:
    """The box of a value is that of its word on its own sheet."""
    found = reader.read(
        [sheet("Nada"), Sheet(3, 1000, 1000, sheet(PAGE).rows, sheet(PAGE).em, frame=sheet(PAGE).frame)]
    )
    assert found.fields["total"].box == (3, 0.6, 0.1711, 0.6581, 0.1822)


def test_a_page_without_words_says_nothing() -> None:
    """An empty sheet is an empty reading."""
    assert reader.read([sheet("")]) == Reading("net", pages=(0,))


def test_of_a_page_with_too_many_words_prose_and_middle_are_left_out() -> None:
    """Head and sums are looked at, and no more words than the network can take in its time."""
    prose = "\n".join(
        "El cliente declara conocer y aceptar todas las condiciones de venta" for _ in range(60)
    )
    middle = "\n".join(f"{n}.00   UND   ARTICULO   5.00   {n * 5}.00" for n in range(1, 130))
    page = words.look(
        [sheet(f"{PAGE.splitlines()[1]}\n{prose}\n{middle}\nIMPORTE TOTAL S/ 118.00")], network.shipped()
    )
    assert page is not None
    said = [token.text for token in page.tokens]
    assert len(said) <= network.MOST
    assert (said[0], said[-1], "declara" in said) == ("COMERCIAL", "118.00", False)


def test_a_look_without_any_sheet_is_none() -> None:
    """No sheet, no page."""
    assert words.look([], network.shipped()) is None


# --- from roles to values -----------------------------------------------------------------------------------

SUMS = "GRAVADA 100.00\nIGV 18.00\nTOTAL 118.00\nEFECTIVO 120.00"


def test_the_sums_that_fit_together_are_told() -> None:
    """Base, IGV and total whose words are likely and whose sum comes out."""
    found = decoded(scripted(SUMS, {"100.00": "taxable", "18.00": "igv", "118.00": "total"}))
    assert values(found) == {
        "kind": "01",
        "currency": "PEN",
        "taxable": Decimal("100.00"),
        "igv": Decimal("18.00"),
        "total": Decimal("118.00"),
    }


def test_of_two_likely_totals_the_sum_decides() -> None:
    """The money handed over is as likely the total as the total, and only one of them is base and IGV."""
    found = decoded(
        scripted(SUMS, {"100.00": "taxable", "18.00": "igv", "118.00": "total", "120.00": "total"})
    )
    assert values(found)["total"] == Decimal("118.00")


def test_of_two_likely_totals_without_a_sum_none_is_told() -> None:
    """Nothing tells them apart: silence is no vote."""
    found = decoded(scripted("TOTAL 118.00\nTOTAL 120.00", {"118.00": "total", "120.00": "total"}))
    assert values(found) == {"kind": "01", "currency": "PEN"}


def test_of_two_likely_totals_the_words_decide() -> None:
    """The amount in letters is one of them."""
    found = decoded(scripted("TOTAL 118.00\nTOTAL 120.00", {"118.00": "total", "120.00": "total"}), "120.00")
    assert values(found)["total"] == Decimal("120.00")


def test_a_word_that_is_no_ruc_is_none_whatever_its_role() -> None:
    """The role chooses among RUCs; it makes none."""
    found = decoded(
        scripted("RUC 123\nCliente 20601234565", {"123": "supplier_ruc", "20601234565": "customer_id"})
    )
    assert "supplier.ruc" not in values(found)


def test_series_and_number_may_stand_apart() -> None:
    """Each under its own label."""
    found = decoded(scripted("Serie: F001\nCorrelativo: 00000045", {"F001": "series", "00000045": "number"}))
    assert (values(found)["series"], values(found)["number"]) == ("F001", "45")


def test_the_modified_documents_serial_is_not_the_notes_own() -> None:
    """Of two serials the one with the role."""
    found = decoded(
        scripted("FC01-7\nModifica F001-99", {"FC01-7": "serial", "F001-99": "modified_serial"}, kind="07")
    )
    assert (values(found)["series"], values(found)["number"], values(found)["kind"]) == ("FC01", "7", "07")


def test_a_kind_that_cannot_carry_the_series_is_not_told() -> None:
    """A boleta with a series of facturas: the network is not believed."""
    found = decoded(scripted("F001-123", {"F001-123": "serial"}, kind="03"))
    assert values(found).get("kind") != "03"


def test_items_begin_where_the_network_says_so() -> None:
    """Two lines of the same words are two items; a unit that is glued to its number is cut from it."""
    text = "2.00UND CLAVO 5.00 10.00\nPERNO 3.00 x4.00 12.00"
    roles = {
        "2.00UND": "quantity", "CLAVO": "description", "5.00": "unit_price", "10.00": "amount",
        "PERNO": "description", "3.00": "quantity",
        "x4.00": "unit_price", "12.00": "amount",
    }  # fmt: skip
    found = decoded(scripted(text, roles, starts=("2.00UND", "PERNO")))
    assert lines(found) == [
        {
            "description": "CLAVO",
            "quantity": Decimal("2.00"),
            "unit_price": Decimal("5.00"),
            "amount": Decimal("10.00"),
        },
        {
            "description": "PERNO",
            "quantity": Decimal("3.00"),
            "unit_price": Decimal("4.00"),
            "amount": Decimal("12.00"),
        },
    ]


def test_of_two_prices_the_one_that_makes_the_amount_is_the_lines() -> None:
    """A table with a value and a price shows both; where neither makes the amount, what the network took
    stays.
    """
    text = "2.00 CLAVO 5.00 5.90 10.00\n3.00 PERNO 7.00 8.26 20.00"
    roles = {
        "2.00": "quantity", "CLAVO": "description", "5.00": "other_amount", "5.90": "unit_price",
        "10.00": "amount", "3.00": "quantity", "PERNO": "description", "7.00": "other_amount",
        "8.26": "unit_price", "20.00": "amount",
    }  # fmt: skip
    found = decoded(scripted(text, roles, starts=("2.00", "3.00")))
    assert [line["unit_price"] for line in lines(found)] == [Decimal("5.00"), Decimal("8.26")]


def test_what_the_network_is_not_sure_of_is_not_told() -> None:
    """A day whose words are less likely than not the date of issue is no vote."""
    found = decoded(scripted("Impreso 05/11/2026", {"05/11/2026": "date"}, chance=0.4))
    assert "issue_date" not in values(found)

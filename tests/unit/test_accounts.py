"""Sentences of the books that depend on whose a paper is."""

from __future__ import annotations

import pytest

from functions.extractor.invoice import Customer
from functions.whatsapp import accounts
from tests.builders import an_invoice

pytestmark = pytest.mark.unit

OURS, OTHER, SLIP = "20512345671", "20609173425", "20512345677"


def made_out_to(number: str | None, id_type: str = "6", kind: str = "01") -> str:
    return accounts.whose([an_invoice(kind=kind, customer=Customer(id_type=id_type, id=number))], OURS)


def test_a_factura_that_is_anothers_says_so() -> None:
    """One line where the customer is another, one where his RUC is nearly ours; nothing of ours, of a boleta,
    or where no customer was read.
    """
    assert [made_out_to(OTHER), made_out_to("45781234", "1"), made_out_to(SLIP)] == [
        "\n\nℹ️ Esta factura está a nombre de otro RUC: 20609173425.",
        "\n\nℹ️ Esta factura está a nombre de otro documento: 45781234.",
        "\n\nℹ️ El RUC del cliente no se lee bien: se parece al tuyo. Míralo en el papel.",
    ]
    assert [made_out_to(OURS), made_out_to(None), made_out_to(OTHER, kind="03")] == ["", "", ""]


def test_a_file_of_several_facturas_counts_those_of_others() -> None:
    """Several invoices have one line a reason; a business that has not told its RUC has none."""
    papers = [an_invoice(customer=Customer(id_type="6", id=number)) for number in (OURS, OTHER, OTHER, SLIP)]
    assert accounts.whose(papers, OURS) == (
        "\n\nℹ️ 2 de estos comprobantes están a nombre de otro RUC.\n\nℹ️ El RUC del cliente no se lee bien "
        "en 1 de estos comprobantes: se parece al tuyo. Míralo en el papel."
    )
    assert accounts.whose(papers, None) == ""

import pytest

from functions.extractor.judging.paper import Paper
from tests.sheets import TODAY, read

pytestmark = pytest.mark.unit

PAPER = """
FERRETERIA FICTICIA S.A.C.                         R.U.C. 20512345671
FACTURA                                            F001-00000123
Fecha de Emision : 05/03/2026
CANT.   DESCRIPCION                 P. UNIT    IMPORTE
2.00    PERNO 5/ 16                 50.00      100.00

                                    OP. GRAVADA    100.00
                                    IGV 18%         18.00
                                    IMPORTE TOTAL  118.00
"""


def test_a_currency_that_is_nowhere_is_none() -> None:
    """Neither a date, nor a fraction, nor a customer's name is a sign of soles."""
    assert read(PAPER.replace("Fecha", "Cliente : EL SOL S.A.C.   Fecha")).get("currency") is None


def test_the_currency_of_an_account_is_not_the_papers() -> None:
    """Accounts to pay into name currencies, and say nothing of the sums."""
    assert (
        read(PAPER + "\nCTA. CTE. SOLES 194-1234567-0-11\nBANCO FICTICIO S/: 210-4197509-0-78").get(
            "currency"
        )
        is None
    )


def test_many_accounts_do_not_make_a_currency() -> None:
    """Two accounts in soles say no more of the sums than one."""
    accounts = "\nBCP Soles: 719-4525068-0-18\nBCP Soles: 900-2890206-0-82\nBBVA Soles: 0011-0455067"
    assert read(PAPER + accounts).get("currency") is None


def test_a_colon_may_stand_behind_a_sign() -> None:
    """A total whose label ends in its currency's sign and a colon is in that currency."""
    assert read(PAPER.replace("IMPORTE TOTAL  118.00", "Total S/: 118.00")).get("currency") == "PEN"


def test_the_sign_beside_a_sum_stands_though_an_account_stands_in_its_row() -> None:
    """What is said of the cell beside it is not said of the total."""
    drawn = PAPER.replace(
        "                                    IMPORTE TOTAL  118.00",
        "BANCO S/: 210-4197509-0-78          IMPORTE TOTAL  US$ 118.00",
    )
    assert read(drawn).get("currency") == "USD"


@pytest.mark.parametrize("money", ["DÓLARES CANADIENSES", "PESOS CHILENOS", "LIBRAS ESTERLINAS", "BRL"])
def test_money_that_is_not_ours_is_no_dollar(money: str) -> None:
    """A paper in money of others has no currency here, whatever `$` stands beside its sums."""
    drawn = PAPER.replace("Fecha", f"Moneda : {money}     Fecha").replace(
        "IMPORTE TOTAL  118.00", "IMPORTE TOTAL  $ 118.00"
    )
    one = Paper([read(drawn)])
    one.judge(0, TODAY)
    assert (one.invoice.currency, [c.name for c in one.checks if c.ok is False]) == (None, ["currency"])

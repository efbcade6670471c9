"""The questions to SUNAT about a comprobante, and its word. SUNAT sees no paper: it knows what was reported,
and confirms that or does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from functions.errors import NoAnswer

State = Literal["accepted", "annulled", "authorised", "not_authorised", "not_found"]
"""estadoCp of the Consulta Integrada: 1, 2, 3 (the printer's range), 4 and 0. `not_found` proves nothing:
boletas are reported days later.
"""
Reason = Literal[
    "timeout", "down", "busy", "throttled", "unavailable", "auth", "rejected", "malformed", "blind", "slow"
]
"""Why there is no word (`NotAsked`). `slow`: there is a word, but it came later than a reading waits."""

KINDS = frozenset({"01", "02", "03", "07", "08"})
"""The kinds that are asked about: those of catalogue 01, and 02, a recibo por honorarios. That the service
answers for them is taken from its manual's table, as two public clients have it.
"""
FEES_BY: Literal["total", "net_payable"] = "total"
"""The amount by which a recibo por honorarios is asked about: its fee, or what is paid after the retention.
Nobody here has seen which of the two SUNAT holds.
"""
FINAL: frozenset[State] = frozenset({"annulled", "not_authorised"})
"""States that no later question changes; an accepted comprobante may still be annulled."""


@dataclass(frozen=True, slots=True)
class Key:
    """The six fields by which SUNAT is asked. `total` in the document's own currency, before detraction and
    without perception; of a recibo por honorarios as `FEES_BY` says.
    """

    ruc: str
    kind: str
    series: str
    number: str
    day: date
    total: Decimal


@dataclass(frozen=True, slots=True)
class SunatWord:
    """SUNAT's answer. `taxpayer` and `domicile` are its codes of the issuer ("00": ACTIVO, HABIDO), None
    where it gives none.

    `not_to`: the RUC whose credentials asked, where the paper was issued to somebody else; that says
    something only to the business of that RUC.
    """

    state: State
    at: datetime
    taxpayer: str | None = None
    domicile: str | None = None
    not_to: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The question about one invoice of a file (its index from 0) and SUNAT's word.

    `settled`: the field in which its word chose between two values that were seen. `lone`: the page speaks
    for another value too, which nobody could name, so that SUNAT's word alone stands for this one.
    """

    invoice: int
    key: Key
    word: SunatWord
    settled: str | None = None
    lone: bool = False


class NotAsked(NoAnswer):
    """There is no word from SUNAT. That says nothing about the paper.

    timeout: none in time; down: not asked, since SUNAT did not answer lately; busy: others are asking;
    throttled: 429; unavailable: no connection or 5xx; auth: our credentials; rejected: it will not answer for
    such a key; malformed: not what its manual says; blind: it accepts what cannot be.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


Known = Callable[[Key], SunatWord | None]
"""A function that returns what is kept of SUNAT's word on a key; None where SUNAT is to be asked."""


class Witness(Protocol):
    """A service that can be asked."""

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        """Returns its word within `seconds` of wall-clock time. Raises NotAsked."""

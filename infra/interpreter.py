"""Gemini as the interpreter of texts: the `Interpreter` port. What each sender asks in a day is counted in
Postgres.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine, text

from functions.books import mapping
from functions.books.ask import Ask
from functions.books.ports import Author
from functions.errors import Unwell
from functions.extractor.engines.gemini import Gemini
from functions.extractor.engines.gemini_reply import GeminiFailed
from infra.database import tenant_transaction

log = logging.getLogger("cuadra")

_WITHIN_S = 4.0
_COUNT = text("""
insert into books.mappings as m (tenant_id, user_id, day, asked) values (:tenant, :user, :day, 1)
on conflict (user_id, day) do update set asked = m.asked + 1 where m.asked < :most returning asked
""")
_COST = text("update books.mappings set cost_usd = cost_usd + :usd where user_id = :user and day = :day")


@dataclass(frozen=True, slots=True)
class GeminiInterpreter:
    """Asks the model about at most `most` texts of a sender and day (Lima), and about none once `may_ask`
    says that the day's money is spent. `model` is not called before the first of them.
    """

    engine: Engine
    model: Callable[[], Gemini]
    may_ask: Callable[[], bool]
    most: int

    def ask(self, author: Author, text: str, today: date) -> Ask | None:
        """See the port. The model sees the text and the day, and nothing else."""
        if not self.most or not mapping.worth_asking(text) or not self.may_ask():
            return None
        try:
            if not self._counted(author, today):
                return None
            said = self.model().say(
                mapping.question(text, today),
                system=mapping.SYSTEM,
                schema=mapping.MappedSchema,
                timeout_s=_WITHIN_S,
            )
        except GeminiFailed as failed:
            log.warning(
                "gemini_failed",
                extra={"fields": {"code": failed.reason, "reason": failed.detail, "model": failed.model}},
            )
            self._pay(author, today, failed.cost_usd)
            return None
        except Unwell as why:
            log.warning("unwell", extra={"fields": {"service": str(why)}})
            return None
        self._pay(author, today, said.cost_usd)
        return mapping.mapped(said.text, text, today)

    def _counted(self, author: Author, today: date) -> bool:
        with tenant_transaction(self.engine, author.tenant) as connection:
            values = {"tenant": author.tenant, "user": author.user, "day": today, "most": self.most}
            return connection.execute(_COUNT, values).first() is not None

    def _pay(self, author: Author, today: date, usd: Decimal) -> None:
        """Keep what the text cost. A failure here does not hold back the answer."""
        if not usd:
            return
        try:
            with tenant_transaction(self.engine, author.tenant) as connection:
                connection.execute(_COST, {"usd": usd, "user": author.user, "day": today})
        except Unwell as why:
            log.warning("unwell", extra={"fields": {"service": str(why)}})

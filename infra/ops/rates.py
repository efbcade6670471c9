"""Loads the history of SUNAT's exchange rates, which SUNAT's own page does not keep, from a file that an
operator brings.
"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text

from functions.books.rates import history
from infra.ops.desk import Desk

_LOAD = text("""
insert into books.rates (day, currency, sell)
select r.day, 'USD', r.sell from jsonb_to_recordset(cast(:rates as jsonb)) as r (day date, sell numeric)
on conflict (day, currency) do update set sell = excluded.sell where books.rates.sell <> excluded.sell
returning day
""")


def load(desk: Desk, path: Path) -> list[str]:
    """Keep the rates of a file of lines `DD/MM/AAAA|compra|venta|`, in the place of those that are there.
    Raises ValueError for a line that is no rate.
    """
    rates = {rate.day: rate for rate in history(path.read_text("utf-8"))}
    if not rates:
        raise ValueError("the file holds no rate")
    with desk.sql() as sql:
        changed = sql.execute(
            _LOAD,
            {
                "rates": json.dumps(
                    [{"day": str(rate.day), "sell": str(rate.sell)} for rate in rates.values()]
                )
            },
        ).all()
    return [f"{len(rates)} days from {min(rates)} to {max(rates)}, {len(changed)} of them new or mended"]

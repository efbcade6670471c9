"""What owners changed in their books and the files they asked for, against what each of them asked."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

QUERY = """
select c.wamid, c.entry_id as entry, c.field, c.old, c.new, c.at, r.seq, c.user_id = r.user_id and c.tenant_id = coalesce(r.business, r.tenant_id) as own,
       case c.field when 'deleted' then null when 'verdict' then x.verdict else x.data #>> string_to_array(c.field, '.') end as read,
       case c.field when 'deleted' then case when e.deleted_at is not null then 'yes' end when 'verdict' then e.verdict
            else e.data #>> string_to_array(c.field, '.') end as now,
       c.user_id as user
from books.corrections c join books.entries e on e.id = c.entry_id
join extractor.extractions x on x.document_id = e.document_id and x.ordinal = e.ordinal left join messaging.replies r on r.wamid = c.wamid
"""
ASKING = ("total ", "deshacer", "borrar", "sí, borrar")
"""How the texts begin that may change something."""
CAPTIONS = (
    "📊 *Compras de",
    "📊 *CONTASIS",
    "📑 *RCE de",
    "📦 Todo lo que guardo",
    "Uno por uno, con su CAR, en el Excel.",
)
"""What stands in the caption of each file that an owner can ask for, and in no other answer."""
_TOLD = (" → ", "🗑️ Saqué de tus cuentas", "👍 Está de vuelta")
"""What an answer says of a change that was made."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value as a message changed it. `seq`: the message's number, `own`: it is of the same person; `read`
    and `now`: what was read, what stands.
    """

    wamid: str
    entry: object
    field: str
    old: str | None
    new: str | None
    at: datetime
    seq: int | None
    own: bool | None
    read: str | None
    now: str | None
    user: object


def wrong(
    changes: Sequence[Changed], asked: Mapping[str, str], answers: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Broken promises, in words. `asked`: the texts that may change something, by message; `answers`: what
    was told, for messages whose rows are there.
    """
    values: defaultdict[tuple[object, str], list[Changed]] = defaultdict(list)
    people: defaultdict[object, list[Changed]] = defaultdict(list)
    for one in sorted(changes, key=lambda each: each.at):
        values[one.entry, one.field].append(one)
        people[one.user].append(one)
        text = asked.get(one.wamid)
        if text is None:
            yield f"change: nobody asked for {one.field} by {one.wamid}"
        elif not one.own:
            yield f"change: {one.wamid} changed another's books"
        elif (
            text.startswith("total ")
            and one.field != "verdict"
            and (one.field, one.new) != ("total", text.removeprefix("total "))
        ):
            yield f"change: {text!r} made {one.field} {one.new}"
    for (_, field), chain in values.items():
        stood = [chain[0].read, *(one.new for one in chain)]
        if [one.old for one in chain] != stood[:-1] or chain[-1].now != stood[-1]:
            yield (
                f"change: {field} went {[(one.old, one.new) for one in chain]}, read {chain[0].read}, now "
                f"{chain[-1].now}"
            )
    for line in people.values():
        yield from (
            f"change: {b.wamid} before {a.wamid}" for a, b in pairwise(line) if (a.seq or 0) > (b.seq or 0)
        )
    made = {one.wamid for one in changes}
    for wamid, said in answers.items():
        if wamid in asked and any(sign in text for text in said for sign in _TOLD) != (wamid in made):
            yield (
                f"change: {wamid} {asked[wamid]!r} was told {said!r}, and "
                f"{'was' if wamid in made else 'was not'} made"
            )


def strangers(file: bytes, numbers: Collection[str]) -> set[str]:
    """Which of the documents' numbers stand in a file of ours: a workbook, or SUNAT's register."""
    if not file.startswith(b"PK"):
        return set(numbers) & set(file.decode("ascii").split("|"))
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        words = " ".join(
            packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")
        )
    return {number for number in numbers if f">{number}<" in words}

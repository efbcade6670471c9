"""Businesses that share people, amid kills: an accountant in ten of them, a helper in two, and what each
business and each person may have seen in the end.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from urllib.parse import unquote

from sqlalchemy import Engine, text

from bench.chaos import changes, people
from bench.chaos.traffic import Message
from infra.local.simulator import Simulator, parts_of

BUSINESSES = 10
_PATIENCE = 4
"""How often an answer is waited for, while everybody is let in."""
_HELPED = 2
"""Businesses of the helper's: the first ones."""

Send = Callable[[str, Message], str]
"""Have a sender send a message; returns its wamid."""


@dataclass(slots=True)
class Shared:
    """Who owns which business, and what was sent to it: in `stood` every paper that ever stood in an owner's
    business, in `ends` where each message's paper is to stand in the end, in `asked` of which business each
    request of the accountant's was.
    """

    owners: list[str] = field(default_factory=list)
    stood: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    accountant: str = ""
    ends: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def may_see(self, sender: str) -> set[str]:
        """Numbers of others' papers that somebody may be told of."""
        if sender == self.accountant:
            return set().union(*self.stood.values())
        return self.stood.get(sender, set())

    def wrong(self, simulator: Simulator, admin: Engine, sent: Mapping[str, Message]) -> Iterator[str]:
        """Broken promises, in words: papers that stand elsewhere, answers under another name, and files with
        papers of another business.
        """
        where = "select u.phone, d.wamid from documents.documents d join auth.users u using (tenant_id)"
        with admin.connect() as connection:
            stands = {row.wamid: row.phone for row in connection.execute(text(where))}
        phones = {one["id"]: one["phone"] for one in simulator.get("/senders")}
        for wamid, owner in self.ends.items():
            if stands.get(wamid) != phones[owner]:
                yield f"shared: {sent[wamid].number} stands with {stands.get(wamid)}, not {phones[owner]}"
        everything = set().union(*self.stood.values())
        for one in simulator.conversation(self.accountant) if self.accountant else ():
            owner = self.asked.get(one["quoted"] or "") if one["direction"] == "out" else None
            if owner is None or parts_of(one["text"]):
                continue
            if f"🏢 *{named(self.owners.index(owner))}*" not in one["text"]:
                yield f"shared: {one['quoted']} was answered under another name: {one['text'][:60]!r}"
            if one["kind"] == "document":
                for number in changes.strangers(simulator.file(one["file"]), everything - self.stood[owner]):
                    yield f"crossed: a file of {named(self.owners.index(owner))} holds {number}"


def named(place: int) -> str:
    """What the business of that place is called."""
    return f"Compartido {place}"


class Sharing:
    """The act. `kill` is called now and then, and has a function die at a step of its choice."""

    def __init__(
        self, simulator: Simulator, admin: Engine, papers: Iterator[Message], send: Send, rng: Random
    ) -> None:
        self._simulator, self._admin, self._papers, self._send, self._rng = (
            simulator,
            admin,
            papers,
            send,
            rng,
        )
        self.shared = Shared()
        self._active: dict[str, int] = {}
        self._still: list[tuple[str, Message, int]] = []

    def play(self, rounds: int, kill: Callable[[], None]) -> None:
        """Everybody is let in, in peace; then all of them send, ask, correct and file."""
        accountant, helper = (
            self._simulator.add_sender(name=name)["id"] for name in ("Contadora", "Ayudante")
        )
        self.shared.accountant = accountant
        for guest in (accountant, helper):
            self._waited(guest, "Hola")
        rucs = [self._let_in(place, accountant, helper) for place in range(BUSINESSES)]
        for turn in range(rounds):
            if turn % 3 == 0:
                kill()
            self._accounted(accountant, rucs)
            if turn % 3 == 1:
                self._brought(helper, self._rng.randrange(_HELPED), None)
            if turn % 4 == 2:
                self._owned(self._rng.randrange(BUSINESSES))

    def _let_in(self, place: int, accountant: str, helper: str) -> Message:
        """A new owner's business: a paper made out to it is kept for later."""
        owner = self._simulator.add_sender(name=f"Dueña {place}")["id"]
        self.shared.owners.append(owner)
        paper = next(one for one in self._papers if _buyer(one))
        for said in ("Hola", f"mi negocio es {named(place)}", f"mi ruc {_buyer(paper)}"):
            self._waited(owner, said)
        for guest, said in ((accountant, "invitar contador"), (helper, "invitar ayudante")):
            if guest == accountant or place < _HELPED:
                link = re.search(r"https://wa\.me/\d+\?text=(\S+)", self._waited(owner, said))
                assert link, "an invitation has its link"
                self._waited(guest, unquote(link[1]))
                self._active[guest] = place
        return paper

    def _waited(self, sender: str, said: str) -> str:
        """The answer to a text, once it is there."""
        wamid = self._send(sender, Message(text=said))
        query = text(
            "select coalesce(body, '') from messaging.replies where wamid = :wamid and state <> 'ready'"
        )
        for _ in range(_PATIENCE):
            people.wait_answered(self._admin, wamid)
            with self._admin.connect() as connection:
                answer = connection.execute(query, {"wamid": wamid}).scalar_one_or_none()
            if answer is not None:
                return str(answer)
        raise TimeoutError(f"{said!r} was not answered")

    def _turned(self, guest: str, place: int) -> None:
        """The guest writes for that business from here on: what comes next is admitted after this."""
        if self._active[guest] != place:
            people.wait_admitted(self._simulator, guest)
            self._send(guest, Message(text=f"negocio {named(place)}"))
            people.wait_admitted(self._simulator, guest)
            self._active[guest] = place

    def _accounted(self, guest: str, rucs: list[Message]) -> None:
        place, draw = self._rng.randrange(BUSINESSES), self._rng.random()
        self._turned(guest, place)
        if draw < 0.2 and rucs:
            paper = rucs.pop()
            self._brought(guest, place, paper, to=len(rucs))
        elif draw < 0.65:
            self._brought(guest, place, None)
            if self._rng.random() < 0.5:
                wamid, paper = next(reversed(self.shared.ends)), self._still.pop()[1]
                to = self._rng.randrange(BUSINESSES)
                self._send(guest, Message(text=f"es de {to + 2}", about=paper))
                self._stands(wamid, paper, to)
        elif draw < 0.8 and self._still:
            who, paper, where = self._rng.choice(self._still)
            if who == guest:
                wamid = self._send(guest, Message(text=f"total {len(self.shared.asked) + 1}.25", about=paper))
                self.shared.asked[wamid] = self.shared.owners[where]
        else:
            wamid = self._send(guest, Message(text="excel"))
            self.shared.asked[wamid] = self.shared.owners[place]

    def _brought(self, guest: str, place: int, paper: Message | None, to: int | None = None) -> None:
        """A paper while the guest writes for `place`, which stands with `to` where its buyer is that one."""
        self._turned(guest, place)
        sent = paper or next(self._papers)
        wamid = self._send(guest, sent)
        self._stands(wamid, sent, place)
        self._still.append((guest, sent, place))
        if to is not None:
            self._stands(wamid, sent, to)
            self._still[-1] = (guest, sent, to)

    def _stands(self, wamid: str, paper: Message, place: int) -> None:
        owner = self.shared.owners[place]
        self.shared.ends[wamid] = owner
        self.shared.stood[owner].add(paper.number or "")

    def _owned(self, place: int) -> None:
        owner = self.shared.owners[place]
        if self._rng.random() < 0.5:
            paper = next(self._papers)
            self._stands(self._send(owner, paper), paper, place)
        else:
            self._send(owner, Message(text="excel"))


def _buyer(paper: Message) -> str | None:
    customer = paper.invoice.customer if paper.invoice else None
    return customer.id if customer and customer.id_type == "6" else None

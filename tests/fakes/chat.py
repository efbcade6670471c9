"""Somebody who writes to a worker on the real Postgres and Inbox, and the owner of a business that invites
others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.whatsapp.model import Address, Admission, Inbound, Kind, Media, Role
from functions.whatsapp.onboarding import tasks_of
from functions.whatsapp.tasks import MessageTask
from tests.builders import an_extraction, an_invoice
from tests.fakes.stage import Stage


@dataclass
class Chat:
    """Somebody who writes: what is admitted and done, and what came back to him."""

    stage: Stage
    phone: str = field(default_factory=lambda: "519" + str(uuid4().int)[:8])
    last: Any = None
    heard: list[str] = field(default_factory=list)

    def says(self, said: str = "", kind: Kind = "text", **changes: Any) -> str:
        """The answer to one message."""
        wamid = changes.pop("wamid", f"wamid.{uuid4().hex}")
        media = Media(f"m-{wamid}", "application/pdf", "doc.pdf") if kind == "document" else None
        message = Inbound(
            wamid, Address(self.phone), datetime.now(UTC), kind, text=said or None, media=media, **changes
        )
        before = len(self.stage.graph.sent)
        (self.last,) = self.stage.admissions.admit([message])
        self.do(self.last)
        return "\n".join(self.stage.graph.sent[before:])

    def do(self, admission: Admission) -> None:
        for task in tasks_of(admission):
            assert self.stage.do(task).status == 200
        self.stage.admissions.mark_enqueued(admission)

    def hears(self) -> list[str]:
        """What was told to him since, which he did not ask for."""
        before = len(self.stage.graph.sent)
        mine = [
            task
            for task in self.stage.queue.pushed
            if isinstance(task, MessageTask) and task.tenant.user_id == self.last.tenant.user_id
        ]
        for task in mine:
            self.stage.queue.pushed.remove(task)
            assert self.stage.do(task).status == 200
        return self.stage.graph.sent[before:]

    def sends(self, number: str = "123", **invoice: Any) -> str:
        self.stage.reader.answers.append(an_extraction(an_invoice(number, **invoice)))
        return self.says(kind="document")

    @property
    def tenant(self) -> UUID:
        found: UUID = self.last.tenant.id
        return found


@pytest.fixture
def owner(stage: Stage) -> Chat:
    """The owner of *Bodega Luz*, with a paper of his own."""
    chat = Chat(stage)
    chat.says("hola")
    chat.says("mi negocio es Bodega Luz")
    chat.sends("1")
    return chat


def invited(owner: Chat, role: Role) -> Chat:
    """Somebody who never wrote before, and wrote the code of an invitation."""
    told = owner.says("invitar contador" if role == "accountant" else "invitar ayudante")
    hit = re.search(r"https://wa\.me/51900000000\?text=(unirme%20(\S+))", told)
    assert hit, told
    guest = Chat(owner.stage)
    answer = guest.says(hit[1].replace("%20", " "))
    assert "entraste a *Bodega Luz*" in answer
    owner.heard = owner.hears()
    return guest

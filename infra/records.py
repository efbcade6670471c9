"""Tenants, users, documents and extractions in Postgres: the `Records` port.

Row-level security is forced on every table: each transaction names its tenant first. A retry does again what
comes before the end of a document, so only that end, and an answer, wait for the disk. The statements are in
records_sql.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from sqlalchemy import Connection, Engine, TextClause

from functions.books.ports import Given
from functions.errors import Unwell
from functions.extractor.invoice import Extraction, Invoice
from functions.whatsapp.accounts import NOTED
from functions.whatsapp.client import NOBODY_THERE
from functions.whatsapp.lane import WINDOW
from functions.whatsapp.ledger import (
    ERASE,
    Answered,
    Attempt,
    Busy,
    Chosen,
    Claim,
    Finished,
    Registered,
    Standing,
)
from functions.whatsapp.model import Enclosed, Notice, Offer, Said, Tenant, is_ours
from functions.whatsapp.sunat import MISSING
from functions.whatsapp.taps import ASKED
from functions.whatsapp.tasks import MessageTask
from infra import offers
from infra import records_sql as sql
from infra.database import storable, storable_text, tenant_transaction

_OF_A_KIND = 3
"""The most equal answers within ten minutes that a person may need; a sender that goes on after them answers
itself.
"""
_TEXT = "text"
"""The kind of the instructions, which have another rule. They are sent once within ten minutes, since a
person who is not understood twice still sees them; and again after ten minutes, however often the person
wrote meanwhile, since this is a person who tries.
"""


class PostgresRecords:
    """The `Records` port over an engine of `infra.database`. Thread-safe, as the engine is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, task: MessageTask, welcome: str, notice: str | None = None) -> Registered:
        tenant = task.tenant
        values = _identity(tenant) | {
            "inbound_at": None if is_ours(task.message.wamid) else task.message.sent_at,
            "received_at": task.received_at,
            "welcomes": [welcome, notice] if notice else [welcome],
            "wamid": task.message.wamid,
        }
        with tenant_transaction(self._engine, tenant.id, durable=False) as connection:
            row = connection.execute(sql.OPEN, values).one()
        return Registered(purged=row.purged, answered=row.answered)

    def move(self, tenant: Tenant) -> bool:
        with tenant_transaction(self._engine, tenant.id) as connection:
            values = _identity(tenant) | {"gone": NOBODY_THERE, "window_s": WINDOW.total_seconds()}
            return connection.execute(sql.MOVE, values).first() is not None

    def stands(self, business: UUID) -> bool:
        with tenant_transaction(self._engine, business, durable=False) as connection:
            return bool(connection.execute(sql.STANDS, {"tenant": business}).scalar_one())

    def claim(self, task: MessageTask, lease_s: float) -> Claim | Busy | Finished:
        message, document, token, home = (
            task.message,
            document_id(task.message.wamid),
            uuid4(),
            task.tenant.id,
        )
        values = _guest(task) | {
            "id": document,
            "wamid": message.wamid,
            "seq": task.seq,
            "received_at": task.received_at,
            "filename": storable_text(message.media.filename) if message.media else None,
            "storage_uri": task.media_uri,
            "token": token,
            "lease_s": lease_s,
        }
        with tenant_transaction(
            self._engine, task.business, durable=False, person=home, chat=True
        ) as connection:
            row = connection.execute(sql.CLAIM, values).first()
        if row and row.claimed:
            return Claim(row.tenant_id, document, token, row.storage_uri, row.new, home)
        return Finished() if row and row.finished else Busy()

    def refile(self, claim: Claim, task: MessageTask, *, storage_uri: str) -> Claim | None:
        with tenant_transaction(self._engine, task.business, durable=False, person=claim.home) as connection:
            connection.execute(sql.WELCOME_GUEST, _guest(task))
        values = {
            "business": task.business,
            "home": claim.home,
            "id": claim.document_id,
            "token": claim.token,
            "storage_uri": storage_uri,
        }
        with tenant_transaction(self._engine, claim.tenant_id, person=claim.home, chat=True) as connection:
            row = connection.execute(sql.REFILE, values).first()
        return replace(claim, tenant_id=task.business, storage_uri=storage_uri) if row else None

    def standing(self, task: MessageTask) -> Sequence[Standing]:
        # A quote names a file in the business where the message acts; the last file may stand in any.
        tenant = task.business if task.message.quoted else task.tenant.id
        values = {"user": task.tenant.user_id, "seq": task.seq, "quoted": task.message.quoted}
        with tenant_transaction(self._engine, tenant, person=task.tenant.id, chat=True) as connection:
            rows = connection.execute(sql.STANDING, values).all()
        return [Standing(row.id, row.tenant_id, row.wamid, row.storage_uri, row.media_type) for row in rows]

    def relocate(self, task: MessageTask, file: Standing, *, storage_uri: str | None) -> None:
        home = task.tenant.id
        with tenant_transaction(self._engine, task.business, durable=False, person=home) as connection:
            connection.execute(sql.WELCOME_GUEST, _guest(task))
        values = {
            "id": file.document_id,
            "tenant": file.business,
            "user": task.tenant.user_id,
            "business": task.business,
            "home": home,
            "storage_uri": storage_uri,
        }
        with tenant_transaction(self._engine, file.business, person=home, chat=True) as connection:
            if connection.execute(sql.RELOCATE, values).first() is None:
                raise Unwell("records: the file is being read again")

    def quoted_in(self, task: MessageTask) -> frozenset[UUID]:
        values = {"user": task.tenant.user_id, "quoted": task.message.quoted}
        with tenant_transaction(self._engine, task.tenant.id, durable=False, chat=True) as connection:
            return frozenset(row.business for row in connection.execute(sql.QUOTED_IN, values))

    def attempt(self, claim: Claim, *, storage_uri: str, sha256: str, size: int) -> Attempt | None:
        values = {
            "id": claim.document_id,
            "token": claim.token,
            "storage_uri": storage_uri,
            "sha256": sha256,
            "size": size,
        }
        with tenant_transaction(
            self._engine, claim.tenant_id, durable=False, person=claim.home
        ) as connection:
            row = connection.execute(sql.ATTEMPT, values).first()
        return Attempt(row[0], row[1]) if row else None

    def unclaim(self, claim: Claim, *, back_s: float | None = None, problem: str | None = None) -> None:
        values = {"id": claim.document_id, "token": claim.token, "back_s": back_s, "problem": _short(problem)}
        with tenant_transaction(
            self._engine, claim.tenant_id, durable=False, person=claim.home, chat=True
        ) as connection:
            connection.execute(sql.UNCLAIM, values)

    def finish(
        self, claim: Claim, task: MessageTask, *, title: str, body: str, extraction: Extraction | None,
        failure: str | None,
        question: Said | None = None, file: Enclosed | None = None, notice: Notice | None = None,
        offer: Offer | None = None,
    ) -> bool:  # fmt: skip
        read = extraction or Extraction(verdict="unreadable", engine="none")
        values = _answered(claim, task) | {
            "status": "failed" if failure else "done",
            "verdict": read.verdict,
            "what": read.what,
            "failure": failure,
            "media_type": read.media_type,
            "pages": read.pages or None,
            "pages_read": read.pages_read or None,
            "engine": read.engine,
            "model": read.model,
            "elapsed_ms": read.elapsed_ms,
            "rows": storable(_rows(claim.document_id, read)),
            "title": storable_text(title),
            "body": storable_text(body),
            "tokens": read.tokens,
            "cost_usd": read.cost_usd,
            "incomplete": read.incomplete,
            "question": storable_text(question.text) if question else None,
            "offer": offers.dump(offers.offered(question.offer, task.seq)) if question else None,
            "own_offer": offers.dump(offers.offered(offer, task.seq)),
            "file": enclosed(file),
            "problem": _short("; ".join(read.notes)),
        }
        return self._end(claim, sql.FINISH, values, notice)

    def finish_as(self, claim: Claim, task: MessageTask, twin: UUID, *, noted: str = "") -> bool:
        return self._end(
            claim,
            sql.FINISH_AS,
            _answered(claim, task)
            | {
                "twin": twin,
                "noted": storable_text(noted),
                "mark": NOTED,
                "asked": ASKED,
                "missing": MISSING,
            },
        )

    def choose(self, task: MessageTask) -> Chosen | None:
        choice = task.message.choice or ""
        of = choice.partition(".")[0]
        values = {
            "user": task.tenant.user_id,
            "of": int(of) if of.isdecimal() else -1,
            "choice": choice,
            "wamid": task.message.wamid,
            "received_at": task.received_at,
        }
        with tenant_transaction(self._engine, task.tenant.id) as connection:
            row = connection.execute(sql.CHOOSE, values).first()
        return Chosen(row.said, row.wamid, row.past) if row else None

    def answer(
        self,
        task: MessageTask,
        body: str | None,
        *,
        title: str = "",
        kind: str | None = None,
        about: Sequence[UUID] = (),
        file: Enclosed | None = None,
        offer: Offer | None = None,
        notice: Notice | None = None,
        gives: Given | None = None,
    ) -> Answered:
        values = {
            "user": task.tenant.user_id,
            "seq": task.seq,
            "tenant": task.business,
            "home": task.tenant.id,
            "wamid": task.message.wamid,
            "body": body,
            "kind": kind,
            "title": storable_text(title),
            "most": 1 if kind == _TEXT else _OF_A_KIND,
            "renews": kind != _TEXT,
            "about": list(about) or None,
            "file": enclosed(file),
            "offer": offers.dump(offers.offered(offer, task.seq)),
            "month": gives and gives.month.first,
            "given": gives and gives.file,
            "given_at": gives and gives.at,
        }
        with tenant_transaction(self._engine, task.business, person=task.tenant.id, chat=True) as connection:
            row = connection.execute(sql.ANSWER, values).first()
            if row:
                _tell(connection, values, notice)
                return Answered(written=True, silenced=row.silent, begins=row.begins)
            # The number has its reply, or the message has its reply under another number: then this number is
            # written as void, so that nobody waits for it.
            connection.execute(
                sql.ANSWER,
                values | dict.fromkeys(("wamid", "body", "kind", "about", "file", "offer", "month")),
            )
        return Answered(written=False)

    def settled(self, task: MessageTask) -> bool:
        with tenant_transaction(self._engine, task.tenant.id, durable=False) as connection:
            return bool(
                connection.execute(sql.SETTLED, {"user": task.tenant.user_id, "seq": task.seq}).scalar_one()
            )

    def asked_to_erase(self, task: MessageTask, since: datetime) -> bool:
        values = {
            "user": task.tenant.user_id,
            "seq": task.seq,
            "quoted": task.message.quoted,
            "since": since,
            "kind": ERASE,
        }
        with tenant_transaction(self._engine, task.tenant.id) as connection:
            return bool(connection.execute(sql.ASKED_TO_ERASE, values).scalar_one())

    def left(self, tenant_id: UUID, user_id: UUID, seq: int) -> bool:
        with tenant_transaction(self._engine, tenant_id) as connection:
            return bool(
                connection.execute(sql.LEFT, {"tenant": tenant_id, "user": user_id, "seq": seq}).scalar_one()
            )

    def _end(
        self, claim: Claim, statement: TextClause, values: dict[str, Any], notice: Notice | None = None
    ) -> bool:
        """Ends a document together with its reply, or not at all: nobody would ever take up one that is done
        and unanswered. True when it ended.
        """
        with tenant_transaction(self._engine, claim.tenant_id, person=claim.home) as connection:
            if connection.execute(statement, values).first() is not None:
                _tell(connection, values, notice)
                return True
            connection.rollback()
        return False

    def overdue(self, limit: int) -> list[tuple[UUID, str]]:
        with tenant_transaction(self._engine, None) as connection:
            return [(row.tenant_id, row.wamid) for row in connection.execute(sql.OVERDUE, {"limit": limit})]

    def waiting(self, limit: int) -> list[tuple[UUID, UUID]]:
        with tenant_transaction(self._engine, None) as connection:
            return [(row.tenant_id, row.user_id) for row in connection.execute(sql.WAITING, {"limit": limit})]


def _tell(connection: Connection, values: dict[str, Any], notice: Notice | None) -> None:
    """Add a notice to the reply that this transaction writes, and mark its papers as told with it."""
    if notice is not None:
        told = {name: values[name] for name in ("tenant", "user", "seq", "wamid")}
        connection.execute(
            sql.TELL, told | {"papers": list(notice.papers), "notice": storable_text(notice.text)}
        )


def document_id(wamid: str) -> UUID:
    """Returns the document's id, derived from the message's, so that a retry finds its own row."""
    return uuid5(NAMESPACE_URL, f"cuadra:document:{wamid}")


def _short(problem: str | None) -> str | None:
    """Returns what went wrong, as a row keeps it: at most 300 characters."""
    return storable_text(problem[:300]) if problem else None


def _identity(tenant: Tenant) -> dict[str, Any]:
    return {
        "tenant": tenant.id, "user": tenant.user_id, "phone": tenant.address.phone,
        "bsuid": tenant.address.bsuid,
        "version": tenant.version, "created_at": tenant.created_at,
    }  # fmt: skip


def _guest(task: MessageTask) -> dict[str, Any]:
    """Returns who sends, and to which business, as the statements take it."""
    address = task.tenant.address.phone or task.tenant.address.bsuid
    return {
        "tenant": task.business,
        "user": task.tenant.user_id,
        "home": task.tenant.id,
        "guest": task.business != task.tenant.id,
        "role": task.role,
        "address": address[-4:] if address else None,
    }


def _answered(claim: Claim, task: MessageTask) -> dict[str, Any]:
    return {
        "id": claim.document_id, "token": claim.token, "tenant": claim.tenant_id, "home": claim.home,
        "user": task.tenant.user_id,
        "seq": task.seq, "wamid": task.message.wamid, "note": storable_text(task.message.text),
    }  # fmt: skip


def _rows(document: UUID, read: Extraction) -> list[dict[str, Any]]:
    """Returns one row for each invoice. What the model cost is written once, on the first."""
    whole = read.to_json()
    return [
        columns(invoice) | {
            "id": str(uuid5(document, str(ordinal))), "ordinal": ordinal,
            "evidence": [one for one in whole["evidence"] if one["invoice"] == ordinal],
            "checks": [one for one in whole["checks"] if one["invoice"] == ordinal],
            "tokens": 0 if ordinal else read.tokens, "cost_usd": "0" if ordinal else str(read.cost_usd),
        }
        for ordinal, invoice in enumerate(read.invoices)
    ]  # fmt: skip


def columns(invoice: Invoice) -> dict[str, Any]:
    """Returns an invoice's own columns, as extractions and entries have them."""
    return {
        "supplier_ruc": invoice.supplier.ruc,
        "supplier_name": invoice.supplier.name,
        "customer_ruc": invoice.customer.id if invoice.customer.id_type == "6" else None,
        "kind": invoice.kind,
        "series": invoice.series,
        "number": invoice.number,
        "issue_date": invoice.issue_date.isoformat() if invoice.issue_date else None,
        "currency": invoice.currency,
        "igv": _money(invoice.igv),
        "total": _money(invoice.total),
        "data": invoice.model_dump(mode="json"),
    }


def enclosed(file: Enclosed | None) -> str | None:
    """Returns a file as replies and sends keep it."""
    return storable(asdict(file)) if file else None


_LARGEST = Decimal("999999999999.99")


def _money(value: Decimal | None) -> str | None:
    """Returns what fits numeric(14,2), else None; an absurd reading stays in the jsonb only."""
    return str(value) if value is not None and abs(value) <= _LARGEST else None

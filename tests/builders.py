"""Values that tests start from: a tenant, a message, its task, a reply, a lane, an extraction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from functions.books.entry import Entry
from functions.books.figures import Alike
from functions.books.ports import Books
from functions.extractor.invoice import Check, Evidence, Extraction, Invoice, Item, Supplier
from functions.whatsapp.ledger import LaneView, Waiting
from functions.whatsapp.model import Address, Inbound, Kind, Media, Tenant
from functions.whatsapp.tasks import MessageTask

NOW = datetime(2026, 11, 26, 17, tzinfo=UTC)
"""The moment at which a reply is ready and a lane is looked at, unless told otherwise."""


def a_tenant(**changes: Any) -> Tenant:
    """A new sender with a phone, first heard of a minute ago."""
    values: dict[str, Any] = {
        "id": uuid4(), "user_id": uuid4(), "address": Address("51" + str(uuid4().int)[:9], None),
        "version": 1, "welcome": "file",
        "created_at": datetime.now(UTC) - timedelta(minutes=1),
    }  # fmt: skip
    return Tenant(**values | changes)


def a_task(tenant: Tenant, seq: int = 1, kind: Kind = "document", **changes: Any) -> MessageTask:
    """The task of one message of `tenant`, a PDF unless told otherwise."""
    wamid = changes.pop("wamid", f"wamid.{uuid4().hex}")
    media = (
        Media(id=f"m-{wamid}", mime="application/pdf", filename=f"doc{seq}.pdf")
        if kind in ("document", "image")
        else None
    )
    message = Inbound(
        wamid,
        tenant.address,
        datetime.now(UTC),
        kind,
        text=changes.pop("text", None),
        media=changes.pop("media", media),
    )
    return MessageTask(tenant=tenant, seq=seq, message=message, received_at=datetime.now(UTC), **changes)


def a_reply(seq: int = 1, body: str = "uno", **changes: Any) -> Waiting:
    """A text's ready reply."""
    values: dict[str, Any] = {
        "state": "ready", "wamid": f"wamid.{seq}", "document_id": None, "title": "", "ready_at": NOW,
        "received_at": NOW, "tries": 0,
    }  # fmt: skip
    return Waiting(seq=seq, body=body, **values | changes)


def a_view(*replies: Waiting, **changes: Any) -> LaneView:
    """A lane of these replies."""
    values: dict[str, Any] = {
        "now": NOW, "next": 1, "address": Address("51900000001", None), "address_version": 1,
        "last_inbound_at": NOW, "working": None, "unresolved": None, "failures": 0, "left_at": (),
    }  # fmt: skip
    return LaneView(replies=replies, **values | changes)


def an_invoice(number: str = "123", **changes: Any) -> Invoice:
    """A factura of S/ 450.00."""
    values: dict[str, Any] = {
        "kind": "01", "series": "F001", "number": number, "issue_date": date(2026, 11, 20), "currency": "PEN",
        "supplier": Supplier(ruc="20123456786", name="Ejemplo SAC"), "taxable": Decimal("381.36"),
        "igv": Decimal("68.64"), "total": Decimal("450.00"),
        "items": [Item(description="Producto 1", amount=Decimal(200)),
            Item(description="Producto 2", amount=Decimal(250))],
    }  # fmt: skip
    return Invoice(**values | changes)


def an_extraction(*invoices: Invoice, **changes: Any) -> Extraction:
    """A consistent reading of one invoice, or of those given."""
    values: dict[str, Any] = {
        "verdict": "consistent",
        "engine": "text",
        "invoices": invoices or (an_invoice(),),
        "media_type": "application/pdf",
        "pages": 1,
        "pages_seen": (0,),
        "evidence": (Evidence(0, "total", "450.00", "text"),),
        "checks": (Check(0, "sum", True, fields=("total",)),),
        "elapsed_ms": 12,
    }
    return Extraction(**values | changes)


def alike(entries: Iterable[Entry]) -> list[Alike]:
    """Each paper as a group of its own, as its month's figures take them."""
    return [
        Alike(
            papers=1,
            repeated=e.repeated,
            verdict=e.verdict,
            kind=i.kind,
            currency=i.currency,
            issued=e.day and e.day.replace(day=1),
            ruc=i.supplier.ruc,
            name=i.supplier.name,
            customer=i.customer,
            latest=e.received_at,
            total=i.total and abs(i.total),
            igv=abs(i.igv) if i.igv else None,
            detractions=bool(i.detraction),
            detracted=i.detraction,
        )
        for e in entries
        for i in [e.invoice]
    ]


def month_of(books: Books, tenant: UUID, first: date) -> tuple[Entry, ...]:
    """The papers of a month, in the order of issue."""
    return tuple(one.entry for one in books.register(tenant, first).papers if one.month == first)

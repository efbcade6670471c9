"""Delivers webhooks: Meta's JSON, signed over the raw bytes, delivered again until a 200."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import aiohttp

from infra.local.whatsapp.book import Book, Sender, Update

GIVE_UP_S = 7 * 24 * 3600
"""Seconds for which Meta redelivers: seven days."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """The business number and its app, as settings know them."""

    phone_number_id: str
    display_phone_number: str
    app_secret: str
    access_token: str
    webhook: str


def encode(values: list[dict[str, Any]], fields: Sequence[str] = ()) -> bytes:
    """Returns the body of one POST, with one change for each value, of its field or else of messages;
    non-ASCII and slashes are escaped as Meta does.
    """
    changes = [{"field": field or "messages", "value": value} for value, field in zip_longest(values, fields)]
    entry: dict[str, Any] = {"id": "102290129340398", "changes": changes}
    entry |= {"time": int(time.time())} if any(each["field"] != "messages" for each in changes) else {}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def sign(body: bytes, secret: str) -> str:
    """Returns X-Hub-Signature-256 of the raw bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Delivery:
    """Posts what waits in the book to the webhook."""

    def __init__(self, book: Book, business: BusinessNumber) -> None:
        self._book, self._business = book, business
        self._flying: dict[int, str] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession

    def value(self, sender: Sender, *, name: bool = True, **parts: Any) -> dict[str, Any]:
        """Returns a `value` around messages or statuses of `sender`."""
        metadata = {
            "display_phone_number": self._business.display_phone_number,
            "phone_number_id": self._business.phone_number_id,
        }
        contact: dict[str, Any] = {}
        if name:
            profile = {"name": sender.name or "."} | (
                {"username": sender.username} if sender.username else {}
            )
            contact = {"contacts": [{"profile": profile} | self.who(sender, "wa_id", "user_id")]}
        return {"messaging_product": "whatsapp", "metadata": metadata} | contact | parts

    def who(self, sender: Sender, phone_key: str, bsuid_key: str) -> dict[str, str]:
        """Returns a sender's addresses under Meta's keys; a phone that is not shown is absent, not empty."""
        shown = sender.phone if not (self._book.switches.omit_phone and sender.bsuid) else None
        return ({phone_key: shown} if shown else {}) | ({bsuid_key: sender.bsuid} if sender.bsuid else {})

    def queue(
        self,
        lane: str,
        value: dict[str, Any],
        *,
        wamid: str | None = None,
        wait: float = 0.0,
        field: str = "messages",
    ) -> None:
        """Queue `value` for delivery, with what the switches do to it."""
        switches = self._book.switches
        wait += switches.delay + random.uniform(0, switches.reorder)
        self._book.add_update(
            lane,
            value,
            wamid=wamid,
            wait=wait + (switches.batch_wait if switches.batch > 1 else 0),
            field=field,
        )
        if random.random() < switches.duplicate:
            self._book.add_update(f"{lane}:again:{random.random()}", value, wait=wait, field=field)

    async def run(self) -> None:
        """Deliver until cancelled."""
        headers = {"User-Agent": "facebookexternalua", "Content-Type": "application/json"}
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), headers=headers
        ) as self._http:
            try:
                while True:
                    self._book.due.clear()
                    pause = self._deliver_due()
                    try:
                        await asyncio.wait_for(self._book.due.wait(), pause)
                    except TimeoutError:
                        continue
            finally:
                for job in self._jobs:
                    job.cancel()
                await asyncio.gather(*self._jobs, return_exceptions=True)

    def _deliver_due(self) -> float:
        """Start the POSTs that may start; returns the seconds until there may be more."""
        switches, now = self._book.switches, time.time()
        if switches.webhooks_paused:
            return 1.0
        ready: list[Update] = []
        busy = set(self._flying.values())
        gathered = now + (switches.batch_wait if switches.batch > 1 and self._book.waiting(now, 1) else 0)
        for update in self._book.waiting(gathered):
            if update.id in self._flying:
                continue
            follows = not (switches.concurrent or switches.reorder or switches.batch > 1)
            if follows and (update.lane in busy or self._book.earlier(update.lane, update.id)):
                continue
            busy.add(update.lane)
            ready.append(update)
        if switches.batch > 1 and switches.reorder:
            random.shuffle(ready)
        for start in range(0, len(ready), switches.batch):
            if len(self._jobs) >= _AT_ONCE:
                break
            group = ready[start : start + switches.batch]
            self._flying |= {update.id: update.lane for update in group}
            job = asyncio.create_task(self._post(group))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
        due = self._book.next_update(now)
        return 1.0 if due is None else min(1.0, max(0.001, due - time.time()))

    async def _post(self, updates: list[Update]) -> None:
        switches = self._book.switches
        body = encode([update.value for update in updates], [update.field for update in updates])
        began, trace = time.time(), secrets.token_hex(16)
        for update in updates:
            self._book.posted(update.id, began, trace)
        lost = updates[0].attempts == 0 and random.random() < switches.drop
        try:
            status = None if lost else await self._send(body, trace)
            if status == 200 and random.random() < switches.forget:
                status = None
            ended = time.time()
            for update in updates:
                if status == 200:
                    self._book.acked(update.id, ended)
                else:
                    pauses = switches.retry
                    pause = pauses[min(update.attempts, len(pauses) - 1)]
                    self._book.retry_update(
                        update.id, status, ended + pause, dead=ended - update.created > GIVE_UP_S
                    )
            data = {
                "status": status,
                "ms": round((ended - began) * 1000, 1),
                "updates": len(updates),
                "attempt": updates[0].attempts + 1,
            }
            self._book.event(
                "webhook",
                None,
                data | {"wamids": [wamid for update in updates for wamid in _wamids(update.value)]},
            )
        finally:
            for update in updates:
                self._flying.pop(update.id, None)
            self._book.due.set()

    async def _send(self, body: bytes, trace: str) -> int | None:
        # Meta sends no trace, but Google's front end does: each delivery has one of its own, by which its
        # lines are found.
        parent = f"00-{trace}-{secrets.token_hex(8)}-01"
        headers = {"X-Hub-Signature-256": sign(body, self._business.app_secret), "traceparent": parent}
        try:
            async with (
                asyncio.timeout(self._book.switches.timeout),
                self._http.post(self._business.webhook, data=body, headers=headers) as answer,
            ):
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None


def _wamids(value: dict[str, Any]) -> list[str]:
    return [each["id"] for each in value.get("messages", []) + value.get("statuses", []) if "id" in each]

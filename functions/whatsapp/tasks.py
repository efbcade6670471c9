"""The tasks that travel through the queue, and their names.

A task carries everything its worker needs to begin: the identity (Postgres learns tenants and users from
here), the number, the parsed message. Names are hashes, since a wamid is not a legal task id and sequential
names slow the queue (Cloud Tasks, CreateTaskRequest); a name stays taken for up to 24 hours after its task is
gone, hence the generation.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from functions.whatsapp.model import READABLE_KINDS, Did, Inbound, Media, Role, Seat, Tenant


@dataclass(frozen=True, slots=True)
class MessageTask:
    """Steps 6 to 10 for one admitted message. `media_uri` is set when the webhook stored the file in time.

    `turn` counts how often the task found no place to read and was put back.
    """

    tenant: Tenant
    seq: int
    message: Inbound
    received_at: datetime
    generation: int = 0
    first_over_cap: bool = False
    media_uri: str | None = None
    trace: str | None = None
    turn: int = 0
    seat: Seat | None = None
    did: Did | None = None
    kind: Literal["message"] = "message"

    @property
    def name(self) -> str:
        """The task's id."""
        return _name(f"{self.message.wamid}:{self.generation}" + (f":{self.turn}" if self.turn else ""))

    @property
    def business(self) -> UUID:
        """The business whose papers and books the message is about, as its admission decided: no retry files
        it elsewhere.
        """
        return self.seat.business if self.seat else self.tenant.id

    @property
    def role(self) -> Role:
        """The sender's role in that business."""
        return self.seat.role if self.seat else "owner"

    @property
    def file(self) -> Media | None:
        """The file to be read: a picture or a document, unless it is over the day's cap."""
        return self.message.media if self.message.kind in READABLE_KINDS and not self.first_over_cap else None


@dataclass(frozen=True, slots=True)
class LaneTask:
    """A wake-up of one user's lane at `not_before`."""

    tenant_id: UUID
    user_id: UUID
    not_before: datetime
    kind: Literal["lane"] = "lane"

    @property
    def name(self) -> str:
        """The task's id."""
        return _name(f"lane:{self.user_id}:{self.not_before.isoformat(timespec='milliseconds')}")


@dataclass(frozen=True, slots=True)
class StatusTask:
    """A `failed` status of one of our sends, as Meta told it."""

    tenant_id: UUID
    user_id: UUID
    send_id: UUID
    sent_wamid: str
    code: int
    detail: str = ""
    status: Literal["failed"] = "failed"
    kind: Literal["status"] = "status"

    @property
    def name(self) -> str:
        """The task's id."""
        # A send that was called twice has two wamids, and each may fail: the name tells which one did.
        return _name(f"status:{self.send_id}:{self.sent_wamid}:{self.status}")


@dataclass(frozen=True, slots=True)
class MovedTask:
    """The address of `tenant` changed (often the tenant lost it to another sender); Postgres must learn
    it.
    """

    tenant: Tenant
    kind: Literal["moved"] = "moved"

    @property
    def name(self) -> str:
        """The task's id."""
        return _name(f"moved:{self.tenant.user_id}:{self.tenant.version}")


@dataclass(frozen=True, slots=True)
class PurgeTask:
    """Delete everything of a business, whose owner confirmed it at `asked_at` by the message number `seq`,
    once the answer to that message has left.

    `turn` counts how often the task was put back with work left.
    """

    tenant_id: UUID
    user_id: UUID
    seq: int
    asked_at: datetime
    turn: int = 0
    kind: Literal["purge"] = "purge"

    @property
    def name(self) -> str:
        """The task's id."""
        return _name(f"purge:{self.tenant_id}:{self.seq}:{self.turn}")


@dataclass(frozen=True, slots=True)
class SweepTask:
    """The sweep, which Cloud Scheduler posts once a minute."""

    kind: Literal["sweep"] = "sweep"


@dataclass(frozen=True, slots=True)
class SelftestTask:
    """Read the papers that came with the worker's code, by which a release is tried."""

    asked_at: datetime
    kind: Literal["selftest"] = "selftest"

    @property
    def name(self) -> str:
        """The task's id."""
        return _name(f"selftest:{self.asked_at.isoformat()}")


@dataclass(frozen=True, slots=True)
class SyntheticTask:
    """Send as the synthetic sender, which Cloud Scheduler posts every ten minutes."""

    kind: Literal["synthetic"] = "synthetic"


@dataclass(frozen=True, slots=True)
class RatesTask:
    """Keep SUNAT's exchange rate of the day, which Cloud Scheduler posts three times a day, since the rate is
    published for that day alone.
    """

    kind: Literal["rates"] = "rates"


Task = (
    MessageTask
    | LaneTask
    | StatusTask
    | MovedTask
    | PurgeTask
    | SweepTask
    | SelftestTask
    | SyntheticTask
    | RatesTask
)

_json: TypeAdapter[Task] = TypeAdapter(Annotated[Task, Field(discriminator="kind")])


def dump(task: Task) -> bytes:
    """Return the task's JSON body, UTF-8."""
    return _json.dump_json(task)


def load(body: bytes) -> Task:
    """Return the task of a JSON body. Raises pydantic.ValidationError on any other shape."""
    return _json.validate_json(body)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

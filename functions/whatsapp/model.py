"""The values that travel through the channel. All times are aware UTC datetimes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args
from uuid import UUID

if TYPE_CHECKING:
    from functions.books.ports import Given

Kind = Literal[
    "text",
    "image",
    "document",
    "audio",
    "video",
    "sticker",
    "location",
    "contacts",
    "choice",
    "unsupported",
    "empty",
    "news",
]
"""The kinds of message that earn a reply, and so a number in the sender's lane. `news` is none of the
sender's: it is ours, and its text the reply.
"""

FILE_KINDS: frozenset[Kind] = frozenset({"image", "document", "audio", "video", "sticker"})
"""Kinds that count against the daily cap of files."""

READABLE_KINDS: frozenset[Kind] = frozenset({"image", "document"})
"""Kinds whose media is fetched, stored and judged by its bytes; the other files get the warning unfetched."""

Mime = Literal[
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf", "text/plain"
]
"""The types of the files that we send: of those that WhatsApp takes, what is opened on any phone and in any
office. It takes no zip and no csv.
"""
XLSX, PDF, TXT = get_args(Mime)

Welcome = Literal["text", "file"]
"""Which of the two welcomes a new sender earned: first contact by text, or by anything else."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a sender can be reached. `phone` is digits without "+"; `bsuid` is Meta's business-scoped user
    id.

    Either may be missing (Meta, business-scoped-user-ids: `from` is absent for users with a username); never
    both.
    """

    phone: str | None = None
    bsuid: str | None = None

    def shares(self, other: Address) -> bool:
        """Whether both have the phone or the BSUID of one of them."""
        return (self.phone is not None and self.phone == other.phone) or (
            self.bsuid is not None and self.bsuid == other.bsuid
        )


@dataclass(frozen=True, slots=True)
class Media:
    """A file as the webhook announces it. Nothing here is trusted: the type is judged by the bytes.

    `sha256` comes base64 in webhooks and hex in look-ups. `url`, when Meta gives it, lives five minutes
    and needs the bearer token.
    """

    id: str
    mime: str | None = None
    filename: str | None = None
    sha256: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What one tap says: `text` is the message for which it stands, empty for a no. `title` has at most 24
    characters, 20 where it is to be a button; `detail`, a row's second line, at most 72.

    `id` comes back with the tap; it is empty until the reply is kept, and means nothing to anybody but the
    sender to whom it was offered.
    """

    title: str
    text: str
    detail: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of one reply, at most ten. `label`: of the button that opens them as a list. `once`: a
    question, which the first tap answers.
    """

    choices: tuple[Choice, ...]
    label: str = "Responder"
    once: bool = True


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message that earns a reply, as parsed from a webhook.

    `error_code` is Meta's own for `unsupported` messages (131051 unknown type, 131052 media too large, 131060
    unavailable). `quoted` is the message that a text answers; `choice` the id that came with a tap.
    """

    wamid: str
    address: Address
    sent_at: datetime
    kind: Kind
    text: str | None = None
    media: Media | None = None
    error_code: int | None = None
    quoted: str | None = None
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """A business and its one WhatsApp user, as the Inbox knows them.

    `version` grows by one with every change of address, so that an old task never overwrites a newer address.
    """

    id: UUID
    user_id: UUID
    address: Address
    version: int
    welcome: Welcome
    created_at: datetime

    @property
    def whatsapp_number(self) -> str | None:
        """The phone, digits without "+", or None for a sender known only by BSUID."""
        return self.address.phone


Role = Literal["owner", "accountant", "helper"]
"""What somebody is in a business."""

Did = Literal["joined", "wrong", "used", "expired", "own", "already", "full", "too_many", "switched", "which"]
"""What admission made of a text about whose business the sender writes for: it came in (`joined`), it writes
for another one now (`switched`), or why not.
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """The business for which somebody who has several writes, and as what."""

    business: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class NumberChange:
    """What a `user_changed_number` or `user_changed_user_id` system message says: who wrote as `old` writes
    as `new` from now on.

    A part that Meta left out is None, in either address (Meta, business-scoped-user-ids).
    """

    wamid: str
    at: datetime
    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class Made:
    """A file of ours as it was written; `name` is the one that the user sees."""

    name: str
    mime: Mime
    data: bytes


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of ours as a reply or a send brings it: where it is stored, and what it goes out as. `media` is
    Meta's id of it, once it was uploaded.
    """

    uri: str
    name: str
    mime: Mime
    media: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What an answer tells besides, once: `papers` are the entries of which it is told that SUNAT does not
    have them.
    """

    text: str
    papers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What is answered to a message: a sentence, the papers that it names (who quotes it means them), the
    file whose caption it is, if any, what it offers to tap, and what it tells besides. `kind` names a fixed
    sentence (`ledger.Records.answer`); `gives` what of the books the file is;
    `seat` for which business it is, where that is another one than its message was for.
    """

    text: str
    about: tuple[UUID, ...] = ()
    made: Made | None = None
    offer: Offer | None = None
    kind: str | None = None
    notice: Notice | None = None
    gives: Given | None = None
    seat: Seat | None = None


State = Literal["admitted", "enqueued", "over_cap", "purged", "not_offered"]
"""The last three are final: no number, no task, no answer. `not_offered`: a tap of somebody to whom nothing
was ever sent.
"""


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting one message decided. The same wamid always gets the same admission.

    `seq` is the sender's gapless number from 1, None when the state is final. `first_over_cap` marks the one
    file of a Lima day that is answered for all those over the cap. `generation` names the task: 0 from the
    webhook, more from retries. `moved` are the other senders who lost an address to this one by this message:
    each needs a `MovedTask`. `seat` is that of who has several businesses, None for everybody else; `did`
    what the text changed about it.
    """

    message: Inbound
    tenant: Tenant
    state: State
    seq: int | None
    received_at: datetime
    generation: int = 0
    first_over_cap: bool = False
    moved: tuple[Tenant, ...] = ()
    seat: Seat | None = None
    did: Did | None = None

    @property
    def business(self) -> UUID:
        """Whose papers the message brings."""
        return self.seat.business if self.seat else self.tenant.id


def is_ours(wamid: str | None) -> bool:
    """Whether an id names news of ours, which no chat shows: it cannot be quoted nor marked as read."""
    return wamid is not None and wamid.startswith(NEWS)


NEWS = "news:"
"""How the id of such a message begins."""


def media_name(tenant_id: UUID, wamid: str) -> str:
    """Where the original of a message is stored: the tenant's folder, then a hash, since a wamid holds "/"
    and "=".
    """
    return f"{tenant_id}/{hashlib.sha256(wamid.encode()).hexdigest()}"


def made_name(tenant_id: UUID, wamid: str, data: bytes) -> str:
    """Where a file is stored that answers a message. The same bytes are one object; a retry that wrote others
    has another, so that none goes out under a caption that tells of the other.
    """
    return f"{media_name(tenant_id, wamid)}.{hashlib.sha256(data).hexdigest()[:16]}"

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
"""The kinds of message that earn a reply, and with it a number in the sender's lane. A message of kind `news`
does not come from the sender: we write it, and its text is the reply.
"""

FILE_KINDS: frozenset[Kind] = frozenset({"image", "document", "audio", "video", "sticker"})
"""Kinds that count against the daily cap of files."""

READABLE_KINDS: frozenset[Kind] = frozenset({"image", "document"})
"""Kinds whose media is fetched, stored and judged by its bytes; the other files get the warning unfetched."""

Mime = Literal[
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/pdf", "text/plain"
]
"""The types of the files that we send: of those that WhatsApp takes, the ones that open on any phone and in
any office. WhatsApp takes no zip and no csv.
"""
XLSX, PDF, TXT = get_args(Mime)

Welcome = Literal["text", "file"]
"""The welcome that a new sender earned: one for first contact by text, one for first contact by anything
else.
"""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a sender. `phone` is digits without "+"; `bsuid` is Meta's business-scoped user id.

    Either may be missing (Meta, business-scoped-user-ids: `from` is absent for users with a username); never
    both.
    """

    phone: str | None = None
    bsuid: str | None = None

    def shares(self, other: Address) -> bool:
        """True where the two addresses have the same phone or the same BSUID."""
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
    """One choice that can be tapped. `text` is the message that the tap stands for, empty for a no. `title`
    has at most 24 characters, 20 where it is to be a button; `detail`, the second line of a list's row, at
    most 72.

    `id` comes back with the tap; it is empty until the reply is kept, and means nothing to anybody but the
    sender to whom it was offered.
    """

    title: str
    text: str
    detail: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of one reply, at most ten. `label` is the text of the button that opens them as a list.
    `once`: the offer is a question, which the first tap answers.
    """

    choices: tuple[Choice, ...]
    label: str = "Responder"
    once: bool = True


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message that earns a reply, as parsed from a webhook.

    `error_code` is Meta's own code for `unsupported` messages (131051 unknown type, 131052 media too large,
    131060 unavailable). `quoted` is the message that a text answers; `choice` is the id that came with a tap.
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
"""The role that a person has in a business."""

Did = Literal["joined", "wrong", "used", "expired", "own", "already", "full", "too_many", "switched", "which"]
"""What admission did with a text that takes up an invitation or chooses a business: the sender joined the
business (`joined`), writes for another business now (`switched`), or the reason why neither happened.
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """The business for which a person of several businesses writes, and the person's role there."""

    business: UUID
    role: Role


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A `user_changed_number` or `user_changed_user_id` system message: the person who wrote as `old` writes
    as `new` from now on.

    A part that Meta left out is None, in either address (Meta, business-scoped-user-ids).
    """

    wamid: str
    at: datetime
    old: Address
    new: Address


@dataclass(frozen=True, slots=True)
class Made:
    """A file that we wrote; `name` is the name that the user sees."""

    name: str
    mime: Mime
    data: bytes


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of ours that a reply or a send brings: where it is stored, and the name and type under which it
    goes out. `media` is Meta's id of the file, once it was uploaded.
    """

    uri: str
    name: str
    mime: Mime
    media: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A text that follows an answer and is told once. `papers` are the entries of which it says that SUNAT
    does not have them.
    """

    text: str
    papers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a message: its text, the papers that it names (whoever quotes the answer means them), the
    file whose caption the text is, if any, the choices that it offers, and the notice that follows it. `kind`
    names a fixed sentence (`ledger.Records.answer`); `gives` is the month of the books that the file gives;
    `seat` is the business that the answer is for, where that is not the one that its message was for.
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
"""The last three are final: no number, no task, no answer. `not_offered`: a tap by somebody to whom nothing
was ever sent.
"""


@dataclass(frozen=True, slots=True)
class Admission:
    """What admitting one message decided. The same wamid always gets the same admission.

    `seq` is the sender's gapless number from 1, None when the state is final. `first_over_cap` marks the one
    file of a Lima day that is answered for all those over the cap. `generation` names the task: 0 from the
    webhook, more from retries. `moved` are the other senders who lost an address to this one by this message:
    each needs a `MovedTask`. `seat` is set for a sender who has several businesses, None for everybody else;
    `did` is what the text changed about the sender's businesses.
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
        """The business that the message is for: the seat's, or without a seat the tenant itself."""
        return self.seat.business if self.seat else self.tenant.id


def is_ours(wamid: str | None) -> bool:
    """True where `wamid` is the id of news, which we wrote and no chat shows: it cannot be quoted nor marked
    as read.
    """
    return wamid is not None and wamid.startswith(NEWS)


NEWS = "news:"
"""The beginning of the id of every such message."""


def media_name(tenant_id: UUID, wamid: str) -> str:
    """Return the name under which the original of a message is stored: the tenant's folder, then a hash,
    since a wamid holds "/" and "=".
    """
    return f"{tenant_id}/{hashlib.sha256(wamid.encode()).hexdigest()}"


def made_name(tenant_id: UUID, wamid: str, data: bytes) -> str:
    """Return the name under which a file that answers a message is stored. The same bytes are one object; a
    retry that wrote other bytes gets another object, so that no file goes out under a caption about the
    other.
    """
    return f"{media_name(tenant_id, wamid)}.{hashlib.sha256(data).hexdigest()[:16]}"

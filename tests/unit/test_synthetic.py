"""The sender that nobody is, without a network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from functions.extractor import specimens
from functions.whatsapp.model import Address, Inbound, Media, Offer
from functions.whatsapp.payload import parse
from functions.whatsapp.router import signed
from functions.whatsapp.synthetic import ADDRESS, Spared, SyntheticSender, update

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 26, 12, 10, tzinfo=UTC)


@dataclass
class Graph:
    called: list[str] = field(default_factory=list)

    def send_text(
        self,
        address: Address,
        text: str,
        *,
        quote: str | None = None,
        opaque: str | None = None,
        offer: Offer | None = None,
    ) -> str:
        self.called.append(f"send {text}")
        return "wamid.real"

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        self.called.append(f"read {wamid} {typing}")

    def fetch_media(self, media: Media, *, budget_s: float, limit_bytes: int) -> bytes:
        self.called.append(f"fetch {media.id}")
        return b"theirs"


def sent(at: datetime = AT) -> Inbound:
    (message,) = parse(update("7", at), "7", now=at).messages
    return message


def test_it_sends_a_document_as_meta_does() -> None:
    """What it posts is one document of the one address that is nobody's, another at each moment and the same
    at the same.
    """
    message = sent()
    assert (message.address, message.kind, message.sent_at) == (ADDRESS, "document", AT)
    assert sent() == message
    assert sent(AT.replace(minute=20)).wamid != message.wamid


def test_nothing_about_it_reaches_whatsapp() -> None:
    """Its file comes from the package, its ticks are nobody's, and its answer has a wamid of its own for each
    send.
    """
    graph = Graph()
    spared, message = Spared(graph), sent()
    assert message.media is not None
    spared.mark_read(message.wamid)
    first, second = (spared.send_text(ADDRESS, "hola", opaque=opaque) for opaque in ("a", "b"))
    assert first != second
    data = spared.fetch_media(message.media, budget_s=1, limit_bytes=1)
    assert data.startswith(specimens.data("factura.pdf"))
    assert graph.called == []


def test_no_two_of_its_files_are_the_same() -> None:
    """Each file has bytes that were not read before, so that each is read and none is a repetition."""
    spared = Spared(Graph())
    files = [
        spared.fetch_media(one.media, budget_s=1, limit_bytes=1)
        for one in (sent(), sent(AT.replace(minute=20)))
        if one.media
    ]
    assert len(set(files)) == 2


def test_everybody_elses_calls_go_to_whatsapp() -> None:
    """A person's message, ticks and file pass as they are."""
    graph = Graph()
    spared = Spared(graph)
    assert spared.send_text(Address("51987654321"), "hola", quote="q", opaque="o") == "wamid.real"
    spared.mark_read("wamid.a", typing=False)
    assert spared.fetch_media(Media("1"), budget_s=1, limit_bytes=1) == b"theirs"
    assert graph.called == ["send hola", "read wamid.a False", "fetch 1"]


def test_a_secret_is_not_shown() -> None:
    """The sender's own text does not have the app secret in it, whoever prints it."""
    assert "geheim" not in repr(SyntheticSender("http://127.0.0.1:9", "geheim", "7"))
    assert not signed(update("7", AT), "sha256=", ("geheim",))

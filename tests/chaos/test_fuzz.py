"""What strangers and outages may send, drawn at random: counted, listed at the end of the test output, and
never more than an answer.
"""

from __future__ import annotations

import gc
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.errors import Unwell
from functions.extractor.clock import Limits
from functions.extractor.engine import Extractor
from functions.extractor.engines.gemini import Gemini
from functions.extractor.engines.gemini_reply import GeminiAnswer, GeminiFailed
from functions.extractor.invoice import Extraction
from functions.whatsapp.client import Graph, GraphError, MediaGone
from functions.whatsapp.download import MediaTooLarge
from functions.whatsapp.model import Address, Media
from functions.whatsapp.router import PATH
from infra.local.gemini import FakeGemini, Play
from tests.chaos.world import NUMBER_ID, World
from tests.conftest import Database
from tests.scale import draws

pytestmark = [
    pytest.mark.contract,
    pytest.mark.long,
    pytest.mark.slow("each draw is a file read or a message answered"),
]

SAMPLES = Path(__file__).parents[2] / "infra/local/samples"

Count = Callable[[str], None]


def bounded(examples: int) -> settings:
    """So many examples in the long run, an eighth of them in every run, however busy the machine is."""
    unhurried = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(
        max_examples=draws(max(2, examples // 8), examples),
        deadline=None,
        print_blob=True,
        suppress_health_check=unhurried,
    )


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["", "\0", "\ud800", "51999999999", "PE.1", "messages", "image", "9" * 400, -1, 2**63,
            1e400, "wamid.x"])
)  # fmt: skip


# Functions with names, not lambdas: Hypothesis parses a lambda's source to describe it, and Python 3.11's
# parser fails now and then where another thread formats a traceback meanwhile (python/cpython#106905).


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Lists and records of what is inside."""
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)


anything = st.recursive(scalars, nested, max_leaves=8)


def webhook() -> dict[str, Any]:
    """A good body with one of everything that is read from it."""
    opaque = f"{uuid4()}:{uuid4()}:{uuid4()}"
    who = {"from": "51987654321", "from_user_id": "PE.77", "timestamp": str(int(time.time()))}
    media = {
        "id": "m1",
        "mime_type": "application/pdf",
        "sha256": "x",
        "url": "http://127.0.0.1:1/x",
        "filename": "f.pdf",
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": NUMBER_ID, "display_phone_number": "51900000001"},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "51987654321"}],
            "messages": [
                who | {"id": f"wamid.{uuid4().hex}", "type": "text", "text": {"body": "hola"}},
                who | {"id": f"wamid.{uuid4().hex}", "type": "document", "document": media},
                who | {"id": f"wamid.{uuid4().hex}", "type": "image", "image": media},
                who | {"id": f"wamid.{uuid4().hex}", "type": "unsupported", "errors": [{"code": 131051}]},
                who | {"id": f"wamid.{uuid4().hex}", "type": "system",
                    "system": {"type": "user_changed_number", "wa_id": "51911111111", "user_id": "PE.78",
                        "previous_user_id": "PE.77"}},
            ],
            "statuses": [
                {"id": "wamid.o", "status": "sent", "timestamp": str(int(time.time())),
                    "biz_opaque_callback_data": opaque},
                {"id": "wamid.o", "status": "failed", "timestamp": str(int(time.time())),
                    "biz_opaque_callback_data": opaque, "errors": [{"code": 131026, "title": "x"}]},
            ],
        }}]}],
    }  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path of a JSON value, in a stable order."""
    if path:
        yield path
    for key, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(inner, (*path, key))


PLACES = list(places(webhook()))


def replaced(path: tuple[Any, ...], value: Any, *, gone: bool) -> dict[str, Any]:
    """The good body with one place changed or removed."""
    body = webhook()
    holder: Any = body
    for key in path[:-1]:
        holder = holder[key]
    if gone:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return body


def as_signature(raw: bytes) -> str:
    """A header of the right shape."""
    return "sha256=" + raw.hex()


@bounded(100)
@given(header=st.text(max_size=80) | st.binary(max_size=40).map(as_signature), body=st.binary(max_size=60))
def test_no_signature_but_ours_opens_the_door(
    bad_input: Count, database: Database, tmp_path: Path, header: str, body: bytes
) -> None:
    """Whatever stands in the signature header: 401, and nothing is read from the body."""
    bad_input("signatures")
    with closing(World(database, tmp_path)) as world:
        outcome = world.router.handle(
            "POST", PATH, args={}, headers={"X-Hub-Signature-256": header}, read=lambda most: body[:most]
        )
    assert outcome.status == 401


@bounded(80)
@given(data=st.data())
def test_no_signed_body_makes_the_webhook_ask_for_it_again(
    bad_input: Count, database: Database, tmp_path: Path, data: st.DataObject
) -> None:
    """A signed body is acknowledged whatever is in it, and what it admits is answered: neither function ever
    fails by content.
    """
    with closing(World(database, tmp_path)) as world:
        world.meta.files["m1"] = b"%PDF 7"
        sort = data.draw(st.sampled_from(["changed", "removed", "json", "bytes"]))
        match sort:
            case "bytes":
                body = data.draw(st.binary(max_size=200))
            case "json":
                body = json.dumps(data.draw(anything)).encode()
            case _:
                body = json.dumps(
                    replaced(data.draw(st.sampled_from(PLACES)), data.draw(anything), gone=sort == "removed")
                ).encode()
        bad_input(f"bodies: {sort}")
        assert world.post(body) == 200
        for _ in range(2):
            world.work()
            world.deliver()
        assert {world.do(task) for _, task in world.queue.waiting.values()} <= {200}


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    made = Extractor(limits=Limits())
    yield made
    made.close()


GOOD = {name: (SAMPLES / name).read_bytes() for name in ("factura.pdf", "boleta.jpg", "carta.docx")}


@pytest.mark.parametrize("sort", ["cut", "flipped", "filled", "invented", "glued"])
@bounded(8)
@given(data=st.data())
def test_no_file_kills_its_reader(
    bad_input: Count, extractor: Extractor, sort: str, data: st.DataObject
) -> None:
    """Cut, flipped, glued or invented bytes end in an extraction within the deadline; the next good file is
    read as ever.
    """
    good = GOOD[
        data.draw(st.sampled_from(["factura.pdf", "carta.docx", "factura.pdf", "factura.pdf", "boleta.jpg"]))
    ]
    place = data.draw(st.integers(0, len(good) - 1))
    match sort:
        case "cut":
            file = good[:place]
        case "flipped":
            file = bytearray(good)
            for at in data.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=30)):
                file[at] ^= 1 << at % 8
        case "filled":
            file = good[:place] + b"\0" * min(2000, len(good) - place) + good[place + 2000 :]
        case "glued":
            file = good[:place] + GOOD["carta.docx"][:500] + good[place:]
        case _:
            file = data.draw(
                st.sampled_from(
                    [b"", b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"PK\3\4", b"RIFF"]
                )
            ) + data.draw(st.binary(max_size=300))
    bad_input(f"files: {sort}")
    found = extractor.extract(bytes(file))
    assert isinstance(found, Extraction)
    assert found.elapsed_ms < 1000 * Limits().deadline_s + 2_000
    assert found.error is None or found.error.code != "internal"


def test_after_all_those_files_a_good_one_is_read(extractor: Extractor) -> None:
    """Nothing of a hostile file stays behind."""
    assert extractor.extract(GOOD["factura.pdf"]).verdict == "proven"


class Answering(BaseHTTPRequestHandler):
    """Answers everything with the server's next answer."""

    server: Quiet

    def respond(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = respond

    def log_message(self, *_: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True
    answer: tuple[int, dict[str, str], bytes]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that stopped listening is no news."""


@pytest.fixture(scope="module")
def server() -> Iterator[Quiet]:
    made = Quiet(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def encoded(value: Any) -> bytes:
    """As JSON."""
    return json.dumps(value).encode()


def coded(code: Any) -> bytes:
    """An error of any code, its details no text."""
    return encoded({"error": {"code": code, "error_data": {"details": [1]}}})


def looked_up(url: Any) -> bytes:
    """A look-up whose every field is the same odd value."""
    return encoded({"url": url, "file_size": url, "sha256": url})


answers = st.tuples(
    st.sampled_from([200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503]),
    st.sampled_from(
        [
            {},
            {"Content-Type": "application/json"},
            {"Content-Length": "5"},
            {"Location": "http://127.0.0.1:9/x"},
            {"Content-Encoding": "gzip"},
        ]
    ),
    st.binary(max_size=40)
    | st.builds(
        encoded,
        anything | st.fixed_dictionaries({"error": anything}) | st.fixed_dictionaries({"messages": anything}),
    )
    | st.builds(coded, scalars)
    | st.builds(looked_up, scalars),
)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_answer_of_graph_has_a_name(bad_input: Count, server: Quiet) -> None:
    """Whatever Graph answers: an id, bytes, or one of the errors that the lane and the worker know what to do
    with.
    """

    @bounded(120)
    @given(answer=answers, media=st.booleans())
    def ask(answer: Any, *, media: bool) -> None:
        server.answer = answer
        graph = Graph("token", "1", base_url=f"http://127.0.0.1:{server.server_address[1]}", timeout_s=2)
        bad_input("media" if media else "Graph answers")
        try:
            if media:
                assert isinstance(
                    graph.fetch_media(Media("m1", sha256="x"), budget_s=2, limit_bytes=1000), bytes
                )
            else:
                assert isinstance(graph.send_text(Address("51987654321"), "hola"), str)
        except GraphError:
            pass  # its action is decided as it is made
        except (MediaGone, MediaTooLarge, Unwell):
            assert media
        finally:
            graph.close()

    ask()
    # an answer that cannot be decoded leaves its socket to the collector: here, not in the next test
    gc.collect()


@bounded(60)
@given(
    invoices=st.lists(
        st.dictionaries(
            st.sampled_from(["kind", "series", "total", "supplier", "items", "issue_date", "x"]),
            anything,
            max_size=4,
        ),
        max_size=2,
    )
)
def test_every_answer_of_gemini_has_a_name(
    bad_input: Count, gemini: tuple[FakeGemini, Gemini], invoices: list[dict[str, Any]]
) -> None:
    """Whatever the model writes: an answer whose values make sense, or the failure that the own OCR takes
    over from.
    """
    server, reader = gemini
    server.play(Play("good", invoices=tuple(invoices), what=None if invoices else "other"))
    bad_input("Gemini answers")
    with suppress(GeminiFailed):
        assert isinstance(reader.read(GOOD["factura.pdf"], "application/pdf", timeout_s=10), GeminiAnswer)


@pytest.fixture(scope="module")
def gemini() -> Iterator[tuple[FakeGemini, Gemini]]:
    with FakeGemini() as server:
        reader = Gemini(api_key="k", base_url=server.url, attempts=1)
        yield server, reader
        reader.close()

"""Releases take turns, against Cloud Build played by a local server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import yaml

from infra.ops import turn
from tests.deploy.conftest import ROOT

pytestmark = pytest.mark.contract

PATH = "/v1/projects/p/locations/r/builds"


def a_build(number: int, status: str, *, name: str = "cuadra") -> dict[str, Any]:
    return {
        "id": f"b{number}",
        "createTime": f"2026-11-26T16:{number:02}:00.123456789Z",
        "status": status,
        "tags": [turn.TAG],
        "substitutions": {"_NAME": name},
    }


@dataclass
class CloudBuild:
    """Builds that change at each look: `looks` in turn, the last one for ever. `cancelled` are the ids that a
    call ended.
    """

    url: str
    looks: list[list[dict[str, Any]]] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def listed(self, query: str) -> list[dict[str, Any]]:
        self.filters.append(parse_qs(query)["filter"][0])
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


@pytest.fixture
def cloud() -> Iterator[CloudBuild]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            own = [build for build in made.looks[0] if path.path == f"{PATH}/{build['id']}"]
            self.answer(own[0] if own else {"builds": made.listed(path.query)})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.cancelled.append(self.path.removeprefix(f"{PATH}/").removesuffix(":cancel"))
            self.answer({})

        def answer(self, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = CloudBuild(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def asked(cloud: CloudBuild, *, wait_s: float = 1.0) -> str | None:
    with requests.Session() as session:
        return turn.wait(session, "p", "r", "b20", base=cloud.url, wait_s=wait_s)


@pytest.mark.parametrize("status", ["PENDING", "QUEUED", "WORKING", "SUCCESS"])
def test_a_newer_release_takes_its_place(cloud: CloudBuild, status: str) -> None:
    """A build that meets a newer one, waiting, at work or already live, cancels itself before it plans
    anything.
    """
    cloud.looks = [[a_build(21, status), a_build(20, "WORKING"), a_build(19, "WORKING")]]
    assert asked(cloud) == "b21"
    assert cloud.cancelled == ["b20"]


@pytest.mark.parametrize("status", ["FAILURE", "INTERNAL_ERROR", "TIMEOUT", "CANCELLED", "EXPIRED"])
def test_a_newer_release_that_failed_is_passed_over(cloud: CloudBuild, status: str) -> None:
    """What came to nothing releases nothing: the build before it goes on."""
    cloud.looks = [[a_build(21, status), a_build(20, "WORKING")]]
    assert asked(cloud) is None
    assert cloud.cancelled == []


def test_an_older_release_at_work_ends_first(cloud: CloudBuild) -> None:
    """A build waits for the one before it, apply and roll-back with it; what has not begun, or belongs to
    another deployment, is not waited for.
    """
    others = [
        a_build(18, "QUEUED"),
        a_build(21, "WORKING", name="other"),
        a_build(17, "WORKING", name="other"),
    ]
    cloud.looks = [
        [a_build(20, "WORKING"), a_build(19, "WORKING"), *others],
        [a_build(20, "WORKING"), a_build(19, "WORKING"), *others],
        [a_build(20, "WORKING"), a_build(19, "FAILURE"), *others],
    ]
    assert asked(cloud) is None
    assert cloud.filters == ['tags="cuadra-release" AND create_time>="2026-11-26T12:20:00Z"'] * 3


def test_a_newer_release_that_comes_during_the_wait_takes_its_place(cloud: CloudBuild) -> None:
    """Whoever waits looks again for newer ones, too."""
    cloud.looks = [
        [a_build(20, "WORKING"), a_build(19, "WORKING")],
        [a_build(22, "QUEUED"), a_build(20, "WORKING"), a_build(19, "WORKING")],
    ]
    assert asked(cloud) == "b22"


def test_an_older_release_that_never_ends_is_an_error(cloud: CloudBuild) -> None:
    """The wait has its bound, and nothing is released beyond it."""
    cloud.looks = [[a_build(20, "WORKING"), a_build(19, "WORKING")]]
    with pytest.raises(TimeoutError):
        asked(cloud, wait_s=0.2)


def test_every_release_carries_the_tag() -> None:
    """cloudbuild.yaml gives the tag by which releases are found, and waits no longer than it may run."""
    build = yaml.safe_load((ROOT / "cloudbuild.yaml").read_text("utf-8"))
    assert build["tags"] == [turn.TAG]
    assert turn._WAIT_S < float(build["timeout"].removesuffix("s")) < turn._LONGEST.total_seconds()

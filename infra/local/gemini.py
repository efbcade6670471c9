"""A fake Gemini over HTTP: the Developer API's and the platform's `generateContent`, playing the behaviours
of a script.

In a test:       `with FakeGemini([Play("429"), Play("good", invoices=[...])]) as server: Gemini(api_key="k",
                 base_url=server.url)`
As a process:    `python -m infra.local.gemini --port 8094`, then `PUT /control {"script": [{"behaviour":
                 "slow", "seconds": 20}]}`

A script is played in order and its last entry stays. It refuses what the real service refuses (short
deadlines, MINIMAL on models that lack it, `gs://` without the platform identity, a PDF without pages), and
records every request.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self, get_args

from infra.local.here import REFUSED, foreign

Behaviour = Literal[
    "good",
    "slow",
    "dripping",
    "hang",
    "reset",
    "429",
    "500",
    "503",
    "504",
    "404",
    "html",
    "html_500",
    "not_json",
    "truncated_json",
    "max_tokens",
    "continuation",
    "blocked",
    "safety",
    "unknown_finish",
    "wrong_schema",
    "other_json",
    "hallucinated",
    "injected",
    "empty",
    "no_candidates",
    "no_pages",
    "bad_key",
    "forbidden",
    "redirect",
]

THOUGHTS, ANSWERED, PER_FILE = 40, 200, 1_100
"""Token counts of every answer: thoughts, candidate, and prompt per file."""


def slow_switch(home: Path) -> Path:
    """Returns the file in a stack's folder whose presence makes its worker ask a slow Gemini instead of its
    own or none.
    """
    return home / "slow-gemini"


@dataclass(frozen=True, slots=True)
class Play:
    """One behaviour. `invoices` are JSON objects with the Invoice's names; `seconds` is the delay of slow, or
    between two dripped bytes.

    A question in words alone is answered with `mapped`, else with what `answers` hold for the text's bytes,
    else with the intent "none". good answers with `invoices` or `what`, else with what `answers` hold for the
    file's bytes, else 503: a fake cannot read. hallucinated and injected answer like good, with values that
    the document does not have: invented amounts and parties, or the values that an instruction printed on the
    document asked for. `retry_after` is the delay that an error asks for; `delay_s` passes before any
    behaviour.
    """

    behaviour: Behaviour = "good"
    invoices: tuple[dict[str, Any], ...] = ()
    what: str | None = None
    mapped: dict[str, Any] | None = None
    seconds: float = 20.0
    retry_after: float | None = None
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: `data` is decoded, `uri` is set where the file went by address, `context` is
    the last text part.
    """

    path: str
    model: str
    platform: bool
    credential: str
    media_type: str
    data: bytes | None
    uri: str | None
    context: str
    system: str
    config: dict[str, Any]
    server_timeout: str | None


@dataclass
class _State:
    script: list[Play]
    answers: dict[str, dict[str, Any]]
    requests: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    def next(self, asked: Asked) -> Play:
        with self.lock:
            self.requests.append(asked)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class FakeGemini:
    """The server, on 127.0.0.1. `answers` maps the SHA-256 of a file (hex) to `{"invoices": [...],
    "not_invoice": ...}`.
    """

    def __init__(
        self,
        script: Iterable[Play | Behaviour] | Play | Behaviour = "good",
        *,
        port: int = 0,
        answers: Mapping[str, dict[str, Any]] | None = None,
    ) -> None:
        self._state = _State(_script(script), dict(answers or {}))
        self._server = _Server(("127.0.0.1", port), self._state)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake-gemini", daemon=True
        )

    @property
    def url(self) -> str:
        """The base URL for the client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[Asked]:
        """The requests so far, in order."""
        with self._state.lock:
            return list(self._state.requests)

    @property
    def connections(self) -> int:
        """The number of connections open at this moment."""
        return self._server.connections

    def play(self, script: Iterable[Play | Behaviour] | Play | Behaviour) -> None:
        """Replace the script."""
        with self._state.lock:
            self._state.script = _script(script)

    def start(self) -> Self:
        """Serve, on a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop, and end every answer that still hangs."""
        self._state.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], state: _State) -> None:
        self.state = state
        self.connections = 0
        super().__init__(address, _Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self.state.lock:
            self.connections += 1
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.state.lock:
                self.connections -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores a client that left at its deadline: this is what is tested, not an error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = (
        True  # headers and body are two writes; delayed acknowledgement would cost 40 ms
    )
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the record is in `requests`."""

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if foreign(self.headers.get("Host", ""), self.headers.get("Origin")):
            self.close_connection = True
            self._send(403, REFUSED.encode(), "text/plain")
            return False
        return True

    def do_GET(self) -> None:
        if self.path != "/control":
            return self._json(404, _error(404, "NOT_FOUND", "no such page"))
        state = self.server.state
        with state.lock:
            script, requests = list(state.script), list(state.requests)
        shown = [
            {**asdict(asked), "data": len(asked.data) if asked.data is not None else None, "credential": "…"}
            for asked in requests
        ]
        return self._json(
            200,
            {
                "script": [asdict(play) for play in script],
                "behaviours": get_args(Behaviour),
                "requests": shown,
            },
        )

    def do_PUT(self) -> None:
        body = self._body()
        if self.path != "/control":
            return self._json(404, _error(404, "NOT_FOUND", "no such page"))
        try:
            wanted = json.loads(body)
            script = _script(wanted["script"]) if "script" in wanted else None
            answers = dict(wanted.get("answers", {}))
        except (ValueError, TypeError, KeyError) as error:
            return self._json(400, _error(400, "INVALID_ARGUMENT", f"not a script: {error}"))
        state = self.server.state
        with state.lock:
            state.script = script or state.script
            state.answers.update(answers)
            if wanted.get("forget"):
                state.requests.clear()
        return self.do_GET()

    def do_POST(self) -> None:
        body = self._body()
        found = re.fullmatch(
            r"/v[0-9a-z]+/(projects/[^/]+/locations/[^/]+/publishers/google/)?models/([^/:]+):generateContent",
            self.path,
        )
        if not found:
            return self._json(404, _error(404, "NOT_FOUND", "no such method"))
        key, bearer = self.headers.get("x-goog-api-key"), self.headers.get("Authorization")
        if not (bearer if found[1] else key):
            return self._json(
                403, _error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers")
            )
        try:
            asked = _asked(
                self.path,
                found[2],
                json.loads(body),
                platform=bool(found[1]),
                credential=bearer or key or "",
                timeout=self.headers.get("X-Server-Timeout"),
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            return self._json(400, _error(400, "INVALID_ARGUMENT", f"Invalid JSON payload received: {error}"))
        play = self.server.state.next(asked)
        refused = _refusal(asked)
        if refused:
            return self._json(400, _error(400, "INVALID_ARGUMENT", refused))
        return self._play(play, asked)

    def _play(self, play: Play, asked: Asked) -> None:
        self.server.state.stopping.wait(play.delay_s)
        if play.behaviour in _ERRORS:
            status, name, message, details = _ERRORS[play.behaviour]
            if play.retry_after is not None:
                details = (
                    {
                        "@type": "type.googleapis.com/google.rpc.RetryInfo",
                        "retryDelay": f"{play.retry_after:g}s",
                    },
                )
            return self._json(status, _error(status, name, message.format(key=asked.credential), details))
        if play.behaviour in _PAGES:
            headers = (
                {"Location": f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere"}
                if play.behaviour == "redirect"
                else {}
            )
            return self._send(
                _PAGES[play.behaviour], b"<html><body>Bad gateway</body></html>", "text/html", headers
            )
        if play.behaviour in {"hang", "reset"}:
            self.server.state.stopping.wait(600 if play.behaviour == "hang" else 0)
            self.close_connection = True
            return None
        if play.behaviour == "slow":
            self.server.state.stopping.wait(play.seconds)
        answer = _GENERATIONS.get(play.behaviour) or self._transcription(play, asked)
        if play.behaviour == "dripping":
            return self._drip(json.dumps(answer).encode(), play.seconds)
        if answer is None:
            return self._json(503, _error(503, "UNAVAILABLE", "no answer is scripted for this file"))
        return self._json(200, answer)

    def _transcription(self, play: Play, asked: Asked) -> dict[str, Any] | None:
        known = self.server.state.answers.get(hashlib.sha256(asked.data).hexdigest()) if asked.data else None
        if not asked.media_type:
            said = json.loads(asked.context.rsplit("\n", 1)[-1])
            of_it = self.server.state.answers.get(hashlib.sha256(said.encode()).hexdigest())
            text = json.dumps(
                play.mapped or of_it or {"intent": "none", "month": None, "text": None}, ensure_ascii=False
            )
            return (
                _generation(text[: len(text) * 2 // 3], _CUT[play.behaviour])
                if play.behaviour in _CUT
                else _generation(text)
            )
        if play.invoices or play.what:
            known = {"not_invoice": play.what, "invoices": list(play.invoices)}
        if known is None:
            return None
        text = json.dumps(
            {
                **known,
                "invoices": [
                    {**invoice, **_INVENTED.get(play.behaviour, {})} for invoice in known["invoices"]
                ],
            },
            ensure_ascii=False,
        )
        if play.behaviour in _CUT:
            return _generation(text[: len(text) * 2 // 3], _CUT[play.behaviour])
        return _generation(text)

    def _drip(self, body: bytes, seconds: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.state.stopping.wait(seconds):
                break
        self.close_connection = True

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=UTF-8")

    def _send(
        self, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _script(script: Iterable[Play | Behaviour | dict[str, Any]] | Play | Behaviour) -> list[Play]:
    entries: list[Play | Behaviour | dict[str, Any]] = (
        [script] if isinstance(script, Play | str) else list(script)
    )
    plays = []
    for entry in entries:
        play = (
            entry
            if isinstance(entry, Play)
            else Play(behaviour=entry)
            if isinstance(entry, str)
            else Play(**{**entry, "invoices": tuple(entry.get("invoices", ()))})
        )
        if play.behaviour not in get_args(Behaviour):
            raise ValueError(f"no behaviour is called {play.behaviour!r}")
        plays.append(play)
    if not plays:
        raise ValueError("a script has at least one entry")
    return plays


def _camel(value: Any) -> Any:
    """Returns the body with camel-case keys, since the SDK mixes camel and snake case. The response schema's
    own names are left alone.
    """
    if isinstance(value, list):
        return [_camel(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    keys = {name: re.sub(r"_([a-z])", lambda found: found[1].upper(), name) for name in value}
    return {
        keys[name]: entry if keys[name] == "responseSchema" else _camel(entry)
        for name, entry in value.items()
    }


def _asked(
    path: str, model: str, body: Any, *, platform: bool, credential: str, timeout: str | None
) -> Asked:
    body = _camel(body)
    parts = body["contents"][0]["parts"]
    texts = [part["text"] for part in parts if "text" in part]
    inline = next((part["inlineData"] for part in parts if "inlineData" in part), None)
    by_uri = next((part["fileData"] for part in parts if "fileData" in part), None)
    file = inline or by_uri
    return Asked(
        path=path,
        model=model,
        platform=platform,
        credential=credential,
        media_type=file["mimeType"] if file else "",
        data=base64.b64decode(inline["data"].translate(str.maketrans("-_", "+/")), validate=True)
        if inline
        else None,
        uri=by_uri["fileUri"] if by_uri else None,
        context=texts[-1] if texts else "",
        system="".join(part.get("text", "") for part in body.get("systemInstruction", {}).get("parts", [])),
        config=body.get("generationConfig", {}),
        server_timeout=timeout,
    )


def _refusal(asked: Asked) -> str | None:
    """Returns what the real service says to a request that it does not take, None for one that it takes."""
    if asked.server_timeout is not None and float(asked.server_timeout) < 10:
        return f"Manually set deadline {asked.server_timeout}s is too short. Minimum allowed deadline is 10s."
    level = asked.config.get("thinkingConfig", {}).get("thinkingLevel")
    if level == "MINIMAL" and asked.model.startswith(("gemini-3.7-flash", "gemini-3.8-flash")):
        return "Thinking level MINIMAL is not supported for this model."
    if asked.uri and asked.uri.startswith("gs://") and not asked.platform:
        return "Unsupported file URI type: gs://"
    if asked.data is not None and asked.media_type == "application/pdf" and b"%PDF" not in asked.data[:1024]:
        return "The document has no pages."
    return "Unable to process input image." if asked.data == b"" else None


def _error(code: int, status: str, message: str, details: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def _usage(answered: int) -> dict[str, int]:
    thoughts = THOUGHTS if answered else 0
    return {
        "promptTokenCount": PER_FILE,
        "candidatesTokenCount": answered,
        "thoughtsTokenCount": thoughts,
        "totalTokenCount": PER_FILE + answered + thoughts,
    }


def _generation(text: str | None, finish: str = "STOP") -> dict[str, Any]:
    content = (
        {"role": "model", "parts": [{"text": "Let me look at it.", "thought": True}, {"text": text}]}
        if text is not None
        else {}
    )
    candidate = {"content": content, "finishReason": finish, "index": 0, "aFieldOfTomorrow": {"x": 1}}
    return {
        "candidates": [candidate],
        "usageMetadata": _usage(ANSWERED),
        "modelVersion": "fake",
        "responseId": "fake",
    }


_ERRORS: dict[str, tuple[int, str, str, tuple[dict[str, Any], ...]]] = {
    "429": (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", ()),
    "500": (500, "INTERNAL", "An internal error has occurred.", ()),
    "503": (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", ()),
    "504": (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", ()),
    "404": (404, "NOT_FOUND", "The model is not found for this API version.", ()),
    "no_pages": (400, "INVALID_ARGUMENT", "The document has no pages.", ()),
    "forbidden": (
        403,
        "PERMISSION_DENIED",
        "Permission denied: Consumer 'api_key:{key}' has been suspended.",
        (),
    ),
    "bad_key": (
        *(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        ({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},),
    ),
}

_PAGES = {"html": 200, "html_500": 502, "redirect": 307}

_GENERATIONS: dict[str, dict[str, Any]] = {
    "blocked": {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": _usage(0)},
    "no_candidates": {"usageMetadata": _usage(0)},
    "empty": _generation(json.dumps({"not_invoice": None, "invoices": []})),
    "safety": _generation(None, "SAFETY"),
    "unknown_finish": _generation('{"not_invoice": "yape", "invoices": []}', "TIRED_OF_INVOICES"),
    "not_json": _generation("Sure! Here is the invoice you asked for."),
    "wrong_schema": _generation(json.dumps({"facturas": {"proveedor": "Ejemplo SAC"}})),
    "other_json": {"candidates": "none today"},
}

_CUT = {"truncated_json": "STOP", "max_tokens": "MAX_TOKENS", "continuation": "CONTINUATION"}

_INVENTED: dict[str, dict[str, Any]] = {
    "hallucinated": {
        "number": "777",
        "total": "9876.54",
        "igv": "1506.59",
        "supplier": {"ruc": "20987654326", "name": "COMERCIAL INVENTADA S.A.C."},
    },
    "injected": {
        "total": "1.00",
        "igv": "0.00",
        "taxable": "1.00",
        "amount_in_words": "UNO CON 00/100 SOLES",
    },
}
"""Values that the document does not have; all are well formed, so that only checks can find them."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--behaviour", choices=get_args(Behaviour), default="good")
    parser.add_argument("--answers", type=argparse.FileType(), help="JSON: SHA-256 of a file to its answer")
    arguments = parser.parse_args()
    answers = json.load(arguments.answers) if arguments.answers else None
    with FakeGemini(arguments.behaviour, port=arguments.port, answers=answers) as server:
        print(server.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

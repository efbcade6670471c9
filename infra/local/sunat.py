"""A SUNAT that answers `validarcomprobante` over HTTP from a register of its own, as the real one does: all
six fields must be as reported.

In a test:       `with FakeSunat([key]) as server: Sunat(ruc=…, url=server.url, token_url=server.url, …)`
As a process:    `python -m infra.local.sunat --port 8096 --home .cuadra`; the register is that of the demo's
                 papers and of the folder's own (`sunat-register.json`, of the same form), and the folder's
                 switch (`sunat`, holding the name of a behaviour) says how it answers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import threading
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args
from urllib.parse import parse_qs

from functions.extractor.witness import Key
from infra.local.here import HOST, REFUSED, foreign

Behaviour = Literal[
    "good", "slow", "down", "not_found", "dripping", "odd_code", "no_data", "html", "unsuccessful", "401",
    "422", "429", "500", "yes_man", "liar"
]  # fmt: skip
"""good tells the truth of the register; slow answers after 20 s; down cuts the connection; not_found has
nothing; yes_man accepts whatever is asked; liar ignores the date.

401 refuses a token once, and the next one is good. The others answer as their names say.
"""
CREDENTIALS: Final = ("20131312955", "cuadra-local", "local")
"""The RUC that asks, the client id and the secret that the stand-in knows."""
REGISTER: Final = Path(__file__).with_name("samples") / "register.json"
_OTHER_BUYER = "- El comprobante de pago consultado ha sido emitido a otro contribuyente."
_DAY = re.compile(r"\d{2}/\d{2}/\d{4}")
_CODES = {"accepted": "1", "annulled": "2", "authorised": "3", "not_authorised": "4"}


def switch(home: Path) -> Path:
    """Returns the file in a stack's folder that names the behaviour of its SUNAT; while the file is there,
    the worker asks.
    """
    return home / "sunat"


def own_register(home: Path) -> Path:
    """Returns the file in a stack's folder to which a person adds comprobantes, in the form of `REGISTER`."""
    return home / "sunat-register.json"


def read_register(path: Path = REGISTER) -> list[Key]:
    """Returns the keys of a register on disk."""
    return [
        Key(
            one["ruc"],
            one["kind"],
            one["series"],
            one["number"],
            date.fromisoformat(one["day"]),
            Decimal(one["total"]),
        )
        for one in json.loads(path.read_text("utf-8"))
    ]


class FakeSunat:
    """The server, on 127.0.0.1. `states` overrides "accepted" for some keys of the register; `asked` keeps
    every body that came.
    """

    def __init__(
        self, register: Iterable[Key] = (), *, states: dict[Key, str] | None = None,
        behaviour: Behaviour = "good", port: int = 0,
        home: Path | None = None, slow_s: float = 20.0,
    ) -> None:  # fmt: skip
        self.register, self.states, self.home, self.slow_s = set(register), states or {}, home, slow_s
        self.behaviour: Behaviour = behaviour
        self.asked: list[dict[str, Any]] = []
        self.tokens = 0
        self.refused: set[str] = set()
        self.stopping = threading.Event()
        self._server = _SunatServer((HOST, port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake-sunat", daemon=True
        )

    @property
    def url(self) -> str:
        """The base URL, of tokens and questions."""
        return f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Answer until the process ends."""
        self._server.serve_forever()

    def now_plays(self) -> Behaviour:
        """Returns the behaviour that is played now: the folder's switch, where there is one, else
        `behaviour`.
        """
        try:
            named = switch(self.home).read_text("utf-8").strip() if self.home else ""
        except FileNotFoundError:
            named = ""
        return named if named in get_args(Behaviour) else self.behaviour  # type: ignore[return-value]  # one of its words

    def state(self, asked: dict[str, Any], behaviour: Behaviour) -> str:
        """Returns the estadoCp for what is asked."""
        if behaviour == "yes_man":
            return "1"
        if behaviour == "not_found":
            return "0"
        own = own_register(self.home) if self.home else None
        register = {*self.register, *(read_register(own) if own and own.exists() else ())}
        found = next((key for key in register if _same(key, asked, but_day=behaviour == "liar")), None)
        return "0" if found is None else _CODES[self.states.get(found, "accepted")]


def _same(key: Key, asked: dict[str, Any], *, but_day: bool) -> bool:
    """True where the six fields are those reported: the amount exactly, the date as dd/mm/yyyy, the number
    with or without zeros before it.
    """
    try:
        amount = Decimal(str(asked.get("monto")))
    except ArithmeticError:
        return False
    day = str(asked.get("fechaEmision"))
    code = asked.get("codComp")
    said = (
        asked.get("numRuc"),
        "02" if code == "R1" else None if code == "02" else code,
        asked.get("numeroSerie"),
        str(asked.get("numero", "")).lstrip("0"),
    )
    return (
        said == (key.ruc, key.kind, key.series, key.number.lstrip("0"))
        and amount == key.total
        and (but_day or day == f"{key.day:%d/%m/%Y}")
    )


class _SunatServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], sunat: FakeSunat) -> None:
        super().__init__(address, _SunatHandler)
        self.sunat = sunat


class _SunatHandler(BaseHTTPRequestHandler):
    server: _SunatServer

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if foreign(self.headers.get("Host", ""), self.headers.get("Origin")):
            self.close_connection = True
            self._send(403, REFUSED.encode(), "text/plain")
            return False
        return True

    def do_POST(self) -> None:
        """Answers with a token, or with the answer to one question."""
        sunat, length = self.server.sunat, int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length)
        if self.path == f"/v1/clientesextranet/{CREDENTIALS[1]}/oauth2/token/":
            self._give_token(parse_qs(data.decode()))
        elif self.path == f"/v1/contribuyente/contribuyentes/{CREDENTIALS[0]}/validarcomprobante":
            self._answer(sunat, data)
        else:
            self._json(404, _error("404", "Not Found"))

    def _give_token(self, form: dict[str, list[str]]) -> None:
        if self.server.sunat.now_plays() == "down":
            self._cut()
        elif (
            form.get("client_secret") != [CREDENTIALS[2]]
            or form.get("grant_type") != ["client_credentials"]
            or not form.get("scope")
        ):
            self._json(400, {"error": "invalid_client"})
        else:
            self.server.sunat.tokens += 1
            self._json(
                200,
                {
                    "access_token": f"token-{self.server.sunat.tokens}",
                    "token_type": "JWT",
                    "expires_in": 3600,
                },
            )

    def _answer(self, sunat: FakeSunat, data: bytes) -> None:
        behaviour = sunat.now_plays()
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if behaviour == "401" and not sunat.refused:
            sunat.refused.add(token)
        if not token.startswith("token-") or token in sunat.refused:
            self._json(401, _error("401", "Unauthorized"))
            return
        try:
            asked = json.loads(data)
        except ValueError:
            self._json(422, _error("422", "Unprocessable Entity"))
            return
        sunat.asked.append(asked)
        if behaviour == "slow":
            sunat.stopping.wait(sunat.slow_s)
        if behaviour == "down":
            self._cut()
        elif behaviour == "dripping":
            self._drip(sunat)
        elif behaviour == "html":
            self._send(200, b"<html><body>En mantenimiento</body></html>", "text/html")
        elif behaviour in _PLAYED:
            self._json(*_PLAYED[behaviour])
        elif not _DAY.fullmatch(str(asked.get("fechaEmision"))):
            self._json(422, _error("422", "Formato de fecha inválido"))
        else:
            self._json(200, _found(sunat.state(asked, behaviour)))

    def _drip(self, sunat: FakeSunat) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # until the client goes away
            while not sunat.stopping.wait(0.05):
                self.wfile.write(b" ")

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def _json(self, status: int, answer: object) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(OSError):  # the client may not have waited
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _found(state: str) -> dict[str, Any]:
    """Returns a good answer; for what was not found it has nothing but its state."""
    about = {"estadoRuc": "00", "condDomiRuc": "00", "observaciones": [_OTHER_BUYER]} if state != "0" else {}
    return {"success": True, "message": "Operation Success! ", "data": {"estadoCp": state, **about}}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"cod": code, "msg": message}


_PLAYED: Final[dict[str, tuple[int, dict[str, Any]]]] = {
    "odd_code": (200, _found("7")),
    "no_data": (200, {"success": True, "message": "Operation Success! ", "data": {}}),
    "unsuccessful": (200, {"success": False, "message": "Ocurrio un error", "data": None, "errorCode": "99"}),
    "422": (422, _error("422", "Número de comprobante inválido")),
    "429": (429, _error("429", "Too Many Requests")),
    "500": (500, _error("500", "Internal Server Error")),
}
"""The answers that some behaviours give to everything."""


def main() -> None:
    """Serve the demo's register."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.sunat", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path)
    arguments = parser.parse_args()
    FakeSunat(read_register(), port=arguments.port, home=arguments.home).serve()


if __name__ == "__main__":
    main()

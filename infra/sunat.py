"""Asks SUNAT's Consulta Integrada de Validez de CPE: one bounded question about one comprobante (manual
«Consulta Integrada de Comprobante de Pago»).

Quotas are unpublished, so an instance asks at most once a second on average, and stops asking while the
service is down or accepts what cannot exist. Neither credentials nor keys are ever logged.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError

from functions.extractor.witness import FINAL, Key, NotAsked, Reason, State, SunatWord

log = logging.getLogger("cuadra")

SCOPE: Final = "https://api.sunat.gob.pe/v1/contribuyente/contribuyentes"
OTHER_BUYER: Final = "emitido a otro contribuyente"
_STATES: Final[dict[str, State]] = {
    "0": "not_found",
    "1": "accepted",
    "2": "annulled",
    "3": "authorised",
    "4": "not_authorised",
}
_MOST = 64 * 1024
"""The most bytes of an answer; a real one has some two hundred."""
_KEPT = 10_000
"""The most keys whose word is remembered."""
_AGAIN_S = 3600.0
"""Seconds for which a word that may change is remembered: a task that comes again does not ask again."""
_EARLY_S = 60.0
"""Seconds before its end at which a token is renewed."""
_PROMPT_S = 1.5
"""Seconds in which a service that is well answers one request, including its connection and TLS from another
continent. A slower one is only asked beside the readings.
"""
_PROBE_S = 10.0
"""Seconds that a probe may take: nobody waits for it."""
_CODES: Final = {"02": "R1"}
"""The manual's codes of kinds that have another code here: a recibo por honorarios."""
_BESIDE: Final = Decimal(1)
"""PEN or USD added to an accepted total to ask about a comprobante that cannot be found: one of one issuer,
series and number has one total.
"""
_TRUSTED_S: Final = 3600.0
"""Seconds for which one such refusal vouches for the words that follow it."""
_ENDS_ASKING: Final[frozenset[Reason]] = frozenset({"timeout", "throttled", "blind"})
_NOT_ITS_FAULT: Final[frozenset[Reason]] = frozenset({"rejected", "busy", "down"})


class Sunat:
    """A client for one taxpayer's credentials; implements the extractor's Witness. Thread-safe.

    An acceptance counts as a word only where the service has refused, within the hour, what it cannot know:
    one that accepts whatever it is asked proves nothing. After a request without a prompt answer, such
    blindness, or two failures in a row, nobody is kept waiting any more: one question every `probe_s` seconds
    is asked beside the reading that brings it, until one is answered promptly. A probe's word is remembered,
    however late it comes. `pace_s` are the seconds from one question to the next; `prompt_s` those that each
    request may take.
    """

    def __init__(
        self, *, ruc: str, client_id: str, client_secret: str,
        url: str = "https://api.sunat.gob.pe", login_url: str = "https://api-seguridad.sunat.gob.pe",
        pace_s: float = 1.0, probe_s: float = 60.0, prompt_s: float = _PROMPT_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._ask_url = f"{url}/v1/contribuyente/contribuyentes/{ruc}/validarcomprobante"
        self._login_url = f"{login_url}/v1/clientesextranet/{client_id}/oauth2/token/"
        self._form = {
            "grant_type": "client_credentials",
            "scope": SCOPE,
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._ruc = ruc
        self._pace_s, self._probe_s, self._prompt_s, self._now = pace_s, probe_s, prompt_s, now
        self._lock = threading.Lock()
        self._next = 0.0
        self._failures = 0
        self._probe_at: float | None = None
        self._trusted_until = 0.0
        self._token: tuple[str, float] | None = None
        self._words: OrderedDict[Key, tuple[SunatWord | None, float]] = OrderedDict()

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        """Returns SUNAT's word about the key within `seconds`. Raises NotAsked."""
        if (known := self._known(key)) is not None:
            return known
        deadline = time.monotonic() + seconds
        with self._lock:
            now = time.monotonic()
            if self._probe_at is not None:
                if now >= self._probe_at:
                    self._probe_at = now + self._probe_s
                    threading.Thread(target=self._probe, args=(key,), name="sunat-probe", daemon=True).start()
                raise NotAsked("down")
            start = max(now, self._next)
            if start >= deadline:
                raise NotAsked("busy")
            self._next = start + self._pace_s
        time.sleep(start - now)
        return self._asked(key, _Patience(deadline, self._prompt_s))

    def check(self, *, seconds: float) -> None:
        """Fetch a token, to see that the credentials are good. Raises NotAsked."""
        self._fresh_token(_Patience(time.monotonic() + seconds, seconds))

    # --- one question ---------------------------------------------------------------------------------------

    def _probe(self, key: Key) -> None:
        try:
            self._asked(key, _Patience(time.monotonic() + _PROBE_S, _PROBE_S))
        except NotAsked:
            return

    def _asked(self, key: Key, patience: _Patience) -> SunatWord:
        since = time.monotonic()
        try:
            word = self._sound(key, patience)
        except NotAsked as why:
            self._failed(why.reason, since)
            if why.reason == "rejected":
                self._remember(key, None)
            raise
        self._remember(key, word)
        if patience.longest > self._prompt_s:
            self._failed("slow", since)
            return word
        with self._lock:
            self._failures, self._probe_at = 0, None
        log.info(
            "sunat_answered",
            extra={"fields": {"code": word.state, "ms": round((time.monotonic() - since) * 1000)}},
        )
        return word

    def _failed(self, reason: Reason, since: float) -> None:
        level = logging.ERROR if reason in {"auth", "blind"} else logging.WARNING
        log.log(
            level,
            "sunat_failed",
            extra={"fields": {"code": reason, "ms": round((time.monotonic() - since) * 1000)}},
        )
        if reason in _NOT_ITS_FAULT:
            return
        with self._lock:
            self._failures += 1
            if self._probe_at is None and (reason in _ENDS_ASKING or self._failures > 1):
                self._probe_at = time.monotonic() + self._probe_s

    def _sound(self, key: Key, patience: _Patience) -> SunatWord:
        """Returns the word about the key. Where no refusal is fresh, an accepted key is asked about again
        with another total. Raises NotAsked.
        """
        word = self._query(key, patience)
        if word.state == "accepted" and time.monotonic() >= self._trusted_until:
            with self._lock:
                self._next = max(self._next, time.monotonic()) + self._pace_s
            if self._query(replace(key, total=key.total + _BESIDE), patience).state == "accepted":
                raise NotAsked("blind")
            self._trusted_until = time.monotonic() + _TRUSTED_S
        return word

    def _query(self, key: Key, patience: _Patience) -> SunatWord:
        body = {
            "numRuc": key.ruc, "codComp": _CODES.get(key.kind, key.kind), "numeroSerie": key.series,
            "numero": key.number, "fechaEmision": f"{key.day:%d/%m/%Y}", "monto": f"{key.total:.2f}",
        }  # fmt: skip
        token = self._token
        if token is None or time.monotonic() >= token[1]:
            token = self._fresh_token(patience)
        status, answer = _post(
            self._ask_url, patience, json=body, headers={"Authorization": f"Bearer {token[0]}"}
        )
        if status == 401:
            token = self._fresh_token(patience)
            status, answer = _post(
                self._ask_url, patience, json=body, headers={"Authorization": f"Bearer {token[0]}"}
            )
        _refuse(status)
        return self._word(answer)

    def _word(self, answer: Any) -> SunatWord:
        """Returns what the answer says. `data` may lack all but the state; an answer that is not in the
        manual is no word.
        """
        if not isinstance(answer, dict):
            raise NotAsked("malformed")
        if answer.get("success") is not True:
            raise NotAsked("rejected" if answer.get("success") is False else "malformed")
        data = answer.get("data")
        state = _STATES.get(str(data.get("estadoCp"))) if isinstance(data, dict) else None
        if state is None or not isinstance(data, dict):
            raise NotAsked("malformed")
        notes = data.get("observaciones")
        other = any(OTHER_BUYER in str(note) for note in notes) if isinstance(notes, list) else False
        return SunatWord(
            state,
            self._now(),
            _code(data.get("estadoRuc")),
            _code(data.get("condDomiRuc")),
            self._ruc if other else None,
        )

    def _fresh_token(self, patience: _Patience) -> tuple[str, float]:
        status, answer = _post(self._login_url, patience, data=self._form)
        if status in {400, 401, 403}:
            raise NotAsked("auth")
        _refuse(status)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise NotAsked("malformed")
        lives = answer.get("expires_in")
        fresh = (token, time.monotonic() + (lives if isinstance(lives, int) else 300) - _EARLY_S)
        self._token = fresh
        return fresh

    # --- what is remembered ---------------------------------------------------------------------------------

    def _known(self, key: Key) -> SunatWord | None:
        """Returns the word that is remembered; None where SUNAT is to be asked. Raises NotAsked where SUNAT
        will not answer.
        """
        with self._lock:
            kept = self._words.get(key)
        if kept is None or time.monotonic() >= kept[1]:
            return None
        if kept[0] is None:
            raise NotAsked("rejected")
        return kept[0]

    def _remember(self, key: Key, word: SunatWord | None) -> None:
        until = float("inf") if word and word.state in FINAL else time.monotonic() + _AGAIN_S
        with self._lock:
            self._words[key] = (word, until)
            while len(self._words) > _KEPT:
                self._words.popitem(last=False)


@dataclass
class _Patience:
    """The limits of one question: it ends at the `deadline` (monotonic), and each of its requests takes at
    most `each` seconds. `longest` is the time that its longest request took.
    """

    deadline: float
    each: float
    longest: float = 0.0


def _post(url: str, patience: _Patience, **what: Any) -> tuple[int, Any]:
    """Returns the status and the JSON, None where there is no JSON. Raises NotAsked."""
    since = time.monotonic()
    until = min(patience.deadline, since + patience.each)
    try:
        return _bounded(lambda: _exchange(url, until, what), until)
    finally:
        patience.longest = max(patience.longest, time.monotonic() - since)


def _exchange(url: str, deadline: float, what: dict[str, Any]) -> tuple[int, Any]:
    """Makes one request and returns its answer. A redirect is no answer and is not followed: it would carry
    the token elsewhere.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotAsked("timeout")
    try:
        with requests.post(url, timeout=left, allow_redirects=False, stream=True, **what) as response:
            status, data = response.status_code, bytearray()
            while (chunk := response.raw.read1(_MOST)) and len(data) <= _MOST and time.monotonic() < deadline:
                data += chunk
    except requests.exceptions.Timeout as error:
        raise NotAsked("timeout") from error
    except (requests.exceptions.RequestException, HTTPError, OSError) as error:
        raise NotAsked("unavailable") from error
    if len(data) > _MOST:
        return status, None
    try:
        return status, json.loads(data)
    except ValueError:
        return status, None


def _refuse(status: int) -> None:
    """Raises NotAsked for a status that is no answer."""
    if status == 200:
        return
    if status in {401, 403}:
        raise NotAsked("auth")
    if status == 429:
        raise NotAsked("throttled")
    raise NotAsked("unavailable" if status >= 500 else "rejected" if status >= 400 else "malformed")


def _code(value: object) -> str | None:
    return value if isinstance(value, str) and value.isdecimal() and len(value) <= 4 else None


def _bounded(work: Callable[[], tuple[int, Any]], deadline: float) -> tuple[int, Any]:
    """Returns what `work` gives by the deadline. A library's timeout starts again with each byte; this one
    does not. Raises NotAsked.
    """
    done: list[tuple[int, Any] | BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            done.append(error)

    thread = threading.Thread(target=run, name="sunat", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if not done:
        raise NotAsked("timeout")
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]

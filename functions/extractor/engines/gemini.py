"""Asks Gemini to read a file: one question with a deadline, an answer or a typed failure.

The time given is the whole time. Timeouts of the HTTP library are per read, so a server that sends one byte a
second would never reach them; the call therefore runs as a coroutine on one daemon thread's event loop, and
its deadline cancels it and closes its connection. However many calls hang, they hold that one thread. (A
refresh of platform credentials runs in asyncio's bounded executor; it is abandoned at the deadline and ends
by its own timeout.)

The SDK builds and sends the request; what comes back is read in gemini_reply.py.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Literal

from pydantic import BaseModel

from functions.extractor.engines.gemini_prices import PRICES, Price
from functions.extractor.engines.gemini_reply import (
    GeminiAnswer,
    GeminiFailed,
    ModelText,
    Reason,
    answer,
    words,
)
from functions.extractor.engines.gemini_schema import SYSTEM, AnswerSchema, question

ThinkingLevel = Literal["MINIMAL", "LOW", "MEDIUM", "HIGH"]

MEDIA_TYPES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"}
)
"""The types that Gemini takes. A TIFF must be sent as something else."""

MAX_OUTPUT_TOKENS = 16_384
"""About 200 items, far more than fits the deadline: it bounds the cost of an answer that does not end."""

MAX_WORDS_TOKENS = 512
"""The bound of an answer without a file: some words of JSON, and what the model thinks before them."""

NO_MINIMAL = ("gemini-3.7-flash", "gemini-3.8-flash")
"""Models that answer 400 to the thinking level MINIMAL; they are asked for LOW."""

SERVER_TIMEOUT_FLOOR_S = 10
"""The server refuses a shorter X-Server-Timeout ("deadline too short"); our own deadline ends the call
anyway.
"""


class Gemini:
    """A client for one key (`api_key`) or one platform identity (`project`, `location`; credentials from the
    environment).

    With the platform identity a `gs://` address is read by Google itself, so no bytes pass through here.
    `base_url` points at a stand-in. Where `thinking` or `strong_thinking` is None, the model decides.
    Thread-safe, not to be carried over a fork; nothing heavy is imported before `warm()` or the first
    `read()`.

    Raises:
        ValueError: neither or both identities are given.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        project: str | None = None,
        location: str | None = None,
        credentials: Any = None,
        model: str = "gemini-3.5-flash-lite",
        strong_model: str = "gemini-3.8-flash",
        thinking: ThinkingLevel | None = "MINIMAL",
        strong_thinking: ThinkingLevel | None = "LOW",
        base_url: str | None = None,
        prices: Mapping[str, tuple[Price, ...]] = PRICES,
        attempts: int = 2,
        backoff_s: float = 0.5,
    ) -> None:
        if bool(api_key) == bool(project):
            raise ValueError("give an api_key, or project and location, and not both")
        self._key = api_key
        self._identity: dict[str, Any] = (
            {"enterprise": False, "api_key": api_key}
            if api_key
            else {
                "enterprise": True,
                "project": project,
                "location": location or "global",
                "credentials": credentials,
            }
        )
        self._models = {
            False: (model, _allowed(model, thinking)),
            True: (strong_model, _allowed(strong_model, strong_thinking)),
        }
        self._base_url, self._prices, self._attempts, self._backoff_s = (
            base_url or None,
            prices,
            attempts,
            backoff_s,
        )
        self._lock = threading.Lock()
        self._client: Any = None
        self._http: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def warm(self) -> None:
        """Import the SDK and open the client, so that the first `read` does not pay for it (about 0.7 s)."""
        self._ready()

    def read(
        self,
        data: bytes,
        media_type: str,
        *,
        uri: str | None = None,
        context: str = "",
        timeout_s: float,
        strong: bool = False,
    ) -> GeminiAnswer:
        """Read one file. `context` is what other readers found, given to the model as data. `strong` asks the
        stronger model.

        Returns within `timeout_s` in all: both attempts, the wait between them, the upload and a response
        that never ends.

        Raises:
            GeminiFailed: with the reason, and what the failure cost where the model did answer.
        """
        started = time.monotonic()
        model, thinking = self._models[strong]
        if media_type not in MEDIA_TYPES:
            raise GeminiFailed(
                "unreadable", f"media type {media_type} is not one that Gemini takes", model=model
            )
        self._ready()
        by_uri = uri is not None and uri.startswith("gs://") and not self._key
        contents = [_part(None if by_uri else data, media_type, uri), question(context)]
        # the resolution that Google recommends: a higher one helps on photos, not on rendered pages
        resolution = "MEDIA_RESOLUTION_MEDIUM" if media_type == "application/pdf" else "MEDIA_RESOLUTION_HIGH"
        asked = {
            "system_instruction": SYSTEM, "response_schema": AnswerSchema,
            "max_output_tokens": MAX_OUTPUT_TOKENS, "media_resolution": resolution,
        }  # fmt: skip
        body = self._body(model, thinking, contents, asked, timeout_s, started)
        return answer(body, model, _since(started), self._prices)

    def say(self, question: str, *, system: str, schema: type[BaseModel], timeout_s: float) -> ModelText:
        """Asks the first model one question in words alone; it answers in the JSON of `schema`, within
        `timeout_s` seconds in all. Raises GeminiFailed as `read` does.
        """
        started = time.monotonic()
        model, thinking = self._models[False]
        asked = {
            "system_instruction": system,
            "response_schema": schema,
            "max_output_tokens": MAX_WORDS_TOKENS,
        }
        body = self._body(model, thinking, [question], asked, timeout_s, started)
        return words(body, model, _since(started), self._prices)

    def _body(
        self,
        model: str,
        thinking: str | None,
        contents: list[Any],
        asked: dict[str, Any],
        timeout_s: float,
        started: float,
    ) -> str:
        """Returns the response's body as text, within `timeout_s` from `started`. Raises GeminiFailed."""
        loop = self._ready()
        remaining = max(timeout_s - (time.monotonic() - started), 0)
        future = asyncio.run_coroutine_threadsafe(
            self._ask(model, thinking, contents, asked, remaining), loop
        )
        try:
            return future.result(remaining)
        except (FutureTimeout, TimeoutError):
            future.cancel()  # and with it the request: its connection is closed
            raise GeminiFailed(
                "timeout", f"no answer in {timeout_s:g} s", model=model, elapsed_ms=_since(started)
            ) from None
        except Exception as error:  # noqa: BLE001 - whatever the SDK, its HTTP library or the identity raises is sorted, none may escape
            reason, detail = self._sort(error)
            raise GeminiFailed(
                reason, detail, model=model, elapsed_ms=_since(started)
            ) from None  # their texts may quote the response

    def close(self) -> None:
        """Close the connections and end the thread. A later `read` opens anew."""
        with self._lock:
            client, http, loop, thread = self._client, self._http, self._loop, self._thread
            self._client = self._http = self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_wind_down(http), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
        client.close()

    def _ready(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                import httpx2  # 0.7 s with the SDK, and most documents need no model
                from google import genai  # as above

                # Our own HTTP client keeps the SDK from choosing aiohttp, whose retries we cannot bound.
                # It follows no redirect, which would carry the key along.
                self._http = httpx2.AsyncClient(follow_redirects=False)
                options = genai.types.HttpOptions(base_url=self._base_url, httpx_async_client=self._http)
                self._client = genai.Client(**self._identity, http_options=options)
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="gemini", daemon=True)
                self._thread.start()
            return self._loop

    async def _ask(
        self, model: str, thinking: str | None, contents: list[Any], asked: dict[str, Any], remaining_s: float
    ) -> str:
        """Returns the response's body as text. Raises what the SDK raises; the caller cancels it at the
        deadline.
        """
        from google.genai import errors, types  # imported already, by `_ready`

        deadline = time.monotonic() + remaining_s
        for attempt in range(1, self._attempts + 1):
            left = deadline - time.monotonic()
            config = types.GenerateContentConfig(
                **asked,
                response_mime_type="application/json",
                thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel(thinking))
                if thinking
                else None,
                automatic_continuation=False,  # further requests would be billed and timed apart
                should_return_http_response=True,
                http_options=types.HttpOptions(
                    timeout=max(1, int(left * 1000)),
                    headers={"X-Server-Timeout": str(max(SERVER_TIMEOUT_FLOOR_S, math.ceil(left)))},
                ),
            )
            try:
                response = await self._client.aio.models.generate_content(
                    model=model, contents=contents, config=config
                )
            except Exception as error:
                reason, _ = self._sort(error)
                pause = self._backoff_s * random.uniform(1, 2)
                if isinstance(error, errors.APIError):
                    pause = max(pause, _asked_to_wait(error.details))
                again = reason in {"throttled", "unavailable"} and attempt < self._attempts
                if not again or pause >= deadline - time.monotonic():
                    raise
                await asyncio.sleep(pause)
            else:
                return response.sdk_http_response.body or ""
        raise AssertionError("the last attempt returns or raises")

    def _sort(self, error: BaseException) -> tuple[Reason, str]:
        """Returns the reason behind an exception, and a detail that quotes nothing but Google's own error
        message.
        """
        import httpx2  # imported already, by `_ready`
        from google.auth import exceptions as auth  # as above
        from google.genai import errors  # as above

        name = type(error).__name__
        if isinstance(error, errors.APIError):
            return self._sort_status(error)
        if isinstance(error, TimeoutError | httpx2.TimeoutException):
            return "timeout", name
        if isinstance(error, httpx2.TransportError | auth.TransportError | OSError):
            return "unavailable", name
        if isinstance(error, auth.GoogleAuthError):
            return "auth", name
        if isinstance(error, ValueError | TypeError | KeyError | AttributeError):
            return "malformed", name
        return "other", name

    def _sort_status(self, error: Any) -> tuple[Reason, str]:
        # An error without this structure is some proxy's page.
        structured = isinstance(error.details, dict) and isinstance(error.details.get("error"), dict)
        message = str(error.message or "") if structured else ""
        if self._key:
            message = message.replace(self._key, "[key]")  # "Consumer 'api_key:…' has been suspended" is real
        detail = " ".join(
            f"{error.code} {(error.status or '') if structured else ''} {message[:200]}".split()
        )
        code = int(error.code or 0)
        said = json.dumps(error.details) if structured else ""
        if code in {401, 403} or "API_KEY_INVALID" in said or "API key not valid" in said:
            return "auth", detail
        if code == 400 and re.search(
            r"no pages|unable to process input|unsupported (?:mime|file)|could not (?:read|open|decode)",
            said,
            re.IGNORECASE,
        ):
            return "unreadable", detail
        by_code: dict[int, Reason] = {408: "timeout", 413: "unreadable", 429: "throttled", 504: "timeout"}
        return by_code.get(code, "unavailable" if 500 <= code < 600 else "other"), detail


def _part(data: bytes | None, media_type: str, uri: str | None) -> Any:
    from google.genai import types  # imported already, by `_ready`

    if data is None:
        return types.Part.from_uri(file_uri=uri or "", mime_type=media_type)
    return types.Part.from_bytes(data=data, mime_type=media_type)


async def _wind_down(http: Any) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await http.aclose()


def _allowed(model: str, thinking: ThinkingLevel | None) -> ThinkingLevel | None:
    return "LOW" if thinking == "MINIMAL" and model.startswith(NO_MINIMAL) else thinking


def _asked_to_wait(details: object) -> float:
    """Returns the seconds that a 429 asks us to wait (google.rpc.RetryInfo), 0 where it asks for nothing."""
    found = re.search(r'"retryDelay": "([0-9]{1,6}(?:\.[0-9]{1,9})?)s"', json.dumps(details, default=str))
    return float(found[1]) if found else 0.0


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

"""Reads a response of Gemini: the answer with what it cost, or the reason why there is none.

The SDK's own parsing is not used. It warns on unknown enum values, and gives None in silence for text that is
cut, blocked or no JSON.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from functions.errors import NoAnswer
from functions.extractor.engines.gemini_prices import Price, price_on
from functions.extractor.engines.gemini_schema import NotTheSchema, parse_answer
from functions.extractor.invoice import Invoice, NotInvoice

log = logging.getLogger("cuadra")

Reason = Literal[
    "timeout", "throttled", "unavailable", "refused", "truncated", "malformed", "unreadable", "auth", "other"
]

_REFUSALS = frozenset(
    {
        *(
            "SAFETY",
            "RECITATION",
            "BLOCKLIST",
            "PROHIBITED_CONTENT",
            "SPII",
            "MODEL_ARMOR",
            "ESCALATION",
            "PUP_LIMITED_DISABLED",
        ),
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "LANGUAGE"),
    }
)


@dataclass(frozen=True, slots=True)
class GeminiAnswer:
    """The model's reading of a file: invoices in reading order, or `what` the file is instead; one of the two
    is there.

    `tokens` counts thoughts too. Where `priced` is False the model's price is unknown and `cost_usd` is 0,
    not free.
    """

    invoices: tuple[Invoice, ...]
    what: NotInvoice | None
    model: str
    tokens: int
    cost_usd: Decimal
    elapsed_ms: int
    priced: bool = True


@dataclass(frozen=True, slots=True)
class ModelText:
    """The model's answer to a question without a file: the JSON text that it wrote."""

    text: str
    model: str
    tokens: int
    cost_usd: Decimal
    elapsed_ms: int


class GeminiFailed(NoAnswer):
    """There is no answer to build on. `detail` is for operators, without document contents or keys; failed
    answers are billed too.

    timeout: the deadline passed; throttled: 429; unavailable: 5xx or no connection; refused: prompt or answer
    blocked; truncated: cut at the token limit; malformed: not the JSON asked for; unreadable: the file cannot
    be opened, or nothing on it read; auth: key or identity; other: the rest.
    """

    def __init__(
        self,
        reason: Reason,
        detail: str = "",
        *,
        model: str = "",
        tokens: int = 0,
        cost_usd: Decimal = Decimal(0),
        elapsed_ms: int = 0,
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail
        self.model = model
        self.tokens = tokens
        self.cost_usd = cost_usd
        self.elapsed_ms = elapsed_ms


class _Wire(BaseModel):
    """Part of a response as JSON; fields that are not ours are ignored."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)


class _Part(_Wire):
    text: str | None = None
    thought: bool | None = None


class _Content(_Wire):
    parts: list[_Part] | None = None


class _Candidate(_Wire):
    content: _Content | None = None
    finish_reason: str | None = None


class _Feedback(_Wire):
    block_reason: str | None = None


class _Usage(_Wire):
    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None


class _Reply(_Wire):
    prompt_feedback: _Feedback | None = None
    candidates: list[_Candidate] | None = None
    usage_metadata: _Usage | None = None


def answer(body: str, model: str, elapsed_ms: int, prices: Mapping[str, tuple[Price, ...]]) -> GeminiAnswer:
    """Returns what the model read on a file, from the response's body. Raises GeminiFailed."""
    reply, bill = _billed(body, model, elapsed_ms, prices)
    priced = bill.pop("priced")
    try:
        invoices, what = parse_answer(_finished(reply))
    except NotTheSchema as error:
        raise GeminiFailed("malformed", str(error), **bill) from None
    except GeminiFailed as failed:
        raise GeminiFailed(failed.reason, failed.detail, **bill) from None
    if not invoices and what is None:
        raise GeminiFailed("unreadable", "the model read nothing on it", **bill)
    return GeminiAnswer(invoices, what, **bill, priced=priced)


def words(body: str, model: str, elapsed_ms: int, prices: Mapping[str, tuple[Price, ...]]) -> ModelText:
    """Returns the model's answer to a question without a file, from the response's body. Raises
    GeminiFailed.
    """
    reply, bill = _billed(body, model, elapsed_ms, prices)
    bill.pop("priced")
    try:
        return ModelText(_finished(reply), **bill)
    except GeminiFailed as failed:
        raise GeminiFailed(failed.reason, failed.detail, **bill) from None


def _billed(
    body: str, model: str, elapsed_ms: int, prices: Mapping[str, tuple[Price, ...]]
) -> tuple[_Reply, dict[str, Any]]:
    """Returns the response, and what it cost. Raises GeminiFailed."""
    try:
        reply = _Reply.model_validate_json(body)
    except ValidationError:
        raise GeminiFailed(
            "malformed", "the response is not a generation", model=model, elapsed_ms=elapsed_ms
        ) from None
    usage = reply.usage_metadata or _Usage()
    asked, answered = (
        usage.prompt_token_count or 0,
        (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
    )
    price = price_on(datetime.now(UTC).date(), model, prices)
    cost = (price.input * asked + price.output * answered) / 1_000_000 if price else Decimal(0)
    if price is None:
        log.warning("gemini_price_unknown", extra={"fields": {"model": model, "tokens": asked + answered}})
    told = {
        "model": model,
        "tokens": asked + answered,
        "cost_usd": cost,
        "elapsed_ms": elapsed_ms,
        "priced": price is not None,
    }
    return reply, told


def _finished(reply: _Reply) -> str:
    """Returns the text of a generation that came to its end. Raises GeminiFailed for one that did not."""
    if reply.prompt_feedback and reply.prompt_feedback.block_reason:
        raise GeminiFailed("refused", f"prompt blocked: {_word(reply.prompt_feedback.block_reason)}")
    if not reply.candidates:
        raise GeminiFailed("malformed", "no candidates")
    candidate = reply.candidates[0]
    if candidate.finish_reason in {"MAX_TOKENS", "CONTINUATION"}:
        raise GeminiFailed("truncated", candidate.finish_reason)
    if candidate.finish_reason in _REFUSALS:
        raise GeminiFailed("refused", candidate.finish_reason)
    if candidate.finish_reason != "STOP":
        raise GeminiFailed("malformed", f"finish reason {_word(candidate.finish_reason)}")
    parts = (candidate.content.parts if candidate.content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _word(value: str | None) -> str:
    return value if value and re.fullmatch(r"[A-Z_]{1,60}", value) else "unknown"

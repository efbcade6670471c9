"""What a message in a phone's record tells: whose it is, and what it may have passed on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bench.chaos import people
from functions.whatsapp.model import is_ours


def user_of(message: Mapping[str, Any]) -> str:
    """Whose answer a message of ours is."""
    return str(message["opaque"]).split(":")[1]


def is_news(reply: Mapping[str, Any], user: object) -> bool:
    """Whether it was told to that person without being asked."""
    return reply["user_id"] == user and is_ours(reply["wamid"]) and reply["body"] is not None


def forgotten(message: Mapping[str, Any], gone: Sequence[people.Purge]) -> bool:
    """Whether it was posted before a purge of its sender ended, and so may have gone with it."""
    return any(message["webhook"]["posted"] < one.ended for one in gone)


def passed(message: Mapping[str, Any], told: Mapping[str, Any], change: people.Change) -> bool:
    """Whether the message and the change of its sender's number may have passed one another on their way to
    us.
    """
    if message["at"] < change.at:
        return bool(message["webhook"]["acked"] > told["webhook"]["posted"])
    return bool(message["webhook"]["posted"] < told["webhook"]["acked"])


def once(conversation: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The conversation without the repetitions of one and the same send, and these by send: the window that
    no one can close.
    """
    seen: set[str] = set()
    repeated: Counter[str] = Counter()
    kept = []
    for message in conversation:
        if message["direction"] == "out" and not message["failed"]:
            if message["opaque"] in seen:
                repeated[message["opaque"].rsplit(":", 1)[1]] += 1
                continue
            seen.add(message["opaque"])
        kept.append(message)
    return kept, repeated

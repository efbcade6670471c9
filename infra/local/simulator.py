"""Calls the simulated WhatsApp's control API, and reads from a conversation who was answered, with what, in
order.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

Message = dict[str, Any]

_PART = re.compile(r"^\*(\d+(?:, \d+)*(?: y \d+)?) de \d+ · (.*)\*$", re.MULTILINE)
_WRITTEN = {"text", "interactive"}
_UNANSWERED = {"reaction", "system", "edit", "revoke"}


class Simulator:
    """A client of `/_sim` at `url`; see `whatsapp/control.py`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = requests.Session()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str = "") -> Any:
        """Returns the JSON at a path of `/_sim`."""
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        """Returns the JSON answer of a POST."""
        return self._call("POST", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        """Returns the JSON answer of a PUT."""
        return self._call("PUT", path, json=body)

    def add_sender(self, **about: Any) -> dict[str, Any]:
        """Adds a new sender and returns it: {id, phone, bsuid, username, name}."""
        found: dict[str, Any] = self.post("/senders", about)
        return found

    def find_sender(self, phone: str) -> dict[str, Any]:
        """Returns the sender of a phone, a new one if need be."""
        known: list[dict[str, Any]] = self.get("/senders")
        return next((sender for sender in known if sender["phone"] == phone), None) or self.add_sender(
            phone=phone
        )

    def add_file(self, data: bytes, name: str) -> str:
        """Uploads a file and returns its id."""
        found: str = self._call(
            "POST",
            "/files",
            params={"name": name},
            data=data,
            headers={"Content-Type": "application/octet-stream"},
        )["id"]
        return found

    def send(
        self,
        sender: str,
        *,
        text: str | None = None,
        files: Sequence[Path | tuple[str, bytes]] = (),
        **more: Any,
    ) -> list[Message]:
        """Have `sender` (id, phone or user id) send a text and/or files, one message each."""
        named = [(file.name, file.read_bytes()) if isinstance(file, Path) else file for file in files]
        body = {"text": text, "files": [self.add_file(data, name) for name, data in named]} | more
        found: list[Message] = self.post(f"/senders/{sender}/messages", body)
        return found

    def conversation(self, sender: str) -> list[Message]:
        """Returns the messages of both ways, in order."""
        found: list[Message] = self.get(f"/senders/{sender}/messages")
        return found

    def wait_answers(self, sender: str, sent: Sequence[Message], *, timeout: float = 60.0) -> Conversation:
        """Wait until each of `sent` is answered or the time is over; returns the reading either way."""
        until = time.monotonic() + timeout
        wamids = {message["wamid"] for message in sent}
        while True:
            reading = read(self.conversation(sender))
            if wamids <= set(reading.answers) or time.monotonic() > until:
                return reading
            time.sleep(0.1)

    def file(self, id_: str) -> bytes:
        """Returns the bytes of a file that anybody sent."""
        return self._answer("GET", f"/files/{id_}").content

    def _call(self, method: str, path: str, **more: Any) -> Any:
        return self._answer(method, path, **more).json()

    def _answer(self, method: str, path: str, **more: Any) -> requests.Response:
        answer = self._http.request(method, f"{self.url}/_sim{path}", timeout=30, **more)
        if not answer.ok:
            raise ValueError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a conversation says. `answers` maps the wamid of a question to the texts that answer it, in order.

    `order` are the questions' positions (from 0) in the order of their answers; `strays` are texts that
    answer nothing that was asked.
    """

    questions: tuple[Message, ...]
    answers: dict[str, list[str]]
    order: tuple[int, ...]
    strays: tuple[str, ...]

    @property
    def missing(self) -> tuple[Message, ...]:
        """Questions without an answer."""
        return tuple(question for question in self.questions if question["wamid"] not in self.answers)

    @property
    def repeated(self) -> tuple[Message, ...]:
        """Questions with more than one answer."""
        return tuple(
            question for question in self.questions if len(self.answers.get(question["wamid"], ())) > 1
        )

    @property
    def in_order(self) -> bool:
        """True where answers came in the order of the questions."""
        return list(self.order) == sorted(self.order)


def read(
    conversation: Sequence[Message],
    numbers: dict[str, int] | None = None,
    sends: Mapping[str, Sequence[int]] | None = None,
) -> Conversation:
    """Returns who was answered, as a person sees it: by the quote, by the place of a part in a combined
    message, or by the welcome.

    `numbers` are the questions' numbers by wamid; without them, the order in which the questions were sent
    counts, which is right unless webhooks overtook one another. `sends` are the numbers that each of our
    sends answers, by its id. A combined message that is not among them answers the next questions: a part
    headed by somebody's words answers a text, any other part a question that is no text. The welcome answers
    a first message that is text; after any other first message it is a greeting, neither answer nor stray.
    """
    questions = [
        message
        for message in conversation
        if message["direction"] == "in" and message["kind"] not in _UNANSWERED
    ]
    numbers = numbers or {question["wamid"]: index for index, question in enumerate(questions, 1)}
    by_number = {number: wamid for wamid, number in numbers.items()}
    position = {question["wamid"]: index for index, question in enumerate(questions)}
    answers: dict[str, list[str]] = {}
    order: list[int] = []
    strays: list[str] = []
    for message in conversation:
        if message["direction"] != "out" or message["failed"]:
            continue
        parts = parts_of(message["text"])
        found: list[tuple[str | None, str]] = (
            [(message["quoted"], message["text"])] if message["quoted"] else []
        )
        if parts:
            asked = (sends or {}).get(str(message.get("opaque")).rpartition(":")[2])
            whom = (
                [by_number.get(number) for number in asked]
                if asked
                else _next(questions, answers, [heading for heading, _ in parts])
            )
            found = [(wamid, part) for wamid, (_, part) in zip(whom, parts, strict=True)]
        elif (
            not found
            and "👋 ¡Hola! Te acabo de registrar" in message["text"]
            and (first := _first(conversation, message) or by_number.get(1))
        ):
            if questions[position[first]]["kind"] != "text":
                continue
            found = [(first, message["text"])]
        for wamid, part in found:
            if wamid is not None and wamid in position:
                answers.setdefault(wamid, []).append(part)
                order.append(position[wamid])
        if not any(wamid in position for wamid, _ in found):
            strays.append(message["text"])
    return Conversation(tuple(questions), answers, tuple(order), tuple(strays))


def _first(conversation: Sequence[Message], welcome: Message) -> str | None:
    """Returns the first question since our last message to the user who the welcomed sender was before; None
    where the sender was nobody before: an erased sender begins anew.
    """
    user = str(welcome.get("opaque")).rpartition(":")[0]
    until = conversation.index(welcome)
    before = [
        at
        for at in range(until)
        if conversation[at]["direction"] == "out"
        and str(conversation[at].get("opaque")).rpartition(":")[0] != user
    ]
    asked = (
        (
            one["wamid"]
            for one in conversation[before[-1] + 1 : until]
            if one["direction"] == "in" and one["kind"] not in _UNANSWERED
        )
        if before
        else iter(())
    )
    return next(asked, None)


def parts_of(text: str) -> list[tuple[str, str]]:
    """Returns the heading and the text of each part of a combined message, in the order of what they answer;
    nothing for any other message.
    """
    heads = list(_PART.finditer(text))
    if not heads or heads[0].start() != 0:
        return []
    ends = [head.start() for head in heads[1:]] + [len(text)]
    told = [(head[1], head[2], text[head.end() : end].strip()) for head, end in zip(heads, ends, strict=True)]
    by_place = {
        int(place): (heading, part) for places, heading, part in told for place in re.findall(r"\d+", places)
    }
    return [by_place[place] for place in sorted(by_place)]


def _next(
    questions: Sequence[Message], answers: Mapping[str, list[str]], headings: Sequence[str]
) -> list[str | None]:
    """Returns the first questions without an answer, one for each heading: a written one where somebody's
    words head the part.
    """
    left = [question for question in questions if question["wamid"] not in answers]
    found: list[str | None] = []
    for heading in headings:
        while left and (left[0]["kind"] in _WRITTEN and bool(left[0]["text"])) != ("«" in heading):
            left.pop(0)
        found.append(left.pop(0)["wamid"] if left else None)
    return found

"""Says who may do what in a business; no other place does."""

from __future__ import annotations

from typing import Literal, get_args

from functions.books.ask import Intent
from functions.whatsapp.model import Role

Act = Intent | Literal["send", "compare"]
"""What a message wants: an intent of its text, or that it brings a paper or SUNAT's proposal."""

_ANYBODY: frozenset[Act] = frozenset(
    {"help", "thanks", "stop", "resume", "business", "leave", "send", "belongs"}
)
"""The acts that concern only the person, and those for which everybody was let in."""
_LOOKS: frozenset[Act] = frozenset({"summary", "suppliers", "search", "prices", "latest"})
"""In these a helper sees only what the helper sent (`Books.sent_by`)."""
_WORKS: frozenset[Act] = frozenset(
    {
        "igv",
        "excel",
        "originals",
        "contasis",
        "rce",
        "rce_file",
        "sunat",
        "compare",
        "correct",
        "wrong",
        "delete",
        "confirm",
        "restore",
        "undo",
    }
)

MAY: dict[Role, frozenset[Act]] = {
    "owner": frozenset({*get_args(Intent), "send", "compare"}),
    "accountant": _ANYBODY | _LOOKS | _WORKS,
    "helper": _ANYBODY | _LOOKS,
}
"""Only the owner says what the business is and who is in it, takes its data away or erases it."""


def may(role: Role, act: Act) -> bool:
    """True where a person of this role may do this, in the business that the person writes for."""
    return act in MAY[role]

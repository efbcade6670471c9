"""Who may do what in a business: the one place that says so."""

from __future__ import annotations

from typing import Literal, get_args

from functions.books.ask import Intent
from functions.whatsapp.model import Role

Act = Intent | Literal["send", "compare"]
"""What a message wants: an intent of its text, a paper that it brings, or SUNAT's proposal that it brings."""

_ANYBODY: frozenset[Act] = frozenset(
    {"help", "thanks", "stop", "resume", "business", "leave", "send", "belongs"}
)
"""What concerns the person alone, and what everybody was let in for."""
_LOOKS: frozenset[Act] = frozenset({"summary", "suppliers", "search", "prices", "latest"})
"""A helper sees in them what he sent himself and nothing else (`Books.sent_by`)."""
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
"""Nobody but the owner says what the business is, who is in it, takes its data away or erases it."""


def may(role: Role, act: Act) -> bool:
    """Whether somebody of this role may do this, in the business that he writes for."""
    return act in MAY[role]

"""Connects to the Inbox that a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.inbox import FirestoreInbox
from infra.settings import SettingsError

if TYPE_CHECKING:
    from infra.local.inbox import SqliteInbox


def connect(named: str, project: str, database: str, credentials: Any = None) -> FirestoreInbox | SqliteInbox:
    """Returns the Inbox that the setting INBOX names: `firestore`, or `sqlite:` and a path. `credentials` are
    those of FirestoreInbox.

    Raises:
        SettingsError: for `sqlite:` where the local stack is not installed, as in the cloud.
    """
    if not named.startswith("sqlite:"):
        return FirestoreInbox(project, database, credentials=credentials)
    try:
        from infra.local.inbox import SqliteInbox  # only on one machine
    except ModuleNotFoundError as error:
        raise SettingsError(
            "INBOX must be firestore here: sqlite: is part of the local stack, which is not deployed"
        ) from error
    return SqliteInbox(named.removeprefix("sqlite:"))

"""Sets how many connections a Google client keeps open."""

from __future__ import annotations

from typing import Any

CONNECTIONS = 64
"""More connections than the webhook has threads that call at once: 32 for files and tasks, 16 for senders,
and the requests' own.

With fewer, calls open new connections, each with a warning: "Connection pool is full, discarding connection".
"""


def widen(session: Any) -> None:
    """Let a `requests` session keep `CONNECTIONS` to each host instead of ten; the client's own retries work
    above the session.
    """
    from requests.adapters import HTTPAdapter  # loaded with the client

    adapter = HTTPAdapter(pool_maxsize=CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)

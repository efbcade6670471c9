"""Waits for a build's turn among the releases of one deployment: a build gives way to a newer one, and an
older one that is at work ends first.

python -m infra.ops.turn PROJECT REGION BUILD    0 when its turn has come; cancels the build when a newer one
                                                 is there

Cloud Build runs builds side by side, and the first to begin may be the last to apply: without turns an older
commit, or its roll-back, would be put over a newer one that already stands.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.ops.target import google_session

TAG = "cuadra-release"
"""The tag that cloudbuild.yaml gives every release; Cloud Build's list is filtered by it."""
_CALL_S = 20
_LONGEST = timedelta(hours=4)
"""A time longer than a build may wait and take, so that every build that still runs began within it."""
_WAIT_S = 3600.0
_PAUSE_S = 10.0
_CANCELLED_S = 120.0


@dataclass(frozen=True, slots=True, order=True)
class Build:
    """A release, ordered by when it was asked for; `status` is Cloud Build's word."""

    created: datetime
    id: str
    status: str = field(compare=False)
    deployment: str = field(compare=False)


def wait(
    session: Any,
    project: str,
    region: str,
    build: str,
    *,
    base: str = "https://cloudbuild.googleapis.com",
    wait_s: float = _WAIT_S,
) -> str | None:
    """Returns None when this build's turn has come, else the id of the newer build to which it gave way: then
    its own cancellation was asked for.

    A newer build counts from the moment it is asked for, but no longer once it failed. Raises TimeoutError
    when an older build does not end.
    """
    builds = f"{base}/v1/projects/{project}/locations/{region}/builds"
    until = time.monotonic() + wait_s
    while True:
        own, others = _seen(session, builds, build)
        newer = max(
            (
                other
                for other in others
                if other > own and other.status in ("PENDING", "QUEUED", "WORKING", "SUCCESS")
            ),
            default=None,
        )
        if newer:
            _answered(session.post(f"{builds}/{build}:cancel", json={}, timeout=_CALL_S))
            return newer.id
        # a build that has not begun will meet this one when it asks for its own turn
        if not any(other < own and other.status == "WORKING" for other in others):
            return None
        if time.monotonic() >= until:
            raise TimeoutError("an older release is still at work")
        time.sleep(min(_PAUSE_S, wait_s / 10))


def _seen(session: Any, builds: str, build: str) -> tuple[Build, list[Build]]:
    own = _build(_answered(session.get(f"{builds}/{build}", timeout=_CALL_S)))
    since = (own.created - _LONGEST).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {"filter": f'tags="{TAG}" AND create_time>="{since}"', "pageSize": "100"}
    found = _answered(session.get(builds, params=query, timeout=_CALL_S)).get("builds", [])
    return own, [
        other for other in map(_build, found) if other.id != own.id and other.deployment == own.deployment
    ]


def _build(said: dict[str, Any]) -> Build:
    return Build(
        datetime.fromisoformat(said["createTime"]),
        said["id"],
        said["status"],
        said.get("substitutions", {}).get("_NAME", ""),
    )


def _answered(answer: Any) -> dict[str, Any]:
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def main(project: str, region: str, build: str) -> int:
    """See the module."""
    newer = wait(google_session(), project, region, build)
    if newer is None:
        return 0
    sys.stdout.write(f"build {newer} is newer: it releases what this one would have\n")
    sys.stdout.flush()
    time.sleep(_CANCELLED_S)  # the cancellation ends this process
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))

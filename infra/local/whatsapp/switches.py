"""The switches and faults by which the simulated WhatsApp is told to misbehave."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Chance = float
"""A chance from 0 (never) to 1 (always)."""


class Switches(BaseModel):
    """Lasting misbehaviour, all off by default. Kept over restarts; times in seconds unless the name says
    ms.
    """

    model_config = ConfigDict(extra="forbid")

    duplicate: Chance = Field(default=0.0, ge=0, le=1, description="an update is delivered twice at once")
    drop: Chance = Field(
        default=0.0,
        ge=0,
        le=1,
        description="the first delivery of an update is lost on the way; a retry brings it",
    )
    forget: Chance = Field(
        default=0.0,
        ge=0,
        le=1,
        description="the answer to a delivery is lost: it is delivered again although it arrived",
    )
    delay: float = Field(default=0.0, ge=0, description="every update waits this long first")
    reorder: float = Field(
        default=0.0, ge=0, description="every update waits a random time up to this, none waits for another"
    )
    concurrent: bool = Field(
        default=False, description="a sender's updates do not wait for one another, as in the cloud"
    )
    batch: int = Field(
        default=1, ge=1, le=1000, description="up to this many waiting updates travel in one POST"
    )
    batch_wait: float = Field(
        default=0.2, ge=0, description="how long updates are gathered when `batch` is over 1"
    )
    retry: list[float] = Field(
        default=[0.2, 0.5, 1, 2, 5, 10, 30],
        min_length=1,
        description="pauses between deliveries; the last repeats (7 days)",
    )
    timeout: float = Field(default=20.0, gt=0, description="how long a delivery waits for its answer")
    webhooks_paused: bool = Field(default=False, description="nothing is delivered")
    omit_phone: bool = Field(default=False, description="updates carry no phone, as of users with a username")
    omit_url: bool = Field(default=False, description="media in webhooks has no `url`")
    expire_media: bool = Field(default=False, description="media ids and addresses are gone")
    url_life: float = Field(default=300.0, gt=0, description="how long a media address lives")
    token_expired: bool = Field(default=False, description="every call gets 401 with code 190")
    down: bool = Field(default=False, description="every Graph call gets 503 with code 2")
    pair_limit: bool = Field(
        default=False, description="one message per 6 s to one user after a burst of 45 within 6 s (131056)"
    )
    statuses: list[Literal["sent", "delivered", "read"]] = Field(
        default=["sent", "delivered", "read"], description="statuses of an accepted message"
    )
    status_every: float = Field(default=0.05, ge=0, description="pause before each status")
    graph_ms: float = Field(default=0.0, ge=0, description="added to each Graph call, with 20 % jitter")
    media_ms: float = Field(
        default=0.0, ge=0, description="added to each media look-up and download, with 20 % jitter"
    )
    media_bytes_per_s: float = Field(
        default=0.0, ge=0, description="downloads drip at this speed; 0 is at once"
    )


On = Literal["send", "read", "lookup", "download", "upload"]
How = Literal["error", "reset", "hang", "failed", "corrupt"]


class Fault(BaseModel):
    """The next `count` calls of one kind go wrong.

    - `error`: Graph's error with `code` and `http`. For a send with `sent`, the message went out all the same
      (131000).
    - `reset`: the connection is cut. With `sent`, after the message went out.
    - `hang`: the answer comes after `seconds`; then as if nothing had happened.
    - `failed`: a send is accepted, and a status `failed` with `code` follows.
    - `corrupt`: a download ends in the middle.
    """

    model_config = ConfigDict(extra="forbid")

    on: On
    how: How = "error"
    count: int = Field(default=1, ge=1)
    code: int = 131000
    http: int = 500
    sent: bool = False
    seconds: float = Field(default=30.0, ge=0)

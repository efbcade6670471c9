"""Converts offers to and from what the rows of replies and sends keep, and gives choices the ids by which a
tap finds them again.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from pydantic import TypeAdapter

from functions.whatsapp.model import Offer
from infra.database import storable

_json: TypeAdapter[Offer] = TypeAdapter(Offer)


def offered(offer: Offer | None, seq: int) -> Offer | None:
    """Returns the offer of reply `seq`, each choice with a new id: `seq`, which says where it is kept, and 96
    random bits.
    """
    if offer is None:
        return None
    return replace(
        offer, choices=tuple(replace(one, id=f"{seq}.{secrets.token_urlsafe(12)}") for one in offer.choices)
    )


def dump(offer: Offer | None) -> str | None:
    """Returns an offer as jsonb takes it."""
    return None if offer is None else storable(_json.dump_python(offer, mode="json"))


def load(value: object) -> Offer | None:
    """Returns an offer from jsonb."""
    return None if value is None else _json.validate_python(value)

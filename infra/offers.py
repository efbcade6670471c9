"""Choices as the rows of replies and sends keep them, and the ids by which a tap finds them again."""

from __future__ import annotations

import secrets
from dataclasses import replace

from pydantic import TypeAdapter

from functions.whatsapp.model import Offer
from infra.database import storable

_json: TypeAdapter[Offer] = TypeAdapter(Offer)


def offered(offer: Offer | None, seq: int) -> Offer | None:
    """The offer of reply `seq`, each choice under a new id of 96 random bits that says where it is kept."""
    if offer is None:
        return None
    return replace(
        offer, choices=tuple(replace(one, id=f"{seq}.{secrets.token_urlsafe(12)}") for one in offer.choices)
    )


def dump(offer: Offer | None) -> str | None:
    """As jsonb takes it."""
    return None if offer is None else storable(_json.dump_python(offer, mode="json"))


def load(value: object) -> Offer | None:
    """From jsonb."""
    return None if value is None else _json.validate_python(value)

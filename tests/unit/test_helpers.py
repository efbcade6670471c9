from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from functions.whatsapp import helpers
from functions.whatsapp.model import Address, Inbound, Kind

pytestmark = pytest.mark.unit


def inbound(kind: Kind, code: int | None = None) -> Inbound:
    return Inbound(
        "wamid.1", Address(phone="51900000001"), datetime(2026, 11, 1, tzinfo=UTC), kind, error_code=code
    )


def test_the_welcomes_are_byte_for_byte() -> None:
    """Both welcomes are the specification's, to the byte."""
    assert (helpers.WELCOME_TEXT, helpers.WELCOME_FILE) == (
        (
            "👋 ¡Hola! Te acabo de registrar automáticamente.\nEnvíame una foto o PDF de tu boleta/factura y "
            "la analizaré por ti."
        ),
        (
            "👋 ¡Hola! Te acabo de registrar automáticamente.\nPuedes enviarme fotos o PDFs de "
            "boletas/facturas y las procesaré por ti."
        ),
    )


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_an_answer(kind: Kind) -> None:
    """Every kind of message that earns a number has a sentence to answer it with."""
    assert helpers.reply_to(replace(inbound(kind), text="hola"))


def test_unsupported_codes_are_told_apart() -> None:
    """A file that WhatsApp could not hand over is told from a message it hid and from a type that cannot be
    read.
    """
    assert len({helpers.reply_to(inbound("unsupported", code)) for code in (131051, 131052, 131060)}) == 3


def test_instructions_name_a_person_and_the_privacy_page_when_known() -> None:
    """The instructions name the human contact and the privacy page only where settings give them."""
    both = helpers.instructions("ayuda@ejemplo.pe", "https://ejemplo.pe/privacidad")
    assert ("ayuda@ejemplo.pe" in both, "https://ejemplo.pe/privacidad" in both) == (True, True)
    assert "persona" not in helpers.instructions()


def test_duplicates_name_their_moment_in_lima() -> None:
    """The notice of a duplicate gives the Lima day on which the first came, or today's hour."""
    first = datetime(2026, 11, 1, 3, tzinfo=UTC)
    assert "F001-1 el 31/10/2026." in helpers.duplicate_notice("F001-1", first, first + timedelta(days=1))
    assert "F001-1 hoy a las 22:00." in helpers.duplicate_notice(
        "F001-1", first, first + timedelta(hours=1, minutes=59)
    )


def test_the_cap_names_what_to_resend() -> None:
    """The one answer over the daily cap names the first file to send again tomorrow."""
    assert "300 archivos" in helpers.over_cap(300, "recibo.pdf")
    assert "recibo.pdf" in helpers.over_cap(300, "recibo.pdf")


@pytest.mark.parametrize(
    ("address", "masked"),
    [("51983446294", "51*****294"), ("+51983446294", "51*****294"), ("1234", "*****"), (None, "")],
)
def test_masks(address: str | None, masked: str) -> None:
    """Logs see only the ends of an address."""
    assert helpers.mask(address) == masked

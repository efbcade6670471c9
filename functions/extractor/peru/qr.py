"""Reads the fields of SUNAT's QR, in every way in which it is really printed.

Official order (Anexo 6, RS 113-2018): RUC | type | series | number | IGV | total | date | buyer's id type |
buyer's id | hash. Issuers leave out fields, join series and number, write types as words and dates in three
ways; the currency is never there.
"""

from __future__ import annotations

import functools
import re
import unicodedata
import urllib.parse
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from functions.extractor.peru.kinds import GUIDES, KINDS, coded
from functions.extractor.peru.tokens import a_day, an_amount, valid_ruc


@dataclass(frozen=True, slots=True)
class Qr:
    """The fields of one symbol; None where the symbol does not have the field."""

    ruc: str | None = None
    kind: str | None = None
    series: str | None = None
    number: str | None = None
    igv: Decimal | None = None
    total: Decimal | None = None
    issue_date: date | None = None
    customer_type: str | None = None
    customer_id: str | None = None
    hashed: bool = False
    nobody: bool = False
    """True where the symbol says that there is no buyer, which is more than not saying who the buyer is."""

    @property
    def is_invoice(self) -> bool:
        """True where it names a comprobante de pago; a code that SUNAT has added since is taken for one."""
        return self.kind is not None and (self.kind not in KINDS or KINDS[self.kind].invoice)


@functools.lru_cache(maxsize=256)
def parse(payload: str) -> Qr | None:
    """Returns the fields of a SUNAT symbol, or None for any other symbol."""
    text = unicodedata.normalize("NFKC", payload).strip()
    if re.match(r"https?://", text, re.IGNORECASE):
        return _from_url(text)
    text = urllib.parse.unquote(text) if "%7C" in text.upper() else text
    separator = max("|];", key=text.count)
    parts = [p.strip() for p in text.split(separator)]
    if len(parts) < 4 or not re.fullmatch(r"\d{11}", parts[0]):
        return None
    kind = coded(parts[1])
    if kind is None or (not valid_ruc(parts[0]) and len(parts) < 8):
        return None  # an issuer's number with a wrong check digit counts only in a whole symbol
    fused = re.fullmatch(r"([A-Za-z0-9]{3,4})\s*-\s*(\d{1,8})", parts[2])
    if fused:
        parts[2:3] = [fused[1], fused[2]]
    series = parts[2].upper() if re.fullmatch(r"[A-Za-z0-9]{3,4}", parts[2]) else None
    digits = parts[3] if re.fullmatch(r"\d{1,8}", parts[3]) else None
    rest = parts[4:] + [""] * 6
    if kind in GUIDES:
        return Qr(ruc=parts[0], kind=kind, series=series, number=_plain(digits))
    customer_type = rest[3].upper() if re.fullmatch(r"[0-9A-Za-z]", rest[3]) else None
    customer = re.sub(r"\s", "", rest[4])
    return Qr(
        ruc=parts[0],
        kind=kind,
        series=series,
        number=_plain(digits),
        igv=_money(rest[0]),
        total=_money(rest[1]),
        issue_date=_date(rest[2]),
        customer_type=customer_type,
        customer_id=customer if re.fullmatch(r"[A-Za-z0-9]{6,15}", customer) else None,
        nobody=bool(re.fullmatch(r"-+", customer)),
        hashed=bool(re.fullmatch(r"[A-Za-z0-9+/]{20,}={0,2}", rest[5])),
    )


def _from_url(text: str) -> Qr | None:
    """Returns the fields of a look-up address: SUNAT's for guías, or an issuer's own with the fields as
    parameters.
    """
    url = urllib.parse.urlsplit(text)
    if "/gre/" in url.path.lower() and "sunat" in url.netloc.lower():
        return Qr(kind="09")
    query = {k.lower(): v[0].strip() for k, v in urllib.parse.parse_qs(url.query).items()}

    def pick(*names: str) -> str:
        return next((query[n] for n in names if query.get(n)), "")

    ruc, kind = (
        pick("ruc", "numruc", "rucemisor", "emisor"),
        coded(pick("tipo", "tipodoc", "tipocomprobante", "codcomp", "tipocpe")),
    )
    if not valid_ruc(ruc) or kind is None:
        return None
    series, digits = pick("serie", "numeroserie"), pick("numero", "correlativo", "num", "nro")
    fused = re.fullmatch(r"([A-Za-z0-9]{3,4})-(\d{1,8})", series or digits)
    if fused:
        series, digits = fused[1], fused[2]
    return Qr(
        ruc=ruc,
        kind=kind,
        series=series.upper() if re.fullmatch(r"[A-Za-z0-9]{3,4}", series) else None,
        number=_plain(digits),
        igv=_money(pick("igv")),
        total=_money(pick("monto", "total", "importe", "montototal")),
        issue_date=_date(pick("fecha", "fechaemision", "emision")),
    )


def _plain(digits: str | None) -> str | None:
    return str(int(digits)) if digits and digits.isdigit() and int(digits) else None


def _money(text: str) -> Decimal | None:
    value = an_amount(text)
    return None if value is None or value < 0 else value


def _date(text: str) -> date | None:
    """Returns a date in ISO order or day first. It is month first only with a time (AM or PM) beside it, or
    where the second number can be no month.
    """
    found = re.match(r"(\d{1,2})([-/.])(\d{1,2})([-/.]\d{4})(.*)", text, re.DOTALL)
    if found and (int(found[3]) > 12 or re.search(r"[AP]\.?\s?M", found[5].upper())):
        return a_day(f"{found[3]}{found[2]}{found[1]}{found[4]}")
    return a_day(text)

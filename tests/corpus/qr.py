"""The QR's text in every shape met on real documents (RS 113-2018 annex 6 and what billing systems print
instead).
"""

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.corpus.cases import Case

VARIANTS = {
    "hash": 26,  # conforming
    "pipe": 20,  # nine fields and a closing pipe
    "short": 8,
    "slashes": 6,  # dd/mm/yyyy
    "word": 6,  # the type as a word, dd-mm-yyyy
    "word_upper": 4,
    "no_igv": 3,  # only where the document prints no IGV
    "integers": 3,
    "fused": 5,  # series-number in one field, US date with time, hash, CRLF
    "spaces": 4,
    "bracket": 2,
    "semicolon": 2,
    "percent": 2,
    "url": 3,
    "no_buyer": 3,
    "lower": 3,  # series in lower case
}

_WORDS = {
    "01": "Factura",
    "03": "Boleta",
    "07": "Nota de Credito",
    "08": "Nota de Debito",
    "14": "Recibo",
    "12": "Ticket",
}


def payload(case: "Case", variant: str) -> str:
    """What the QR of this document says."""
    inv = case.invoice
    assert inv.supplier.ruc
    assert inv.kind
    assert inv.series
    assert inv.number
    assert inv.issue_date
    assert inv.total is not None
    igv = "" if inv.igv is None else f"{inv.igv:.2f}"
    total = f"{inv.total:.2f}"
    day = inv.issue_date
    iso = day.isoformat()
    buyer_type, buyer = (
        (inv.customer.id_type or "-", inv.customer.id or "-") if inv.customer.id else ("-", "-")
    )
    padded = case.printed_number
    fields = [inv.supplier.ruc, inv.kind, inv.series, padded, igv, total, iso, buyer_type, buyer]
    if variant == "hash":
        return "|".join([*fields, case.digest])
    if variant == "pipe":
        return "|".join(fields) + "|"
    if variant == "slashes":
        fields[6] = f"{day:%d/%m/%Y}"
    elif variant in {"word", "word_upper"}:
        word = _WORDS[inv.kind]
        fields[1] = word.upper() if variant == "word_upper" else word
        fields[3], fields[6] = inv.number, f"{day:%d-%m-%Y}"
        return "|".join(fields) + "|"
    elif variant == "no_igv":
        fields[4] = ""
    elif variant == "integers":
        fields[4:6] = [_short(inv.igv), _short(inv.total)]
    elif variant == "fused":
        us = f"{day.month}/{day.day}/{day.year} 12:00:00\u202fAM"
        return (
            "|".join(
                [
                    inv.supplier.ruc,
                    inv.kind,
                    f"{inv.series}-{padded}",
                    igv,
                    total,
                    us,
                    buyer_type,
                    buyer,
                    case.digest,
                ]
            )
            + "\r\n"
        )
    elif variant == "spaces":
        return " | ".join([*fields, case.digest])
    elif variant in {"bracket", "semicolon", "percent"}:
        return {"bracket": "]", "semicolon": ";", "percent": "%7C"}[variant].join(fields)
    elif variant == "url":
        return (
            f"https://cpe.consulta.example/ver?ruc={inv.supplier.ruc}&tipo={inv.kind}&serie={inv.series}&numero={inv.number}"
            f"&monto={total}&fecha={iso}"
        )
    elif variant == "no_buyer":
        fields[7:9] = ["-", "-"]
    elif variant == "lower":
        fields[2] = inv.series.lower()
    return "|".join(fields)


def _short(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}"

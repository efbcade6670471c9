"""Breaks by a blank what a phone would make a link of, since strangers' words go out under our name. Pure: no
I/O but its list.

WhatsApp documents no rule, so Android's is taken (android.util.Patterns, AUTOLINK_WEB_URL): a scheme, `www.`,
four octets, or a name that ends in a top-level domain, also that of an e-mail.
"""

from __future__ import annotations

import re
from pathlib import Path

_TLDS = frozenset((Path(__file__).parent / "tlds.txt").read_text("ascii").splitlines()[1:]) | {"XN"}
"""IANA's list, in capitals (data.iana.org/TLD/tlds-alpha-by-domain.txt; the file says which version), and the
beginning of a domain in other letters.
"""
_DOT = re.compile(r"(?<=[^\s.。．｡])[.。．｡](?=([^\W_]+))")
_LAST_LATIN = "\u024f"
_SCHEME = re.compile(r":(?=//)")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_OCTETS = re.compile(rf"(?<!\d)(?:{_OCTET}\.){{3}}(?={_OCTET}(?!\d))")


def unlinked(text: str) -> str:
    """Return `text` with a blank in each link: "pago.top/x" becomes "pago. top/x". Nothing else changes:
    "S.A.C.", "1.5" and "Av.Lima" are no links.
    """
    text = _SCHEME.sub(": ", text)
    text = _OCTETS.sub(lambda octets: octets[0] + " ", text)
    return _DOT.sub(lambda dot: dot[0] + " " if _is_linked(dot) else dot[0], text)


def _is_linked(dot: re.Match[str]) -> bool:
    label = dot[1].upper()
    return (
        label in _TLDS
        or label[0] > _LAST_LATIN
        or dot.string[max(0, dot.start() - 3) : dot.start()].upper() == "WWW"
    )

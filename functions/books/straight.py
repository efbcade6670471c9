"""Puts a text straight before its words are compared with phrases. The texts that are given are folded: in
capitals, without accents.
"""

from __future__ import annotations

import re

from functions.books import months
from functions.books.gist import one_slip
from functions.extractor.peru.tokens import fold

_PLEASE = r"POR ?FA(?:VOR|VORCITO|CITO)?|PORFIS|XFA(?:VOR)?|PLEASE|PL[SZ]|(?:MUCHAS |MIL )?GRACIAS"
FRIEND = (
    r"AMIG[OA]|AMIGUIT[OA]|BRO|CAUSA|HERMAN[OA]|CASER[OA]|JOVEN|MAESTRO|SENOR(?:A|ITA)?|MAM(?:A|ITA)|"
    r"PAP(?:A|ITO)"
)
_POLITE = re.compile(
    rf"^(?:(?:HOLA|BUEN[OA]S?(?: DIAS| TARDES| NOCHES)?|{_PLEASE}|DISCULPA|OYE|OE|{FRIEND}|QUE "
    rf"TAL)\b[\s,.!]*)+"
    rf"|(?:[\s,.!]*\b(?:{_PLEASE}|{FRIEND}|PE|PUES|PS|NOMAS))+[\s.!]*$"
)
"""Courtesies at the beginning and the end of a text, which say nothing about what is wanted."""
_SHORT = {
    "Q": "QUE",
    "K": "QUE",
    "CTO": "CUANTO",
    "FACT": "FACTURA",
    "FACTS": "FACTURAS",
    "BOL": "BOLETA",
    "RESU": "RESUMEN",
}
_MISSPOKEN = (
    "RESUMEN",
    "REPORTE",
    "PROVEEDORES",
    "PROVEEDOR",
    "BUSCAR",
    "BUSCA",
    "PRECIOS",
    "PRECIO",
    "ULTIMOS",
    "ULTIMAS",
    "ULTIMO",
    "ULTIMA",
    "COMPRA",
    "COMPRO",
    "COMPRE",
    "GASTO",
    "GASTE",
    "EXCEL",
    "ORIGINALES",
    "BORRAR",
    "ELIMINAR",
    "RECUPERAR",
    "RECUPERA",
    "DESHACER",
    "CORREGIR",
    "FACTURA",
    "FACTURAS",
    "BOLETA",
    "BOLETAS",
    "AYUDA",
    "CONTADOR",
    "INVITAR",
    "QUIERO",
    "QUISIERA",
    "NECESITO",
    "COMPRAS",
    "GASTOS",
    "CONTASIS",
    *(name.upper() for name in months.NAMES),
    "SEPTIEMBRE",
)
"""The words of the commands in which a typing slip is put right."""
_MONTHS = frozenset({*(name.upper() for name in months.NAMES), "SEPTIEMBRE"})
_ORDER = r"(?:MANDA|PASA|ENVIA|DA|MUESTRA|BUSCA|BORRA|ELIMINA|RECUPERA)"
_TURNS = (
    (re.compile(rf"\b(?:NOMAS|PUES|PE|{_PLEASE})\b ?|^(?:QUIERO|QUISIERA|NECESITO|DESEO) (?:SABER|VER) "
        rf"|(?<=\bCUANTO )(?:SIEMPRE|YA) "), ""),
    (re.compile(r"(.+?) HABIA SIDO(?:,? NO (?:ES )?\w+)?"), r"ES \1"),
    (re.compile(rf"(.+?),? ({_ORDER})(?:ME)?(?:L[OA]S?)?"), r"\2 \1"),
    (re.compile(r"(BUSCA|BORRA|ELIMINA|RECUPERA)(?:ME)?L[OA]S? (.+)"), r"\1 \2"),
    (re.compile(rf"((?:{_ORDER} )?)(?:DE )?(?!{_ORDER}\b)(.+?) SU "
        rf"(RESUMEN|IGV|EXCEL|FACTURAS?|BOLETAS?|PRECIOS?)( .+)?"), r"\1\3 DE \2\4"),
    (re.compile(r"(.+?),? (CUANTO (?:ES|FUE|VA|CUESTA|COSTO)|(?:QUIENES|CUALES) SON|QUE (?:ERA|FUE)|A "
        r"(?:COMO|CUANTO) (?:HE )?\w+)"), r"\2 \1"),
)  # fmt: skip
"""Substitutions that put the Spanish of the Andes into the order of the coast and drop its courtesies. It has
the verb and the question at the end, the owner before what is owned (*de octubre su resumen mándame*), and
*había sido* for what turns out to be so.
"""


def plain(folded: str) -> str:
    """Returns the text without courtesies and marks, the short forms of a chat written out, and slips of one
    letter in the words of the commands put right.
    """
    bare = _POLITE.sub("", re.sub(r"[¿?¡!\"]", " ", folded)).strip(" .,:;")
    words = [_SHORT.get(word, word) for word in bare.split()]
    return re.sub(r"[A-Z]{4,}", lambda m: _meant(m[0]), " ".join(words))


def turned(plain: str) -> str:
    """Returns the plain text in the order of the coast, or as it is."""
    for pattern, order in _TURNS[:1]:
        plain = pattern.sub(order, plain).strip()
    for pattern, order in _TURNS[1:]:
        if hit := pattern.fullmatch(plain):
            plain = " ".join(hit.expand(order).split())
    return plain


def gathered(folded: str) -> str:
    """Returns the text's words without marks, the short forms of a chat written out; of slips only those in
    the names of months are put right.
    """
    words = [_SHORT.get(word, word) for word in re.sub(r"[¿?¡!.,;:\"]|^Y ", " ", folded).split()]
    return " ".join(near if (near := _meant(word)) in _MONTHS else word for word in words)


def _meant(word: str) -> str:
    if word in _MISSPOKEN:
        return word
    if hit := re.fullmatch(r"(\w+?)C?IT([OA]S?)", word):  # resumencito, facturitas
        plain = next((known for known in (hit[1], hit[1] + hit[2]) if known in (*_MISSPOKEN, "CUANTO")), None)
        if plain:
            return plain
    near = [
        known for known in _MISSPOKEN if len(known) >= 5 and known[0] == word[0] and one_slip(word, known)
    ]
    return near[0] if len(near) == 1 or (near and near[0][:5] == near[-1][:5]) else word


def written(text: str, folded: str) -> str:
    """Returns a part of the folded text as the person wrote it, or the folded part where it is not found in
    the text.
    """
    words = text.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if fold(" ".join(words[start:end])).strip(' .,:;?!¿¡"') == folded:
                return " ".join(words[start:end]).strip(' .,:;?!¿¡"')
    return folded

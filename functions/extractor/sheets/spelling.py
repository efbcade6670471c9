"""Prepares text for the readers: makes characters that look alike one, and puts labels and signs right where
an engine misread a letter or two of them.

Only labels, signs and zeros among letters are changed: the first two name values and are no values
themselves. A word with another digit is never touched.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from functions.extractor.peru.tokens import fold_same
from functions.extractor.peru.units import a_unit

_LABELS: frozenset[str] = frozenset(
    re.findall(
        r"\w+",
        """
    FACTURA BOLETA BOLETO FACTURAS BOLETAS ELECTRONICA ELECTRONICO CREDITO DEBITO RECIBO HONORARIOS REMISION PROFORMA COTIZACION
    EMISION EMITIDO VENCIMIENTO CLIENTE CLIENTES ADQUIRENTE ADQUIRIENTE USUARIO USUARIOS DIRECCION DESCRIPCION CANTIDAD CODIGO
    UNIDAD UNIDADES MEDIDA UNITARIO UNITARIA PRECIO PRECIOS IMPORTE IMPORTES VALOR VALORES GRAVADA GRAVADAS GRAVADO EXONERADA
    EXONERADAS EXONERADO INAFECTA INAFECTAS INAFECTO GRATUITA GRATUITAS GRATUITO OPERACION OPERACIONES SUBTOTAL DESCUENTO
    DESCUENTOS ANTICIPO ANTICIPOS REDONDEO DETRACCION PERCEPCION RETENCION RECARGO CONSUMO CARGOS TRIBUTOS DOLARES AMERICANOS
    MONEDA SOLES MODIFICA IMPONIBLE PAGAR CONCEPTO RECIBI SUMINISTRO EFECTIVO VUELTO TARJETA TRANSFERENCIA IMPORTACION
    EXPORTACION SERVICIO SERVICIOS CARGO CREDITOS MEDIDAS MEDIDOR CONSUMOS RECIBOS RECIBIDO FACTURACION RETENCIONES
    """,
    )
)
_WORDS: frozenset[str] = frozenset(
    re.findall(
        r"\w+",
        """
    EDICION REDONDO REDONDA REDONDOS GRADUADA GRABADA CARGA CARGAS CLIENTA SERVICIAL PERFECCION SELECCION SECCION TRACCION
    DECEPCION ATENCION MENCION TENSION RECEPCION COPIA COTIZACIONES DIRECCIONES PRECISO MISION FACTURAR FACTURADO RECEPCIONES
    TOTALES COMISION PENSION CONSUMIDO DOSCIENTOS EJECUTIVO
    """,
    )
)
"""Words and names that are a letter away from a label and are right as they are."""
_ALIKE = [
    frozenset(group)
    for group in ("OQDCGU", "ILTJF", "EFBPR", "BDRS", "MNHKW", "UVY", "SZG", "NR", "AR", "TY", "PF")
]
_ALIKE_SMALL = [frozenset(group) for group in ("AO", "CEO", "UN", "HBN", "IRT", "GQ", "VRY", "AE", "SA")]
"""Letters that engines take for each other; those of `_ALIKE_SMALL` only in words that are not all
capitals.
"""
_BY_LENGTH = {n: [(w, frozenset(w)) for w in _LABELS if len(w) == n] for n in range(6, 16)}


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("×✕✖⨯", "x"),
        **dict.fromkeys("‘’‛´`′ʼ", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‐‑‒−", "-"),
        **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
        **{chr(space): " " for space in range(0x2000, 0x200B)},
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "⁄": "/", "∕": "/", "…": "...",
    }
)  # fmt: skip
"""Replaces the characters that fonts and engines have for one and the same sign: times, quotes, hyphens,
blanks, wide letters, ligatures; characters without width are dropped.
"""


_SIGNS = 8
"""Characters from which signs of equality, most of them, are a rule."""
_OTHER_SCRIPTS = "\u2e80"
"""The first character of the scripts in which an engine reads a rule of signs: `三三`."""


def plain(text: str) -> str:
    """Returns the phrase in the characters that readers know, with single blanks; nothing of a rule of
    signs.
    """
    text = " ".join(text.translate(_PLAIN).split())
    foreign = any(c >= _OTHER_SCRIPTS for c in text)
    ruled = foreign and not any(c.isalnum() and c < _OTHER_SCRIPTS for c in text)
    return "" if ruled or 2 * text.count("=") > max(len(text), _SIGNS) else text


_SIGN = re.compile(
    r"(?<![^\s(:])(?:[5$]\s?/|S\s?\|)\.?(?=\s*(?:\d[\d.,\s]*[.,]\d\d(?!\d)|\)|$))", re.IGNORECASE
)
"""The forms in which engines misread `S/`, before an amount with cents or at the end of a label. A text
layer's `5/` is not changed.
"""


_ZEROED = re.compile(r"(?<![\w/-])(?:(?=[^\W\d_]+0)[^\W\d_]+(?:0[^\W\d_]+)*0?|[^\W\d_]{5,}00)(?![\w-])")
"""A word of letters and of single zeros between or behind them, or of two behind many: B0LSA, MUSG0, SHAMP00.
Codes have other digits too, or go on behind a hyphen.
"""


_BAR = re.compile(r"(?<=[a-z])\|(?=[a-z])")
"""A bar among small letters: g|b."""


def mended(text: str) -> str:
    """Returns the phrase with its misread labels and signs, and its zeros and bars among letters, put
    right.
    """
    text = _ZEROED.sub(lambda m: _lettered(m[0]), _BAR.sub("l", text))
    text = re.sub(r"(?<=\d), (?=\d{3}\.\d\d(?!\d))", ",", text)  # 1, 950.00
    text = re.sub(r"\b(?:DNI|RUC)(?=\d{8})", r"\g<0> ", text)
    return _SIGN.sub("S/", re.sub(r"[^\W\d_]{6,15}", lambda m: _mended(m[0]), text))


def is_label(word: str) -> bool:
    """True where a word is one that labels have."""
    return fold_same(word) in _LABELS


def _lettered(word: str) -> str:
    whole = word.replace("0", "O" if word.isupper() else "o")
    return whole if sum(c != "0" for c in word) >= 3 or a_unit(whole) else word


@functools.lru_cache(maxsize=4096)
def _mended(word: str) -> str:
    folded = fold_same(word)
    if folded in _LABELS or folded in _WORDS:
        return word
    alike = _ALIKE if word.isupper() else [*_ALIKE, *_ALIKE_SMALL]
    reach = 1 if len(folded) < 9 else 2
    letters = frozenset(folded)
    near = [
        label
        for n in range(len(folded) - 1, len(folded) + 2)
        for label, own in _BY_LENGTH.get(n, ())
        # Each letter that the other word lacks takes a change: that alone excludes most labels.
        if len(letters - own) <= reach
        and len(own - letters) <= reach
        and _within(folded, label, reach, alike)
    ]
    if not near or len({label[:6] for label in near}) > 1:
        return word
    label = min(near, key=lambda n: (abs(len(n) - len(folded)), n))
    return label if word.isupper() else label.capitalize() if word[0].isupper() else label.lower()


def _within(one: str, other: str, reach: int, alike: Sequence[frozenset[str]]) -> bool:
    """True where at most `reach` changed, missing or added letters make one word the other; a letter changed
    into one that looks nothing like it counts twice.

    CARLOS is no misread CARGOS, VARGAS no CARGAS: names and things on a line must stay what they are.
    """
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            change = 0 if a == b else 1 if any(a in group and b in group for group in alike) else 2
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + change))
        if min(row) > reach:
            return False
        before = row
    return before[-1] <= reach

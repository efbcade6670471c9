"""Tells what a question is about by all of its words, in any order. It understands questions alone, and only
where no word is left over.

Whole phrases (`ask`) are tried first. Here a word stands for one idea, or for none (*el*, *dame*, *porfa*);
an intent has ideas that must be there and ideas that may be there. A word that nobody knows, a denial, a
number or a second question leaves nothing understood. So does a verb of the past without a word that asks,
since *ya pagué el igv* tells and does not ask.
"""

from __future__ import annotations

from typing import Final, Literal

Question = Literal["thanks", "excel", "igv", "suppliers", "latest", "summary"]

_IDEAS: Final[dict[str, str]] = {
    "": """
        EL LA LOS LAS LO UN UNA DE DEL EN POR PARA CON A AL MI MIS TU SU SUS ME TE SE LE LES NOS ES SON FUE FUERON ERA HASTA AHORA ESTE MES TODO TODA TODOS
        TODAS AQUI AHI CADA UNO FAVOR SIEMPRE DAME DA DAS DIME MANDA MANDAME MANDAS ENVIA ENVIAME ENVIAS PASA PASAME PASAS MUESTRA MUESTRAME MUESTRAS
        ENSENA ENSENAME QUIERO QUISIERA NECESITO DESEO VER SABER TENER CONOCER PUEDES PODRIAS PUEDE HAZ HAZME EXPORTA EXPORTAME EXPORTAS DESCARGA ARMAME SACAME PREPARAME CALCULA CALCULAME
        REVISA LISTA LISTADO HOLA BUENAS PORFA PORFAVOR PORFIS PLS PLEASE XFA AMIGO AMIGA AMIGUITO BRO CAUSA JOVEN SENOR SENORA SENORITA CASERO CASERA OYE OE
        DIAS TARDES NOCHES PE PUES PS NOMAS""",
    "pleased": "GRACIAS OK OKEY OKA LISTO PERFECTO EXCELENTE GENIAL BACAN CHEVERE SUPER VALE",
    "already": "YA",
    "agreed": "MUCHAS MIL MUY BIEN BUENO BUENISIMO",
    "how_much": "CUANTO CUANTA",
    "how_many": "CUANTOS CUANTAS",
    "what": "QUE CUAL CUALES",
    "who": "QUIEN QUIENES",
    "money": "PLATA DINERO TOTAL MONTO SUMA SOLES",
    "spent": "COMPRE COMPRO COMPRAMOS GASTE GASTO GASTAMOS PAGUE PAGAMOS",
    "done": "COMPRADO GASTADO PAGADO REGISTRADO",
    "have": "HE HA HEMOS HAN",
    "carried": "LLEVO LLEVAMOS VOY VAMOS VA VAN TENGO TENEMOS HAY ASCIENDE",
    "purchases": "COMPRA COMPRAS GASTOS",
    "papers": "FACTURAS BOLETAS COMPROBANTES DOCUMENTOS RECIBOS PAPELES",
    "paper": "FACTURA BOLETA COMPROBANTE DOCUMENTO RECIBO",
    "overview": "RESUMEN BALANCE REPORTE CONSOLIDADO",
    "igv": "IGV IMPUESTO",
    "supplier": "PROVEEDOR PROVEEDORES",
    "sold": "VENDE VENDEN VENDIO VENDIERON",
    "more": "MAS MAYOR PRINCIPAL PRINCIPALES",
    "workbook": "EXCEL EXEL XLS XLSX",
    "accountant": "CONTADOR CONTADORA",
    "last": "ULTIMO ULTIMA ULTIMOS ULTIMAS RECIENTE RECIENTES",
    "sent": "MANDE MANDADO ENVIE ENVIADO REGISTRE",
}  # fmt: skip
_IDEA: Final = {word: idea for idea, words in _IDEAS.items() for word in words.split()}
_THANKS: Final = frozenset({"", "pleased", "agreed", "already"})
_ASKS: Final = frozenset({"how_much", "how_many", "what", "who"})
_TELLS: Final = frozenset({"spent", "have", "sent", "sold", "already"})
"""Ideas with which a text tells what was done, unless it asks too."""
_SPENDING: Final = frozenset({"spent", "done", "have", "purchases", "money", "already"})
_QUESTIONS: Final[tuple[tuple[Question, tuple[str, ...], frozenset[str]], ...]] = (
    ("excel", ("workbook",), frozenset({"purchases", "papers", "overview", "accountant", "money"})),
    ("igv", ("igv",), _SPENDING | {"how_much", "what", "carried", "papers", "overview"}),
    ("suppliers", ("supplier", "who sold", "who spent", "who done"),
        _SPENDING | {"how_much", "how_many", "what", "carried", "papers", "overview", "more", "sold", "who",
            "supplier"}),
    ("latest", ("last papers", "last paper", "last purchases", "last what sent", "last what spent"),
        _SPENDING - {"money"} | {"what", "sent", "papers", "paper", "more"}),
    (
        "summary",
        ("overview", "purchases", "how_much spent", "how_much done", "how_much carried", "how_many papers",
            "how_many spent", "money done", "money month", "what spent month"),
        _SPENDING | {"how_much", "how_many", "what", "carried", "papers", "overview", "month"},
    ),
)  # fmt: skip
"""Each intent, the sets of ideas of which one must be whole, and the ideas that may be there besides. The
first that fits is taken.
"""
_WHOM: Final = frozenset({"A QUIEN", "A QUIENES"})
_OTHERS: Final = frozenset({"CUANDO", "GATOS"})
"""Words that differ from ours in one letter and are no slips."""
_LEAST: Final = 5
"""A slip is forgiven in words of at least so many letters."""


def asked(plain: str, *, month: bool) -> Question | None:
    """Returns what a folded text without its month asks, or None where any word says something else. `month`:
    whether the text named one.
    """
    words = plain.replace(",", " ").split()
    ideas = {_idea(word) for word in words} | ({"month"} if month else set())
    if None in ideas:
        return None
    if "pleased" in ideas and ideas <= _THANKS:
        return "thanks"
    ideas -= _THANKS - {"already"}
    if ideas & _TELLS and not ideas & _ASKS:
        return None
    whom = any(pair in " ".join(words) for pair in _WHOM)
    found = frozenset(idea for idea in ideas if idea)
    for intent, needs, may in _QUESTIONS:
        for need in map(str.split, needs):
            if found >= set(need) and found <= {*need, *may, "month"}:
                others_bought = need in (["who", "spent"], ["who", "done"]) and not whom
                return None if others_bought or (month and intent == "latest") else intent
    return None


def _idea(word: str) -> str | None:
    """Returns the idea that a word stands for, None for an unknown word. A long word may have one typing slip
    where all words that it may be stand for the same idea.

    A slip in the last letter is not forgiven: another last letter is another form of a verb (*mandar*,
    *puedo*), which says something else.
    """
    if word in _IDEA or len(word) < _LEAST or word in _OTHERS:
        return _IDEA.get(word)
    near = {
        idea
        for known, idea in _IDEA.items()
        if len(known) >= _LEAST and known[0] == word[0] and known[-1] == word[-1] and one_slip(word, known)
    }
    return near.pop() if len(near) == 1 else None


def one_slip(word: str, known: str) -> bool:
    """True where one letter that is missing, added or changed, or two that are swapped, make one word the
    other.
    """
    if abs(len(word) - len(known)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known))
    )
    a, b = word[at:], known[at:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])

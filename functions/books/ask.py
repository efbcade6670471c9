"""Tells by a text's words what the text wants: one of a closed set of intents with its parameters, or none.

The words are tried first, and a model is asked only where they tell nothing, so that nobody's books depend on
a model. Erasing, taking out and correcting are understood from whole phrases alone: a text that only contains
such a word, or denies it, wants nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from functions.books import changes, gist, months, straight
from functions.books.changes import Change
from functions.books.months import Month
from functions.books.straight import FRIEND, written
from functions.extractor.peru.tokens import fold

Intent = Literal[
    "help", "thanks", "summary", "suppliers", "search", "prices", "igv", "latest", "excel", "originals",
    "contasis", "rce", "rce_file", "correct", "wrong", "delete", "confirm", "restore", "undo", "my_ruc",
    "my_name", "my_data", "erase", "stop", "resume", "sunat", "invite", "people", "remove", "leave",
    "business", "belongs",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """An intent and its parameters.

    `month`: the month that the question is about, today's where none is named; None where the text names an
    impossible month. `text`: the words that are looked for, as written. `changes`: the new values of a
    correction, by the invoice's dotted path; a value that cannot be read is kept as written, so that the
    refusal can quote it. `place`: the number of a paper in a list, from 1 (`2 total 118`), of a person
    (`quitar 2`), or of one of the sender's businesses (`es de 2`). The intent `confirm` means the whole of
    *sí, borrar*, `rce_file` the whole of *rce octubre confirmo*.
    """

    intent: Intent
    month: Month | None = None
    text: str = ""
    changes: dict[str, Change] = field(default_factory=dict)
    place: int | None = None


LONGEST = 300
"""A text of more characters is a letter and not a question."""
_ASKING = (
    r"(?:(?:ME )?(?:PUEDES?|PODRIAS?|PUEDE) )?(?:QUIERO |QUISIERA |NECESITO |DESEO )?(?:VER |SABER |TENER )?"
    r"(?:(?:MANDA|PASA|ENVIA|DA|MUESTRA|ENSENA|MOSTRA|DESCARGA|EXPORTA|GENERA|BAJA)(?:R|ME|RME|NOS)? |DAME "
    r"|(?:ME )?(?:DAS|DA|DAR|MANDAS|PASAS|ENVIAS) |VER |EXPORTAR |DESCARGAR |(?:LA )?LISTA DE )?"
    r"(?:A )?(?:EL |LA |LOS |LAS |MI |MIS |SU |UN |UNA )?"
)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_ASKING}(?:{pattern})")


_TELLS_NOTHING = re.compile(
    r"(?:(?:GRACIAS|MUCHAS GRACIAS|MIL "
    r"GRACIAS|OK|OKEY|OKA|LISTO|YA|PERFECTO|EXCELENTE|GENIAL|BACAN|CHEVERE|SUPER|DE ACUERDO|BUENO|BIEN|MUY "
    r"BIEN|VALE)\b[\s,.!]*"
    rf"(?:(?:PE|PUES|PS|{FRIEND})\b[\s,.!]*)*)+"
)
_DENIED = re.compile(r"\b(?:NO|NI|NUNCA|TODAVIA NO|AUN NO)\b")
_TAKE = r"(?:BORR(?:AR|A|E|EN|ES)|ELIMIN(?:AR|A|E|EN|ES)|SUPRIM(?:IR|E|AN))"
_OWN = r"(?:TOD[OA]S? )?(?:LOS |LA |LAS )?(?:MIS DATOS|MI (?:CUENTA|INFORMACION)|LO MIO|MIS COSAS)"
_PAPER = (
    r"(?:(?:ES[AOE]|EST[AEO]|LA|EL|LO|ULTIM[AO]|ANTERIOR|FACTURA|BOLETA|NOTA|RECIBO|COMPROBANTE|"
    r"DOCUMENTO|PAPEL|REGISTRO|QUE|MANDE|ENVIE)\s?)+"
)

# The first pattern that fits the whole text decides. None names a month: it is taken out of the text.
_PHRASES: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("erase", re.compile(rf"(?:QUIERO (?:QUE )?)?{_TAKE} {_OWN}(?: PERSONALES)?")),
    ("my_data", _whole(r"(?:COPIA DE |TODOS )?(?:MIS )?DATOS(?: PERSONALES)?|QUE DATOS "
        r"(?:TIENES|TIENEN|GUARDA[SN]?) (?:DE MI|MIOS|SOBRE MI)")),
    ("stop", re.compile(r"PARAR|STOP|BAJA|(?:DAR(?:ME)?|QUIERO DARME) DE BAJA|(?:YA )?NO (?:QUIERO|DESEO) "
        r"(?:RECIBIR )?(?:MAS )?MENSAJES|(?:YA )?NO ME (?:ESCRIB[AE]N?|MANDEN)(?: MAS| MENSAJES)*")),
    ("resume", re.compile(r"(?:QUIERO )?(?:SEGUIR|CONTINUAR|REANUDAR|VOLVER)")),
    ("undo", re.compile(r"DESHA(?:CER|Z|ZLO|CELO)(?: (?:ESO|EL CAMBIO|LA CORRECCION|CORRECCION|CAMBIO|LO "
        r"ULTIMO))?|DEJAL[OA] COMO ESTABA")),
    ("restore", re.compile(rf"(?:QUIERO )?RECUPER(?:AR|A|AL[AO]|ARL[AO]) ?(?:{_PAPER}|LO QUE "
        rf"BORRE)?|DEVUELVEL[AO]|DEVUELVEME(?: {_PAPER})?")),
    ("confirm", re.compile(rf"SI,? (?:QUIERO )?(?:BORR|ELIMIN)(?:AR|A|O|AL[AO]|ARL[AO])(?: {_PAPER})?")),
    ("delete", re.compile(rf"(?:BORR|ELIMIN|ANUL|QUIT|SAC)(?:AR|A|AL[AO]|ARL[AO])(?: {_PAPER})?|ES[AO] NO "
        rf"VA,? (?:BORR|QUIT|ELIMIN)AL[AO]")),
    ("wrong", re.compile(
        r"(?:(?:EL|LA|LOS) \w+ )?(?:ESTA|ESTAN|SALIO|SALE) (?:MUY "
        r")?(?:MAL|EQUIVOCAD[AO]|ERRAD[AO])|(?:SE|TE) EQUIVOC(?:O|ASTE)(?: (?:EL|EN EL|EN LA|LA|DE) \w+)?"
        r"|(?:ESO |ESE |ESA )?NO ES (?:ASI|CORRECTO|CORRECTA|ESE|ESA|ESO)|ESO NO ES|(?:EL|LA) \w+ NO ES "
        r"(?:ES[EAO]|CORRECT[OA]|ASI)"
        r"|(?:QUIERO |COMO )?(?:CORREGIR|CAMBIAR|CORRIJO|CAMBIO)(?: (?:ALGO|UN DATO|DATOS|EL DATO|LA "
        r"FACTURA))?|HAY UN ERROR(?: EN (?:EL|LA) \w+)?|LE(?:ISTE|YO|YERON) MAL(?: (?:EL|LA) \w+)?")),
    ("help", re.compile(r"AYUDA(?:ME)?|MENU|OPCIONES|COMANDOS|HELP|QUE (?:PUEDES|PUEDO|SABES) HACER|QUE "
        r"HAGO|(?:COMO|QUE) FUNCIONA(?: ESTO)?|COMO (?:SE USA(?: ESTO)?|TE USO|USO ESTO)|NO "
        r"ENTIENDO|INSTRUCCIONES")),
    ("rce", _whole(r"(?:ARCHIVO )?(?:PARA |DEL |DE )?(?:EL )?(?:RCE|SIRE|REGISTRO DE COMPRAS)")),
    ("contasis", _whole(r"(?:ARCHIVO |EXCEL |EXEL |FORMATO |COMPRAS )?(?:PARA |DEL? |EN |A )?(?:EL "
        r")?CONTASIS")),
    ("excel", _whole(r"(?:ARCHIVO |CUADRO |REPORTE )?(?:DE |EN |A |DEL )?(?:EXCEL|EXEL|XLSX?|CSV|HOJA DE "
        r"CALCULO)")),
    ("originals", _whole(r"(?:ORIGINALES|(?:FOTOS|IMAGENES|PDFS?|ARCHIVOS)(?: (?:DE |DEL )?(?:MIS |LAS |LOS "
        r")?(?:FACTURAS|BOLETAS|COMPROBANTES|MES|ORIGINALES))?)")),
    ("igv", _whole(r"(?:CUANTO (?:ES|FUE|VA|HAY|TENGO|LLEVO|PAGUE)? ?(?:DE|EL|MI|EN)? ?)?(?:MI "
        r")?(?:I\.?G\.?V\.?|CREDITO FISCAL|CREDITO)(?: (?:TENGO|LLEVO|PAGUE|ACUMULADO|DE|DE "
        r"COMPRAS|COMPRAS|A FAVOR|TOTAL|HAY|EN|VA))*")),
    ("suppliers", _whole(r"(?:TOP |RANKING DE |RANKING |QUIENES SON MIS |PRINCIPALES )?PROVEEDOR(?:ES)?(?: "
        r"PRINCIPAL(?:ES)?)?|(?:CUANTO )?(?:GASTE|GASTO|COMPRE|COMPRAS|GASTOS) POR PROVEEDOR|A QUIEN(?:ES)? "
        r"LES? (?:COMPRO|COMPRE|HE COMPRADO)(?: MAS)?")),
    ("latest", _whole(r"(?:CUALES (?:SON|FUERON) (?:MIS |LAS |LOS )?)?(?:(?:LO )?ULTIM[OA]S?(?: \w+)?(?: "
        r"(?:REGISTRADOS|ENVIADAS|ENVIADOS))?|HISTORIAL|LO ULTIMO)|(?:QUE (?:FUE |ES |ERA )?)?LO ULTIMO(?: "
        r"QUE (?:TE )?(?:MANDE|ENVIE|REGISTRE|HE (?:MANDADO|ENVIADO|REGISTRADO)))?")),
    ("summary", _whole(
        r"(?:RESUMEN|REPORTE|MES|TOTAL(?: GASTADO| COMPRADO)?|GASTOS?|COMPRAS|CUENTAS?)(?: "
        r"(?:TOTAL|GENERAL|COMPLETO|MENSUAL|MES))?"
        r"|CUANTO (?:FUE )?(?:LLEVO|VOY|VA|GASTE|HE GASTADO|COMPRE|HE COMPRADO|TENGO|FUE|LLEVAMOS|VAMOS)(?: "
        r"(?:GASTADO|COMPRADO|EN TOTAL|REGISTRADO|EL TOTAL|DE COMPRAS|EN COMPRAS|DE GASTOS))*"
        r"|CUANT[OA]S (?:FACTURAS|BOLETAS|COMPROBANTES|DOCUMENTOS|PAPELES) (?:TENGO|LLEVO|VAN|HE "
        r"MANDADO|MANDE|ENVIE|HAY)|QUE (?:TENGO|HAY|LLEVO)(?: REGISTRADO)?"
        r"|COMO (?:ME FUE|VOY|ME VA|VAMOS)(?: (?:CON|EN) (?:LOS |LAS |MIS )?(?:GASTOS|COMPRAS))?")),
)  # fmt: skip
_MONTHLY: frozenset[Intent] = frozenset(
    {"summary", "suppliers", "igv", "excel", "originals", "contasis", "rce"}
)
_CONFIRMED = re.compile(r"CONFIRMO,?(?: EL)? (?P<before>.+)|(?P<after>.+?)[\s,.:]+(?:SI,? )?CONFIRMO")
_SOUGHT = re.compile(
    r"(?:(?:BUSC(?:AR|A|AME|O|ANDO)|ENCUENTRA(?:ME)?|HALLA)\b:?\s*(?:EL |LA |LAS |LOS )?(?:DE "
    r")?(?:(?:FACTURAS?|BOLETAS?|COMPROBANTES?|RUC)\b\s*(?:DEL? )?(?:RUC )?)?"
    r"|(?:DONDE ESTA|TIENES|(?:YA )?(?:MANDE|ENVIE|REGISTRE))\s+(?:EL |LA "
    r")?(?:(?:FACTURA|BOLETA|COMPROBANTE|NOTA)\b\s*)?(?:DE )?"
    r"|(?:(?:MUESTRA|DA|ENSENA)ME )?(?:LAS |LOS )?(?:FACTURAS|BOLETAS|COMPROBANTES|COMPRAS) (?:DEL? )(?:RUC "
    r")?)(?P<what>.+)"
)
_ANOTHER = re.compile(
    r"\bY (?:TAMBIEN |ADEMAS |DE PASO )?(?:DEL|(?:DI|DA|MANDA|PASA|ENVIA|BORRA|CORRIGE|BUSCA|CUANTO|QUIEN|A "
    r"COMO)(?:ME)?(?:L[OA]S?)?)\b"
)
"""The beginning of a second question in the same text: one answer would leave the other question out."""
_ANOTHER_TIME = re.compile(r"\b(?:HOY|AYER|ANTEAYER|DIA|SEMANA|QUINCENA|TRIMESTRE|ANO)$")
"""Times that no answer is about, at the end of a text."""
_SENT = re.compile(r"(?:YA )?(?:MANDE|ENVIE|REGISTRE)\b")
"""Words that ask whether a paper came where there is a question mark; without it they tell that one was
sent.
"""
_SEEN = re.compile(r"(?:DONDE ESTA|TIENES|(?:YA )?(?:MANDE|ENVIE|REGISTRE))\b")
_PRICED = re.compile(
    r"(?:(?:HISTORIAL DE )?PRECIOS?(?: DEL?)?(?: LA| LOS| LAS| EL)?"
    r"|A (?:CUANTO|COMO) (?:(?:ME|NOS|LO|LA|HE|HEMOS|HAN) "
    r")*(?:COMPR(?:E|O|AMOS|ADO)|EST(?:A|ABA)|PAG(?:UE|AMOS|ADO)|SAL(?:E|IO)|VEND(?:E|EN|IO|IERON|IDO)|DAN|"
    r"DIERON|COBR(?:O|AN|ARON)|CUESTA|COSTO)(?: EL| LA| LOS| LAS)?"
    r"|CUANTO (?:ME (?:COSTO|COSTABA|CUESTA)|COSTO|PAGUE)(?: POR)?(?: EL| LA| LOS| LAS)"
    r"|(?:HA |HAN )?(?:SUBIO|SUBIDO|BAJO|BAJADO)(?: EL PRECIO)?(?: DEL?)?(?: EL| LA| LOS| "
    r"LAS)?)\s+(?P<what>[^\d].*)"
)
_MY_RUC = re.compile(
    r"(?:MI RUC|(?:EL )?RUC DE MI (?:NEGOCIO|EMPRESA)|CUAL ES MI "
    r"RUC)(?:\s*(?:ES|:|=))?(?:\s+EL(?=\s))?\s*(?P<what>[\dA-Z].*?)?(?:\s+ES)?"
)
_MY_NAME = re.compile(r"MI (?:NEGOCIO|EMPRESA)(?:\s*(?:ES|SE LLAMA|:))?(?:\s+(?P<what>.+))?")


_INVITED = re.compile(
    rf"{_ASKING}(?:(?:INVIT|AGREG|ANAD)(?:AR|A|O)|COMO (?:AGREGO|INVITO|ANADO)|CONTADORA?)(?: AL?)?(?: MI| "
    rf"UN| UNA)?"
    r"(?: (?:(?P<accountant>CONTADORA?)|(?P<helper>AYUDANTE|ASISTENTE|EMPLEAD[OA]|TRABAJADORA?|VENDEDORA?)))?"
)
_PEOPLE: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("people", re.compile(r"(?:LAS |MIS )?PERSONAS(?: DE MI NEGOCIO)?|QUIEN(?:ES)? (?:TIENEN? ACCESO|ESTAN? "
        r"EN MI NEGOCIO|PUEDEN? VER MIS? \w+)")),
    ("remove", re.compile(r"QUIT(?:AR|A)(?: (?:A )?(?:LA PERSONA|EL CONTADOR|AL CONTADOR|LA CONTADORA|AL "
        r"AYUDANTE|LA AYUDANTE))? (?P<place>[1-9]\d?)")),
    ("leave", re.compile(r"(?:QUIERO )?SALIR(?:ME)?(?: DEL? (?:ESTE )?NEGOCIO)?")),
    ("belongs", re.compile(r"(?:ES|SON|ERA|ERAN|VAN?) (?:DEL?|PARA|EN) (?:EL )?(?:NEGOCIO )?"
        r"(?P<place>[1-9]\d?)")),
    ("business", re.compile(r"(?:(?:VER |CAMBIAR DE )?(?:MIS )?NEGOCIOS?)(?: (?P<which>\d{1,3}))?")),
)  # fmt: skip


def _of_people(plain: str) -> Ask | None:
    """Returns what the text wants about people: who is in the business, who joins or leaves, and for which of
    several businesses the sender writes.
    """
    said = plain.strip(" .,:")
    if hit := _INVITED.fullmatch(said):
        return Ask("invite", text=hit.lastgroup or "")
    for intent, pattern in _PEOPLE:
        if hit := pattern.fullmatch(said):
            found = hit.groupdict()
            return Ask(
                intent,
                text=found.get("which") or "",
                place=int(found["place"]) if found.get("place") else None,
            )
    return None


_SUNAT = re.compile(
    r"(?:(?:PREGUNTA(?:R|LE)?|CONSULTA(?:R)?|FIGURA|ESTA) (?:EN |A )?(?:LA )?)?SUNAT(?: "
    r"(?:LA|EL|DE|POR|FACTURA|BOLETA|NOTA|COMPROBANTE))*(?: (?P<what>[A-Z0-9]{4}\s?-\s?\d{1,8}))?"
)


def understand(text: str, today: date) -> Ask | None:
    """Returns what the text wants, or None where its words do not tell. `today` is the date in Lima."""
    if len(text) > LONGEST:
        return None
    folded = re.sub(r"[¿?¡!]+$|^[¿¡]+", "", fold(text)).strip()
    if not re.search(r"[A-Z0-9]", folded):
        return (
            Ask("help")
            if fold(text).strip() in {"?", "¿?"}
            else Ask("thanks")
            if re.fullmatch(r"[👍🙏👌✅🏻-🏿❤️\s!]+", text)
            else None
        )
    if _TELLS_NOTHING.fullmatch(folded):
        return Ask("thanks")
    plain = straight.plain(folded)
    return (
        _understood(plain, text, today)
        or _understood(straight.turned(plain), text, today)
        or _gathered(folded, today)
    )


def _gathered(folded: str, today: date) -> Ask | None:
    """Returns the question that the words ask, in an order that none of the phrases has."""
    plain = straight.gathered(folded)
    named = months.find(plain, today)
    intent = gist.asked(named.rest if named else plain, month=named is not None)
    if intent is None:
        return None
    return Ask(intent, month=named.month if named else Month.of(today)) if intent in _MONTHLY else Ask(intent)


def _understood(plain: str, text: str, today: date) -> Ask | None:
    return (
        _of_sunat(plain)
        or _of_people(plain)
        or _named(plain, text)
        or _register(plain, today)
        or _phrase(plain, today)
        or _correction(plain, text, today)
        or _placed(plain, text, today)
        or _sought(plain, text)
    )


def _of_sunat(plain: str) -> Ask | None:
    """Returns the wish to ask SUNAT about one paper, with its series and number where the text has them."""
    hit = _SUNAT.fullmatch(plain.strip(" .,:"))
    return Ask("sunat", text=re.sub(r"\s", "", hit["what"] or "")) if hit else None


def _register(plain: str, today: date) -> Ask | None:
    """Returns the wish for SUNAT's file, which takes its name, a month and *confirmo*, all in one text;
    without a month it is only the question about that file.
    """
    hit = _CONFIRMED.fullmatch(plain)
    said = (hit["before"] or hit["after"]) if hit else ""
    ask = _phrase(said, today)
    if ask is None or ask.intent != "rce":
        return None
    return replace(ask, intent="rce_file") if months.find(said, today) else ask


def _placed(plain: str, text: str, today: date) -> Ask | None:
    """Returns what is to be done to one paper of a list: `2 total 118`, `2. borrar`."""
    hit = re.fullmatch(r"([1-9]\d?)\s*[.):]?\s+([A-Z].*)", plain)
    ask = hit and (_phrase(hit[2], today) or _correction(hit[2], re.sub(r"^\W*\d+\W*", "", text), today))
    return (
        replace(ask, place=int(hit[1]))
        if hit and ask and ask.intent in {"correct", "delete", "restore"}
        else None
    )


def _phrase(plain: str, today: date) -> Ask | None:
    if _bare(plain):
        return None
    named = months.find(plain, today)
    for text, month in ((plain, Month.of(today)), (named.rest, named.month) if named else ("", None)):
        for intent, pattern in _PHRASES:
            if text and pattern.fullmatch(text.strip(" .,:")):
                if intent in _MONTHLY:
                    return Ask(intent, month=month)
                return Ask(intent) if text == plain else None
    return (
        Ask("summary", month=named.month) if named and not named.rest and re.search(r"[A-Z]", plain) else None
    )


def _bare(plain: str) -> bool:
    return re.fullmatch(r"[\d.,]+", plain) is not None


def _sought(plain: str, text: str) -> Ask | None:
    """Returns a search, or the question for a product's prices, with the words that are looked for as they
    were written.
    """
    if re.fullmatch(r"\d{11}", plain) or _is_serial(plain):
        return Ask("search", text=written(text, plain))
    for intent, pattern in (("prices", _PRICED), ("search", _SOUGHT)):
        hit = pattern.fullmatch(plain)
        if hit is None or _DENIED.search(plain):
            continue
        what = hit["what"].strip(" .,:")
        if (
            _ANOTHER.search(what)
            or _ANOTHER_TIME.search(what)
            or (_SENT.match(plain) and "?" not in text and not _is_serial(what))
        ):
            continue
        if _SEEN.match(plain) and not _is_serial(what) and "FACTURA" not in plain and "BOLETA" not in plain:
            continue
        return Ask(intent, text=written(text, what))  # type: ignore[arg-type]  # one of the two names above
    return None


def _is_serial(text: str) -> bool:
    return re.fullmatch(r"[A-Z0-9]{4}\s?-\s?\d{1,8}", text) is not None


def _correction(plain: str, text: str, today: date) -> Ask | None:
    found = changes.asked(plain, text, today)
    return Ask("correct", changes=found) if found else None


def _named(plain: str, text: str) -> Ask | None:
    """Returns the intent that is about the business's own RUC or name."""
    if _ANOTHER.search(plain):
        return None
    if hit := _MY_RUC.fullmatch(plain):
        return Ask("my_ruc", text=re.sub(r"[\s.-]", "", hit["what"] or ""))
    hit = _MY_NAME.fullmatch(plain)
    return Ask("my_name", text=written(text, hit["what"]) if hit["what"] else "") if hit else None

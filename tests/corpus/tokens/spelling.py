"""How many hands write one label: abbreviated, cut, without accents or small words, in capitals or not."""

import unicodedata
from random import Random

SHORT = {
    "fecha": "F. Fec. Fech. Fcha F/",
    "emisión": "Emis. Em. E. Emi. Emis",
    "vencimiento": "Venc. Vcto. Vto. Vencim. Vcmto.",
    "documento": "Doc. Docto. Dcto. Doc",
    "número": "N° Nº Nro. Nro No. Núm. Num. N.° #",
    "razón": "R. Raz.",
    "social": "Soc. S.",
    "dirección": "Dir. Direc. Dirc.",
    "domicilio": "Dom. Domic.",
    "operación": "Op. Oper. Ope. Operac.",
    "operaciones": "Op. Oper. Ope. Ops.",
    "unitario": "Unit. Unit U. Unitar.",
    "unitaria": "Unit. U.",
    "precio": "P. Prec. Pr. P/",
    "valor": "V. Val. Vr.",
    "venta": "Vta. V. Vta",
    "descripción": "Descrip. Desc. Descr. Descripc.",
    "cantidad": "Cant. Ctd. Cant Cantid. Cdad.",
    "importe": "Imp. Impte. Import.",
    "código": "Cód. Cod. Cod C.",
    "unidad": "Und. Unid. U. Un. UND",
    "medida": "Med. M. Med",
    "descuento": "Dscto. Dcto. Desc. Dto. Dsto.",
    "descuentos": "Dsctos. Dctos. Desc.",
    "gravada": "Grav. Gravad. Gvda.",
    "gravadas": "Grav. Gravad.",
    "exonerada": "Exon. Exo. Exoner.",
    "exoneradas": "Exon. Exo.",
    "inafecta": "Inaf. Ina. Inafec.",
    "inafectas": "Inaf. Ina.",
    "gratuita": "Grat.",
    "gratuitas": "Grat.",
    "cliente": "Clte. Cli. Cte.",
    "señor": "Sr. Sr",
    "señores": "Sres. Srs.",
    "teléfono": "Telf. Tel. Tlf. Fono",
    "condición": "Cond. Condic.",
    "condiciones": "Cond.",
    "forma": "F.",
    "orden": "O. Ord.",
    "compra": "C. Cpra.",
    "guía": "G. Guia",
    "remisión": "Rem. R. Remis.",
    "referencia": "Ref. Refer.",
    "modificado": "Modif. Mod.",
    "modifica": "Modif.",
    "observación": "Obs. Observ.",
    "observaciones": "Obs. Observ.",
    "identidad": "Ident. Id. Iden.",
    "moneda": "Mon. Mda.",
    "vendedor": "Vend. Vdor.",
    "total": "Tot. Tot TOT.",
    "impuesto": "Imp. Impto.",
    "producto": "Prod. Prod",
    "artículo": "Art. Artíc.",
    "electrónica": "Elec. Electr. Elect.",
    "electrónico": "Elec. Electr.",
    "comprobante": "Comp. Comprob. Cpbte.",
    "pago": "Pag.",
    "subtotal": "Sub. SubTot. S.Total Sub-Total",
    "percepción": "Percep. Perc.",
    "detracción": "Detrac. Detr.",
    "retención": "Retenc. Ret.",
    "anticipo": "Antic.",
    "anticipos": "Antic.",
    "suministro": "Sum. Suminis.",
}
"""What is written for a word where room is short."""
_SMALL = {"de", "del", "la", "el", "los", "las", "a", "por", "en", "y"}


def bare(text: str) -> str:
    """The text without its accents; ñ stays."""
    return "".join(letter if letter in "ñÑ" else unicodedata.normalize("NFD", letter)[0] for letter in text)


def hand(rng: Random, text: str, *, short: float = 0.25) -> str:
    """A label as somebody might write it. `short`: how often a word is abbreviated."""
    words: list[str] = []
    cuts = rng.random() < 0.5
    for word in text.split():
        low = word.lower()
        if low in _SMALL and cuts and rng.random() < 0.35:
            continue
        if cuts and low in SHORT and rng.random() < short * 1.6:
            words.append(rng.choice(SHORT[low].split()))
        elif cuts and word.isalpha() and len(word) > 6 and rng.random() < 0.05:
            words.append(word[: rng.randrange(3, 6)] + rng.choice([".", ".", ""]))
        else:
            words.append(word)
    found = (
        rng.choice([" "] * 8 + [" ", ""]).join(words)
        if len(words) > 1 and words[0].endswith(".")
        else " ".join(words)
    )
    return cased(rng, found or text)


def cased(rng: Random, text: str) -> str:
    """Capitals as papers have them, and in every third no accents."""
    way = rng.random()
    if way < 0.5:
        text = text.upper()
    elif way < 0.6:
        text = text.capitalize()
    elif way < 0.7:
        text = text.title()
    elif way < 0.73:
        text = text.lower()
    return bare(text) if rng.random() < 0.35 else text

"""The units in which goods are counted, as papers print them: SUNAT's catalogue 03, and people's own
spellings.
"""

from __future__ import annotations

import re

from functions.extractor.peru.tokens import fold_same

_PRINTED = """
NIU UND UNID UNIDAD UNIDADES UN U KG KGM KILO KILOS KGS KILOGRAMO KILOGRAMOS GR GRM G LT LTR LITRO LITROS L GLN GLL GAL GALON
GALONES MT MTR MTS M M2 MTK M3 MTQ CJ CJA CAJA CAJAS BX BOX BOL BOLSA BG PK PQ PQT PAQ PAQUETE ZZ SERV SERVICIO SRV DOC DZN
DOCENA DOCENAS DZ PAR PR ROL ROLLO RO MIL MLL MILLAR CIENTO CEN SET JGO JUEGO KT KIT PZA PZ PIEZA PIEZAS C62 BLS SACO SA BO BOT
BOTELLA LATA CA HUR HORA HORAS HR DAY DIA DIAS MES MON VAR ONZ TON TNE TM RESMA BJ BALDE PLANCHA GLS FCO SAC UNI UNDS LTS GRS
PZAS PZS CJS GLNS BTO BTOS BLT BLTS BULTO BULTOS PQTE PQTES PQTS PKT SCO SCOS CTO RLL RLLS FDO FDOS FARDO FARDOS BDE BDES FRS PLCH
JABA JABAS ATADO ATADOS QUINTAL QUINTALES QQ TNS TONELADA TONELADAS HRS KWH KW MWH GRUESA BLL BE CY CEN GRO GLI GLL LBR LEF MLT MMT
CMT KTM STN TU U2 FTK INH PF RM ST YRD MGM BLISTER DSP TUB FRA BID SOB
TAB TABS AMP CAPS EA DRM TB FR
"""
UNITS = frozenset(_PRINTED.split())
_PLURAL = re.compile(r"([^\W\d_]{3,})\(e?s\)")
"""One and more in one word: Hora(s), Unidad(es)."""


def a_unit(word: str) -> str | None:
    """Returns the unit that a word names, as printed, else None; ZZ, the code of services, also where an
    engine read Z2.
    """
    plural = _PLURAL.fullmatch(word)
    if plural is not None:
        return word if fold_same(plural[1]) in UNITS else None
    bare = word.strip(".,:()")
    folded = fold_same(bare)
    return "ZZ" if folded == "Z2" else bare if folded in UNITS else None

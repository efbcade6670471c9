"""Words beside a title or a series and number that make it another paper's, or only a mention, as folded
lines have them.
"""

from __future__ import annotations

from functions.extractor.peru.wording import Stems

MODIFIED = Stems(
    "MODIFICA AFECTAD REFERENCIA RELACIONAD CORRIGE REEMPLAZ", "REF ANULA ANULADO ANULADA SUSTENTA"
)
"""Words about the document that a note modifies."""
PAPERS = Stems("GUIA ORDEN PEDIDO CONTRATO ANTICIPO CANJE COTIZ PROFORMA ADEUDA")
"""Words about what was agreed, sent or paid before."""
LAW = Stems("AUTORIZAD RESOLUC INTENDENCIA")
"""Words about the permission to print."""
TOLD = Stems(
    "REPRESENTACI IMPRESA CONSULT VERIFI DESCARG VALIDA VALIDE SOLICIT EXIJA EMITIMOS PREVIA CONDICION GASTO"
)
"""Words of a sentence to the reader."""

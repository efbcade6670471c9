"""Words beside a title or a series and number that make it another paper's, or a mere mention, as folded
lines have them.
"""

from __future__ import annotations

from functions.extractor.peru.wording import Stems

MODIFIED = Stems(
    "MODIFICA AFECTAD REFERENCIA RELACIONAD CORRIGE REEMPLAZ", "REF ANULA ANULADO ANULADA SUSTENTA"
)
"""Of the document that a note modifies."""
PAPERS = Stems("GUIA ORDEN PEDIDO CONTRATO ANTICIPO CANJE COTIZ PROFORMA ADEUDA")
"""Of what was agreed, sent or paid before."""
LAW = Stems("AUTORIZAD RESOLUC INTENDENCIA")
"""Of the permission to print."""
TOLD = Stems(
    "REPRESENTACI IMPRESA CONSULT VERIFI DESCARG VALIDA VALIDE SOLICIT EXIJA EMITIMOS PREVIA CONDICION GASTO"
)
"""Of a sentence to the reader."""

"""Finds the addressee of a paper that calls nobody its customer: a name with an address right below it, as
printed for an envelope's window.
"""

from __future__ import annotations

import re

from functions.extractor.peru.firms import is_street
from functions.extractor.peru.tokens import lettered
from functions.extractor.reading.names import bare, is_name
from functions.extractor.reading.reading import Seen, around
from functions.extractor.sheets.rows import Sheet

_WRAPPED = 1.45
"""Heights of a line between two lines of one name."""
_SINCE = re.compile(r"\W*CLIENTES?\sDESDE\b")
_SIGNED = re.compile(r"RECIBO|FACTURA|BOLETA|SERVICIO\s*PUBLIC|DETALLE")


def name(sheet: Sheet, seller: str | None) -> Seen | None:
    """Returns the name, over its lines, or None. `seller` is nobody's addressee."""
    for number, row in enumerate(sheet.rows[: len(sheet.rows) // 2]):
        for cell in row.cells:
            if (
                not is_name(cell.text)
                or (seller and bare(cell.text) in bare(seller))
                or _SIGNED.search(lettered(cell.text))
            ):
                continue
            lines = [cell]
            for below in sheet.rows[number + 1 : number + 4]:
                under = next((c for c in below.cells if abs(c.x0 - cell.x0) < sheet.em), None)
                if under is None or _SINCE.match(lettered(under.text)):
                    continue
                if is_street(lettered(under.text)):
                    text = " ".join(each.text for each in lines)
                    return Seen(text, cell.text, around(sheet, lines))
                if not is_name(under.text) or under.y - lines[-1].y > _WRAPPED * cell.height:
                    break  # what stands further above a name is a slogan
                lines.append(under)
    return None

"""Pages drawn as text: what stands two spaces apart is apart, what stands below is below."""

import re
from datetime import date

from functions.extractor.invoice import Check, Invoice, Source
from functions.extractor.judging import checks, merge
from functions.extractor.page import Box
from functions.extractor.reading import reader
from functions.extractor.reading.reading import Reading
from functions.extractor.sheets.rows import Sheet, lay

TODAY = date(2026, 11, 22)
SUPPLIER, CUSTOMER = "20512345671", "20601234565"
"""Fictitious, with valid check digits."""
FACTURA = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : {CUSTOMER}                                  Moneda : SOLES

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
SON: CIENTO DIECIOCHO CON 00/100 SOLES
"""
"""A factura of one line that adds up."""
HEAD = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : {CUSTOMER}                                  Moneda : SOLES

"""
"""What stands above the lines of a factura."""


def boxes(art: str) -> list[Box]:
    """A box for each phrase of the drawing: 6 wide and 10 high a letter, lines 14 apart."""
    found = []
    for row, line in enumerate(art.strip("\n").splitlines()):
        found += [
            Box(m[0], m.start() * 6, row * 14, m.end() * 6, row * 14 + 10)
            for m in re.finditer(r"\S+(?: \S+)*", line)
        ]
    return found


def sheet(art: str, index: int = 0) -> Sheet:
    """The drawing as a page."""
    return lay(boxes(art), width=620, height=900, index=index)


def read(*arts: str, source: Source = "text") -> Reading:
    """What the readers see on the drawings, as pages of one invoice."""
    return reader.read([sheet(art, i) for i, art in enumerate(arts)], source)


def invoice(*arts: str) -> Invoice:
    """The drawings as an invoice."""
    return merge.merge([read(*arts)], 0)[0]


def judged(*arts: str) -> dict[str, bool | None]:
    """The checks of the drawn invoice, by name."""
    reading = read(*arts)
    found: list[Check] = checks.run(merge.merge([reading], 0)[0], 0, today=TODAY, side=reading.side)
    return {c.name: c.ok for c in found}


def lines(rows: str, paper: str = HEAD) -> list[tuple[str | None, ...]]:
    """Description, quantity, unit, price and amount of each item of a drawing, as text; a dash for none."""
    return [
        tuple(
            "-" if x is None else str(x) for x in (i.description, i.quantity, i.unit, i.unit_price, i.amount)
        )
        for i in invoice(paper + rows).items
    ]

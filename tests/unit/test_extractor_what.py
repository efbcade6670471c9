import pytest

from functions.extractor.reading import what
from tests.sheets import read, sheet

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "art",
    [
        (
            "De: pagos@ficticia.example\nAsunto: Ha recibido FACTURA ELECTRONICA F001-00002201\nCOMERCIAL "
            "FICTICIA S.A.C. con RUC 20512345671 le ha emitido:\n"
            "Tipo de documento: FACTURA ELECTRÓNICA\nSerie y número: F001-00002201\nFecha de emisión: "
            "02/10/2026\nImporte total: S/ 1,180.00"
        ),
        (
            "Señores\nRUC 20601234565\nLa FACTURA ELECTRÓNICA F001-00003321\npor un importe total de S/ "
            "4,720.00 se encuentra\nvencida desde el 03/10/2026\n"
            "COMERCIAL FICTICIA S.A.C.   RUC 20512345671"
        ),
        (
            "POLLERIA FICTICIA\nRUC 20512345671\nTICKET N° 0012231\n1/4 POLLO        18.00\nTOTAL           "
            " 18.00\nCANJEE ESTE TICKET POR SU BOLETA O FACTURA"
        ),
        (
            "BANCO FICTICIO\nDEPOSITO DE DETRACCIONES - CONSTANCIA\nRUC DEL PROVEEDOR   20512345671\nTIPO "
            "DE COMPROBANTE  01 FACTURA\nSERIE F001   NUMERO 00002210\n"
            "MONTO DEPOSITADO  S/ 566.00"
        ),
    ],
    ids=["mail", "reminder", "voucher", "deposit"],
)
def test_who_writes_about_a_comprobante_shows_none(art: str) -> None:
    """A mail, a reminder, a ticket to exchange and a certificate are refused, from a text layer and from a
    picture.
    """
    assert what.judge([sheet(art)], read(art), []) is not None
    assert what.judge([sheet(art)], read(art, source="ocr"), []) is not None


def test_a_titled_factura_is_never_refused() -> None:
    """Electronic title, issuer, number and lines: it is one, also where no total could be read."""
    art = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

XG     XI     XP
100    18     118
"""
    reading = read(art)
    assert reading.get("total") is None
    assert what.judge([sheet(art)], reading, []) is None

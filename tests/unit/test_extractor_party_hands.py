"""Parties as other people's systems print them."""

import pytest

from tests.sheets import CUSTOMER, SUPPLIER, read

pytestmark = pytest.mark.unit

PAPER = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Fecha de Emisión : 05/11/2026

{{buyer}}

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""
FIRM = "DISTRIBUIDORA INVENTADA S.A.C."


@pytest.mark.parametrize(
    ("buyer", "name"),
    [
        (f"Recibimos de: {FIRM}\nIdentificado con R.U.C. N.° {CUSTOMER}", FIRM),
        (f"R.S.: {FIRM}\nRUC: {CUSTOMER}", FIRM),
        (
            (
                "Responsable          MAMANI QUISPE ROSA\n"
                "DNI                  45120987\n"
                "Alumno               MAMANI ROJAS MATEO"
            ),
            "MAMANI QUISPE ROSA",
        ),
        (
            (
                f"Huésped /Guest       {FIRM}\nRUC                              {CUSTOMER}\n"
                "Ingreso /Check-in    01/10/2026"
            ),
            FIRM,
        ),
        (
            f"Nombre o razón social: DISTRIBUIDORA NORTEÑA DE\nALIMENTOS S.A.C.\nRUC: {CUSTOMER}",
            "DISTRIBUIDORA NORTEÑA DE ALIMENTOS S.A.C.",
        ),
        (
            f"Hola,\nLOGISTICA & TRANSPORTES INVENTADOS\nS.A.C.\nRUC {CUSTOMER}\nAV. PARDO 620 MIRAFLORES",
            "LOGISTICA & TRANSPORTES INVENTADOS S.A.C.",
        ),
        (
            f"Cliente   COOPERATIVA INVENTADA LTDA Emisión 05/11/2026\nRUC       {CUSTOMER}",
            "COOPERATIVA INVENTADA LTDA",
        ),
        (
            (
                "Cliente:                    CORPORACION INVENTADA DEL\n"
                "                                        PACIFICO S.A.\n"
                f"RUC:                                       {CUSTOMER}"
            ),
            "CORPORACION INVENTADA DEL PACIFICO S.A.",
        ),
        (
            (
                "Cliente                             RUC            Forma de pago\n"
                f"MUNICIPALIDAD DISTRITAL DE BELLO    {CUSTOMER}    Contado\n"
                "HORIZONTE\n\n"
                "BIENES TRANSFERIDOS EN LA AMAZONÍA PARA SER CONSUMIDOS EN LA MISMA"
            ),
            "MUNICIPALIDAD DISTRITAL DE BELLO HORIZONTE",
        ),
        (
            (
                f"RAZÓN SOCIAL    {FIRM}    RUC           {CUSTOMER}\n"
                "PLAN            EPS BASE 1                        PACIENTE      MAMANI QUISPE\n"
                "TITULAR         MAMANI QUISPE ROSA                SOLICITUD     CG-2026"
            ),
            FIRM,
        ),
        (
            f"Razón Social : {FIRM}\nDirección del\nCliente      : LOS OLIVOS DE PRO\n"
            f"RUC          : {CUSTOMER}",
            FIRM,
        ),
        (f"{FIRM}\nRUC: {CUSTOMER}\n\nMensaje al cliente: evite el corte del servicio", FIRM),
    ],
    ids=[
        *("received", "initials", "of-a-pupil", "in-two-languages", "wrapped", "greeted", "beside-a-label"),
        *("set-to-the-right", "under-its-label", "of-a-patient", "over-two-rows", "told-something"),
    ],
)
def test_the_buyer_is_named_as_others_print_him(buyer: str, name: str) -> None:
    """By whatever label, none of its own, or one beside it, over as many lines as the name has."""
    assert read(PAPER.format(buyer=buyer)).get("customer.name") == name


@pytest.mark.parametrize("between", [" · RUC ", " ·RUC", " | R.U.C. "])
def test_a_sign_before_the_ruc_is_no_part_of_the_sellers_name(between: str) -> None:
    """Name and RUC in one line, a sign between them, with or without spaces."""
    paper = PAPER.format(buyer=f"Cliente: {FIRM}").replace(
        f"COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}",
        f"COMERCIAL FICTICIA S.A.C.{between}{SUPPLIER}",
    )
    assert read(paper).get("supplier.name") == "COMERCIAL FICTICIA S.A.C."


def test_of_two_firms_above_the_title_the_first_sells() -> None:
    """A system prints its own block at the top right and the buyer's below it, neither with a label, and the
    title under both.
    """
    paper = f"""
                                              COMERCIAL FICTICIA S.A.C.
                                                        RUC {SUPPLIER}
                                     Calle Inclán 799 Of. 502, Miraflores
                                                             Lima, Perú

                         {FIRM}
                         RUC: {CUSTOMER}
                         Av. Prado Este 5250 Piso 9, La Molina

Factura Electrónica F002-00000091

Fecha de factura:     Fecha de vencimiento:
30/10/2026            29/11/2026

Descripción                        Cantidad    Precio unitario    Importe
Soporte funcional remoto              12.50              45.00     562.50

                                              Op. Gravadas         562.50
                                              IGV                  101.25
                                              Total                663.75
"""
    got = read(paper)
    assert (got.get("supplier.ruc"), got.get("supplier.name"), got.get("customer.id")) == (
        SUPPLIER,
        "COMERCIAL FICTICIA S.A.C.",
        CUSTOMER,
    )

"""Parties as other people's systems print them."""

from dataclasses import replace

import pytest

from functions.extractor.reading import reader, what
from functions.extractor.reading.names import ends_legal, is_address
from functions.extractor.reading.reading import Doubt
from functions.extractor.sheets.rows import lay
from tests.sheets import CUSTOMER, SUPPLIER, boxes, read, sheet

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
            (
                f"Razón Social : {FIRM}\nDirección del\nCliente      : LOS OLIVOS DE PRO\n"
                f"RUC          : {CUSTOMER}"
            ),
            FIRM,
        ),
        (f"{FIRM}\nRUC: {CUSTOMER}\n\nMensaje al cliente: evite el corte del servicio", FIRM),
        (
            "Padre / Apoderado / Razón Social      DNI\nCHAPOÑAN BANCES MARIA ISABEL          16774209",
            "CHAPOÑAN BANCES MARIA ISABEL",
        ),
        ("PROPIETARIO\nGIULIA BERNASCONI\nMASCOTA\nNina", "GIULIA BERNASCONI"),
    ],
    ids=[
        *("received", "initials", "of-a-pupil", "in-two-languages", "wrapped", "greeted", "beside-a-label"),
        *("set-to-the-right", "under-its-label", "of-a-patient", "over-two-rows", "told-something"),
        *("of-a-parent", "of-an-owner"),
    ],
)
def test_the_buyer_is_named_as_others_print_him(buyer: str, name: str) -> None:
    """By whatever label, none of its own, or one beside it, over as many lines as the name has."""
    assert read(PAPER.format(buyer=buyer)).get("customer.name") == name


@pytest.mark.parametrize("between", [" · RUC ", " ·RUC", " | R.U.C. ", "RUC ", " — RUC "])
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


FEES = """
{head}
RECIBO POR HONORARIOS ELECTRONICO
E001-214
Fecha de emisión: 31/10/2026

{buyer}
Por concepto de
Asesoría tributaria
Total por honorarios: 2,520.00
"""
PERSON = "FREUNDT LOPEZ-TORRES ERNESTO GONZALO"


@pytest.mark.parametrize(
    ("head", "buyer"),
    [
        (
            f"{PERSON}\nLIMA LIMA MIRAFLORES\nR.U.C. 10456789124",
            f"He recibido de\n{FIRM}\nRUC {CUSTOMER} - Tarapoto",
        ),
        (f"{FIRM}\nR.U.C. {CUSTOMER}", f"{PERSON}\nR.U.C. 10456789124"),
    ],
    ids=["below the title", "above it"],
)
def test_fees_are_a_persons(head: str, buyer: str) -> None:
    """A recibo por honorarios is issued by a person to a firm, whichever stands nearer to the title; a surname may
    have a hyphen, and region, province and district are no name.
    """
    found = read(FEES.format(head=head, buyer=buyer))
    assert [found.get(p) for p in ("supplier.ruc", "supplier.name", "customer.id")] == [
        *("10456789124", PERSON, CUSTOMER)
    ]


def test_what_was_received_of_whom_names_the_buyer() -> None:
    """`He recibido de` stands above the name of whoever paid."""
    paper = PAPER.format(buyer=f"He recibido de\n{FIRM}\nRUC: {CUSTOMER}")
    assert read(paper).get("customer.name") == FIRM


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("LIMA LIMA MIRAFLORES", True),
        ("CUSCO CUSCO WANCHAQ", True),
        ("SAN MARTIN SAN MARTIN TARAPOTO", True),
        ("LIMA QUISPE ROSA", False),
        ("QUISPE QUISPE JUAN", False),
    ],
)
def test_region_and_province_of_one_name_are_a_place(text: str, *, place: bool) -> None:
    """Addresses of SUNAT's print them without a dash; people have two equal surnames too."""
    assert is_address(text) is place


def test_the_goods_heading_is_no_part_of_a_name() -> None:
    """A heading in the next row, set below the name, does not go on with it."""
    buyer = "Nombre: MENDO CHUQUIRUNA ROSARIO\n        PRODUCTO (cant. x precio)      VALOR\nDNI: 26711830"
    assert read(PAPER.format(buyer=buyer)).get("customer.name") == "MENDO CHUQUIRUNA ROSARIO"


def test_an_items_heading_names_no_customer() -> None:
    """`Denominación` heads the goods, and the first of them is nobody's name."""
    goods = """
Pos.   Material   Denominación             Cant.   Importe
0010   410022     AMOXICILINA 500 MG          24    326.78
"""
    paper = PAPER.format(buyer=f"Destinatario  {FIRM}\nN.I.F.        {CUSTOMER}\n\n{goods}")
    assert read(paper).get("customer.name") != "AMOXICILINA 500 MG"


@pytest.mark.parametrize(
    "buyer",
    [
        f"RUC          {CUSTOMER}\n{FIRM}\nJR. LAMBAYEQUE 1204 JULIACA",
        f"PASAJERO     QUIROZ SAAVEDRA MANUEL    DNI 16480237\nRAZON SOCIAL {FIRM}\nRUC {CUSTOMER}",
        f"Sold to / Vendido a\n{FIRM}\nRUC: {CUSTOMER}",
    ],
    ids=["below his number", "beside who travels", "in two languages"],
)
def test_a_factura_is_a_firms(buyer: str) -> None:
    """Who has a RUC buys with a factura, whoever else has a number on it."""
    found = read(PAPER.format(buyer=buyer))
    assert (found.get("customer.id"), found.get("customer.name")) == (CUSTOMER, FIRM)


def test_the_label_of_the_issuer_over_his_number_tells_him() -> None:
    """`RUC emisor:` stands over the number of who sells, below the block of who buys; and a carrier's or agent's
    number is nobody's.
    """
    paper = f"""
COMERCIAL FICTICIA S.A.C.
Av. Uno 123, Lima
                                        {FIRM}
                                        RUC: {CUSTOMER}
Factura F001-00001460

Fecha de factura:    RUC emisor:
12/05/2026           {SUPPLIER}

Importe total  118.00
Naviera: Transmar S.A.C. RUC 20411814182. Agente de aduana: Adex S.A. RUC 20498733230
"""
    found = read(paper)
    assert [found.get(p) for p in ("supplier.ruc", "supplier.name", "customer.id", "customer.name")] == [
        *(SUPPLIER, "COMERCIAL FICTICIA S.A.C.", CUSTOMER, FIRM)
    ]


@pytest.mark.parametrize("who", ["Naviera: Transmar S.A.C.", "Agente de aduana: Adex S.A."])
def test_who_carries_an_export_did_not_buy_it(who: str) -> None:
    """The only other number of an export is its carrier's or its agent's, and nobody's who buys."""
    paper = PAPER.format(buyer="Cliente: FICTION FOODS LLC").replace(f"RUC: {CUSTOMER}", "")
    found = read(f"{paper}\n{who} RUC 20411814182")
    assert (found.get("customer.name"), found.get("customer.id")) == ("FICTION FOODS LLC", None)


def test_an_address_block_may_be_flush_right() -> None:
    """Without any label the buyer's name, street and number end at the page's right edge."""
    wide = 92
    right = ("Rosa Elvira Chunga Nima", "Urb. Miraflores Mz C Lt 14, Piura", "DNI: 43918827")
    left = ("MUEBLES FICTICIOS E.I.R.L.", "Av. Uno 123, Piura", f"RUC: {SUPPLIER}")
    block = "\n".join(one + other.rjust(wide - len(one)) for one, other in zip(left, right, strict=True))
    paper = f"""
{block}

Boleta de venta electrónica B002-00000875
Fecha de emisión: 05/11/2026

CANT.   DESCRIPCION                       P. UNIT    IMPORTE
1       COMEDOR                             118.00     118.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""
    found = read(paper)
    assert (found.get("customer.id"), found.get("customer.name")) == ("43918827", "Rosa Elvira Chunga Nima")


def test_the_box_of_the_title_is_the_sellers() -> None:
    """Above a bill's window for the envelope stands who buys; the RUC in the box of title and number, line on
    line, is the seller's although it stands lower.
    """
    paper = f"""
PANADERÍA FICTICIA E.I.R.L.
RUC {CUSTOMER}                             EMPRESA DE AGUA INVENTADA S.A.
Av. Túpac Amaru 3811                       Jr. Los Pozos 210 - Los Olivos
Comas - Lima                               Tda. 4
Suministro: 3380117-2                            R.U.C. {SUPPLIER}
                                             RECIBO POR SERVICIOS PÚBLICOS
                                                  N° S004-0044120887

Periodo de consumo          06/08/2026 al 05/09/2026
Fecha de emisión            09/09/2026

Servicio de agua potable                            68.43
Cargo fijo                                           6.12

Subtotal                                            74.55
IGV (18%)                                           13.42
Total facturado                                     87.97
"""
    got = read(paper)
    assert (got.get("supplier.ruc"), got.get("customer.id")) == (SUPPLIER, CUSTOMER)


@pytest.mark.parametrize(
    ("buyer", "wanted"),
    [
        (
            (
                "Cliente / Consignee:     GREEN COAST PRODUCE INC.\n"
                "                         2200 NW 70th Ave, Miami - Tax ID: 59-3310427"
            ),
            ("0", "59-3310427", "GREEN COAST PRODUCE INC."),
        ),
        (
            "Señor(es):  WEBER, KLAUS-DIETER\nPASAPORTE:  AB448120X",
            ("7", "AB448120X", "WEBER, KLAUS-DIETER"),
        ),
        (
            "C.EXT : 003417720\nNOMBRE: PARRA URDANETA JOSE GREGORIO",
            ("4", "003417720", "PARRA URDANETA JOSE GREGORIO"),
        ),
        (
            f"Cliente / Customer QORI TOURS S.A.C.\nRUC: {CUSTOMER}",
            ("6", CUSTOMER, "QORI TOURS S.A.C."),
        ),
        (
            f"Señor(es): ALAMEDA HOTELES S.A.C.\nRUC: {CUSTOMER}",
            ("6", CUSTOMER, "ALAMEDA HOTELES S.A.C."),
        ),
        (
            f"Agencia / Agency PACHAMAMA VIAJES S.R.L.\nRUC: {CUSTOMER}",
            ("6", CUSTOMER, "PACHAMAMA VIAJES S.R.L."),
        ),
        (
            "Estudiante                              DNI\nQUISPE ARONI DEYSI MARISOL              75320164",
            ("1", "75320164", "QUISPE ARONI DEYSI MARISOL"),
        ),
    ],
)
def test_buyers_from_abroad_and_students_have_numbers_too(buyer: str, wanted: tuple[str, ...]) -> None:
    """A tax number of another country, a passport's, and a DNI beside the label over a student's name."""
    got = read(PAPER.format(buyer=buyer))
    assert tuple(got.get(f"customer.{part}") for part in ("id_type", "id", "name")) == wanted


def test_a_road_is_no_name_and_a_number_may_be_in_one() -> None:
    """`Vía Los Libertadores Km 28` is where the seller is; `RUTA 28 E.I.R.L.` is what it is called."""
    paper = PAPER.replace("COMERCIAL FICTICIA S.A.C.  ", "GRIFO DE LA RUTA           ").replace(
        "Av. Los Próceres 123 - Lima", "RUTA 28 E.I.R.L.           "
    )
    paper = paper.replace("Fecha de Emisión", "Vía Los Libertadores Km 28\nFecha de Emisión").format(
        buyer=f"Cliente: {FIRM}\nRUC: {CUSTOMER}"
    )
    assert read(paper).get("supplier.name") == "RUTA 28 E.I.R.L."
    assert is_address("Vía Los Libertadores Km 28")


ROLL = f"""
     VIASIERRA
CONCESIONARIA VIAL ANDINA
SIERRA CENTRO S.A.C.
RUC {SUPPLIER}
Av. El Polo 670, Surco
BOLETA DE VENTA
B117-01402281
29/03/2026
PEAJE                 15.80
Op. Gravada           13.39
IGV 18%                2.41
TOTAL S/              15.80
"""


@pytest.mark.parametrize(("scale", "doubts"), [(1.3, set[Doubt]()), (1.0, {Doubt.OTHER_NAME})])
def test_a_name_wider_than_its_paper_stands_in_two_lines(scale: float, doubts: set[Doubt]) -> None:
    """Two lines of one size that have no room beside each other are the legal name; only below a trade name in
    larger letters is the upper one no trade name for sure.
    """
    drawn = boxes(ROLL)
    drawn[0] = replace(drawn[0], y0=drawn[0].y1 - 10 * scale)
    found = reader.read([lay(drawn, width=180, height=300)], "text")
    assert found.get("supplier.name") == "CONCESIONARIA VIAL ANDINA SIERRA CENTRO S.A.C."
    assert found.doubts == doubts


def test_a_number_between_title_and_series_is_the_sellers() -> None:
    """A box of one row, title, RUC and number, is the seller's, whoever stands below without a label."""
    got = read(f"""
        FERRETERIA FICTICIA DEL NORTE E.I.R.L.
        CAL. LOS CAROLINOS 221 - TRUJILLO

FACTURA ELECTRÓNICA        RUC N° {SUPPLIER}        N° F001-0003321
{FIRM}                              FECHA: 19/03/2026
RUC {CUSTOMER}                      COND.: CONTADO
AV. AMERICA SUR 3310 - TRUJILLO

CEMENTO PORTLAND                                         100.00
OP. GRAVADAS                                             100.00
IGV 18.00%                                                18.00
TOTAL S/                                                 118.00
""")
    assert (got.get("supplier.ruc"), got.get("customer.id")) == (SUPPLIER, CUSTOMER)


def test_whose_shop_it_is_stands_behind_de() -> None:
    """`de GASTRONOMIA FICTICIA E.I.R.L.` below the shop's name says who sells, and not what it is called."""
    paper = PAPER.replace("COMERCIAL FICTICIA S.A.C.       ", "de GASTRONOMIA FICTICIA E.I.R.L.")
    got = read(paper.format(buyer=f"Cliente: {FIRM}\nRUC: {CUSTOMER}"))
    assert got.get("supplier.name") == "GASTRONOMIA FICTICIA E.I.R.L."


def test_a_name_may_begin_with_de_la() -> None:
    """`de la Costa` is a name's own beginning, and nobody's shop."""
    paper = PAPER.replace("COMERCIAL FICTICIA S.A.C.", "de la Costa S.A.C.       ")
    got = read(paper.format(buyer=f"Cliente: {FIRM}\nRUC: {CUSTOMER}"))
    assert got.get("supplier.name") == "de la Costa S.A.C."


def test_a_firm_with_half_of_a_logos_letters_is_another() -> None:
    """`EL SOL` is not signed by `DISTRIBUIDORA EL SOLAR S.A.C.`, whose words are others."""
    art = PAPER.replace("COMERCIAL FICTICIA S.A.C.", "BODEGA EL SOL            ")
    drawn = boxes(
        art.format(buyer=f"Cliente: {FIRM}\nRUC: {CUSTOMER}")
        + "\n\n\nImprenta BODEGA EL SOLAR S.A.C. | Pasaje Real\n"
    )
    drawn[0] = replace(drawn[0], y0=drawn[0].y0 - 10)
    got = reader.read([lay(drawn, width=620, height=900)], "text")
    assert got.get("supplier.name") == "BODEGA EL SOL"


def test_a_logo_is_signed_by_its_firm_at_the_foot() -> None:
    """A name in large letters without a legal form is that of the firm in small print that has it in its own;
    what stands right above the buyer's name is no seller.
    """
    art = PAPER.replace("COMERCIAL FICTICIA S.A.C.", "CUMBRERA                 ")
    art = art.replace("Av. Los Próceres 123 - Lima", " " * 27).format(
        buyer=f"SOLICITANTE DEL SERVICIO\n{FIRM}\nCalle Los Tulipanes 147, Surco\nRUC: {CUSTOMER}"
    )
    drawn = boxes(art + "\n\n\nIngeniería Cumbrera S.A.C. | Parque Industrial | Tel. (01) 440-7719\n")
    drawn[0] = replace(drawn[0], y0=drawn[0].y0 - 10)
    got = reader.read([lay(drawn, width=620, height=900)], "text")
    assert (got.get("supplier.name"), got.get("customer.name")) == (
        "Ingeniería Cumbrera S.A.C.",
        FIRM,
    )


@pytest.mark.parametrize(
    ("buyer", "wanted"),
    [
        ("DNI 08551240 MEZA TORIBIO ROSA", ("1", "08551240", "MEZA TORIBIO ROSA")),
        ("Lucía Farfán de Córdova, DNI 03672281", ("1", "03672281", "Lucía Farfán de Córdova")),
        (
            "Responsable de pago   ROJAS INGA, SILVIA       DNI   10774421\nAlumno   ROJAS, DIEGO",
            ("1", "10774421", "ROJAS INGA, SILVIA"),
        ),
        (
            "Cliente / Buyer   NORDWIND GMBH\nTax ID            DE-HRB 114420",
            ("0", "DE-HRB 114420", "NORDWIND GMBH"),
        ),
    ],
)
def test_who_pays_is_named_beside_numbers_of_all_kinds(buyer: str, wanted: tuple[str, ...]) -> None:
    """Behind a DNI, under *Responsable de pago*, with another country's number of letters and digits."""
    boleta = PAPER.replace("FACTURA ELECTRÓNICA", "BOLETA ELECTRÓNICA").replace("F001-", "B001-")
    got = read(boleta.format(buyer=buyer))
    assert tuple(got.get(f"customer.{part}") for part in ("id_type", "id", "name")) == wanted


BILL = f"""
aguas del norte                                   Recibo por servicio de agua potable N° S105-01177420
cada gota cuenta                                  Emitido el 10/11/2025


{{above}}
TAFUR CHUQUIZUTA WILMER
{{below}}
Psje. Los Ángeles 118, Bagua Grande

Agua potable 19 m3 x 1.384                                    26.30

Op. gravada                                                   26.30
IGV 18%                                                        4.73
Importe total                                                 31.03
EPS AGUAS DEL NORTE S.A., RUC {SUPPLIER}
"""


@pytest.mark.parametrize(("above", "below"), [("", "Cliente desde 2009"), ("CONDOMINIO DE", "")])
def test_an_addressee_is_no_slogan_and_may_have_two_lines(above: str, below: str) -> None:
    """What stands apart above a name with an address below is none of it, nor is since when he buys; a bill
    of water is one by its title.
    """
    art = BILL.format(above=above, below=below)
    got = read(art)
    assert what.judge([sheet(art)], got, []) is None
    assert (got.get("kind"), got.get("customer.name")) == ("14", f"{above} TAFUR CHUQUIZUTA WILMER".strip())


@pytest.mark.parametrize(
    "buyer",
    [
        "VENDEDOR                 DNI\nROSA MAMANI QUISPE       45120987",
        "CAJERO: ROSA MAMANI QUISPE\nDNI: 45120987",
        "Cta. Cte. 191-2233445-0-12 a nombre de: COMERCIAL FICTICIA S.A.C.",
    ],
)
def test_who_serves_and_whose_the_account_is_are_no_buyer(buyer: str) -> None:
    """A salesman, a cashier or the holder of the account that is paid into is never named as the customer."""
    assert read(PAPER.format(buyer=buyer)).get("customer.name") is None


LETTERHEAD = f"""
{{upper}}
{{lower}}
JR. PUNO NRO. 730                                  R.U.C. {SUPPLIER}
JULIACA - SAN ROMAN - PUNO                         BOLETA DE VENTA
                                                   B001-00004410
Fecha de Emisión : 05/11/2026

BATERIA 11 PLACAS                                         118.00
OP. GRAVADA                                               100.00
IGV 18%                                                    18.00
IMPORTE TOTAL                                             118.00
"""


@pytest.mark.parametrize(
    ("upper", "lower", "name"),
    [
        ("AUTOPARTES Y ACCESORIOS DEL", "RAPIDO S.R.L.", "AUTOPARTES Y ACCESORIOS DEL RAPIDO S.R.L."),
        ("AUTOBOUTIQUE Y ACCESORIOS", "RAPIDO S.R.L.", "AUTOBOUTIQUE Y ACCESORIOS RAPIDO S.R.L."),
        ("OFFSET - GIGANTOGRAFIAS - SELLOS", "TINTA S.R.L.", "TINTA S.R.L."),
        ("LA RAPIDA", "TINTA VIVA S.R.L.", "TINTA VIVA S.R.L."),
    ],
    ids=["torn", "full", "listed", "with room"],
)
def test_a_name_goes_on_where_its_first_line_is_full(upper: str, lower: str, name: str) -> None:
    """Two lines set alike are one name where the second's first word had no room in the first; what a firm does, one
    thing after the other, is no part of it.
    """
    assert read(LETTERHEAD.format(upper=upper, lower=lower)).get("supplier.name") == name


def test_a_short_name_stands_behind_the_legal_form() -> None:
    """A courier's name begins like a label of mail, and ends in what it is called for short."""
    name = "CORREO EXPRESO NACIONAL S.A.C. - CENEX"
    assert read(LETTERHEAD.format(upper="cenex", lower=name)).get("supplier.name") == name


def test_who_was_logged_in_is_no_buyer() -> None:
    """The user of a till has one word, and what stands below it is no name either."""
    travels = "Pasajero      : RODRIGUEZ MARCANO JOSE\nC.Ext.        : 002069824"
    foot = "Usuario       : KPEREZ\n Postergaciones hasta cuatro horas antes\n"
    assert read(PAPER.format(buyer=travels) + foot).get("customer.name") == "RODRIGUEZ MARCANO JOSE"


@pytest.mark.parametrize(
    ("upper", "lower", "name"),
    [
        ("CLUB SOCIAL Y DEPORTIVO LAS", "GAVIOTAS", "CLUB SOCIAL Y DEPORTIVO LAS GAVIOTAS"),
        ("PANADERIA LAS GAVIOTAS", "PAN DE CADA DIA", "PANADERIA LAS GAVIOTAS"),
    ],
    ids=["torn", "whole"],
)
def test_no_name_ends_in_an_article(upper: str, lower: str, name: str) -> None:
    """A club has no legal form; its name goes on below *LAS*."""
    assert read(LETTERHEAD.format(upper=upper, lower=lower)).get("supplier.name") == name


def test_a_sentence_with_a_firm_in_it_is_no_name() -> None:
    """Whom a lawyer's client sued signs nothing."""
    said = (
        "Patrocinio en el proceso arbitral seguido contra Constructora Misti S.A.C. ante el Centro de Prueba"
    )
    paper = LETTERHEAD.format(upper="Urrutia y Bedoya", lower="").replace("BATERIA 11 PLACAS", said + "\n")
    assert read(paper).get("supplier.name") == "Urrutia y Bedoya"


@pytest.mark.parametrize(
    "buyer",
    [
        f"CLIENTE (ALIADO)\n{FIRM}\nRUC: {CUSTOMER}",
        f"{FIRM}                Total a pagar   S/ 114.90\nRUC {CUSTOMER}\nJr. Castilla 744, Lima",
    ],
    ids=["a label with brackets", "beside the total"],
)
def test_a_name_below_or_without_a_label_is_the_buyers(buyer: str) -> None:
    """What in brackets follows a label is its own, and an amount in a box beside a name ends no block."""
    assert read(PAPER.format(buyer=buyer)).get("customer.name") == FIRM


def test_how_a_traveller_paid_is_not_who_bought() -> None:
    """Below the identity of who travels stands how it was paid: nobody is called so."""
    travels = "Pasajero         MAMANI CONDORI FREDY\nDNI              31366181\nForma de pago    EFECTIVO"
    assert read(PAPER.format(buyer=travels)).get("customer.name") == "MAMANI CONDORI FREDY"


@pytest.mark.parametrize("form", ["S.CIV.R.L.", "S. CIVIL DE R.L.", "SOCIEDAD CIVIL"])
def test_a_civil_firms_form_may_be_abbreviated(form: str) -> None:
    """Partners of one profession are a sociedad civil (Ley General de Sociedades, art. 295)."""
    assert ends_legal(f"URRUTIA, BEDOYA & TORREBLANCA ABOGADOS {form}")


def test_a_courtesy_below_a_guests_label_names_no_buyer() -> None:
    """A hotel's guest is addressed as Sr., and the firm that pays stands beside him under its own label."""
    buyer = f"""Razón social / Nombre              Huésped                 Habitación
{FIRM}                             Sr. Víctor Inventado    512
RUC: {CUSTOMER}"""
    assert read(PAPER.format(buyer=buyer)).get("customer.name") == FIRM


def test_a_banks_client_is_addressed_though_his_number_stands_in_a_table() -> None:
    """A name with an address right below it is the addressee where no label names a customer."""
    got = read(f"""
BANCO INVENTADO S.A.A.
Av. República 3420, San Isidro  RUC {SUPPLIER}       Documento            FACTURA ELECTRÓNICA
                                                     Serie y número       F800-01190037
IMPORTADORA FICTICIA E.I.R.L.
Jr. Paruro 1122, Cercado de Lima                     RUC del cliente      {CUSTOMER}
                                                     Moneda               Soles

Comisión                                                                  100.00
OP. GRAVADA                                                               100.00
IGV 18%                                                                    18.00
IMPORTE TOTAL                                                             118.00
""")
    assert got.get("customer.name") == "IMPORTADORA FICTICIA E.I.R.L."


BESIDE = f"""RUC:  {CUSTOMER}                       FACTURA ELECTRÓNICA
RAZÓN SOCIAL: FERRETERÍA INVENTADA S.R.L.              RUC N°: {SUPPLIER}
                                                       F002-00009837
FERRETERÍA FICTICIA E.I.R.L.                           EMISIÓN: 29-07-2026

CEMENTO PORTLAND                                         100.00
OP. GRAVADA                                              100.00
IGV 18%                                                   18.00
TOTAL A PAGAR                                            118.00
"""


def test_no_other_number_takes_the_place_of_a_cut_ruc() -> None:
    """A RUC that lost a digit in the title's column is the issuer's: the only whole one is the buyer's."""
    found = read(BESIDE.replace(SUPPLIER, SUPPLIER[:10]))
    assert (found.get("supplier.ruc"), found.get("customer.id")) == (None, CUSTOMER)


def test_two_numbers_that_may_as_well_be_swapped_are_doubted() -> None:
    """One number stands above the buyer's name and one behind it: nothing tells the two apart."""
    found = read(BESIDE)
    assert Doubt.OTHER_SELLER in found.doubts

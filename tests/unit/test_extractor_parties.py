import pytest

from functions.extractor.page import Box
from functions.extractor.peru.qr import parse
from functions.extractor.reading import reader
from functions.extractor.reading.reading import Doubt
from functions.extractor.sheets.rows import lay
from tests.sheets import boxes, read, sheet

pytestmark = pytest.mark.unit

PARTIES = ("supplier.ruc", "supplier.name", "customer.id_type", "customer.id", "customer.name")
SELLER, BUYER = "20609173425", "20555007133"
"""Fictitious, with valid check digits."""


def who(*lines: str) -> tuple[str | None, ...]:
    """Both parties as read: seller's number and name, buyer's type, number and name."""
    reading = read("\n".join(lines))
    return tuple(reading.get(path) for path in PARTIES)


def headed(ruc: str) -> tuple[str, ...]:
    """A factura whose issuer's number is printed so."""
    return (
        f"FERRETERIA LOS ANDES S.A.C.                   {ruc}",
        "Av. Grau 123 - Lima                           FACTURA ELECTRONICA",
        "                                              F001-123",
        "",
        "CLIENTE: COMERCIAL PEREZ E.I.R.L.",
        f"RUC: {BUYER}",
        "FECHA DE EMISION: 15/03/2025",
    )


@pytest.mark.parametrize(
    ("printed", "ruc"),
    [
        (f"RUC: {SELLER}", SELLER),
        ("RUC: 20609173426", "20609173426"),
        ("RUC: 44609173425", "44609173425"),
        ("RUC: 2060917342", None),
        ("RUC: Z0G09I734Z1", None),
        ("", None),
    ],
)
def test_a_number_under_the_customers_label_is_the_customers(printed: str, ruc: str | None) -> None:
    """Where the issuer's number is damaged it is as printed, where it is missing or no RUC it is none: never
    the buyer's.
    """
    assert who(*headed(printed)) == (
        ruc,
        "FERRETERIA LOS ANDES S.A.C.",
        "6",
        BUYER,
        "COMERCIAL PEREZ E.I.R.L.",
    )


LABELLED = {
    "above": ("Señor(es):", "COMERCIAL PEREZ E.I.R.L.", "RUC:", BUYER),
    "hanging": ("Señor(es)", "  COMERCIAL PEREZ E.I.R.L.", "RUC", f"  {BUYER}"),
    "piped": ("Nombre / Razón Social | COMERCIAL PEREZ E.I.R.L.", f"N° Documento | {BUYER}"),
    "spread": ("Receptor:            COMERCIAL PEREZ E.I.R.L.", f"RUC:                              {BUYER}"),
    "two rows": ("Razón", "Social: COMERCIAL PEREZ E.I.R.L.", f"RUC/DNI: {BUYER}"),
    "no colon": ("SEÑORES COMERCIAL PEREZ E.I.R.L.", f"RUC CLIENTE {BUYER}"),
    "colons of their own": (
        "Señor(es)          : COMERCIAL PEREZ E.I.R.L.",
        f"RUC                : {BUYER}",
        "Dirección          : Jr. Puno 1",
    ),
    "number first": (f"Doc. Identidad: {BUYER}", "Adquiriente: COMERCIAL PEREZ E.I.R.L."),
    "wrapped": ("Cliente: COMERCIAL PEREZ", "         E.I.R.L.", f"RUC: {BUYER}"),
    "abroad": ("Señores / Messrs:    COMERCIAL PEREZ E.I.R.L.", f"RUC / Tax ID:        {BUYER}"),
    "unknown label below": (
        "Recibí de           COMERCIAL PEREZ E.I.R.L.",
        f"Identificado con    RUC número {BUYER}",
    ),
    "wrapped label": ("Nombre o       COMERCIAL PEREZ E.I.R.L.", "Razón Social:", f"RUC:           {BUYER}"),
    "letter": ("A: COMERCIAL PEREZ E.I.R.L.", f"R.U.C. {BUYER}"),
    "shortened": ("Nom.: COMERCIAL PEREZ E.I.R.L.", f"RUC: {BUYER}"),
    "shortened, dotted": ("R. Social.: COMERCIAL PEREZ E.I.R.L.", f"Nro. RUC..: {BUYER}"),
    "of a trade": ("Importador      : COMERCIAL PEREZ E.I.R.L.", f"RUC             : {BUYER}"),
    "heading": ("ADQUIRENTE", f"RUC: {BUYER}", "COMERCIAL PEREZ E.I.R.L.", "JR. PUNO 100 - LIMA"),
    "document asks for its kind": ("Cliente: COMERCIAL PEREZ E.I.R.L.", f"Documento: RUC - {BUYER}"),
    "below, with a colon, beside the seller's box": (
        "FACTURAR A:                              FERRETERIA LOS ANDES S.A.C.",
        "COMERCIAL PEREZ E.I.R.L.",
        f"RUC {BUYER}",
    ),
    "another label's value below": (
        "Razón Social : COMERCIAL PEREZ",
        "               E.I.R.L.",
        "Dirección    : LIMA",
        f"RUC          : {BUYER}",
    ),
    "address of the receiver": (
        "Señor(es):     COMERCIAL PEREZ E.I.R.L.",
        f"RUC:           {BUYER}",
        "Dirección del  JR. PUNO 100 - LIMA",
        "Receptor de la",
        "factura:",
    ),
}


@pytest.mark.parametrize("style", LABELLED)
def test_a_customer_is_read_wherever_the_labels_stand(style: str) -> None:
    """Left, above, in two rows, with pipes, spread over the width, without colons: the value is the label's
    own.
    """
    head = headed(f"RUC: {SELLER}")[:4]
    assert who(*head, *LABELLED[style]) == (
        SELLER,
        "FERRETERIA LOS ANDES S.A.C.",
        "6",
        BUYER,
        "COMERCIAL PEREZ E.I.R.L.",
    )


def test_a_customer_may_stand_first() -> None:
    """The buyer's block above the issuer's is the buyer's all the same."""
    art = (
        f"RUC/DNI: {BUYER}                             FACTURA",
        "Señores: COMERCIAL PEREZ E.I.R.L.                F001-123",
        "Dirección: Av. Grau 1212",
        "",
        "FERRETERIA LOS ANDES S.A.C.",
        f"R.U.C. : {SELLER}",
        "Av. Tupac Amaru 2564",
    )
    assert who(*art) == (SELLER, "FERRETERIA LOS ANDES S.A.C.", "6", BUYER, "COMERCIAL PEREZ E.I.R.L.")


@pytest.mark.parametrize(
    ("printed", "name"),
    [(each, each) for each in ("CLIENTES VARIOS", "VARIOS", "PUBLICO EN GENERAL")]
    + [(each, None) for each in ("-", "S/N", "CLIENTE")],
)
def test_nobody_is_the_customer_whom_the_paper_prints(printed: str, name: str | None) -> None:
    """Words for buyers without a name are read as they are printed; a dash for none is none."""
    art = (*headed(f"RUC: {SELLER}")[:4], f"Cliente: {printed}", "FECHA DE EMISION: 15/03/2025")
    assert who(*art) == (SELLER, "FERRETERIA LOS ANDES S.A.C.", None, None, name)


def test_a_legal_footer_names_no_customer() -> None:
    """Where a sentence speaks of the customer, nobody is named."""
    art = (
        *headed(f"RUC: {SELLER}")[:4],
        "FECHA DE EMISION: 15/03/2025",
        "",
        "Las operaciones se rigen por el reglamento",
        "que el cliente declara conocer. Conserve su comprobante.",
    )
    assert who(*art) == (SELLER, "FERRETERIA LOS ANDES S.A.C.", None, None, None)


@pytest.mark.parametrize(("label", "kind"), [("D.N.1:", "1"), ("Doc. ID :", "1"), ("DNI N°", "1")])
def test_an_identity_is_read_by_its_label(label: str, kind: str) -> None:
    """An identity card's number behind any of its labels, also misread."""
    art = (*headed(f"RUC: {SELLER}")[:4], "Señor(a): HUARCA TICONA NELLY", f"{label} 70012345")
    assert who(*art)[2:] == (kind, "70012345", "HUARCA TICONA NELLY")


@pytest.mark.parametrize(
    ("lines", "ruc", "name"),
    [
        (("EL CHINO", "Nelly Huarca Ticona"), "10700543213", "Nelly Huarca Ticona"),
        (("MEGA FULL", "INVERSIONES QANTU E.1.R.L."), SELLER, "INVERSIONES QANTU E.1.R.L."),
        (("LISTADO DE PRODUCTOS", "FERRETERIA LOS ANDES ELRL"), SELLER, "FERRETERIA LOS ANDES ELRL"),
        (
            ("TODO PARA SU OBRA", "MUNICIPALIDAD DISTRITAL DE QANTU"),
            SELLER,
            "MUNICIPALIDAD DISTRITAL DE QANTU",
        ),
        (
            ("INVERSIONES QANTU SOCIEDAD", "ANONIMA CERRADA"),
            SELLER,
            "INVERSIONES QANTU SOCIEDAD ANONIMA CERRADA",
        ),
        (
            ("CONSTRUCCIONES QANTU Y PEREZ", "CONTRATISTAS GENERALES S.A.C."),
            SELLER,
            "CONSTRUCCIONES QANTU Y PEREZ CONTRATISTAS GENERALES S.A.C.",
        ),
        (("IMPRENTA GRAFICA MODELO", "Nelly Huarca Ticona"), "10700543213", "Nelly Huarca Ticona"),
    ],
)
def test_the_suppliers_name_stands_with_its_number(lines: tuple[str, ...], ruc: str, name: str) -> None:
    """Not a logo's word, a trade name or a list's title, but what is written over the RUC and the address."""
    art = (
        *lines,
        f"RUC {ruc}",
        "Jr. Puno 100 - Lima",
        "BOLETA DE VENTA ELECTRONICA",
        "B001-123",
        "FECHA DE EMISION: 15/03/2025",
    )
    assert who(*art)[:2] == (ruc, name)


def test_a_symbol_tells_who_is_who() -> None:
    """Two numbers without a label are told apart by the symbol that names both."""
    art = f"{BUYER}\n{SELLER}\nFACTURA ELECTRONICA\nF001-123"
    symbol = parse(f"{SELLER}|01|F001|123|18.00|118.00|2025-03-15|6|{BUYER}|")
    reading = reader.read([sheet(art)], "text", qr=symbol)
    assert (reading.get("supplier.ruc"), reading.get("customer.id")) == (SELLER, BUYER)


def test_two_firms_in_the_head_are_a_doubt() -> None:
    """Where either of two firms may sell, that is told."""
    reading = read(
        "\n".join(("ALFA S.A.C.  BETA S.A.C.", f"RUC {SELLER}", "FACTURA ELECTRONICA", "F001-123"))
    )
    assert Doubt.OTHER_NAME in reading.doubts


@pytest.mark.parametrize("line", ["Observación:  Cliente frecuente", "Observación  : Cliente frecuente"])
def test_a_labels_value_is_no_label(line: str) -> None:
    """The word cliente in what another label says names nobody."""
    assert read(f"RUC {SELLER}\nFACTURA ELECTRONICA\nF001-123\n{line}").get("customer.name") is None


@pytest.mark.parametrize(
    "line", ["ULTIMO DIA DE PAGO", "UNIDAD MEDIDA", "PRECIO TOTAL", "CLIENTES VARIOS", "LOGOTIPO"]
)
def test_words_of_labels_are_no_suppliers_name(line: str) -> None:
    """A phrase made of labels' words alone, or one that says that there is no buyer, is nobody's name."""
    assert read(f"{line}\nRUC {SELLER}\nFACTURA ELECTRONICA\nF001-123").get("supplier.name") is None


def test_who_serves_is_named_in_a_box_of_his_own() -> None:
    """The issuer's number in its box on the right is no number of the seller of goods who is named far to its
    left.
    """
    box = (
        "FERRETERIA LOS ANDES S.A.C.                              FACTURA ELECTRONICA",
        f"Vendedor: Ana Rios                                       RUC {SELLER}",
        "                                                         F001-123",
        "CLIENTE: COMERCIAL PEREZ E.I.R.L.",
        f"RUC: {BUYER}",
    )
    assert who(*box) == (SELLER, "FERRETERIA LOS ANDES S.A.C.", "6", BUYER, "COMERCIAL PEREZ E.I.R.L.")


def test_a_label_at_the_middle_of_two_lines_has_both() -> None:
    """A name of two lines beside its label begins over it, where tables centre their cells."""
    lines = [
        Box("Señor(es)", 0, 107, 54, 117), Box(": COMERCIAL E INVERSIONES", 90, 100, 240, 110),
        Box("PEREZ E.I.R.L.", 90, 114, 174, 124),
        Box("RUC", 0, 140, 18, 150), Box(f": {BUYER}", 90, 140, 168, 150),
    ]  # fmt: skip
    page = lay([*boxes("\n".join(headed(f"RUC: {SELLER}")[:3])), *lines], width=620, height=900, index=0)
    assert reader.read([page], "text").get("customer.name") == "COMERCIAL E INVERSIONES PEREZ E.I.R.L."


def test_nobody_beside_a_label_is_not_the_line_below() -> None:
    """Behind a colon stands who buys, though the line below is the nearer."""
    art = (
        *headed(f"RUC: {SELLER}")[:4],
        "Cliente:       Público en general",
        "1 Pollo entero con papas     74.90",
    )
    assert who(*art)[2:] == (None, None, "Público en general")


@pytest.mark.parametrize(
    "aside",
    [
        f"(Integrado por ALFA S.A. RUC {BUYER} y BETA S.A.C.)",
        f"Proveedor de servicios electrónicos: GAMMA S.A. RUC {BUYER}",
        f"Transportista: GAMMA S.A. RUC {BUYER}",
    ],
)
def test_whoever_else_is_named_sells_nothing(aside: str) -> None:
    """A consortium's member, a carrier or who sends the paper to SUNAT is no seller, though its number comes
    first and stands near the title.
    """
    assert (
        who(
            "CONSORCIO PUENTE QANTU", aside, f"RUC {SELLER} - Av. Grau 123", "FACTURA ELECTRONICA", "F001-123"
        )[0]
        == SELLER
    )


@pytest.mark.parametrize("label", ["Emisor", "Proveedor"])
def test_a_partys_number_may_stand_in_brackets_behind_its_name(label: str) -> None:
    """`Emisor: … (RUC …)` over `Cliente: … (RUC …)`: each name ends before the bracket, and a firm whose
    number is printed beside its address below is nobody's.
    """
    assert who(
        f"{label}: FERRETERIA LOS ANDES S.A.C. (RUC {SELLER})",
        "Av. Grau 123 - Lima                           FACTURA ELECTRONICA",
        "                                              F001-123",
        "",
        f"Cliente: COMERCIAL PEREZ E.I.R.L. (RUC {BUYER})",
        "Fecha de emisión: 15/03/2025",
        "",
        "Local alquilado a INMOBILIARIA GAMMA S.A.C. - RUC 20100070970 - Av. Arequipa 100",
    ) == (SELLER, "FERRETERIA LOS ANDES S.A.C.", "6", BUYER, "COMERCIAL PEREZ E.I.R.L.")


def test_who_answers_another_label_is_neither_party() -> None:
    """A broker above the insurer, with his number in brackets, neither sells nor buys; a label of two words
    that both name who buys is a label without a colon.
    """
    assert who(
        f"Intermediario: GAMMA CORREDORES S.A.C. (RUC {BUYER}) Reg. J-0817",
        "",
        "Alfa Seguros                                  BOLETA DE VENTA ELECTRONICA",
        "                                                 B050 - 01200871",
        "ALFA COMPAÑIA DE SEGUROS S.A.",
        f"R.U.C. {SELLER} Av. Rivera 880, San Isidro",
        "",
        "Contratante / Asegurado                       Documento",
        "MORALES ITURRIZAGA SANDRA                     43048517",
    ) == (SELLER, "ALFA COMPAÑIA DE SEGUROS S.A.", "1", "43048517", "MORALES ITURRIZAGA SANDRA")


def test_a_buyer_that_is_called_after_carriers_is_none() -> None:
    """A firm's name in a cell of its own is no label of the number beside it."""
    assert who(
        "Alfa Seguros                                  FACTURA ELECTRONICA",
        "                                                 F050 - 01200871",
        "ALFA COMPAÑIA DE SEGUROS S.A.",
        f"R.U.C. {SELLER} Av. Rivera 880, San Isidro",
        "",
        "Contratante / Asegurado                       Documento",
        f"TRANSPORTES QANTU S.A.C.                      {BUYER}",
    )[2:] == ("6", BUYER, "TRANSPORTES QANTU S.A.C.")


def test_who_receives_a_parcel_is_no_customer() -> None:
    """The identity of the person to whom goods go is not the buyer's."""
    art = (*headed(f"RUC: {SELLER}")[:6], "Consignado", "HUARCA TICONA NELLY - DNI 70012345")
    assert who(*art)[2:4] == ("6", BUYER)


@pytest.mark.parametrize(("label", "doubted"), [("", True), ("Cliente: ", False)])
def test_two_firms_of_which_no_label_says_who_buys_are_a_doubt(label: str, doubted: bool) -> None:
    """Where little but the order tells the seller's number from the buyer's, that is told."""
    art = (
        "FACTURA ELECTRONICA F001-123",
        f"{label}ALFA S.A.C.",
        f"RUC {BUYER}",
        "",
        "BETA S.A.C.",
        f"RUC {SELLER}",
    )
    assert (Doubt.OTHER_SELLER in read("\n".join(art)).doubts) is doubted


def test_an_address_without_labels_is_the_customers_though_the_seller_stands_beside_it() -> None:
    """A letter's address block begins with its name; the seller's box in another column neither ends it nor
    takes it.
    """
    art = (
        "COMERCIAL PEREZ E.I.R.L.                              QANTU PERU S.A.C.",
        f"AV. GRAU 330 - LIMA                                   R.U.C. {SELLER}",
        f"RUC {BUYER}                                       RECIBO ELECTRONICO",
        "                                                      S5A1-12345678",
        "Consumo de telefonía",
    )
    assert who(*art) == (SELLER, "QANTU PERU S.A.C.", "6", BUYER, "COMERCIAL PEREZ E.I.R.L.")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ((f"Banco Qantu S.A. - Av. Grau 3055 San Isidro - RUC {SELLER}",), "Banco Qantu S.A."),
        (
            ("UNIVERSIDAD PRIVADA DE QANTU", "Asociación civil sin fines de lucro", f"RUC {SELLER}"),
            "UNIVERSIDAD PRIVADA DE QANTU",
        ),
    ],
)
def test_a_suppliers_name_ends_before_its_address_and_is_no_statute(
    lines: tuple[str, ...], name: str
) -> None:
    """An address between a name and its number is no part of it, and what a firm is by law is not what it is
    called.
    """
    assert who(*lines, "FACTURA ELECTRONICA", "F001-123")[:2] == (SELLER, name)


def test_a_name_in_its_values_column_goes_on_to_its_legal_form() -> None:
    """Beside a narrow label a name may take three lines, and the next label ends it."""
    art = (
        *headed(f"RUC {SELLER}")[:4],
        "Señor(es)     : COLEGIO PARTICULAR",
        "                NUESTRA SEÑORA DEL VALLE",
        "                DE LAS NIEVES S.A.C.",
        f"RUC           : {BUYER}",
    )
    assert who(*art)[3:] == (BUYER, "COLEGIO PARTICULAR NUESTRA SEÑORA DEL VALLE DE LAS NIEVES S.A.C.")


def test_how_a_buyer_is_identified_is_not_his_name() -> None:
    """SUNAT's recibo writes a sentence over three lines, of which the first alone has the name."""
    art = (
        *headed(f"RUC {SELLER}")[:4],
        "Recibí de: COOPERATIVA DE AHORRO SAN BLAS",
        f"Identificado con RUC número {BUYER}",
        "Domiciliado en AV. CIRCUNVALACION 900",
    )
    assert who(*art)[3:] == (BUYER, "COOPERATIVA DE AHORRO SAN BLAS")


def test_a_policys_holder_buys_it() -> None:
    """Insurers call their client Contratante."""
    art = (*headed(f"RUC {SELLER}")[:4], "Contratante : COMERCIAL PEREZ E.I.R.L.", f"RUC / DNI : {BUYER}")
    assert who(*art)[3:] == (BUYER, "COMERCIAL PEREZ E.I.R.L.")


BLOCK = (
    "CLINICA FICTICIA S.A.C.                        RUC 20609173425",
    "                                               FACTURA ELECTRONICA",
    "                                               F001-123",
    "Fecha de emision    05/11/2026",
    "{first}",
    "{second}",
    "Paciente            QUEVEDO ARCE LUCIANA",
    "Nro. Historia       818118",
    "",
    "DESCRIPCION                            IMPORTE",
    "CONSULTA                               118.00",
    "                             TOTAL     118.00",
)


@pytest.mark.parametrize("above", [True, False])
def test_whose_identity_is_asked_buys_under_whatever_label(*, above: bool) -> None:
    """In a column of labels a phrase of no vocabulary is one too: it is nobody's name, and the name beside it
    is the customer's where the identity stands right above or below.
    """
    asked = ("Quien garantiza     BENAVIDES OLAECHEA RODRIGO", "DNI                 46392306")
    first, second = asked if above else asked[::-1]
    lines = [line.format(first=first, second=second) for line in BLOCK]
    assert who(*lines)[2:] == ("1", "46392306", "BENAVIDES OLAECHEA RODRIGO")


def test_rows_of_headings_have_their_values_below() -> None:
    """Where labels stand in the second column too, none is the value of the first."""
    lines = headed("RUC: 20609173425")[:3]
    table = (
        "CLIENTE / BUYER                 DIRECCION / ADDRESS       FECHA / DATE",
        "Verhoeven Fresh Produce B.V.    Handelsweg 14             05/11/2026",
        "",
        "RUC                             MONEDA                    VENDEDOR",
        "20555007133                     SOLES                     05",
    )
    assert who(*lines, "", *table, "", "TOTAL   118.00")[3:] == (BUYER, "Verhoeven Fresh Produce B.V.")


def test_a_firm_that_is_called_as_staff_is_sells_under_its_number() -> None:
    """A Promotora S.A.C. promotes nothing: the RUC below is the seller's."""
    lines = (
        "Promotora Educacional Ficticia S.A.C.          BOLETA DE VENTA ELECTRONICA",
        "RUC 20609173425                                B011-123",
        "Urb. Magisterio 12, Cusco                      05/11/2026",
        "TOTAL   118.00",
    )
    assert who(*lines)[:2] == (SELLER, "Promotora Educacional Ficticia S.A.C.")


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("TITULAR\nCALLE ZAPATA MIGUEL", "CALLE ZAPATA MIGUEL"),
        ("Cliente ---\nCT PRODUCTO", None),
        ("Razon Social HERRERA & \nASOCIADOS S.A.C.", "HERRERA & ASOCIADOS S.A.C."),
        ("CLIENTE\nGrupo Ficticio S.A.C. — RUC\n20555007133", "Grupo Ficticio S.A.C."),
    ],
)
def test_a_name_may_be_a_streets_break_at_its_sign_or_be_left_out(label: str, name: str | None) -> None:
    """A person may be called Calle; `&` ends no label; dashes are no name, nor is the line below; the number
    behind a name is none of it.
    """
    lines = headed("RUC: 20609173425")[:3]
    assert who(*lines, "", *label.split("\n"), "", "TOTAL   118.00")[4] == name


def test_an_identity_is_asked_in_a_sentence() -> None:
    """«Identificado con DNI número» is the label of a receipt for fees."""
    lines = (
        "ARRIETA BUSTIOS GONZALO                        R.U.C. 10201312618",
        "                                               RECIBO POR HONORARIOS ELECTRONICO",
        "                                               Nro: E001-470",
        "Recibí de              VELARDE PINTO OSWALDO",
        "Identificado con DNI número     75982480",
        "Total por honorarios    118.00",
    )
    assert who(*lines)[2:4] == ("1", "75982480")


@pytest.mark.parametrize(
    ("block", "name"),
    [
        (("LABORATORIO DENTAL", "FICTICIA S.A.C.", "Av. Grau 771"), "LABORATORIO DENTAL FICTICIA S.A.C."),
        (("LAZARTE OLIVERA RENZO", "Calle Tinajones 440", "Chiclayo"), "LAZARTE OLIVERA RENZO"),
        (("AGRÍCOLA INVENTADA S.A.", "Comercial Ajena"), "AGRÍCOLA INVENTADA S.A."),
        (("Para", "TIENDAS FICTICIAS S.A.C."), "TIENDAS FICTICIAS S.A.C."),
    ],
)
def test_an_address_block_begins_with_its_whole_name(block: tuple[str, ...], name: str) -> None:
    """A firm's name may take two lines above its form; the town below a street is nobody's name."""
    lines = (
        "QANTU PERU S.A.C.                                  RECIBO ELECTRONICO",
        f"R.U.C. {SELLER}                                 S001-123",
        *("" for _ in range(3)),
        *block,
        f"RUC {BUYER}",
        "",
        "Plan de telefonía                                      118.00",
    )
    assert who(*lines)[4] == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Señor(a)(es): INGENIO FICTICIO S.A.", "INGENIO FICTICIO S.A."),
        ("Sr.(a)(es): ARANDA POLO GIANELLA", "ARANDA POLO GIANELLA"),
        ("CLIENTE: 20240031 - ESPINO CABALLERO BRUNO", "ESPINO CABALLERO BRUNO"),
        ("CLIENTE: 3M FICTICIA S.A.C.", "3M FICTICIA S.A.C."),
    ],
)
def test_a_label_may_end_twice_and_a_name_follow_its_code(label: str, name: str) -> None:
    """Endings in brackets are the label's, and the number under which a seller keeps a customer is none of
    the name.
    """
    lines = (*headed(f"RUC: {SELLER}")[:4], label, f"RUC: {BUYER}", "FECHA DE EMISION: 15/03/2025")
    assert who(*lines)[3:] == (BUYER, name)


def test_a_row_of_labels_may_stand_below_its_values() -> None:
    """Where each label of a row has a phrase over it at its edge, and the row below keeps other columns, what
    stands over it is its value.
    """
    lines = (
        *headed(f"RUC: {SELLER}")[:4],
        "TRANSPORTES FICTICIOS S.A.C.        20555007133      T5K-881    27/03/2025",
        "CLIENTE                             DOC. IDENTIDAD   PLACA      FECHA",
        "Isla 3 Surtidor 06 Lado B",
        "",
        "PRODUCTO            UNIDAD     PRECIO     CANTIDAD    IMPORTE",
        "DIESEL              GLN        15.490       10.000     154.90",
    )
    assert who(*lines)[3:] == (BUYER, "TRANSPORTES FICTICIOS S.A.C.")

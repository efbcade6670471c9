"""What papers call their heading, their parties and their dates. Capitals, accents and colons are the
style's, not the vocabulary's.
"""

from tests.corpus.grammar.owned import words

TITLES = {
    "01": words(
        "FACTURA ELECTRÓNICA|FACTURA",
        "FACTURA DE VENTA ELECTRÓNICA|FACTURA ELEC.",
        "FACTURA ELECTRÓNICA DE VENTA|E-FACTURA",
        "FACTURA DE VENTA|COMPROBANTE: FACTURA ELECTRÓNICA",
    ),
    "03": words(
        "BOLETA DE VENTA ELECTRÓNICA|BOLETA ELECTRÓNICA",
        "BOLETA VTA. ELECTRÓNICA|BOLETA",
        "BOLETA ELECTRÓNICA DE VENTA|BOLETA DE VENTA ELEC.",
        "BOLETA DE VTA ELECTRÓNICA|BOLETA DE VENTA",
    ),
    "07": words(
        "NOTA DE CRÉDITO ELECTRÓNICA", "NOTA DE CRÉDITO", "NOTA CRÉDITO ELECTRÓNICA",
        "NOTA DE CRÉDITO - ELECTRÓNICA"
    ),
    "08": words("NOTA DE DÉBITO ELECTRÓNICA", "NOTA DE DÉBITO", "NOTA DÉBITO ELECTRÓNICA",
        "NOTA DE DÉBITO - ELECTRÓNICA"),
    "02": words("RECIBO POR HONORARIOS ELECTRÓNICO", "RECIBO POR HONORARIOS",
        "RECIBO DE HONORARIOS ELECTRÓNICO", "RECIBO DE HONORARIOS"),
    "14": words("RECIBO DE SERVICIO PÚBLICO", "RECIBO|RECIBO DE SERVICIOS PÚBLICOS", "RECIBO ELECTRÓNICO",
        "RECIBO POR SERVICIOS PÚBLICOS|NÚMERO DE RECIBO"),
}  # fmt: skip
RUC = words(
    "RUC|R.U.C.",
    "RUC N°|R.U.C. Nº",
    "RUC Nro.|R.U.C. N°",
    "RUC No.|Nro. RUC|Registro Único de Contribuyentes",
)
SERIAL = words("N°|", "Nro.|Nº", "Número|Comprobante", "Doc. N°|Nro. Doc.|Serie y número")
SERIES = words("Serie", "Serie N°", "Serie del documento", "Ser.")
NUMBER = words("Número", "Correlativo", "Nro. correlativo", "Num.")
DATE = words(
    "Fecha de Emisión|Fecha",
    "Fecha Emisión|F. Emisión|Emisión",
    "Fec. Emisión|Fecha y hora de emisión|Emitido el",
    "Fecha Emi.|F.Emis.|Fecha Doc.|Fecha de expedición",
)
DUE = words(
    "Fecha de Vencimiento|Vencimiento",
    "Fecha Vencimiento|F. Venc.",
    "Fec. Vcto.|Vence el",
    "Fecha Vto.|Pagar hasta|Fecha límite de pago",
)
CUSTOMER = words(
    "Señor(es)|Cliente",
    "Razón Social|Señores|Adquiriente",
    "Nombre / Razón Social|Sr(es).|Receptor",
    "Denominación|Nombre|Titular|Usuario",
)
CUSTOMER_RUC = words(
    "RUC", "RUC cliente|RUC/DNI", "R.U.C. Nº|Doc. Identidad", "N° Documento|Nro. Doc.|RUC del adquirente"
)
CUSTOMER_DNI = words("DNI", "D.N.I.|DNI/RUC", "Doc. Ident.|DNI N°", "N° DNI|Documento de identidad")
ADDRESS = words(
    "Dirección|Dirección del receptor de la factura",
    "Domicilio|Dirección del cliente",
    "Direc.|Dirección fiscal",
    "Domicilio fiscal|Dir. del adquirente",
)
CURRENCY = words("Moneda", "Tipo de moneda", "Mon.", "Moneda de la operación")
PAYMENT = words("Forma de pago", "Condición de pago", "Cond. venta", "Modalidad de pago")
WORDS = words("SON:|SON", "Importe en letras:", "La cantidad de", "Monto en letras|La suma de:")
MODIFIES = words(
    "Documento que modifica",
    "Doc. afectado|Comprobante que modifica",
    "Referencia|Documento de referencia",
    "Doc. relacionado|Modifica a",
)
MODIFIED_DATE = words(
    "Fecha de emisión", "Fecha doc. afectado", "F. del documento", "Fecha del comprobante que modifica"
)
REASON = words("Motivo", "Motivo o sustento", "Sustento", "Tipo de nota")
SUPPLY = words("N° de suministro", "Suministro", "N° de contrato", "Código de cliente")
ASIDES = words(
    "Vendedor|Orden de compra",
    "Guía de remisión|O/C|Hora",
    "N° Pedido|Placa|Cajero|Observaciones",
    "Centro de costo|Contacto|Almacén|Zona",
)
TAXPAYER_NOTES = words(
    "Gracias por su compra",
    "Representación impresa de la factura electrónica, consulte en nuestra web|No se aceptan devoluciones "
    "pasados los 7 días",
    "Autorizado mediante Resolución de Intendencia N° 034-005-0005315/SUNAT|Las operaciones con puntos se "
    "rigen por el reglamento que el cliente declara conocer",
    "Resolución N.° 097-2012/SUNAT|Conserve su comprobante para cualquier reclamo de la factura de compra",
)
BANKS = words("BCP Soles", "BBVA Continental S/", "Interbank Cta. Cte.", "Scotiabank Ahorros")

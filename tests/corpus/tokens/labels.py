"""What stands before a value or over a column, in this package's own words; `spelling.hand` abbreviates
them.
"""

TITLES: dict[str | None, str] = {
    "01": (
        "Factura Electrónica|Factura Electrónica|Factura Electrónica|Factura|Factura de Venta "
        "Electrónica|Factura de Venta|Representación Impresa de la Factura Electrónica|Factura "
        "Electrónica de Venta"
    ),
    "03": (
        "Boleta de Venta Electrónica|Boleta de Venta Electrónica|Boleta Electrónica|Boleta de Venta|"
        "Boleta|Boleta Electrónica de Venta|Bol. de Venta Electrónica"
    ),
    "07": (
        "Nota de Crédito Electrónica|Nota de Crédito Electrónica|Nota de Crédito|Nota Crédito "
        "Electrónica|Nota de Abono|N. Crédito Electrónica"
    ),
    "08": "Nota de Débito Electrónica|Nota de Débito|Nota Débito Electrónica",
    "02": (
        "Recibo por Honorarios Electrónico|Recibo por Honorarios|Recibo de Honorarios Electrónico|"
        "Recibo por Honorarios Electrónico"
    ),
    "12": "Ticket|Ticket de Máquina Registradora|Ticket Boleta|Ticket Factura|Tique",
    "14": (
        "Recibo|Recibo Electrónico|Recibo de Servicios Públicos|Recibo de Agua|Recibo de Luz|N° de "
        "Recibo|Recibo por Servicios Públicos|Número de Recibo|Recibo Telefónico|Recibo N°|"
        "Comprobante de Servicio Público|Recibo de Consumo|Recibo Digital"
    ),
    None: (
        "Cotización|Proforma|Presupuesto|Nota de Venta|Nota de Pedido|Orden de Compra|Orden de "
        "Servicio|Pedido|Pre Cuenta|Precuenta|Comanda|Vale|Nota de Ingreso|Vale de Salida|Guía "
        "de Remisión Electrónica Remitente|"
        "Guía de Remisión Remitente|Guía de Remisión Transportista|Guía de Salida|Estado de "
        "Cuenta|Recibo de Ingreso|Recibo de Caja|Comprobante de Retención Electrónica|"
        "Comprobante de Percepción Electrónica|Constancia de Depósito|"
        "Documento Interno|Ticket de Atención|Constancia de Pago|Invoice|Commercial Invoice|"
        "Factura Comercial|Receipt|Listado de Comprobantes|Reporte de Ventas|Cierre de Caja|"
        "Voucher|Liquidación|Letra de Cambio|Recibo de Egreso|"
        "Comprobante de Egreso|Acta de Entrega|Hoja de Reclamación|Nota de Despacho|Boleta de "
        "Pago|Boleta de Remuneraciones|Contrato de Servicios|Factura Proforma|Orden de Trabajo"
    ),
}
RUC = (
    "RUC|R.U.C.|RUC|R.U.C.|RUC N°|R.U.C. N°|RUC Nº|RUC No.|R.U.C|RUC Nro.|Nro. RUC|Reg. Único "
    "Contribuyente|Registro Único de Contribuyentes|RUC Emisor"
)
SERIAL = (
    "N°|Nº|Nro.|No.|NRO|Número|N.°||||Nro de Comprobante|Comprobante|Comprobante N°|Documento|Número "
    "de Factura|N° Documento|Correlativo"
)
SERIES = "Serie|Serie|Ser.|Serie N°|Serie del comprobante"
NUMBER = "Número|N°|Correlativo|Nro.|Nro Correlativo|Núm."
DATE = (
    "Fecha de Emisión|Fecha de Emisión|Fecha Emisión|Fecha|Fecha|Fecha de Emisión|Emisión|Fecha "
    "y Hora de Emisión|Fecha/Hora|Fecha Documento|Emitido el|Fecha de Documento|Fecha de "
    "Expedición|Fecha del comprobante|F.Emisión|"
    "Fecha de Facturación|Fecha de Venta|Fecha y hora|Emitido|Fecha Emisión Documento|Día de "
    "emisión|Fecha de Giro"
)
DUE = (
    "Fecha de Vencimiento|Fecha Vencimiento|Vencimiento|Vence|Fecha de Vencimiento|Último día de "
    "pago|Pagar hasta|Fecha límite de pago|Vence el|F.Vencimiento|Fecha de Pago|Fecha Vcto|Fecha "
    "Límite"
)
BUYER = (
    "Señor(es)|Señor(es)|Cliente|Cliente|Razón Social|Señores|Sr(es).|Sr.(a)|Adquiriente|"
    "Adquirente|Nombre|Nombre / Razón Social|Cliente / Razón Social|Denominación|Receptor|"
    "Titular|Nombre del Cliente|Razón Social del Cliente|"
    "Usuario|Comprador|Nombres|Nombre o Razón Social|Apellidos y Nombres|Recibí de|Recibí(mos) "
    "de|Facturado a|Facturar a|Vendido a|Cliente Nombre|Señor(a)|Atención a|Nombre Cliente|"
    "Abonado|Razón Social / Nombre|A nombre de|Nombres y Apellidos|Paciente|Huésped"
)
BUYER_RUC = (
    "RUC|R.U.C.|RUC/DNI|DNI/RUC|Documento Identidad|N° Documento|RUC Cliente|RUC Nº|Documento|RUC "
    "del Cliente|Documento de Identidad|Número de Documento|RUC Adquiriente|Doc.|RUC N°|RUC / DNI / "
    "CE|Identificado con RUC|RUC receptor|N° RUC|Identificación"
)
BUYER_DNI = (
    "DNI|D.N.I.|DNI/RUC|Documento|Documento de Identidad|DNI N°|N° Documento|Doc. Identidad|L.E./DNI|"
    "RUC/DNI|CE|DNI / CE|Identificado con DNI|Número de Documento"
)
MONEY = "Moneda|Tipo de Moneda|Tipo Moneda|Moneda|Divisa"
ADDRESS = (
    "Dirección|Dirección|Dirección del Cliente|Domicilio|Dirección Fiscal|Domicilio Fiscal|Dirección "
    "del Receptor|Dirección de entrega|Dir. Llegada|Dirección del Receptor de la factura|Ubicación|"
    "Direcc. Suministro|Establecimiento del Emisor"
)
PAID = (
    "Condición de Pago|Forma de pago|Medio de Pago|Condiciones|Tipo de Pago|Modalidad de pago|Cond. "
    "Venta|Condición de Venta|Tipo de Venta|Condición|Pago"
)
MODIFIES = (
    "Documento que modifica|Documento que modifica|Documento Modificado|Documento afectado|"
    "Comprobante que modifica|Documento Referencia|Denominación y N° del comprobante que "
    "modifica|Comprobante afectado|N° de documento|"
    "Referencia|Documento relacionado|Factura que modifica|Factura de referencia|Comprobante de "
    "referencia|Modifica a|Documento de origen|Doc. Ref.|Comprobante que se modifica|Aplica a|"
    "Documento electrónico que modifica"
)
MODIFIES_BARE = "Serie y Número|Número|N° Comprobante|Serie - Número|Comprobante|Nro. Documento|Serie/Número"
MODIFIES_DAY = (
    "Fecha Documento Modificado|Fecha del documento que modifica|Fecha Doc. Referencia|Fecha Doc. "
    "Afectado|Fecha Emisión Documento Modificado|Fecha de emisión del comprobante que modifica|Fecha "
    "Doc. Origen|Fecha Ref."
)
REASON = (
    "Motivo|Sustento|Motivo o sustento|Tipo de nota|Tipo de nota de crédito|Motivo de emisión|"
    "Concepto|Por lo siguiente|Motivo Nota|Tipo Nota Crédito"
)
SUMS = {
    "taxable": (
        "Operación Gravada|Operaciones Gravadas|Op. Gravada|Op. Gravadas|Gravada|Valor Venta|"
        "Valor de Venta|Base Imponible|Total Gravado|Total Valor de Venta - Operaciones Gravadas|"
        "Total Operaciones Gravadas|Importe afecto|Valor afecto|"
        "Subtotal afecto|Total valor venta|Valor de Venta Gravado|Total Gravada|Venta Gravada|"
        "Monto Gravado|Afecto|Total Op. Gravadas|Base Imponible IGV|Ventas Gravadas|Valor Neto|"
        "Gravadas|Monto afecto|V. Venta Total|Total Valor Venta"
    ),
    "exempt": (
        "Operación Exonerada|Operaciones Exoneradas|Exonerada|Total Exonerado|Exonerado|Total "
        "Operaciones Exoneradas|Venta Exonerada|Monto Exonerado|Op. Exonerada|Exoneradas|Valor "
        "exonerado"
    ),
    "unaffected": (
        "Operación Inafecta|Operaciones Inafectas|Inafecta|Inafecto|No afecto|Valor no afecto|"
        "Operación Exportación|Total Inafecto|Venta Inafecta|Monto Inafecto|Op. Inafecta|Exportación"
    ),
    "free": (
        "Operación Gratuita|Operaciones Gratuitas|Gratuita|Valor de venta de operaciones gratuitas|"
        "Total Gratuito|Op. Gratuitas|Transferencia gratuita|Bonificaciones"
    ),
    "discounts": (
        "Descuento|Descuentos|Descuento Global|Total Descuentos|Descuento Total|Dsctos.|Monto "
        "descuento|Ahorro|Descuentos Globales|Rebaja|(-) Descuento"
    ),
    "igv": (
        "IGV|IGV|I.G.V.|IGV {r}%|IGV ({r}%)|I.G.V. {r}%|Total IGV|IGV({r}%)|I.G.V. ({r} %)|Total "
        "I.G.V.|IGV {r} %|Impuesto|IGV {r}.00%|Impuesto General a las Ventas|I.G.V.({r}%)|Monto "
        "IGV|IGV {r}|IPM + IGV|Suma IGV|I.G.V. ({r}.00%)|"
        "Impuesto IGV|Sumatoria IGV|{r}% IGV|Imp. General Ventas|IGV/IPM|Tributo IGV"
    ),
    "isc": "ISC|I.S.C.|Total ISC|Impuesto Selectivo al Consumo|Sumatoria ISC",
    "icbper": (
        "ICBPER|I.C.B.P.E.R.|Impuesto Bolsas|Impuesto a las Bolsas Plásticas|Imp. Consumo Bolsas|"
        "ICBP|Bolsas plásticas"
    ),
    "other_charges": (
        "Otros Cargos|Otros Tributos|Recargo al consumo|Recargo consumo 10%|Servicio 10%|Otros|"
        "Cargos|Propina|Flete|Total Otros Cargos|Recargo|Aporte Ley|FISE|FISE Ley 29852|Aporte FISE|"
        "Ley 28749|Electrificación Rural|Otros conceptos|Cargo adicional"
    ),
    "rounding": (
        "Redondeo|Monto de redondeo|Ajuste por redondeo|Diferencia redondeo|Ajuste|Redondeo del mes|"
        "Saldo por redondeo|Dif. Redondeo|Redondeo Mes Actual|Redondeo (-)"
    ),
    "total": (
        "Total|Total|Importe Total|Importe Total|Total a Pagar|Total Venta|Precio de Venta|Total "
        "Importe|Total General|Importe Total de la Venta|Total Documento|Monto Total|Total "
        "Factura|Precio Venta|Total Precio Venta|T O T A L|Total {c}|"
        "Importe a Pagar|Total Boleta|Total Neto|Valor Total|Total Comprobante|Precio Venta "
        "Total|Importe Total {c}|Total Final|Monto a pagar|Total Ventas|Total en Soles|Importe "
        "Total a Pagar|Gran Total|Total Cobrado|Total Compra|Total a Cancelar|Total Doc."
    ),
    "detraction": (
        "Detracción|Monto detracción|Monto de Detracción|Detracción (12%)|Detracción 4%|Importe "
        "Detracción|SPOT|Total detracción"
    ),
    "perception": "Percepción|Percepción 2%|Monto percepción|Importe percepción|Total Percepción",
    "net_payable": (
        "Neto a Pagar|Total Neto|Monto neto pendiente de pago|Saldo a Pagar|Importe Neto a Cobrar|"
        "Total neto recibido|Total a Cobrar|Importe neto|Neto a cobrar|Total a depositar|Total con "
        "percepción|Pago neto|Total pendiente|Líquido a pagar"
    ),
    "subtotal": (
        "Subtotal|Sub Total|Sub Total Ventas|Sub-Total|Subtotal Ventas|Suma|Sub total venta|Importe "
        "Bruto|Valor Bruto|Total Bruto|Parcial"
    ),
    "advances": (
        "Anticipos|Total Anticipos|(-) Anticipo|Anticipo|Anticipo deducido|Deducción anticipos|Pagos a cuenta"
    ),
    "debt": (
        "Deuda anterior|Saldo anterior|Deuda meses anteriores|Deuda vencida|Deuda acumulada|Mes "
        "anterior|Facturas pendientes|Saldo pendiente"
    ),
    "retention": (
        "Retención|Retención (8 %) IR|Retención IR|(-) Retención Impuesto a la Renta|Retención 8%|"
        "Retención 4ta categoría|Menos retención|Impuesto a la Renta 8%"
    ),
}
FEES_TOTAL = (
    "Total por honorarios|Total Honorarios|Total por Honorarios|Monto Total|Total|Honorarios|Importe bruto"
)
BILL_TOTAL = (
    "Total a pagar|Total mes|Importe Total|Total Recibo|Total del mes|Total mes actual|Total "
    "facturado|Total facturación del mes|Importe del mes|Monto a pagar|Total"
)
WORDS = (
    "SON|SON|Son|Importe en letras|Monto en letras|Total en letras|Cantidad en letras|||La suma de|En letras"
)
PAYING = (
    "Efectivo|Visa|Mastercard|Tarjeta|Pago con|Recibido|Importe recibido|Vuelto|Cambio|Yape|Su pago|"
    "Efectivo Soles|Monto pagado|Total recibido|Saldo|Plin|Tarjeta de crédito|Tarjeta débito|Dinero "
    "recibido|Paga con|A cuenta|Depósito|Transferencia|Contado|Entregado|Devolución|Puntos"
)
HEADS = {
    "words": (
        "Descripción|Descripción|Detalle|Producto|Concepto|Artículo|Descripción del producto|"
        "Descripción / Detalle|Descripción del bien o servicio|Denominación|Bienes o servicios|Item|"
        "Nombre del producto|Detalle del servicio|Descripción de artículo|Mercadería|Glosa|Servicio"
    ),
    "quantity": "Cantidad|Cantidad|Cant.|Cant|Ctd|Cantidad|Cdad|Cantid.|Unidades|Q|Cant. Unid.",
    "unit": (
        "Unidad|U.M.|Und|Unidad Medida|UM|Unid.|U/M|Medida|Unidad de Medida|Presentación|Un. Med.|UND.|Unid"
    ),
    "price": (
        "Precio Unitario|Precio|P/U|P.U.|Precio Unitario|Precio Venta Unitario|P. Unitario|Unitario|"
        "P.Unit|Precio Unit.|Precio con IGV|C/U|Tarifa|Costo Unitario|Precio de lista|P. Vta."
    ),
    "net_price": (
        "Valor Unitario|V. Unitario|V/U|V.U.|Valor Unitario|Valor Unitario sin IGV|Precio sin IGV|"
        "Valor Unit.|Precio Base|P.Unit. sin IGV|Valor|Precio Unitario|Precio"
    ),
    "amount": (
        "Importe|Total|Importe Total|Subtotal|Precio Total|Monto|Precio de Venta|P. Total|Importe "
        "Venta|Total Línea|Parcial|Valor Total|Total Ítem|Precio Venta|Imp. Total"
    ),
    "net": (
        "Valor Venta|Valor de Venta|V. Venta|Subtotal|Importe|Total|Valor Venta Total|Valor Total|"
        "Base|Valor Neto|Monto"
    ),
    "code": (
        "Código|Cod.|SKU|Código Producto|Cód. Prod.|Código Barras|Ref.|Cód. Artículo|Cod. SUNAT|"
        "Referencia|N° Parte|Part Number"
    ),
    "discount": "Descuento|Dscto|% Descuento|Desc.|Dcto.|Dto.|% Dscto|Descto Unit.|D %|Rebaja|Dsct.",
    "n": "Item|N°|#|It.|Nro|Línea|Ítem|Pos.|Ord.|Nº",
    "tax": "IGV|I.G.V.|Impuesto|IGV 18%|Tributos|Impto.|IGV Unit.",
    "isc": "ISC|ICBPER|I.S.C.|Bolsa|IVAP|Otros",
    "kind": "Afectación|Tipo IGV|Afec.|T.A.|Tipo|Tipo Afectación|Af. IGV",
    "lot": (
        "Lote|Serie|Modelo|Marca|Color|Talla|Vencimiento|Laboratorio|Almacén|Peso|Medida|Diámetro|"
        "F.Venc.|Peso Bruto|Proyecto|C. Costo|Ubicación|Bultos"
    ),
}

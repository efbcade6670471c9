"""What papers call their amounts, by the key of `Case.rows`, and the columns of their tables."""

from tests.corpus.grammar.owned import Owned, words

AMOUNTS: dict[str, Owned[str]] = {
    "subtotal": words("Sub Total", "Subtotal", "Valor bruto", "Total bruto"),
    "taxable": words("Op. Gravada|Gravada", "Total Op. Gravadas|Valor Venta", "Operaciones Gravadas|Base imponible", "Total Gravado|T. Gravada|V. Afecto"),
    "exempt": words("Op. Exonerada", "Total Op. Exoneradas", "Operaciones Exoneradas", "Exonerado"),
    "unaffected": words("Op. Inafecta", "Total Op. Inafectas", "Operaciones Inafectas", "Inafecto"),
    "free": words("Op. Gratuita", "Total Op. Gratuitas", "Transferencia gratuita", "Valor de obsequios (gratuito)"),
    "discounts": words("Descuentos", "Dscto. Global", "Total Descuentos", "Descuento Global"),
    "advances": words("Anticipos", "Deducción de anticipos", "Total Anticipos", "(-) Anticipo"),
    "isc": words("ISC", "I.S.C.", "Total ISC", "Imp. Selectivo al Consumo"),
    "igv": words("IGV {rate}%|IGV", "I.G.V. {rate} %|Total IGV {rate}%", "IGV ({rate}%)|I.G.V.", "Impuesto General a las Ventas|IGV {rate}.00 %|Monto IGV"),
    "icbper": words("ICBPER", "I.C.B.P.E.R.", "Impuesto bolsas plásticas", "Imp. Bolsa ICBPER"),
    "other_charges": words("Otros Cargos", "Recargo al consumo 10%", "Recargo consumo", "Servicio (recargo al consumo)"),
    "fise": words("Aporte FISE", "FISE Ley 29852", "Electrificación rural", "Otros conceptos no afectos"),
    "rounding": words("Redondeo", "Monto de redondeo", "Ajuste redondeo", "Dif. de redondeo"),
    "total": words("Importe Total|Total", "Total a Pagar|Precio de Venta", "Monto Total|Total Venta", "Importe total de la venta|T. a pagar|Total general"),
    "perception": words("Percepción 2%", "Imp. Percepción", "Monto percepción", "Percep. (2%)"),
    "net_with_perception": words("Total con percepción", "Total a cobrar incl. percepción", "Monto total cobrado (percepción)", "Importe con percepción"),
    "detraction": words("Detracción", "Monto detracción", "Detracción SPOT", "Imp. detraído"),
    "retention": words("Retención 3%", "Retención IGV", "Monto retención", "Imp. retenido"),
    "net_payable": words("Neto a pagar", "Monto neto pendiente de pago", "Saldo neto", "Importe neto por pagar"),
    "debt": words("Deuda anterior", "Saldo anterior", "Deuda meses anteriores", "Meses vencidos"),
    "to_pay": words("Total por pagar con deuda", "Total a pagar incl. deuda", "Importe a pagar con saldo anterior", "Total más deuda"),
    "fees": words("Total por honorarios", "Honorarios", "Monto bruto", "Total honorarios"),
    "income_tax": words("Retención (8%) IR", "Retención IR 8%", "(-) Impuesto a la renta", "Imp. a la renta 8%"),
    "net_received": words("Total neto recibido", "Neto recibido", "Monto neto", "Líquido recibido"),
}  # fmt: skip
BILL_TOTAL = words("Total a pagar", "Total mes actual", "Importe del mes", "Total facturado del mes")

HEADS: dict[str, Owned[str]] = {
    "n": words("N°", "Item", "Nro.", "It."),
    "code": words("Código", "Cod.", "Cód. Prod.", "SKU"),
    "quantity": words("Cant.", "Cantidad", "Ctd.", "Ctdad."),
    "unit": words("Unidad", "U.M.", "Und.", "Unid. Med.|Medida"),
    "description": words("Descripción", "Detalle|Descripción del producto", "Concepto|Artículo", "Producto / Servicio|Denominación del bien"),
    "size": words("Talla", "Tll.", "T.", "Medidas"),
    "colour": words("Color", "Col.", "Tono", "Acabado"),
    "price": words("P. Unit.", "Precio Unitario|P.U.", "Precio|V. Unit.", "Valor Unitario|Prec. Unit."),
    "discount": words("Dscto.", "Desc.", "Dto.", "% Dscto"),
    "tax": words("IGV", "Imp.", "I.G.V.", "Impuesto"),
    "amount": words("Importe|Total", "Valor Venta|Sub Total", "V. Total|Importe S/", "Monto|P. Total"),
}  # fmt: skip

"""How papers that are no comprobante name themselves, and which words stand on them, as folded lines have
it.
"""

from __future__ import annotations

import re

from functions.extractor.invoice import NotInvoice

_TITLES: tuple[tuple[NotInvoice, str], ...] = (
    (
        "bank_transfer",
        (
            r"(?:CONSTANCIA|COMPROBANTE|VOUCHER)\s*DE\s*(?:TRANSFER|OPERACI|PAGO\b(?!\s*ELEC)|DEPOSIT)"
            r"|TRANSFERENCIA\s*(?:INTERBANCARIA|INMEDIATA|EXITOSA|REALIZADA|A\s*OTROS)"
        ),
    ),
    ("delivery_guide", r"GUIA\s*DE\s*REMISI"),
    (
        "quote",
        (
            r"(?:FACTURA|BOLETA)\s*PROFORMA|PRE\s*-?\s*(?:FACTURA|BOLETA|CUENTA)|"
            r"NOTA\s*DE\s*(?:PEDIDO|VENTA)|COTIZACION|PROFORMA|PRESUPUESTO"
            r"|ORDEN\s*DE\s*(?:COMPRA|SERVICIO)"
        ),
    ),
    (
        "foreign",
        (
            r"(?:TAX\s+|COMMERCIAL\s+|PROFORMA\s+)?INVOICE\b|RECEIPT\b|FATTURA\b|FACTURE\b|RECHNUNG\b|"
            r"NOTA\s+FISCAL|FACTURA\s+COMERCIAL"
        ),
    ),
    (
        "other",
        (
            r"BOLETA\s*DE\s*(?:PAGO|REMUNERACI|HABERES)|RECIBO\s*(?:DE\s*(?:EGRESO|INGRESO|CAJA|DINERO|"
            r"ALQUILER)|PROVISIONAL|INTERNO)"
            r"|COMPROBANTE\s*(?:DE\s*(?:RETENCI|PERCEPCI|EGRESO|INGRESO|CAJA|INFORMACI)|INTERNO)|"
            r"(?:[^\d:]{0,40}\b)?CONSTANCIA\b"
            r"|CERTIFICADO|DECLARACION\s*(?:JURADA|MENSUAL)|ESTADO\s*DE\s*CUENTA|"
            r"(?:SUNAT\W*)?CONSULTA\s*(?:DE\s*VALIDEZ|INTEGRADA|RUC)|CRONOGRAMA"
            r"|LIQUIDACION\s*DE\s*(?:GASTOS|BENEFICIOS)|CONTRATO\s*DE\b|LETRA\s*DE\s*CAMBIO|PAGARE\b|"
            r"POLIZA\s*DE|FICHA\s*(?:DE\s*)?(?:RUC|TECNICA)"
            r"|PLANILLA\b|RENDICION\s*DE|REEMBOLSO|REGISTRO\s*DE\s*(?:COMPRAS|VENTAS)|KARDEX|"
            r"(?:CUADRE|CIERRE|ARQUEO)\s*(?:DE\s*)?CAJA"
            r"|REPORTE\s*(?:DE\b|Z\b|X\b)|VALE\b|CARGO\s*DE\s*ENTREGA|ACTA\s*DE\b|LISTA\s*DE\s*PRECIOS|"
            r"HOJA\s*DE\b"
            r"|TICKET\s*(?:DE\s*)?(?:CAMBIO|ATENCION|INTERNO|ESTACIONAMIENTO)|(?:LISTADO|RELACION)\s*DE\b|"
            r"COMANDA\b"
        ),
    ),
)
TITLES = tuple((what, re.compile(rf"\W*(?:RUC.{{0,20}})?(?:{pattern})")) for what, pattern in _TITLES)
"""As a title begins; a payslip is a «boleta» too."""

_WORDS: tuple[tuple[NotInvoice, int, str], ...] = (
    ("yape", 4, r"YAPEASTE|YAPEAR|\bYAPEO\s*(?:RECIB|ENVI|EXIT)|TE\s*YAPE|CODIGO\s*DE\s*SEGURIDAD"),
    ("yape", 2, r"\bYAPE\b"),
    ("plin", 4, r"PLINEASTE|\bPLINEO\b|PLINEAR"),
    ("plin", 2, r"\bPLIN\b"),
    (
        "bank_transfer",
        4,
        (
            r"TRANSFERENCIA\s*(?:EXITOSA|REALIZADA|INMEDIATA|INTERBANCARIA|A\s*(?:TERCER|OTR|CUENTA))|"
            r"CONSTANCIA\s*DE\s*(?:TRANSFER|OPERACI|PAGO|DEPOSIT)"
            r"|OPERACION\s*EXITOSA|PAGO\s*EXITOS|DEPOSITO\s*EN\s*(?:CUENTA|EFECTIVO)|"
            r"(?:VOUCHER|COMPROBANTE)\s*DE\s*(?:DEPOSIT|TRANSFER|OPERACI)"
        ),
    ),
    (
        "bank_transfer",
        2,
        (
            r"TRANSFERISTE|ENVIASTE|PAGASTE\b|CUENTA\s*(?:DE\s*)?(?:ORIGEN|DESTINO|CARGO|ABONO)|"
            r"N[RU]O?\w*\.?\s*(?:DE\s*)?OPERACION"
        ),
    ),
    ("card_slip", 3, r"NIUBIZ|IZIPAY|VISANET|VENDEMAS|CULQI|PROCESOS\s*MC|MC\s*PROCESOS|\bPOS\b.*\bLOTE\b"),
    (
        "card_slip",
        1,
        (
            r"AUTORIZACION|\bAP\.?\s*:|\bLOTE\b|\bTERMINAL\b|COPIA\s*(?:CLIENTE|COMERCIO)|[*X]{4,}\s?\d{4}|"
            r"\bAID\b|VENTA\s*APROBADA|FIRMA\s*DEL\s*CLIENTE"
        ),
    ),
    ("delivery_guide", 4, r"GUIA\s*DE\s*REMISION\s*(?:REMITENTE|TRANSPORTISTA|ELECTR)"),
    (
        "delivery_guide",
        2,
        r"PUNTO\s*DE\s*(?:PARTIDA|LLEGADA)|MOTIVO\s*(?:DE\s*|DEL\s*)?TRASLADO|TRANSPORTISTA",
    ),
    ("quote", 4, r"COTIZACION|PROFORMA|PRESUPUESTO"),
    (
        "quote",
        2,
        (
            r"VALIDEZ\s*DE\s*(?:LA\s*)?(?:OFERTA|COTIZ)|NOTA\s*DE\s*(?:PEDIDO|VENTA)|"
            r"PRE\s*-?\s*(?:CUENTA|FACTURA|BOLETA)"
        ),
    ),
    ("other", 2, _TITLES[-1][1]),
    (
        "foreign",
        3,
        (
            r"\bVAT\b|SALES\s*TAX|\bCUIT\b|\bR\.?F\.?C\b|\bCFDI\b|\bCNPJ\b|\bNIT\b|\bN\.?I\.?F\b|"
            r"\bC\.?I\.?F\b|\bDIAN\b|\bAFIP\b|\bSRI\b"
            r"|\bR\.?U\.?T\b\.?\s*:?\s*\d|\bS\.?I\.?I\b|CLAVE\s*DE\s*ACCESO|\bCUFE\b|FOLIO\s*FISCAL|\bCAE\b|"
            r"OBLIGADO\s*A\s*LLEVAR\s*CONTABILIDAD|AMBIENTE\W*PRODUCCION|\bDTE\b|\bTVA\b"
        ),
    ),
    (
        "foreign",
        2,
        (
            r"\bI\.?V\.?A\b|\bINVOICE\b|AMOUNT\s*DUE|\bBILL\s*TO\b|\bTAX\b|\bRECEIPT\b|\bGST\b|\bMWST\b|"
            r"\bNRC\b|"
            r"\bTIN\b|\bIBAN\b"
        ),
    ),
)
WORDS = tuple((what, points, re.compile(pattern)) for what, points, pattern in _WORDS)
"""A phrase of four points stands on such papers alone, one of three hardly elsewhere, one of two mostly
there, one of one often there.
"""

"""What people send beside comprobantes: captures of banks and wallets, slips, orders, statements, papers of
other countries. None is an invoice.
"""

from random import Random

from tests.corpus import camera
from tests.corpus.wild.pen import Make, Wild, dni, ruc, typed, wild

_R, _C = ruc("otros"), ruc("otros/b")


_ARTS: dict[str, tuple[str, str]] = {
    "bcp_app": ("bank_transfer", """
#¡Transferencia exitosa!
S/ 1,250.00
Jueves, 12 noviembre 2026 - 10:42 a.m.
Enviado a
COMERCIAL LA ÑUSTA E.I.R.L.
Cuenta corriente soles **** 3021
Desde
Cuenta de ahorros **** 8842
Número de operación
04412893
"""),
    "interbank_app": ("bank_transfer", """
#Constancia
Transferencia a otros bancos
Monto transferido                S/ 480.00
Comisión                         S/ 4.20
Total cargado                    S/ 484.20
Cuenta destino                   002-193-001234567890-12
Titular                          PEDRO HUAMÁN CCORI
Cuenta cargo                     Ahorro Soles 898-****-412
Fecha y hora                     12/11/2026 09:15
Código de operación              7712345
"""),
    "bbva_servicio": ("bank_transfer", """
#Pago de servicios
Operación realizada con éxito
Empresa                          LUZ DEL VALLE S.A.A.
Servicio                         RECIBO DE LUZ
Código de suministro             1234567
Importe pagado                   S/ 186.40
Cuenta de cargo                  0011-0123-**-4567
N° de operación                  000451
Fecha                            12 nov 2026, 08:31
Este documento no reemplaza al comprobante de pago.
"""),
    "deposito_agente": ("bank_transfer", f"""
AGENTE BANCO DEL PUEBLO
BODEGA LA ESQUINA
RUC {_R}
#DEPOSITO EN EFECTIVO
FECHA 12/11/2026  HORA 18:05
CUENTA  191-2345678-0-12
TITULAR ROSA MAMANI Q.
IMPORTE        S/ 300.00
COMISION       S/ 0.00
TOTAL          S/ 300.00
NRO OPERACION 118204
CONSERVE SU VOUCHER
"""),
    "caja_cuota": ("bank_transfer", f"""
CAJA MUNICIPAL DEL SUR S.A.
RUC {_R}
#COMPROBANTE DE OPERACIÓN
PAGO DE CREDITO
CREDITO N° 101-01-4456789
CLIENTE: HUAMÁN CCORI PEDRO
FECHA: 12/11/2026 11:20
CAPITAL            412.10
INTERES             88.30
TOTAL PAGADO S/    500.40
CUOTA 7 DE 24
"""),
    "detraccion_bn": ("bank_transfer", f"""
#CONSTANCIA DE DEPÓSITO DE DETRACCIÓN
Banco de la Nación
Número de constancia             123456789
Número de cuenta                 00-021-123456
RUC proveedor                    {_R}
Nombre / Razón social            TRANSPORTES ANDINO S.A.C.
RUC adquirente                   {_C}
Tipo de operación                01
Tipo de bien o servicio          027
Monto del depósito               S/ 142.00
Fecha y hora de pago             12/11/2026 10:02:11
Periodo tributario               202611
Tipo de comprobante              FACTURA
Número de comprobante            F001-00001234
"""),
    "yape_servicio": ("yape", """
#¡Pago exitoso!
S/ 45.90
Internet Hogar - Fibra del Norte
12 nov. 2026 | 07:22 p. m.
Código de pago 40112233
Nro. de operación 09912345
Pagado con Yape
"""),
    "yape_historial": ("yape", """
#Yape
Movimientos
Rosa Q.                     - S/ 12.00
Hoy 10:22 am
Pedro H.                    S/ 50.00
Ayer 8:01 pm
Bodega Doña Julia           - S/ 7.50
Ayer 1:15 pm
Yapear
"""),
    "plin_ok": ("plin", """
#¡Operación exitosa!
S/ 35.00
Enviaste dinero por Plin
Para: Julia C.
Celular *** *** 345
12 Nov 2026 13:05
Código de operación 6612345
"""),
    "izipay_slip": ("card_slip", f"""
izipay
CHIFA EL DRAGON
RUC {_R}
AV. BRASIL 1020
COM: 004412345 TER: 77120034
VISA CREDITO
************4411
VENTA
FECHA 12NOV26 HORA 20:14
LOTE 000122 REF 0045
AP 831204
AID A0000000031010
TOTAL  S/ 96.00
NO REQUIERE FIRMA
COPIA CLIENTE
"""),
    "pos_boleta": ("card_slip", f"""
VISANET
FARMA VIDA S.A.C.
RUC: {_R}
BOLETA / FACTURA: SOLICITE EN CAJA
TERMINAL 0012233  LOTE 88
TARJETA ****5512  MASTERCARD
COMPRA APROBADA
AUTORIZACION 112233
IMPORTE S/ 41.50
PROPINA S/ 0.00
TOTAL S/ 41.50
"""),
    "guia_vieja": ("delivery_guide", f"""
COMERCIAL LA ÑUSTA E.I.R.L.             R.U.C. {_R}
Av. Grau 455 - Piura                    GUIA DE REMISION
                                        REMITENTE
                                        0001 - N° 004512
Fecha de inicio de traslado: 12/11/2026
Destinatario: FERRETERIA SAN PEDRO S.A.C.   RUC: {_C}
Punto de partida: Av. Grau 455 - Piura
Punto de llegada: Jr. Lima 22 - Sullana
CANT   UND   DESCRIPCION
10     BLS   CEMENTO PORTLAND TIPO I
5      UND   FIERRO 1/2
Comprobante de pago: FACTURA F001-4512
Motivo de traslado: VENTA
"""),
    "guia_transportista": ("delivery_guide", f"""
TRANSPORTES ANDINO S.A.C.               RUC {_R}
                                        #GUÍA DE REMISIÓN ELECTRÓNICA TRANSPORTISTA
                                        V001-00000456
Fecha de emisión 12/11/2026 10:00
Remitente: COMERCIAL LA ÑUSTA E.I.R.L.
Destinatario: FERRETERIA SAN PEDRO S.A.C.
Documentos relacionados: Factura F001-4512
Peso bruto total: 1,250.00 KGM
Placa ABC-123  Licencia Q12345678
"""),
    "cotizacion_carta": ("quote", f"""
FERRETERIA SAN PEDRO S.A.C.
RUC {_R}
Piura, 12 de noviembre de 2026
Señores: COMERCIAL LA ÑUSTA E.I.R.L.
Ref.: Su solicitud de precios
#COTIZACIÓN N° 2026-0412
ITEM  DESCRIPCION                 CANT   P.UNIT   TOTAL
1     CEMENTO PORTLAND TIPO I     100    28.00    2,800.00
2     FIERRO CORRUGADO 1/2        50     38.00    1,900.00
SUB TOTAL                                       4,700.00
IGV 18%                                         846.00
TOTAL S/                                        5,546.00
Son: Cinco mil quinientos cuarenta y seis con 00/100 soles
Forma de pago: contado. Tiempo de entrega: 2 días. Precios sujetos a variación.
"""),
    "presupuesto_taller": ("quote", f"""
TALLER MECANICO RUEDAS E.I.R.L.         RUC {_R}
                                        #PRESUPUESTO
                                        N° 001-004411
Cliente: PEDRO HUAMÁN                   Placa: ABC-123
Fecha: 12/11/2026
Cambio de aceite          1      120.00     120.00
Filtro de aceite          1      45.00      45.00
Total                                       S/ 165.00
"""),
    "nota_venta": ("quote", f"""
DISTRIBUIDORA EL SOL S.A.C.
RUC {_R}
Jr. Ayacucho 120 - Huancayo
#NOTA DE VENTA
NV01-00004512
Fecha: 12/11/2026
Cliente: VARIOS
2  ARROZ EXTRA 5KG     22.00   44.00
1  ACEITE 1L            9.50    9.50
TOTAL   S/ 53.50
Canjear por boleta o factura
"""),
    "precuenta": ("quote", f"""
RESTAURANTE EL TUMI
RUC {_R}
#PRE-CUENTA
MESA 12   MOZO: LUIS
12/11/2026 14:32
2 CEVICHE MIXTO          70.00
1 CHICHA JARRA           18.00
TOTAL S/                 88.00
SOLICITE SU BOLETA O FACTURA
RUC/DNI: ______________
RAZON SOCIAL: ______________
"""),
    "pedido_restaurante": ("other", """
#COMANDA 45
MESA 12  MOZO LUIS
12/11/2026 14:02
2 CEVICHE MIXTO
1 CHICHA JARRA
SIN AJI
"""),
    "orden_compra": ("quote", f"""
COMERCIAL LA ÑUSTA E.I.R.L.             #ORDEN DE COMPRA
RUC: {_R}                               N° OC-2026-00452
Proveedor: FERRETERIA SAN PEDRO S.A.C.
RUC: {_C}
Fecha: 12/11/2026                       Condición: crédito 30 días
Cant   Descripción                      P.Unit     Total
100    CEMENTO PORTLAND TIPO I          28.00      2,800.00
Subtotal                                           2,800.00
IGV                                                504.00
Total                                              S/ 3,304.00
Facturar a: COMERCIAL LA ÑUSTA E.I.R.L.
"""),
    "menu_pizarra": ("other", """
#RESTAURANTE DOÑA JULIA
MENÚ EJECUTIVO  S/ 15.00
ENTRADAS
Papa a la huancaína
Causa rellena                S/ 12.00
SEGUNDOS
Lomo saltado                 S/ 28.00
Ají de gallina               S/ 24.00
Delivery 987 654 321
Emitimos boletas y facturas
"""),
    "lista_precios": ("other", f"""
FERRETERIA SAN PEDRO S.A.C.     RUC {_R}
#LISTA DE PRECIOS NOVIEMBRE 2026
CODIGO   DESCRIPCION                  UND   PRECIO
C-001    CEMENTO PORTLAND TIPO I      BLS   28.50
F-012    FIERRO CORRUGADO 1/2         VAR   38.90
A-100    ALAMBRE NEGRO N° 16          KG    6.80
Precios incluyen IGV. Pedidos al 044-223344
"""),
    "invoice_us": ("foreign", """
#INVOICE
Acme Hosting LLC
500 Market St, San Francisco, CA
Invoice number  INV-2026-1123
Date of issue   November 12, 2026
Date due        November 12, 2026
Bill to  COMERCIAL LA NUSTA EIRL, Lima, Peru
Description            Qty   Unit price   Amount
Pro plan               1     $20.00       $20.00
Subtotal                                  $20.00
Total                                     $20.00
Amount due                                $20.00 USD
"""),
    "factura_es": ("foreign", """
PAPELERIA CENTRAL S.L.
CIF B12345678
Calle Mayor 5, Madrid
#FACTURA
Nº A-2026/451
Fecha: 12/11/2026
Concepto        Cantidad   Precio   Importe
Papel A4        10         3,50     35,00
Base imponible                      35,00
IVA 21%                             7,35
TOTAL                               42,35 €
"""),
    "factura_co": ("foreign", """
TIENDA ANDINA S.A.S.
NIT 900.123.456-7
Calle 72 # 10-34 Bogotá D.C.
#FACTURA ELECTRÓNICA DE VENTA
FE-4512
Fecha de emisión 2026-11-12
CUFE: 8a1f0c
Producto         Cant   Valor      Total
Café 500g        2      25.000     50.000
Subtotal                           50.000
IVA 19%                            9.500
TOTAL COP                          59.500
"""),
    "factura_mx": ("foreign", """
ABARROTES LA LUZ SA DE CV
RFC: ALU901231AB1
Folio fiscal: 6F1A-22
#FACTURA  Serie A Folio 4512
Uso CFDI: G03
Cantidad  Concepto        P. Unitario   Importe
1         DESPENSA        100.00        100.00
Subtotal  100.00
IVA 16%   16.00
Total     $116.00 MXN
"""),
    "factura_cl": ("foreign", """
COMERCIAL DEL MAIPO LIMITADA
Giro: Venta al por menor
                          R.U.T.: 76.543.210-K
                          #FACTURA ELECTRONICA
                          N° 20451
                          S.I.I. - SANTIAGO CENTRO
SEÑOR(ES): IMPORTACIONES RÍMAC
Descripcion      Cantidad   Precio    Total
Vino tinto       12         4.990     59.880
MONTO NETO                            59.880
IVA 19%                               11.377
TOTAL                                 71.257
"""),
    "factura_ec": ("foreign", """
DISTRIBUIDORA QUITO S.A.
R.U.C.: 1790012345001
#FACTURA
No. 001-002-000045123
NÚMERO DE AUTORIZACIÓN
1211202601179001234500120010020000451231234567811
AMBIENTE: PRODUCCIÓN
CLAVE DE ACCESO
Cod   Descripción      Cantidad   Precio   Total
01    Atún lata        10         1.20     12.00
SUBTOTAL 15%           12.00
IVA 15%                1.80
VALOR TOTAL            13.80
"""),
    "factura_ar": ("foreign", """
FERRETERIA DEL PLATA S.R.L.
                   A   #FACTURA
                   COD. 01   Punto de Venta: 00003 Comp. Nro: 00004512
Fecha de Emisión: 12/11/2026
CUIT: 30-71234567-8
Ingresos Brutos: 901-123456-1
Producto / Servicio     Cantidad   Precio Unit.   Subtotal
Tornillos               100        12,50          1250,00
Importe Neto Gravado: $                           1250,00
IVA 21%: $                                        262,50
Importe Total: $                                  1512,50
CAE N°: 76123456789012
"""),
    "receipt_us": ("foreign", """
#BLUE BOTTLE DINER
1200 Ocean Dr, Miami FL
Server: Anna   Table 4
11/12/2026 8:41 PM
1 Burger            14.50
1 Soda               3.00
Subtotal            17.50
Tax 7%               1.23
Total               18.73
Tip guide 18% = 3.15
VISA ****4411
"""),
    "boleta_pago": ("other", f"""
COMERCIAL LA ÑUSTA E.I.R.L.            RUC {_R}
#BOLETA DE PAGO - NOVIEMBRE 2026
D.S. N° 001-98-TR
Trabajador: QUISPE ROJAS JUAN   DNI: {dni("otros")}
Ingresos                Descuentos              Aportes
Sueldo básico 1,500.00  AFP 172.50              EsSalud 135.00
Total ingresos 1,500.00  Total descuentos 172.50
Neto a pagar                                    S/ 1,327.50
"""),
    "planilla_gratificacion": ("other", f"""
COMERCIAL LA ÑUSTA E.I.R.L.
RUC {_R}
#LIQUIDACIÓN DE BENEFICIOS SOCIALES
Trabajador: QUISPE ROJAS JUAN
Fecha de cese: 12/11/2026
CTS                          1,020.00
Vacaciones truncas           640.00
TOTAL A PAGAR            S/  1,660.00
"""),
    "estado_cuenta": ("other", f"""
BANCO ANDINO DEL PERU S.A.   RUC {_R}
#ESTADO DE CUENTA
Cuenta corriente soles 191-1234567-0-55
Periodo: 01/11/2026 al 30/11/2026
FECHA    DESCRIPCIÓN               CARGO      ABONO      SALDO
02/11    PAGO FACTURA F001-451     1,180.00              4,820.00
05/11    TRANSF. RECIBIDA                     500.00     5,320.00
12/11    ITF                       0.05                  5,319.95
Saldo final                                              S/ 5,319.95
"""),
    "tarjeta_estado": ("other", f"""
BANCO ANDINO DEL PERU S.A.   RUC {_R}
#ESTADO DE CUENTA TARJETA DE CREDITO
PEDRO HUAMAN CCORI
Último día de pago   05/12/2026
Pago mínimo          S/ 120.00
Pago total del mes   S/ 1,432.10
12 NOV  GRIFO LOS ALAMOS      S/ 90.00
14 NOV  SUPERMERCADO          S/ 212.40
"""),
    "letra_cambio": ("other", f"""
#LETRA DE CAMBIO
NÚMERO   REF. GIRADOR   FECHA GIRO    VENCIMIENTO   MONEDA E IMPORTE
0451     F001-4512      12/11/2026    12/12/2026    S/ 1,180.00
Por esta LETRA DE CAMBIO se servirá(n) pagar incondicionalmente a la orden de
FERRETERIA SAN PEDRO S.A.C.  la cantidad de
MIL CIENTO OCHENTA CON 00/100 SOLES
Aceptante: COMERCIAL LA ÑUSTA E.I.R.L.   RUC {_R}
"""),
    "retencion": ("other", f"""
COMERCIAL LA ÑUSTA E.I.R.L.            R.U.C. {_R}
                                       #COMPROBANTE DE RETENCIÓN ELECTRÓNICA
                                       R001-00000123
Señor(es): FERRETERIA SAN PEDRO S.A.C.   RUC: {_C}
Fecha de emisión: 12/11/2026    Régimen 3%
Factura F001-4512   10/11/2026   1,180.00   35.40   1,144.60
Total retenido S/ 35.40
SON: TREINTA Y CINCO CON 40/100 SOLES
"""),
    "cargo_entrega": ("other", f"""
OLVA EXPRESO S.A.C.   RUC {_R}
#CARGO DE ENTREGA
N° 2026-1120455
Remitente: COMERCIAL LA ÑUSTA
Destinatario: PEDRO HUAMÁN
Contenido: 1 FACTURA ORIGINAL
Recibido por: ____________  Fecha: 12/11/2026
"""),
    "estacionamiento": ("other", """
#PLAYA LOS JARDINES
TICKET DE ESTACIONAMIENTO
N° 004512
PLACA ABC-123
INGRESO 12/11/2026 10:02
TARIFA S/ 5.00 HORA O FRACCION
CONSERVE SU TICKET
"""),
    "combi": ("other", """
EMPRESA DE TRANSPORTES EL RAPIDO
BOLETO DE VIAJE URBANO
S/ 1.50
SERIE A  0045122
Lima - Callao
Conserve su boleto
"""),
    "sorteo": ("other", """
#CUPON DE SORTEO
GRAN RIFA PRO FONDOS
N° 00451
Precio S/ 10.00
Fecha: 12/12/2026
Nombre: ____________ DNI: ________
"""),
    "recibo_alquiler": ("other", """
#RECIBO DE ALQUILER
Recibí de Pedro Huamán la suma de S/ 800.00
Por concepto de alquiler del mes de noviembre 2026
Lima, 12 de noviembre de 2026
Julia Ccori
"""),
    "contrato": ("other", f"""
#CONTRATO DE LOCACIÓN DE SERVICIOS
Conste por el presente documento que celebran COMERCIAL LA ÑUSTA E.I.R.L. con
RUC {_R} y de otra parte Juan Quispe con DNI {dni("otros")}
PRIMERA: El monto es de S/ 3,000.00 más IGV, previa presentación de factura
electrónica o recibo por honorarios.
SEGUNDA: El plazo vence el 31/12/2026.
"""),
    "sunat_pago": ("bank_transfer", f"""
SUNAT
#CONSTANCIA DE PAGO
Formulario 1662 - Boleta de pago
RUC {_R}
COMERCIAL LA ÑUSTA E.I.R.L.
Periodo 10/2026   Tributo 1011 IGV
Importe pagado S/ 1,204.00
Número de orden 123456789
Fecha 12/11/2026 10:15
"""),
    "ficha_ruc": ("other", f"""
SUNAT
#FICHA RUC : {_R}
COMERCIAL LA ÑUSTA E.I.R.L.
CIR - Constancia de Información Registrada
Estado del contribuyente: ACTIVO
Sistema de emisión de comprobantes de pago: MANUAL/COMPUTARIZADO
Comprobantes de pago autorizados: FACTURA, BOLETA DE VENTA
Afiliado al PLE desde 01/01/2020
"""),
    "consulta_cpe": ("other", f"""
SUNAT - Consulta de validez del comprobante de pago electrónico
Resultado de la consulta
La FACTURA ELECTRÓNICA F001-4512 con RUC {_R} de fecha 12/11/2026
por un importe total de S/ 1,180.00
ES UN COMPROBANTE DE PAGO VÁLIDO.
"""),
    "correo": ("other", """
De: ventas@sanpedro.example
Para: compras@nusta.example
Asunto: Envío de factura electrónica F001-00004512
Estimado cliente COMERCIAL LA ÑUSTA E.I.R.L.
Adjuntamos el comprobante electrónico:
Tipo: FACTURA ELECTRÓNICA   Número: F001-00004512   Fecha: 12/11/2026
Saludos cordiales, FERRETERIA SAN PEDRO S.A.C.
"""),
    "chat": ("other", """
Hola vecina buenas tardes
cuanto me sale el saco de arroz?
180 soles el de 50 kg
ya le yapeo, me manda boleta por favor
ok gracias
14:02
"""),
}  # fmt: skip

PICTURED = (
    "deposito_agente",
    "izipay_slip",
    "pos_boleta",
    "precuenta",
    "nota_venta",
    "guia_vieja",
    "receipt_us",
    "menu_pizarra",
    "caja_cuota",
)
"""Those that come as photos as well."""


def _digital(name: str, what: str, art: str) -> Make:
    def make() -> Wild:
        return Wild(name, typed(art), (), ("not_an_invoice",), what=what)

    make.__name__ = name
    return make


def _photo(name: str, what: str, art: str) -> Make:
    def make() -> Wild:
        rng = Random(f"wild/{name}")
        data = camera.jpeg(camera.photograph(camera.raster(typed(art), 200), 1600, rng), rng)
        return Wild(f"{name}_foto", data, (), ("not_an_invoice",), what=what, picture=True)

    make.__name__ = f"{name}_foto"
    return make


for _name, (_what, _art) in _ARTS.items():
    wild(_digital(_name, _what, _art))
for _name in PICTURED:
    wild(_photo(_name, *_ARTS[_name]))

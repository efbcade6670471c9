"""What is sold, trade by trade: things with their qualities, dishes, services, what bills charge."""

from random import Random

from tests.corpus.tokens import names

_THINGS = {
    "build": (
        (
            "CEMENTO|CLAVO|ALAMBRE|TUBO|CABLE|PINTURA|BROCHA|LADRILLO|ARENA GRUESA|PIEDRA "
            "CHANCADA|FIERRO CORRUGADO|MALLA|PLANCHA|TRIPLAY|VIDRIO|PUERTA|CERRADURA|CANDADO|"
            "BISAGRA|LIJA|"
            "LLAVE DE PASO|CODO|TEE|UNIÓN|VÁLVULA|SILICONA|PEGAMENTO|YESO|CAL|THINNER|ESMALTE|"
            "TALADRO|SIERRA|ALICATE|DESTORNILLADOR|TORNILLO|PERNO|TUERCA|ARANDELA|TARUGO|"
            "INTERRUPTOR|"
            "TOMACORRIENTE|FOCO|CALAMINA|CUMBRERA|GRIFERÍA|LAVATORIO|INODORO|PORCELANATO|"
            "MAYÓLICA|FRAGUA|NIVEL|CARRETILLA|PALA|PICO|COMBA|WINCHA|ESCALERA|SOLDADURA|DRYWALL"
        ),
        (
            '1/2"|3/4"|1"|2"|X 12|DE PVC|DE COBRE|GALVANIZADO|TIPO I|N° 8|N°16|X 50KG|DE 42.5 KG|60W|'
            "220V|X 9 M|DE ACERO|BLANCO|NEGRO MATE|2.5MM|X METRO|7.2 MM|SCH 40|CLASE 10|INOXIDABLE|"
            '4" X 1/2"|DE BRONCE'
        ),
    ),
    "food": (
        (
            "ARROZ|AZÚCAR|ACEITE|LECHE|HARINA|POLLO|GASEOSA|AGUA|CERVEZA|VINO|CAFÉ|GALLETA|"
            "CHOCOLATE|JABÓN|DETERGENTE|SHAMPOO|QUINUA|PAPA|CEBOLLA|TOMATE|LIMÓN|PALTA|MANGO|"
            "NARANJA|HUEVO|QUESO|JAMÓN|"
            "YOGURT|MANTEQUILLA|ATÚN|FIDEO|SAL|MENESTRA|CARNE|PESCADO|AVENA|MERMELADA|VINAGRE|"
            "SILLAO|PAPEL HIGIÉNICO|PAÑAL|LEJÍA|SUAVIZANTE|CARAMELO|CHIZITO|HELADO|REFRESCO|TÉ|"
            "MANZANILLA|PASTA DENTAL|ZANAHORIA|UVA|PLÁTANO"
        ),
        (
            "X 1KG|750G|1L|500ML|EXTRA|SUPERIOR|CLÁSICO|LIGHT|ENTERO|FRESCO|FAMILIAR|PERSONAL|X 6|"
            "PACK X 12|SIN GAS|DE SOYA|INTEGRAL|SELECTO|BOLSA|LATA|X 24 UND|5 LT|GRANEL|ROJA|"
            "EVAPORADA|NATURAL|250 GR|2.5L"
        ),
    ),
    "office": (
        (
            "PAPEL BOND|LÁPIZ|LAPICERO|CUADERNO|FOLDER|TÓNER|TINTA|MOUSE|TECLADO|LAPTOP|MONITOR|"
            "IMPRESORA|SILLA|ESCRITORIO|ESTANTE|ARCHIVADOR|GRAPAS|ENGRAPADOR|PERFORADOR|"
            "RESALTADOR|CORRECTOR|PLUMÓN|MEMORIA USB|DISCO SÓLIDO|"
            "CABLE HDMI|AUDÍFONO|PARLANTE|CARGADOR|CELULAR|TABLET|CÁMARA|PROYECTOR|ROUTER|SWITCH|"
            "ESTABILIZADOR|TARJETA DE VIDEO|FUENTE DE PODER|TINTA PARA IMPRESORA|CINTA|SOBRE "
            "MANILA|POST-IT|CALCULADORA|LICENCIA"
        ),
        (
            "A4|80GR|NEGRO|AZUL|ROJO|500GB|16GB|1TB|USB|HDMI|INALÁMBRICO|ORIGINAL|24 PULGADAS|X 100|"
            "OFICIO|LASERJET|COLOR|T-544|DE METAL|GERENCIAL|X MILLAR|CAT 6|8 PUERTOS|GEN 12|I5|FULL "
            "HD"
        ),
    ),
    "car": (
        (
            "BATERÍA|LLANTA|FILTRO DE ACEITE|FILTRO DE AIRE|BUJÍA|FAJA|RODAJE|MANGUERA|BOMBA DE "
            "AGUA|PASTILLA DE FRENO|DISCO DE FRENO|AMORTIGUADOR|ACEITE|GRASA|LÍQUIDO DE FRENO|"
            "REFRIGERANTE|FARO|ESPEJO|EMBRAGUE|RETÉN|"
            "GASOHOL|DIESEL|GASOLINA|GLP|GNV|PETRÓLEO|SENSOR|ALTERNADOR|ARRANCADOR|EMPAQUETADURA|"
            "TERMINAL|RÓTULA|MUELLE|PLUMILLA|CORREA|KIT DE DISTRIBUCIÓN|PERNO DE RUEDA"
        ),
        (
            "10W40|20W50|90 OCTANOS|PREMIUM|95|DB5 S-50|12V|15 PLACAS|185/65R15|DELANTERO|POSTERIOR|"
            "IZQUIERDO|DERECHO|SINTÉTICO|X GALÓN|TOYOTA HILUX|NISSAN|VOLVO FH|ORIGINAL|ALTERNO|2.8|"
            "4X4"
        ),
    ),
    "wear": (
        (
            "GUANTE|CASCO|CHALECO|BOTA|ZAPATO|CAMISA|PANTALÓN|POLO|CASACA|CHOMPA|MEDIA|GORRA|MOCHILA|"
            "CARTERA|RELOJ|VESTIDO|FALDA|BLUSA|SHORT|ZAPATILLA|SANDALIA|CORREA|BILLETERA|LENTES|TELA|"
            "HILO|BOTÓN|CIERRE|BUFANDA|PIJAMA|UNIFORME"
        ),
        (
            "TALLA M|TALLA 42|PARA DAMA|PARA HOMBRE|DE ALGODÓN|DE CUERO|NEGRO|BLANCO|AZUL MARINO|"
            "NIÑO|UNISEX|ESTAMPADO|DRILL|JEAN|INDUSTRIAL|REFLECTIVO|PUNTA DE ACERO|XL|S|L|38|MANGA "
            "LARGA"
        ),
    ),
    "health": (
        (
            "PARACETAMOL|IBUPROFENO|AMOXICILINA|JARABE|ALCOHOL|MASCARILLA|ALGODÓN|VENDA|SUERO "
            "FISIOLÓGICO|LORATADINA|OMEPRAZOL|NAPROXENO|VITAMINA C|GASA|JERINGA|TERMÓMETRO|"
            "CLORFENAMINA|AZITROMICINA|METFORMINA|PROTECTOR SOLAR|CREMA|"
            "COLIRIO|PRUEBA RÁPIDA|GUANTES DE NITRILO|ENALAPRIL|ÁCIDO FÓLICO|CONSULTA MÉDICA|"
            "ECOGRAFÍA|RADIOGRAFÍA|PROFILAXIS DENTAL|HEMOGRAMA"
        ),
        (
            "500MG|400 MG|X 100 TAB|X 10|120ML|GENÉRICO|CAJA|BLÍSTER|ADULTO|PEDIÁTRICO|70°|FCO|"
            "INYECTABLE|5%|SPF 50|TABLETAS|CÁPSULAS|1G"
        ),
    ),
    "table": (
        (
            "CEVICHE|LOMO SALTADO|ARROZ CHAUFA|MENÚ|PISCO SOUR|AJÍ DE GALLINA|POLLO A LA BRASA|"
            "1/4 DE POLLO|1/2 POLLO|PARRILLA|TALLARÍN SALTADO|SOPA CRIOLLA|CHICHA MORADA|JARRA "
            "DE LIMONADA|INCA KOLA|CAPUCHINO|PIZZA|HAMBURGUESA|"
            "SÁNDWICH|TACU TACU|CAUSA|ANTICUCHO|ARROZ CON MARISCOS|CHICHARRÓN|TORTA|EMPANADA|"
            "AGUA MINERAL|CERVEZA|CONSUMO|WANTÁN|TRUCHA FRITA|CALDO DE GALLINA|JUGO|ENSALADA|"
            "PAPAS FRITAS|ALITAS|COPA DE VINO|CAFÉ AMERICANO"
        ),
        (
            "MIXTO|ESPECIAL|PERSONAL|FAMILIAR|1L|GRANDE|CLÁSICO|A LO POBRE|CON PAPAS|EJECUTIVO|"
            "CRIOLLO|AL PESO|DOBLE|A LA CARTA|DE LA CASA|X 6|HELADA|DE PAVO|VEGETARIANO"
        ),
    ),
    "machine": (
        (
            "BOMBA|MOTOR|VÁLVULA|COMPRESOR|REDUCTOR|ELECTROVÁLVULA|CONTACTOR|VARIADOR|TABLERO|"
            "TRANSFORMADOR|MANÓMETRO|CHUMACERA|CADENA|PIÑÓN|FAJA TRANSPORTADORA|SELLO MECÁNICO|"
            "ACOPLE|FILTRO|SENSOR|TERMOSTATO|EXTRACTOR|GENERADOR|PLACA|REPUESTO|"
            "ELECTRODO|VENTILADOR|POLEA|BRIDA|NIPLE|EMPAQUE|CILINDRO|TERMOMAGNÉTICO|CABLE|RELÉ"
        ),
        (
            '1HP|2 HP|TRIFÁSICO|3X32A|24VDC|220V 60HZ|DE ACERO|6204-2RS|NPT|1 1/2"|DN 50|INDUSTRIAL|'
            "SERIE 300|PN16|AISI 304|10 BAR|A-42|TIPO B|X 2 M|MONOFÁSICO|40 MM"
        ),
    ),
}
_SERVICE = (
    "SERVICIO DE|SERVICIO DE|ALQUILER DE|MANTENIMIENTO DE|CONSULTORÍA EN|ASESORÍA|REPARACIÓN DE|"
    "INSTALACIÓN DE|TRANSPORTE DE|FLETE|DESARROLLO DE|COMISIÓN POR|POR EL SERVICIO DE|HONORARIOS "
    "POR|CAPACITACIÓN EN|LIMPIEZA DE|PUBLICIDAD EN|"
    "SUSCRIPCIÓN|HOSTING|SEPARACIÓN DE|POR CONSUMO|HOSPEDAJE|ATENCIÓN DE|EXAMEN DE|PENSIÓN DE|"
    "ANTICIPO|CUOTA|RENTA MENSUAL|PLAN|SUPERVISIÓN DE|DISEÑO DE|CONFECCIÓN DE|IMPRESIÓN DE|"
    "ELABORACIÓN DE|TRABAJOS DE|SUMINISTRO DE|DERECHO DE|"
    "VALORIZACIÓN N° 03|ADELANTO DE|GASTOS DE|MATRÍCULA|CURSO DE|MENSUALIDAD|ESTIBA DE|"
    "ALMACENAJE|VIGILANCIA"
).split("|")
_OBJECT = (
    "EQUIPOS DE CÓMPUTO|MAQUINARIA PESADA|OFICINAS|CARGA PESADA|VEHÍCULOS|REDES|AIRE "
    "ACONDICIONADO|SISTEMAS CONTABLES|PÁGINA WEB|EVENTOS|MONTACARGAS|LOCALES|PERSONAL|SEGURIDAD "
    "INDUSTRIAL|GRUPO ELECTRÓGENO|TANQUES|TECHOS|REDES SOCIALES|"
    "SOFTWARE|BANNERS|VOLANTES|ESTRUCTURAS METÁLICAS|DEPARTAMENTO|COCHERA|EXCEL|MARKETING "
    "DIGITAL|TRÁMITES|EXPEDIENTE TÉCNICO|HABITACIÓN DOBLE|RETROEXCAVADORA|CAMIONETA 4X4|"
    "ENCOMIENDA|PASAJEROS|REFRIGERIOS|PINTADO|FUMIGACIÓN|INSPECCIÓN|"
    "TOPOGRAFÍA|IMPLEMENTACIÓN|DIAGNÓSTICO|JARDINERÍA"
).split("|")
_WHEN = (
    "MES DE ENERO|DEL 01/05 AL 31/05|SEGÚN CONTRATO N° 18|OC 45012|PERIODO 2025|- LIMA|SEGÚN "
    "COTIZACIÓN|CORRESPONDIENTE AL MES DE AGOSTO|1RA QUINCENA|(02 UNIDADES)|TOTAL|A TODO COSTO|"
    "SEDE CENTRAL|POR HORAS|RUTA LIMA - CALLAO|S/N|"
    "INC. MATERIALES|DEL 12.03.2026|GUÍA T001-452|PLACA B4X-812|PARA EL PROYECTO"
).split("|")
_CHARGES = (
    "CARGO FIJO|ENERGÍA ACTIVA|CONSUMO DE ENERGÍA|ALUMBRADO PÚBLICO|MANTENIMIENTO Y REPOSICIÓN|"
    "MANT. Y REP. CONEXIÓN|INTERÉS MORATORIO|INTERESES|POTENCIA CONTRATADA|AGUA POTABLE|SERVICIO "
    "DE ALCANTARILLADO|SERVICIO DE DESAGÜE|CARGO POR RECONEXIÓN|"
    "INTERNET 200 MBPS|PLAN MÓVIL ILIMITADO|TELEFONÍA FIJA|CABLE BÁSICO|ALQUILER DE EQUIPO|GAS "
    "NATURAL|DISTRIBUCIÓN DE GAS|TRANSPORTE DE GAS|CARGO COMERCIAL|CARGO POR LECTURA|ENERGÍA EN "
    "HORA PUNTA|ENERGÍA FUERA DE PUNTA|CONSUMO DEL MES|"
    "RENTA BÁSICA|DÚO HOGAR|TRÍO FIBRA|SEGURO DE EQUIPO|CUOTA DE EQUIPO 3/12|LLAMADAS A MÓVILES|"
    "PAQUETE DE DATOS|FACTURACIÓN DEL MES|CARGO POR POTENCIA|ARBITRIOS|TRATAMIENTO DE AGUAS|"
    "EXCESO DE CONSUMO|INTERÉS POR FINANCIAMIENTO"
).split("|")
UNITS = (
    "NIU NIU NIU UND UND UND. UNIDAD UNID UNID. UNIDADES Unidad KG KGM KGS. KILOGRAMO LT LTR LTS "
    "LITRO GLN GAL GALÓN GALONES CJA CAJA CAJAS PQT PAQUETE BOL BOLSA BLS MTR MT M METRO ZZ ZZ "
    "SERV SERVICIO SERV. DOC DOCENA PAR PARES UNI UN "
    "SACO SAC M2 M3 ROL ROLLO TNE TN TON HUR HORA HRS DIA MES C62 BG BX PK BO GLL MLL MILLAR JGO "
    "JUEGO KIT SET PZA PZ PIEZA FCO FRASCO TAB BALDE CTO CIENTO VAR VARILLA PLN PLANCHA BLT GR "
    "Und. Kg"
).split()


class Shelf:
    """What one house sells: its trades and how it writes things."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.trades = rng.sample(list(_THINGS), rng.choice([1, 1, 2]))
        self.units = rng.sample(UNITS, rng.choice([1, 2, 4]))
        self.brands = [names.invented(rng) for _ in range(3)]
        self.way = rng.choices(["thing", "service", "invented", "plain"], [70, 18, 6, 6])[0]
        self.long = rng.choice([1, 2, 3, 4, 6, 9])
        self.case = rng.choices(["upper", "title", "first", "lower"], [70, 12, 14, 4])[0]

    def unit(self) -> str:
        """How it is counted."""
        return self.rng.choice(self.units)

    def words(self) -> str:
        """What a line says."""
        rng, way = self.rng, self.way if self.rng.random() < 0.9 else "thing"
        if way == "thing":
            said = self._thing()
        elif way == "service":
            said = self._service()
        elif way == "invented":
            said = " ".join(names.invented(rng) for _ in range(rng.randrange(1, 4)))
        else:
            said = rng.choice(
                [
                    f"PRODUCTO {rng.randrange(1, 99)}",
                    "PRODUCTO DE PRUEBA",
                    f"ITEM {rng.randrange(1, 99)}",
                    "ARTÍCULO DE PRUEBA",
                    "SERVICIO",
                    "VARIOS",
                    "PROD. A",
                    "POR CONSUMO",
                    "MERCADERÍA",
                    "VENTA DEL DÍA",
                    "BIEN O SERVICIO",
                ]
            )
        if rng.random() < 0.05:
            said += " " + rng.choice(
                [
                    "/",
                    "(*)",
                    "-",
                    "REF",
                    "TOTAL",
                    "CLIENTE",
                    "S/N",
                    "IGV",
                    "- S/ 5.00 C/U",
                    "X 2",
                    "(1)",
                    "+ ENVÍO",
                ]
            )
        said = " ".join(said.split())
        return {
            "upper": said.upper(),
            "title": said.title(),
            "first": said.capitalize(),
            "lower": said.lower(),
        }[self.case]

    def _thing(self) -> str:
        rng = self.rng
        things, qualities = (part.split("|") for part in _THINGS[rng.choice(self.trades)])
        parts = [
            rng.choice(things),
            *rng.sample(qualities, min(len(qualities), rng.randrange(self.long + 1))),
        ]
        if rng.random() < 0.3:
            parts.insert(rng.randrange(1, len(parts) + 1), rng.choice(self.brands))
        if rng.random() < 0.1:
            parts.append(f"{names.invented(rng)[:3]}-{rng.randrange(1, 9999)}")
        if rng.random() < 0.12:
            parts.append(
                rng.choice(["X", "x", "DE"])
                + f" {rng.randrange(1, 500)}"
                + rng.choice(["", " UND", " KG", "ML", "G", " UNIDADES"])
            )
        if rng.random() < 0.14:
            parts.insert(
                0,
                rng.choice(
                    (
                        "KIT|BOLSA|CAJA|GALÓN|SACO|PAR|JUEGO|ROLLO|PAQUETE|UNIDAD|DOCENA|SET|PACK|"
                        '100|12|BALDE|COMBO|PROMO|2 EN 1|4 EN 1|5 W|40 W|6"|1/2|3/8|100 HOJAS|50 UND|'
                        "2 X 1|S|M|1 KG|HORA|DÍA|MES|VARIOS"
                    ).split("|")
                ),
            )
        return " ".join(parts)

    def _service(self) -> str:
        rng = self.rng
        said = f"{rng.choice(_SERVICE)} {rng.choice(_OBJECT)}"
        for _ in range(rng.choice([0, 0, 1, 2, 3]) if self.long > 1 else 0):
            said += " " + rng.choice(
                [
                    rng.choice(_OBJECT),
                    "Y",
                    "PARA",
                    "CON",
                    names.invented(rng),
                    rng.choice(_WHEN),
                    rng.choice(_SERVICE),
                ]
            )
        return f"{said} {rng.choice(_WHEN)}" if rng.random() < 0.35 else said

    def code(self) -> str:
        """A code of its own, in one of many shapes."""
        rng = self.rng
        return rng.choice(
            [
                f"{rng.randrange(1, 9999)}",
                f"{rng.randrange(1, 999):03d}",
                f"{names.invented(rng)[:3]}{rng.randrange(1, 999):03d}",
                f"775{rng.randrange(10**10):010d}",
                f"P{rng.randrange(9999):04d}",
                names.invented(rng),
                f"{names.invented(rng)[:2]}-{rng.randrange(100, 9999)}",
                f"{rng.randrange(10**7, 10**10)}",
                "-",
                f"{rng.randrange(10, 99)}.{rng.randrange(10, 99)}.{rng.randrange(10, 99)}",
                f"{rng.randrange(10**5, 10**6)}{rng.choice('ABCX')}",
            ]
        )


def charge(rng: Random) -> str:
    """What a bill of light, water or telephone charges."""
    said = rng.choice(_CHARGES)
    return rng.choice([said, said.capitalize(), said.title()])


def service(rng: Random) -> str:
    """What a fee is for."""
    shelf = Shelf(rng)
    shelf.way = "service"
    return shelf.words()

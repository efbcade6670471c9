"""Fictitious Peruvian companies, people, places and things sold. Check digits are right, so that only a
misreading breaks them.
"""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def check_digit(ten: str) -> str:
    """The eleventh digit of a RUC."""
    rest = 11 - sum(int(d) * w for d, w in zip(ten, _WEIGHTS, strict=True)) % 11
    return str(rest % 10)


def ruc(rng: Random, prefix: str) -> str:
    """A RUC under prefix 10, 15, 16, 17 or 20."""
    ten = prefix + (f"{rng.choice('13456')}{rng.randrange(10**7):07d}" if prefix == "20" else dni(rng))
    return ten + check_digit(ten)


def dni(rng: Random) -> str:
    """Eight digits, some with the leading zero that readers drop."""
    return f"{rng.choice([rng.randrange(700_000, 9_999_999), rng.randrange(10_000_000, 79_999_999)]):08d}"


_GIVEN = [
    "María José",
    "Juan Carlos",
    "Rosa Elvira",
    "Luis Alberto",
    "Ana Lucía",
    "Jesús Ángel",
    "Milagros",
    "Óscar Iván",
    "Flor de María",
    "Wilfredo",
    "Nélida",
    "César Augusto",
    "Yéssica",
    "Édgar",
    "Zoila Rosa",
    "Ítalo",
    "Begoña",
    "Máximo",
    "Úrsula",
    "Segundo Simón",
]
_FAMILY = [
    "Quispe",
    "Mamani",
    "Ñahui",
    "Huamán",
    "Nuñez",
    "Peña",
    "Chávez",
    "Castañeda",
    "Ccori",
    "Condori",
    "Yupanqui",
    "Ibáñez",
    "Salazar",
    "Zúñiga",
    "Muñoz",
    "Ríos",
    "Acuña",
    "Llontop",
    "Vásquez",
    "Túpac",
    "De la Cruz",
    "Del Águila",
    "Ordóñez",
    "Sánchez",
    "Farfán",
]
_TRADE = [
    "Distribuidora",
    "Comercial",
    "Inversiones",
    "Corporación",
    "Importaciones",
    "Ferretería",
    "Servicios Generales",
    "Grupo",
    "Representaciones",
    "Agroindustrias",
    "Textiles",
    "Consultores",
    "Constructora",
    "Transportes",
    "Librería",
    "Botica",
    "Minimarket",
    "Soluciones",
    "Panificadora",
    "Multiservicios",
]
_NAMES = [
    "Ñustas del Sur",
    "San Martín de Porres",
    "El Huarango",
    "Los Andes",
    "Señor de Sipán",
    "Cordillera Blanca",
    "Qori Inti",
    "Pacífico Azul",
    "Amauta",
    "La Peruanita",
    "Río Rímac",
    "Virgen de Chapi",
    "Tres Marías",
    "K'antu",
    "Nor Oriente",
    "Sacha Inchi",
    "Mar & Tierra",
    "Don Goyo",
    "Challwa",
    "Puquio 27",
    "Hermanos Ñaupari",
    "A & B Ingenieros",
    "Valle Sagrado",
    "El Búho",
    "Ayni Perú",
    "El Sol 2000",
]
_FORMS = ("S.A.C.", "S.A.C.", "S.A.C.", "E.I.R.L.", "S.R.L.", "S.A.", "SAC", "EIRL", "S.A.C. - CERRADA")
_STREETS = [
    "Av. Los Próceres",
    "Jr. Huánuco",
    "Calle Las Begonias",
    "Av. Túpac Amaru",
    "Jr. Andahuaylas",
    "Av. La Marina",
    "Psje. Ñuñoa",
    "Calle San Juan",
    "Av. Grau",
    "Av. 28 de Julio",
]
_PLACES = [
    "LIMA - LIMA - SAN JUAN DE LURIGANCHO",
    "LIMA - LIMA - BREÑA",
    "AREQUIPA - AREQUIPA - CAYMA",
    "CUSCO - CUSCO - WANCHAQ",
    "PIURA - PIURA - CASTILLA",
    "LA LIBERTAD - TRUJILLO - TRUJILLO",
    "JUNÍN - HUANCAYO - EL TAMBO",
    "LAMBAYEQUE - CHICLAYO - JOSÉ LEONARDO ORTIZ",
    "LIMA - LIMA - LA VICTORIA",
    "CALLAO - CALLAO - VENTANILLA",
    "LORETO - MAYNAS - IQUITOS",
]


@dataclass(frozen=True)
class Party:
    """A company or person. `id_type` is catalogue 06."""

    id_type: str
    id: str
    name: str
    trade_name: str
    address: str
    place: str
    phone: str
    mail: str


def full_name(rng: Random) -> str:
    """Family names first, as SUNAT writes them."""
    return f"{rng.choice(_FAMILY)} {rng.choice(_FAMILY)} {rng.choice(_GIVEN)}"


def _party(rng: Random, id_type: str, number: str, name: str, trade: str) -> Party:
    word = "".join(ch for ch in trade.lower() if ch.isascii() and ch.isalpha())[:12] or "ventas"
    return Party(
        id_type=id_type,
        id=number,
        name=name,
        trade_name=trade,
        address=f"{rng.choice(_STREETS)} {rng.randrange(100, 2999)}"
        + rng.choice(
            [
                "",
                f" Int. {rng.randrange(1, 40)}",
                " Urb. El Pino",
                f" Mz. {rng.choice('ABCDEF')} Lt. {rng.randrange(1, 30)}",
            ]
        ),
        place=rng.choice(_PLACES),
        phone=f"({rng.randrange(41, 84):03d}) {rng.randrange(200, 799)}-{rng.randrange(1000, 9999)}"
        if rng.random() < 0.4
        else f"9{rng.randrange(10**7, 10**8)}",
        mail=f"ventas@{word}.example",
    )


def company(rng: Random, *, upper: bool | None = None, person: bool = False) -> Party:
    """Someone who issues: mostly 20, sometimes (or surely) a natural person with a business."""
    prefix = "10" if person else rng.choices(["20", "10", "15", "17"], [80, 16, 2, 2])[0]
    trade = f"{rng.choice(_TRADE)} {rng.choice(_NAMES)}"
    name = f"{trade} {rng.choice(_FORMS)}" if prefix == "20" else full_name(rng)
    if upper if upper is not None else rng.random() < 0.75:
        name = name.upper()
    return _party(rng, "6", ruc(rng, prefix), name, trade.upper() if rng.random() < 0.5 else trade)


def buyer(rng: Random, *, business: bool) -> Party:
    """Who buys: a RUC on facturas, else mostly a DNI."""
    if business:
        return company(rng, upper=True)
    name = full_name(rng).upper()
    return _party(rng, "1", dni(rng), name, name)


def professional(rng: Random) -> Party:
    """A natural person who issues honorarios."""
    name = full_name(rng).upper()
    return _party(rng, "6", ruc(rng, "10"), name, name)


GOODS: tuple[tuple[str, str, str], ...] = (
    # description, unit, about how much one costs without tax
    ("Arroz extra añejo x 50 kg", "SACO", "168"),
    ("Aceite vegetal Primor 1 L", "UND", "8.9"),
    ("Leche evaporada x 400 g", "UND", "3.6"),
    ("Azúcar rubia doméstica", "KG", "3.2"),
    ("Cemento Portland Tipo I 42.5 kg", "BOL", "26.5"),
    ('Fierro corrugado 1/2" x 9 m', "VAR", "38.2"),
    ('Tubo PVC SAP 4" x 3 m', "UND", "31"),
    ("Pintura látex blanco hueso 4 L", "GLN", "45.5"),
    ("Cable THW 14 AWG x 100 m", "ROL", "132"),
    ("Tóner HP 85A compatible", "UND", "75"),
    ("Papel bond A4 75 g millar", "MLL", "24.8"),
    ("Lapicero tinta líquida azul", "DOC", "14.4"),
    ("Mouse inalámbrico 2.4 GHz", "UND", "39.9"),
    ('Laptop 15.6" 16 GB RAM 512 GB SSD', "UND", "2249"),
    ("Zapatilla urbana talla 42", "PAR", "149.9"),
    ("Polo algodón pima cuello redondo", "UND", "35"),
    ("Café orgánico de Jaén x 250 g", "BLS", "18.5"),
    ("Paracetamol 500 mg x 100 tab", "CJA", "12.7"),
    ("Llanta 195/65 R15 91H", "UND", "245"),
    ("Filtro de aceite W 712/75", "UND", "28"),
    ("Balón de gas 10 kg", "UND", "46"),
    ("Detergente floral 4 kg", "BLS", "33.3"),
    ("Piña Golayo", "KG", "2.9"),
    ("Pañales talla G x 60", "PQT", "52.4"),
)
LONG_GOODS: tuple[tuple[str, str, str], ...] = (
    (
        "Motobomba centrífuga 2 HP monofásica con tablero de arranque directo y protección térmica",
        "UND",
        "1180",
    ),
    ("Silla ergonómica con soporte lumbar, apoyabrazos 3D y base de aluminio color negro", "UND", "489"),
    ("Kit de cámaras de seguridad 4 canales full HD con disco duro de 1 TB incluye cables", "KIT", "649"),
    ("Estante metálico de ángulo ranurado 5 niveles 2.00 x 0.90 x 0.40 m pintura al horno", "UND", "238"),
)
SERVICES: tuple[tuple[str, str, str], ...] = (
    ("Servicio de mantenimiento preventivo de equipos de cómputo", "ZZ", "850"),
    ("Alquiler de oficina mes de junio", "ZZ", "2500"),
    ("Servicio de transporte de carga Lima - Trujillo", "ZZ", "1850"),
    ("Consultoría en gestión de procesos - 2da valorización", "ZZ", "4200"),
    ("Servicio de vigilancia privada turno noche", "ZZ", "3180"),
    ("Diseño de página web y posicionamiento", "ZZ", "1500"),
)
FOOD: tuple[tuple[str, str, str], ...] = (
    ("Ceviche mixto", "UND", "38"),
    ("Lomo saltado", "UND", "35"),
    ("1/4 Pollo a la brasa", "UND", "22.5"),
    ("Ají de gallina", "UND", "24"),
    ("Chicha morada 1 L", "UND", "15"),
    ("Inca Kola 500 ml", "UND", "6"),
    ("Causa limeña", "UND", "18"),
    ("Arroz con mariscos", "UND", "36"),
    ("Suspiro a la limeña", "UND", "12"),
    ("Menú ejecutivo", "UND", "16"),
    ("Pisco sour clásico", "UND", "22"),
    ("Jalea familiar", "UND", "65"),
)
SHOP: tuple[tuple[str, str, str], ...] = tuple((d, u, p) for d, u, p in GOODS if Decimal(p) < 60)
FEES = (
    "Por la asesoría contable del mes de setiembre",
    "Servicio de diseño gráfico y diagramación de catálogo",
    "Por la elaboración de expediente técnico",
    "Consultoría legal en materia laboral",
    "Dictado de taller de capacitación (12 horas)",
    "Servicio de traducción de documentos",
)

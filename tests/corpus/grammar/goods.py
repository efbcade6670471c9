"""Who sells and what is sold: words of their own for each split. Descriptions begin with unit words and
numbers, as goods do.
"""

from dataclasses import replace
from random import Random

from tests.corpus import people
from tests.corpus.grammar.owned import Owned, Split, words
from tests.corpus.people import Party

Good = tuple[str, str, str]
GOODS: Owned[Good] = Owned(
    (
        ("Polea", "UND", "50"),
        ("Arroz superior saco 50 kg", "SACO", "168"),
        ("Martillo de uña 16 oz", "UND", "32"),
    ),
    (
        ("Kit accesorio de instalación", "KIT", "54"),
        ("Bolsa plástica 30x40 cm", "CTO", "9.5"),
        ("Fork", "UND", "45"),
        ('Disco 7" corte metal', "UND", "8.9"),
        ("3 en 1 aceite multiuso", "FCO", "11.4"),
        (
            "Anillo de retención para eje trasero de tractor agrícola modelo reforzado con seguro de acero",
            "PZA",
            "118",
        ),
    ),
    (
        ("Caja de herramientas 17 piezas", "UND", "86"),
        ("Galón pintura esmalte gris", "GLN", "48"),
        ("20 W foco LED luz fría", "UND", "6.2"),
        ("S a 2 mm broca cobalto", "UND", "13"),
        ("Saco de yute", "UND", "4.4"),
        (
            "Estante de melamina dos puertas con cerradura y niveles regulables para archivo de oficina",
            "UND",
            "389",
        ),
    ),
    (
        ("Docena de huevos pardos", "DOC", "9"),
        ("Par de guantes de nitrilo", "PAR", "7.3"),
        ("100 hojas papel fotográfico", "PQT", "28"),
        ("Tina", "UND", "19"),
        ("Rollo stretch film 18", "ROL", "26"),
        (
            "Bomba sumergible para pozo profundo con motor encapsulado y tablero de control incluido",
            "UND",
            "970",
        ),
    ),
)
SERVICES: Owned[Good] = Owned(
    (("Servicio de transporte", "ZZ", "850"),),
    (
        ("Flete Lima Arequipa", "ZZ", "4200"),
        ("Alquiler de andamios", "ZZ", "300"),
        ("Servicio de fumigación de almacén", "ZZ", "640"),
    ),
    (
        ("Hora hombre técnico electricista", "ZZ", "95"),
        ("Mes de vigilancia diurna", "ZZ", "3180"),
        ("Asesoría tributaria", "ZZ", "1500"),
    ),
    (
        ("Publicidad en radio", "ZZ", "1000"),
        ("Día de alquiler de grúa", "ZZ", "720"),
        ("Mantenimiento de ascensor", "ZZ", "410"),
    ),
)
CHARGES: Owned[Good] = Owned(
    (("Cargo fijo", "", "3.1"), ("Alumbrado público", "", "9.4"), ("Reposición y mantenimiento", "", "1.6")),
    (
        ("Cargo por energía", "", "88"),
        ("Interés compensatorio", "", "2.4"),
        ("Plan postpago 40 GB", "", "49.9"),
    ),
    (
        ("Volumen de agua potable", "", "46"),
        ("Servicio de alcantarillado", "", "21"),
        ("Llamadas locales", "", "17.5"),
    ),
    (
        ("Renta mensual internet", "", "79"),
        ("Consumo de gas natural", "", "35"),
        ("Margen de distribución", "", "8.8"),
    ),
)
TRADES = words(
    "Comercial|Inversiones",
    "Ferretería|Repuestos|Boutique",
    "Distribuidora|Calzados|Bazar",
    "Importadora|Librería|Muebles",
)
BRANDS = words(
    "Los Andes|El Sol",
    "Wari|Qantu|San Isidro 33",
    "Killa|Puma & Cóndor|Santa Rosa",
    "Yawar|Illari|Dos de Mayo",
)
LOGOS = words("EL CHINO|TOP", "MEGA FULL|DON PEPE", "SUPER 24|LA CASITA", "PUNTO FINO|MAXI")
FAMILIES = words("Quispe|Rojas", "Huarca|Palacios|Ticona", "Rufino|Carrasco|Mayta", "Paucar|Villegas|Ñaupa")
GIVEN = words("María|Luis", "Nelly|Elmer|Yaneth", "Dora|Rómulo|Saúl", "Gladys|Edwin|Ruth")
FORMS = ("S.A.C.", "S.A.C.", "E.I.R.L.", "S.R.L.", "S.A.", "SAC", "SOCIEDAD ANÓNIMA CERRADA")
UTILITIES = words(
    "Luz del Valle", "Electro Wari|Aguas del Colca", "Energía Killa|Sedapuquio", "Telefónica Yunga|Gas Andino"
)


def person(rng: Random, split: Split) -> str:
    """Family names first."""
    return f"{FAMILIES.pick(rng, split)} {FAMILIES.pick(rng, split)} {GIVEN.pick(rng, split)}"


def party(rng: Random, split: Split, *, natural: bool = False) -> Party:
    """A company, or a natural person with a business (RUC 10) under a trade name."""
    trade = f"{TRADES.pick(rng, split)} {BRANDS.pick(rng, split)}"
    name = person(rng, split) if natural else f"{trade} {rng.choice(FORMS)}"
    number = people.ruc(rng, "10" if natural else "20")
    upper = rng.random() < 0.75
    return replace(
        people.company(rng), id_type="6", id=number, name=name.upper() if upper else name, trade_name=trade
    )


def buyer(rng: Random, split: Split, *, business: bool) -> Party:
    """Who buys: a RUC, of a company or a person, or a DNI."""
    if business:
        return party(rng, split, natural=rng.random() < 0.15)
    name = person(rng, split).upper()
    return replace(people.buyer(rng, business=False), name=name)

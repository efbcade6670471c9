"""Who sells and who buys: companies, people, shops, streets, numbers. All made up."""

from dataclasses import dataclass
from random import Random

_SYLLABLES = (
    "ba be bi bo bu ca co cu cha che chi cho da de di do fa fe fi fo ga go gua gue ha hua hui ja "
    "ji jo ka ki la le li lo lu lla llo ma me mi mo mu na ne ni no "
    "nu ña ño pa pe pi po pu qui que ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa wi "
    "xi ya yo yu za zo tra tri pla pre pro bra cla cro gra gri fra flo cal "
    "mar sol tec lin gar mon per sur ton ver vel"
).split()
_GIVEN = (
    "JUAN MARÍA LUIS CARLOS ROSA JOSÉ ANA PEDRO JORGE CARMEN MIGUEL ELENA VÍCTOR LUCÍA MANUEL "
    "TERESA CÉSAR JULIA GLORIA DIEGO SOFÍA EDGAR NOEMÍ WALTER IRMA FÉLIX "
    "NORMA HUGO FLOR PABLO ALDO PILAR ENRIQUE SILVIA ALEJANDRO MARTHA ROBERTO PATRICIA FERNANDO "
    "MÓNICA RICARDO GABRIELA ÓSCAR VERÓNICA ALBERTO CECILIA JAVIER MILAGROS "
    "FREDY ROXANA WILMER YESENIA PERCY MARLENE JHON KARINA BRYAN LIZ ANGÉLICA WILLIAM ESTHER "
    "HENRY NANCY DAVID LIDIA RONALD DELIA IVÁN SONIA EFRAÍN BERTHA "
    "ABEL JANETH MARCO OLGA TOMÁS ROCÍO SANTOS JUANA CIRILO FELICITAS ARTURO MARIBEL GREGORIO "
    "VILMA JESÚS KATHERINE ANDRÉS VANESSA GUSTAVO DAYSI SERGIO LOURDES"
).split()
_FAMILY = (
    "FLORES MAMANI GARCÍA HUAMÁN SÁNCHEZ RAMOS TORRES DÍAZ CHÁVEZ VARGAS CASTILLO RAMÍREZ "
    "MENDOZA GUTIÉRREZ CASTRO SALAZAR VÁSQUEZ APAZA CONDORI ESPINOZA LÓPEZ PÉREZ "
    "RIVERA SILVA TAPIA ZAPATA PAREDES CÓRDOVA LEÓN NÚÑEZ CCAMA YUPANQUI BENITES ALARCÓN MEZA "
    "SOTO CALDERÓN AGUILAR AGUIRRE ALVA ARIAS BARRIENTOS BAUTISTA BRAVO "
    "CABRERA CAMPOS CÁRDENAS CARPIO CÉSPEDES CHOQUE CHOQUEHUANCA CRUZ CUEVA DELGADO DOMÍNGUEZ "
    "FERNÁNDEZ FIGUEROA GÓMEZ GONZALES GUEVARA HERRERA HUANCA HUAYTA INGA "
    "JIMÉNEZ LAURA LLANOS LOAYZA LOZANO LUNA MALCA MARÍN MARTÍNEZ MEDINA MIRANDA MONTALVO "
    "MORALES MORENO NAVARRO NINA OCHOA OLIVERA ORTEGA ORTIZ PACHECO "
    "PALOMINO PARI PEÑA PINEDO PONCE PUMA QUIROZ REYES RÍOS RODRÍGUEZ ROMERO RUIZ SAAVEDRA "
    "SALINAS SANDOVAL SULLCA TAIPE TELLO TITO UGARTE VALDEZ VALENCIA VALVERDE "
    "VEGA VELARDE VELÁSQUEZ VERA VILCA VIZCARRA YARLEQUÉ YUCRA ZAVALA ZÁRATE ZEVALLOS DE LA CRUZ"
).split()
_TRADES = (
    "AGRÍCOLA|AGROINDUSTRIAS|AGROVETERINARIA|ALMACENES|AUTOBOUTIQUE|AUTOPARTES|AUTOSERVICIO|"
    "BODEGA|BOTICAS|BOTICA|CAFETERÍA|CALZADOS|CARPINTERÍA|CEVICHERÍA|CHIFA|"
    "CLÍNICA|CLÍNICA DENTAL|COMERCIALIZADORA|COMPAÑÍA|CONSORCIO|CONSTRUCTORA|CONSULTORES|"
    "CONTRATISTAS|CONTRATISTAS GENERALES|COOPERATIVA|CORPORACIÓN|"
    "DISTRIBUCIONES|DISTRIBUIDORA|DROGUERÍA|EDITORIAL|ELECTRÓNICA|EMPRESA|EMPRESA DE TRANSPORTES|"
    "ESTACIÓN DE SERVICIOS|ESTUDIO CONTABLE|EXPORTADORA|"
    "FÁBRICA|FARMACIA|FERRETERÍA|FLORERÍA|FRIGORÍFICO|GIMNASIO|GRIFO|GRÁFICA|GRUPO|GRUPO "
    "EMPRESARIAL|HELADERÍA|HOSPEDAJE|HOSTAL|HOTEL|IMPORTACIONES|"
    "IMPRENTA|INDUSTRIAS|INGENIERÍA|INMOBILIARIA|INSTITUTO|INVERSIONES|INVERSIONES GENERALES|"
    "JOYERÍA|LABORATORIOS|LAVANDERÍA|LIBRERÍA|LLANTAS|LUBRICENTRO|"
    "MADERERA|MARKET|MAQUINARIAS|METALMECÁNICA|MINERA|MINIMARKET|MOLINO|MOTORES|MUEBLERÍA|"
    "MULTISERVICIOS|MULTIVENTAS|NEGOCIACIONES|NEGOCIOS|ÓPTICA|PANADERÍA|"
    "PANIFICADORA|PAPELERA|PASTELERÍA|PELUQUERÍA|PESQUERA|PIZZERÍA|POLLERÍA|POLICLÍNICO|"
    "PROCESADORA|PRODUCTOS|PROVEEDORES|QUÍMICA|RECREO|RENTACAR|REPRESENTACIONES|"
    "RESTAURANT|RESTAURANTE|SEGURIDAD|SERVICENTRO|SERVICIOS|SERVICIOS GENERALES|SOLUCIONES|SPA|"
    "SUMINISTROS|SUPERMERCADOS|TALLER|TALLERES|TEXTIL|TEXTILES|"
    "TIENDAS|TRANSPORTES|TRANSPORTES Y SERVICIOS|TURISMO|VETERINARIA|VIDRIERÍA|VIVERO|ZAPATERÍA|"
    "AGENCIA DE VIAJES|CENTRO MÉDICO|COLEGIO|ACADEMIA"
).split("|")
_SECOND = (
    "DEL SUR|DEL NORTE|DEL CENTRO|DEL ORIENTE|ANDINA|ANDINO|PERÚ|DEL PERÚ|PERUANA|PERUANOS|"
    "UNIDOS|DEL PACÍFICO|GLOBAL|TECNOLOGÍA|INTEGRAL|INTEGRALES|AMAZÓNICA|"
    "Y SERVICIOS|E INVERSIONES|& HERMANOS|E HIJOS|Y ASOCIADOS|& CIA|HERMANOS|GROUP|INTERNACIONAL|"
    "LATINOAMÉRICA|EXPRESS|CENTER|MARKET|TRADING|SERVICE|SYSTEM|"
    "NACIONAL|GENERALES|INDUSTRIALES|DEL VALLE|DE LA SELVA|Y CONSTRUCCIÓN|Y LOGÍSTICA|COMERCIAL|"
    "EL IMPERIAL|LA ECONÓMICA|LA UNIÓN|LOS PINOS|EL PROGRESO|LA ESPERANZA|"
    "SANTA ANA|SAN JOSÉ|SAN PEDRO|SAN MARTÍN|SAN MIGUEL|SANTA LUCÍA|SEÑOR DE LOS MILAGROS|VIRGEN "
    "DEL CARMEN|EL MILAGRO|LA MERCED|CRISTO REY|EL ÁGUILA|EL TIGRE|EL INCA|"
    "MACHU PICCHU|SUDAMERICANA|3000|2000|DIGITAL|PLUS|TOTAL|EL SOLAR|DON LUCHO|DOÑA JUANA|EL PALOMINO"
).split("|")
_FORMS = (
    "S.A.C.|S.A.C.|S.A.C.|SAC|SAC|S.A.|S.A.|SA|S.R.L.|SRL|E.I.R.L.|E.I.R.L.|EIRL|S.A.A.|SAA|"
    "S.A.C|E.I.R.L|S.R.LTDA.|S A C|SOCIEDAD ANÓNIMA CERRADA|"
    "SOCIEDAD ANÓNIMA|EMPRESA INDIVIDUAL DE RESPONSABILIDAD LIMITADA|SOCIEDAD COMERCIAL DE "
    "RESPONSABILIDAD LIMITADA|S.CIVIL.R.L.|SUCURSAL DEL PERÚ|- S.A.C.|"
    "S.A.C. - CERRADA|S.C.R.L.|S.A.C.S."
).split("|")
_WAYS = (
    "AV. AV JR. JR CAL. CALLE CA. PJ. PSJE. CARRETERA AVENIDA JIRÓN PROLONG. PROL. ASOC. PQUE. "
    "ALAMEDA MALECÓN URB. CARR. PANAMERICANA"
).split()
_STREETS = (
    "AREQUIPA|BRASIL|TACNA|SAN MARTÍN|GRAU|BOLÍVAR|LA MARINA|JAVIER PRADO ESTE|UNIÓN|LAS FLORES|"
    "LOS PINOS|EL SOL|LIMA|CUSCO|HUANCAYO|28 DE JULIO|PRÓCERES|ANGAMOS|"
    "LARCO|TÚPAC AMARU|UNIVERSITARIA|PARDO|SALAVERRY|REPÚBLICA DE PANAMÁ|LOS INCAS|MANCO CÁPAC|"
    "HUÁSCAR|ATAHUALPA|AYACUCHO|JUNÍN|MIGUEL GRAU|JOSÉ OLAYA|LOS ÁLAMOS|"
    "LAS PALMERAS|LOS EUCALIPTOS|LOS CEDROS|EL EJÉRCITO|LA CULTURA|PERÚ|ARGENTINA|COLONIAL|"
    "VENEZUELA|MÉXICO|NICOLÁS DE PIÉROLA|ABANCAY|MARISCAL CASTILLA|"
    "INDEPENDENCIA|LIBERTAD|AMAZONAS|LORETO|UCAYALI|MOQUEGUA|CAJAMARCA|HUALLAGA|PAITA|SUCRE|"
    "SÁENZ PEÑA|LOS LIBERTADORES|CENTRAL|INDUSTRIAL|LOS FRUTALES|SEPARADORA"
    "|CANADÁ|AVIACIÓN|PASEO DE LA REPÚBLICA|EVITAMIENTO|NORTE KM 12|SUR KM 21.5|LOS GIRASOLES|"
    "SAN FELIPE|SAN BORJA NORTE|SANTA ROSA DE QUIVES"
).split("|")
_PLACES = (
    "LIMA|MIRAFLORES|SAN ISIDRO|SANTIAGO DE SURCO|SURCO|ATE|CALLAO|COMAS|LA MOLINA|TRUJILLO|"
    "AREQUIPA|CUSCO|PIURA|CHICLAYO|HUANCAYO|TACNA|ICA|IQUITOS|PUCALLPA|"
    "SAN JUAN DE LURIGANCHO|LOS OLIVOS|BREÑA|LINCE|CAJAMARCA|JULIACA|PUNO|TARAPOTO|CHORRILLOS|"
    "SANTA ANITA|VILLA EL SALVADOR|CERCADO|PUENTE PIEDRA|SAN MIGUEL|PUEBLO LIBRE|"
    "MAGDALENA DEL MAR|JESÚS MARÍA|LA VICTORIA|RÍMAC|INDEPENDENCIA|EL AGUSTINO|LURÍN|PACHACAMAC|"
    "VENTANILLA|BELLAVISTA|CAYMA|YANAHUARA|CERRO COLORADO|WANCHAQ|SANTIAGO|"
    "EL TAMBO|CHILCA|HUÁNUCO|AYACUCHO|ABANCAY|MOQUEGUA|ILO|TUMBES|SULLANA|CHIMBOTE|NUEVO "
    "CHIMBOTE|HUARAZ|BARRANCA|HUACHO|CAÑETE|CHINCHA ALTA|PISCO|NASCA|MOYOBAMBA|"
    "JAÉN|BAGUA GRANDE|CHACHAPOYAS|TINGO MARÍA|PUERTO MALDONADO|LA LIBERTAD|LAMBAYEQUE|SAN "
    "MARTÍN|UCAYALI|JUNÍN|ÁNCASH"
).split("|")
_MAIL = "gmail.com hotmail.com outlook.com yahoo.es".split()


@dataclass(frozen=True)
class Party:
    """Somebody with a number, a name, what stands over the door, and where."""

    number: str
    name: str
    shop: str
    address: str
    natural: bool = False


def invented(rng: Random) -> str:
    """A word that no dictionary has, as brands are."""
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice([2, 2, 3, 3, 4])))
    return (word + rng.choice(["", "", "", "n", "s", "r", "l", "x", "z", "tec", "sac"])).upper()


def person(rng: Random) -> str:
    """A person's name, family names first or last."""
    first, second = rng.choice(_FAMILY), rng.choice(_FAMILY)
    given = " ".join(rng.sample(_GIVEN, rng.choice([1, 2, 2])))
    way = rng.random()
    if way < 0.6:
        return f"{first} {second} {given}"
    if way < 0.7:
        return f"{first} {second}, {given}"
    return f"{given} {first} {second}" if way < 0.9 else f"{given} {first}"


def given(rng: Random) -> str:
    """How a cashier is called."""
    return rng.choice(_GIVEN)


def company(rng: Random) -> str:
    """A company's name with its legal form; sometimes an authority's, without."""
    form, way = rng.choice(_FORMS), rng.random()
    if way < 0.25:
        name = f"{rng.choice(_TRADES)} {invented(rng)} {form}"
    elif way < 0.45:
        name = f"{rng.choice(_TRADES)} {invented(rng)} {rng.choice(_SECOND)} {form}"
    elif way < 0.55:
        name = f"{rng.choice(_TRADES)} {rng.choice(_SECOND)} {form}"
    elif way < 0.65:
        name = (
            f"{rng.choice(_TRADES)} {rng.choice(_FAMILY)} "
            f"{rng.choice(['', rng.choice(_FAMILY), 'E HIJOS', 'HERMANOS', '& ASOCIADOS'])} {form}"
        )
    elif way < 0.72:
        name = (
            f"{rng.choice(_TRADES)} {rng.choice(['Y', '&', 'E', '-'])} {rng.choice(_TRADES)} "
            f"{rng.choice([invented(rng), rng.choice(_SECOND)])} {form}"
        )
    elif way < 0.82:
        name = f"{invented(rng)} {rng.choice(['', rng.choice(_SECOND), invented(rng), 'PERÚ'])} {form}"
    elif way < 0.87:
        name = (
            f"{rng.choice('ABCDEGJKLMRST')}{rng.choice(['&', '.', ' & ', ''])}{rng.choice('ABCDEGJKLMRST')} "
            f"{rng.choice([rng.choice(_TRADES), rng.choice(_SECOND)])} {form}"
        )
    elif way < 0.92:
        name = (
            f"{rng.choice(_TRADES)} "
            f"{rng.choice([rng.choice(_PLACES), rng.choice(_STREETS), rng.choice(_GIVEN)])} "
            f"{rng.choice(['', '', str(rng.randrange(2, 99)), 'EXPRESS', 'II'])} {form}"
        )
    elif way < 0.93:
        name = f"{invented(rng)[:4]}-{invented(rng)[:5]} {form}"
    elif way < 0.97:
        name = rng.choice(
            [
                f"MUNICIPALIDAD DISTRITAL DE {rng.choice(_PLACES)}",
                f"UNIVERSIDAD {rng.choice(['NACIONAL', 'PRIVADA', 'CATÓLICA'])} {invented(rng)}",
                f"CAJA MUNICIPAL DE {rng.choice(_PLACES)}",
                f"COOPERATIVA DE AHORRO {invented(rng)}",
                f"ASOCIACIÓN {rng.choice(_SECOND)}",
                f"GOBIERNO REGIONAL DE {rng.choice(_PLACES)}",
                f"HOSPITAL {rng.choice(_SECOND)}",
                f"I.E.P. {invented(rng)} {rng.choice(_SECOND)}",
                f"CONDOMINIO {rng.choice(_SECOND)}",
                f"COMUNIDAD CAMPESINA DE {invented(rng)}",
                f"CONSORCIO {invented(rng)} - {invented(rng)}",
            ]
        )
    else:
        name = rng.choice(
            [
                "EMPRESA DE PRUEBA S.A.C.",
                "DEMO S.A.C.",
                "MI EMPRESA SAC",
                "EMPRESA DEMO EIRL",
                "TU EMPRESA S.R.L.",
                "RAZÓN SOCIAL DE PRUEBA",
                "EMISOR DEMO S.A.",
            ]
        )
    return " ".join(name.split())


def shop(rng: Random) -> str:
    """What a sign says: a trade and a name, or a name alone."""
    return rng.choice(
        [
            invented(rng),
            f"{rng.choice(_TRADES)} {invented(rng)}",
            f"{rng.choice(_TRADES)} {rng.choice(_PLACES)}",
            rng.choice(_STREETS),
            f"{rng.choice(_TRADES)} {rng.choice(_SECOND)}",
            f"{invented(rng)} {rng.choice(_SECOND)}",
            f"{rng.choice(['EL', 'LA', 'LOS', 'DON', 'MI'])} {invented(rng)}",
            f'"{invented(rng)}"',
            f"{rng.choice(_TRADES)} {rng.choice(_GIVEN)}",
            "LOGO",
        ]
    )


def place(rng: Random) -> str:
    """A district, with its province at times."""
    parts = rng.sample(_PLACES, rng.choice([1, 2, 3, 3]))
    return rng.choice([" - ", "-", " ", ", ", " / "]).join(parts)


def address(rng: Random) -> str:
    """A street, a number, and what else addresses are made of."""
    number = rng.randrange(1, 4000)
    found = (
        f"{rng.choice(_WAYS)} {rng.choice(_STREETS)} "
        f"{rng.choice(['NRO.', 'N°', 'Nº', 'NRO', '#', '', '', 'No.'])} {number}"
    )
    if rng.random() < 0.15:
        found = (
            f"MZ. {rng.choice('ABCDEFGHK')} LT. {rng.randrange(1, 40)} "
            f"{rng.choice(['URB.', 'ASOC.', 'A.H.', 'COOP.', 'P.J.'])} {rng.choice(_STREETS)}"
        )
    if rng.random() < 0.35:
        found += " " + rng.choice(
            [
                f"INT. {rng.randrange(1, 900)}",
                f"DPTO. {rng.randrange(101, 1900)}",
                f"PISO {rng.randrange(1, 20)}",
                f"URB. {rng.choice(_STREETS)}",
                f"OF. {rng.randrange(101, 909)}",
                f"(ALT. CDRA {rng.randrange(1, 40)})",
                f"(FRENTE AL MERCADO {rng.choice(_STREETS)})",
                f"LOCAL {rng.randrange(1, 99)}",
                f"TDA. {rng.randrange(1, 99)}",
            ]
        )
    if rng.random() < 0.8:
        found += rng.choice([" - ", " ", ", ", " – "]) + place(rng)
    return " ".join(found.split())


def ruc(rng: Random, begins: str) -> str:
    """A RUC with its check digit."""
    digits = begins + "".join(rng.choice("0123456789") for _ in range(10 - len(begins)))
    rest = 11 - sum(int(d) * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return digits + str({10: 0, 11: 1}.get(rest, rest))


def damaged(rng: Random, number: str) -> str:
    """A RUC that cannot be: another check digit, another beginning, digits of a demonstration."""
    return rng.choice(
        [
            number[:10] + str((int(number[10]) + rng.randrange(1, 9)) % 10),
            rng.choice(["44", "30", "99"]) + number[2:],
            "20000000001",
            "20123456789",
            rng.choice("1234567") * 11,
        ]
    )


def issuer(rng: Random, *, natural: bool | None = None) -> Party:
    """Who issues: in one of eight a person with a business."""
    natural = rng.random() < 0.13 if natural is None else natural
    begins = rng.choice(["10", "10", "10", "15", "17"]) if natural else "20"
    number = ruc(rng, begins)
    if rng.random() < 0.05:
        number = damaged(rng, number)
    return Party(number, person(rng) if natural else company(rng), shop(rng), address(rng), natural)


def buyer(rng: Random, *, business: bool) -> Party:
    """Who buys: a RUC of a company or a person, or a DNI and other papers of identity."""
    if business:
        natural = rng.random() < 0.15
        return Party(
            ruc(rng, "10" if natural else "20"), person(rng) if natural else company(rng), "", address(rng)
        )
    number = (
        f"{rng.randrange(1_000_000, 80_000_000):08d}"
        if rng.random() < 0.9
        else f"{rng.randrange(10**8, 10**9)}"
    )
    return Party(number, person(rng), "", address(rng))


def mail(rng: Random) -> str:
    """Where one writes to."""
    who = invented(rng).lower()
    houses = [*_MAIL, invented(rng).lower() + ".com.pe", invented(rng).lower() + ".pe"]
    return f"{who}@{rng.choice(houses)}"


def site(rng: Random) -> str:
    """A page of the web."""
    return (
        rng.choice(["www.", "http://www.", "https://", ""])
        + invented(rng).lower()
        + rng.choice([".com.pe", ".pe", ".com", ".com/consulta", ".pe/cpe"])
    )


def phone(rng: Random) -> str:
    """A number to call."""
    return rng.choice(
        [
            f"(01) {rng.randrange(2_000_000, 7_999_999)}",
            f"{rng.randrange(900_000_000, 999_999_999)}",
            f"{rng.randrange(900, 999)}-{rng.randrange(100, 999)}-{rng.randrange(100, 999)}",
            f"{rng.randrange(900, 999)} {rng.randrange(100, 999)} {rng.randrange(100, 999)}",
            f"({rng.randrange(41, 84):03d}) {rng.randrange(200, 699)}-{rng.randrange(1000, 9999)}",
        ]
    )


def bank(rng: Random) -> str:
    """Whose account it is."""
    return rng.choice(
        [
            "BCP",
            "BBVA",
            "INTERBANK",
            "SCOTIABANK",
            "BANBIF",
            "BANCO DE LA NACIÓN",
            "BANCO DE CRÉDITO",
            "CAJA HUANCAYO",
            "PICHINCHA",
            "BANCO DE CRÉDITO DEL PERÚ",
        ]
    )

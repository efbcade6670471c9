"""What a bare page says: parties, days, lines and sums that agree with each other, of every kind of
comprobante and of what only looks like one.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.corpus.tokens import goods, names
from tests.corpus.tokens.names import Party

SIGNS = {
    "PEN": "S/|S/|S/|S/.|S/.|PEN|S/ ",
    "USD": "US$|$|USD|US$|$.|US $",
    "EUR": "€|EUR",
}
_SERIES = {
    "01": "F",
    "03": "B",
    "07": "FB",
    "08": "FB",
    "02": "E",
    "12": "TFM0",
    "14": "S",
    None: "TVPCGNFEO0",
}


@dataclass
class Line:
    """A line that was sold: quantity, unit price and amount with IGV; `net_price` and `net` without."""

    words: str
    quantity: float
    unit: str
    code: str
    price: float
    net_price: float
    amount: float
    net: float
    off: float = 0.0


@dataclass
class Facts:
    """A whole paper. `sums` by role, as they are printed; `form` is its page: wide, roll or bill."""

    kind: str | None
    form: str
    issuer: Party
    buyer: Party | None
    series: str
    number: str
    day: date
    due: date | None
    time: str
    currency: str
    rate: float
    lines: list[Line]
    sums: dict[str, float] = field(default_factory=dict)
    other: Party | None = None
    modified: tuple[str, date] | None = None

    @property
    def total(self) -> float:
        """What the paper comes to."""
        return self.sums["total"]


KINDS = (None, "01", "03", "07", "08", "02", "12", "14")
_OFTEN = (24, 27, 14, 11, 3, 6, 3, 12)


def made(rng: Random) -> Facts:
    """The facts of one paper."""
    kind = rng.choices(KINDS, _OFTEN)[0]
    like = kind or rng.choice(["01", "03"])
    form = rng.choices(["wide", "roll"], [64, 36])[0]
    if like == "14":
        form = rng.choices(["wide", "roll", "bill"], [10, 8, 82])[0]
    elif like == "12":
        form = "roll"
    elif like == "02":
        form = rng.choices(["wide", "roll"], [95, 5])[0]
    day = date(rng.randrange(2017, 2028), 1, 1) + timedelta(days=rng.randrange(365))
    business = rng.random() < {"01": 0.97, "03": 0.15, "14": 0.35}.get(like, 0.7)
    buyer = None if like in {"03", "12"} and rng.random() < 0.3 else names.buyer(rng, business=business)
    if like in {"03", "12"} and buyer and rng.random() < 0.2:
        buyer = Party(
            rng.choice(["-", "00000000", "99999999", "0", "", ""]),
            rng.choice(
                [
                    "CLIENTES VARIOS",
                    "CLIENTE VARIOS",
                    "PÚBLICO EN GENERAL",
                    "VARIOS",
                    "-",
                    "CLIENTE GENÉRICO",
                    "SIN NOMBRE",
                ]
            ),
            "",
            names.address(rng),
        )
    series, number = _serial(rng, kind)
    facts = Facts(
        kind,
        form,
        names.issuer(rng, natural=True if like == "02" else None),
        buyer,
        series,
        number,
        day,
        day + timedelta(days=rng.choice([0, 7, 10, 15, 20, 30, 30, 45, 60]))
        if rng.random() < (0.9 if like == "14" else 0.4)
        else None,
        f"{rng.randrange(6, 23):02d}:{rng.randrange(60):02d}"
        + (f":{rng.randrange(60):02d}" if rng.random() < 0.6 else ""),
        rng.choices(["PEN", "USD", "EUR"], [84, 14, 2])[0] if like not in {"14", "12"} else "PEN",
        rng.choices([0.18, 0.10, 0.105], [91, 5, 4])[0],
        [],
    )
    facts.other = names.issuer(rng)
    if like == "02":
        _fees(rng, facts)
    elif form == "bill":
        _bill(rng, facts)
    else:
        _sale(rng, facts)
    if like in {"07", "08"} or rng.random() < 0.01:
        first = series[0] if series[0] in "FB" else "F"
        facts.modified = (
            f"{first}{rng.choice(['001', f'{rng.randrange(1, 30):03d}', _three(rng)])}-{_digits(rng)}",
            day - timedelta(days=rng.randrange(90)),
        )
    return facts


def _three(rng: Random) -> str:
    return "".join(rng.choice("ABCDEFGHJKNPTV0123456789") for _ in range(3))


def _digits(rng: Random) -> str:
    number = rng.choice(
        [rng.randrange(1, 100), rng.randrange(1, 10_000), rng.randrange(1, 10**7), rng.randrange(1, 10**8)]
    )
    return f"{number:08d}" if rng.random() < 0.45 else f"{number:0{rng.randrange(1, 8)}d}"


def _serial(rng: Random, kind: str | None) -> tuple[str, str]:
    first = rng.choice(_SERIES[kind])
    series = first + rng.choice(
        [
            f"0{rng.randrange(1, 30):02d}",
            "001",
            _three(rng),
            f"{rng.choice('ABCNPT')}{rng.randrange(1, 40):02d}",
            f"{rng.randrange(1, 999):03d}",
        ]
    )
    if kind in {"01", "03"} and rng.random() < 0.2:
        series = "E001" if kind == "01" else "EB01"
    elif kind in {"07", "08"} and rng.random() < 0.4:
        series = first + rng.choice(["C", "D", "N", "E"]) + f"{rng.randrange(1, 20):02d}"
    elif kind in {"01", "03", "14", "12"} and rng.random() < 0.07:
        series = f"{rng.randrange(1, 99):0{rng.choice([3, 4])}d}"
    return series, _digits(rng)


def _sale(rng: Random, facts: Facts) -> None:
    """Lines of goods, and the sums that they come to with every tax."""
    shelf, rate = goods.Shelf(rng), facts.rate
    how = rng.choices(["taxed", "exempt", "unaffected", "mixed", "plain"], [76, 9, 5, 6, 4])[0]
    taxed = how in {"taxed", "mixed"}
    count = rng.choices([1, 2, 3, 4, 5, 6, 8, 10, 14, 20], [24, 17, 14, 11, 8, 7, 6, 5, 4, 2])[0]
    decimals, discounted = rng.choice([2, 2, 2, 3, 4, 5, 6, 8, 10]), rng.random() < 0.12
    for _ in range(count):
        quantity = rng.choices(
            [
                1,
                rng.randrange(2, 13),
                rng.randrange(10, 2000),
                round(rng.uniform(0.1, 60), rng.choice([1, 2, 3, 3])),
            ],
            [42, 37, 12, 9],
        )[0]
        price = round(
            rng.choice(
                [
                    rng.uniform(0.5, 20),
                    rng.uniform(5, 200),
                    rng.uniform(50, 4000),
                    float(rng.randrange(1, 500)),
                    rng.randrange(1, 50) * 10.0,
                ]
            ),
            2,
        )
        off = rng.choice([0.0, 0.0, 5.0, 10.0, 20.0]) if discounted else 0.0
        amount = round(quantity * price * (1 - off / 100), 2)
        if rng.random() < 0.015:
            price = amount = 0.0
        net = round(amount / (1 + rate), 2) if taxed else amount
        facts.lines.append(
            Line(
                shelf.words(),
                quantity,
                shelf.unit(),
                shelf.code(),
                price,
                round(price / (1 + rate), decimals) if taxed else price,
                amount,
                net,
                off,
            )
        )
    gross = round(sum(line.amount for line in facts.lines), 2)
    sums: dict[str, float] = {}
    if taxed:
        part = gross if how == "taxed" else round(gross * rng.uniform(0.2, 0.8), 2)
        sums["taxable"] = round(part / (1 + rate), 2)
        sums["igv"] = round(part - sums["taxable"], 2)
        if how == "mixed":
            sums[rng.choice(["exempt", "unaffected"])] = round(gross - part, 2)
    elif how != "plain":
        sums[how] = gross
    _beside(rng, facts, sums, gross)
    facts.sums = sums


def _beside(rng: Random, facts: Facts, sums: dict[str, float], gross: float) -> None:
    """What enters the total beside base and IGV, what is taken off it, what is due in the end."""
    total = gross
    for name, often, value in (
        ("icbper", 0.05, rng.choice([0.1, 0.2, 0.3, 0.5, 1.0])),
        ("other_charges", 0.06, round(rng.choice([total * 0.1, rng.uniform(0.1, 30)]), 2)),
        ("isc", 0.025, round(rng.uniform(1, 30), 2)),
        ("rounding", 0.06, -round(total * 100 % 10 / 100, 2)),
        ("advances", 0.03, round(total * rng.uniform(0.1, 0.5), 2)),
    ):
        if rng.random() < often and value:
            sums[name] = value
            total += -value if name == "advances" else value
    if rng.random() < 0.06:
        sums["discounts"] = round(rng.uniform(1, 30), 2)
    if rng.random() < 0.03:
        sums["free"] = round(rng.uniform(1, 300), 2)
    sums["total"] = total = round(total, 2)
    if facts.kind == "01" and rng.random() < 0.08:
        share = rng.choice([0.04, 0.1, 0.12, 0.015])
        sums["detraction"] = float(round(total * share)) if rng.random() < 0.6 else round(total * share, 2)
        sums["net_payable"] = round(total - sums["detraction"], 2)
    elif rng.random() < 0.03:
        sums["perception"] = round(total * 0.02, 2)
        sums["net_payable"] = round(total + sums["perception"], 2)
    elif facts.kind == "01" and rng.random() < 0.03:
        sums["net_payable"] = round(total * 0.97, 2)


def _fees(rng: Random, facts: Facts) -> None:
    total = round(rng.choice([rng.randrange(1, 90) * 100.0, rng.uniform(200, 9000)]), 2)
    held = round(total * 0.08, 2) if rng.random() < 0.5 else 0.0
    facts.lines = [Line(goods.service(rng), 1, "ZZ", "", total, total, total, total)]
    facts.sums = {"total": total, "subtotal": held, "net_payable": round(total - held, 2)}


def _bill(rng: Random, facts: Facts) -> None:
    """A month of light, water, telephone: charges, tax, roundings, and at times an old debt beside."""
    for _ in range(rng.randrange(1, 9)):
        quantity, amount = (
            rng.randrange(1, 400),
            round(rng.choice([rng.uniform(0.5, 9), rng.uniform(5, 150)]), 2),
        )
        facts.lines.append(
            Line(
                goods.charge(rng),
                quantity,
                rng.choice(["kWh", "m3", "kW", "MB", "min"]),
                "",
                round(amount / quantity, 4),
                0.0,
                amount,
                amount,
            )
        )
    base = round(sum(line.amount for line in facts.lines), 2)
    sums: dict[str, float] = {}
    if rng.random() < 0.85:
        sums |= {"taxable": base, "igv": round(base * 0.18, 2)}
    total = base + sums.get("igv", 0.0)
    if rng.random() < 0.4:
        sums["other_charges"] = round(rng.uniform(0.1, 8), 2)
        total += sums["other_charges"]
    if rng.random() < 0.4:
        cut = rng.choice([round(-(total * 100 % 10) / 100, 2), round(rng.uniform(-0.05, 0.05), 2)])
        if cut:
            sums["rounding"] = cut
            total += cut
    sums["total"] = round(total, 2)
    if rng.random() < 0.3:
        sums["debt"] = round(rng.uniform(5, 300), 2)
        sums["net_payable"] = round(sums["total"] + sums["debt"], 2)
    facts.sums = sums

"""What a paper of the grammar says: a case of the corpus, its parties and goods in the split's own words,
with what makers do wrong.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from functions.extractor.invoice import Customer
from tests.corpus import people
from tests.corpus.cases import CENT, ZERO, Case, Trap, build, cents, fees
from tests.corpus.grammar.forms import PageType
from tests.corpus.grammar.goods import BRANDS, CHARGES, GOODS, SERVICES, UTILITIES, Good, buyer, party
from tests.corpus.grammar.owned import Owned, Split
from tests.corpus.layouts.parts import A4_TRAPS, TICKET_TRAPS, money_of, trap

WIDE_TRAPS = A4_TRAPS | {"service_charge": 4}
ROLL_TRAPS = TICKET_TRAPS | {"service_charge": 6, "mype": 6, "isc": 2}
RUCS = {"sound": 80, "person": 14, "impossible": 2, "damaged": 2, "short": 1, "missing": 2}


@dataclass
class Sale:
    """A case, and what the paper alone shows of the issuer's number: `printed_ruc`, None where none stands on
    it.
    """

    case: Case
    printed_ruc: str | None
    features: set[str]


def sell(rng: Random, split: Split, page: PageType, *, discounts: bool) -> Sale:
    """The contents of one paper. `discounts`: its table has a column for a line's discount."""
    features: set[str] = set()
    case = {"fees": _fees, "bill": _bill}.get(page, lambda r, s: _goods(r, s, page, discounts=discounts))(
        rng, split
    )
    inv = case.invoice
    how = "sound" if page in {"fees", "portal"} else rng.choices(list(RUCS), list(RUCS.values()))[0]
    natural = page == "fees" or (how == "person" and page != "bill")
    if page == "bill":
        trade = UTILITIES.pick(rng, split)
        case.issuer = replace(party(rng, split), name=f"{trade} S.A.A.", trade_name=trade)
    else:
        case.issuer = party(rng, split, natural=natural)
        if natural:
            case.issuer = replace(case.issuer, trade_name=f"{BRANDS.pick(rng, split)}")
            features.add("person")
    who = buyer(rng, split, business=case.customer.id_type == "6")
    case.customer = who
    inv.customer = Customer(id_type=who.id_type, id=who.id, name=who.name)
    if inv.kind == "03" and rng.random() < 0.25:
        inv.customer = Customer()
        features.add("nobody")
    inv.supplier.name = case.issuer.name
    printed: str | None = case.issuer.id
    if how == "impossible":
        printed = rng.choice(["44", "30", "99"]) + case.issuer.id[2:]
    elif how == "damaged":
        printed = case.issuer.id[:10] + str((int(case.issuer.id[10]) + rng.randrange(1, 9)) % 10)
    elif how == "short":
        printed = case.issuer.id[:-1]
    elif how == "missing":
        printed = None
    if how in {"impossible", "damaged", "short", "missing"}:
        features.add(f"ruc_{how}")
    inv.supplier.ruc = printed if printed and len(printed) == 11 else None
    features.add(f"trap_{case.trap}")
    if inv.currency != "PEN":
        features.add("foreign_money")
    return Sale(case, printed, features)


def _goods(rng: Random, split: Split, page: PageType, *, discounts: bool) -> Case:
    roll = page.startswith("roll")
    what: Trap = trap(rng, ROLL_TRAPS if roll else WIDE_TRAPS)
    if what == "line_discount" and not discounts:
        what = "plain"
    if page == "note":
        kind = rng.choice(["07", "07", "07", "08"])
    elif roll:
        kind = rng.choice(["03", "03", "01"])
    else:
        kind = rng.choice(["01", "01", "01", "03"])
    if what == "nrus":
        kind = "03"
    if what in {"advance", "retention", "detraction", "export"} and kind == "03":
        kind = "01"
    if page == "note" and what not in {"plain", "exempt", "unaffected", "mixed", "isc", "mype"}:
        what = "plain"
    catalogue: Owned[Good] = SERVICES if what in {"detraction", "retention"} else GOODS
    most = 5 if page in {"columns", "note"} or roll else 8
    case = build(
        rng, kind=kind, trap=what, catalogue=catalogue.all_of(split),
        count=rng.randrange(1, min(most, 4 if catalogue is SERVICES else most)),
        net_items=not roll and rng.random() < 0.7, portal=page == "portal", currency=money_of(rng, what),
        upper_items=rng.random() < 0.6,
        zeros=page == "portal" and rng.random() < 0.6,
    )  # fmt: skip
    case.money_style = rng.choices([0, 1, 2, 3], [70, 22, 4, 4])[0]
    case.date_style = rng.randrange(6)
    return case


def _fees(rng: Random, split: Split) -> Case:
    case = fees(rng)
    case.lines[0].item.description = SERVICES.pick(rng, split)[0]
    case.date_style = rng.randrange(6)
    return case


def _bill(rng: Random, split: Split) -> Case:
    """A month of light, water or telephone; where an old debt stands too, what is to be paid is more than the
    month.
    """
    case = build(rng, kind="14", catalogue=CHARGES.all_of(split), count=rng.randrange(3, 7))
    inv = case.invoice
    for line in case.lines:
        line.item.quantity = line.item.unit = line.item.unit_price = None
        line.item.amount = cents(line.unit_value)
    base = sum((cents(line.unit_value) for line in case.lines), ZERO)
    igv, fise = cents(base * Decimal("0.18")), cents(Decimal(rng.randrange(50, 400)).scaleb(-2))
    exact = base + igv + fise
    inv.total = exact.quantize(Decimal("0.1"), "ROUND_DOWN").quantize(CENT)
    inv.rounding = inv.total - exact or None
    inv.taxable, inv.igv, inv.other_charges, inv.amount_in_words = base, igv, fise, None
    inv.exempt = inv.unaffected = inv.free = None
    assert inv.issue_date
    inv.due_date = inv.issue_date + timedelta(days=rng.randrange(10, 22))
    case.rows = [("taxable", base), ("igv", igv), ("fise", fise)]
    if inv.rounding:
        case.rows.append(("rounding", inv.rounding))
    case.rows.append(("total", inv.total))
    if rng.random() < 0.35:
        debt = cents(Decimal(rng.randrange(900, 20000)).scaleb(-2))
        inv.net_payable = inv.total + debt
        case.rows += [("debt", debt), ("to_pay", inv.net_payable)]
    case.customer = people.buyer(rng, business=rng.random() < 0.3)
    case.date_style = rng.randrange(6)
    case.symbol = "S/"
    return case

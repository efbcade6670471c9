"""Tells what each number of an item's row is by the assignment that scores best: quantity, unit price,
amount, or none of them.

A row's score adds how near each number stands to its heading or to its column, and whether quantity and price
make the amount. Columns are learned from the rows that multiply, and the other rows follow them: engines
shift boxes more easily than digits.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from statistics import median

from functions.extractor.peru.tokens import amounts
from functions.extractor.peru.tokens import number as value_of
from functions.extractor.reading.cutting import TIMES_SIGNS, Token
from functions.extractor.reading.table_columns import TableColumn

ROLES = ("quantity", "unit_price", "amount")
_WORTH = {"quantity": 2.0, "unit_price": 2.0, "amount": 3.0}
"""The score of a number in a role, from which its distance from the role's column in line heights is taken.
"""
_PRODUCT, _CUT_PRODUCT, _NO_PRODUCT = 4.0, 2.0, -1.0
"""The score where quantity times price is the amount; where a printed discount explains the difference (half
of it for IGV); where nothing does.
"""
_TIMES_SIGN = 2.0
"""The score of a sign of multiplication between quantity and price."""
_SHARES = 8
"""The most discounts of discounts that are tried."""
FAR = 4.0
_IN_ORDER = 0.5
"""The most line heights that count as a number's distance from its column where it stands in the headings'
order.
"""
RATES = (Decimal("1.18"), Decimal("1.10"), Decimal("1.105"))


@dataclass(slots=True)
class Roles:
    """The roles of a row's numbers, and how sure they are; `multiplies` only where the product is exact, `cut`
    where a discount that the row prints makes it so.
    """

    tokens: dict[str, Token] = field(default_factory=dict)
    score: float = 0.0
    multiplies: bool = False
    cut: bool = False

    def values(self) -> dict[str, Decimal]:
        """Returns the values of the numbers by role."""
        return {role: token.number.value for role, token in self.tokens.items() if token.number is not None}


@dataclass(slots=True)
class Columns:
    """The places of the roles: the headings, and what rows that multiply taught."""

    heads: Sequence[TableColumn]
    em: float
    learned: dict[str, tuple[str, float]] = field(default_factory=dict)
    """By role: the edge (`x0`, `x` or `x1`) at which its numbers stand below each other, and the place of
    that edge.
    """

    def distance(self, token: Token, role: str) -> float:
        """Returns the line heights from the role's column, more where another heading is nearer, and 1 where
        nothing tells.
        """
        own = [away(token, c, self.em) for c in self.heads if c.name == role]
        if role in self.learned:
            edge, at = self.learned[role]
            taught = min(FAR, abs(_at(token, edge) - at) / self.em)
            return taught if not own else min(taught, taught * 0.5 + min(own) * 0.5)
        if not self.heads:
            return 1.0
        others = [away(token, c, self.em) for c in self.heads if c.name not in (role, "description", "other")]
        if not own:
            return 1.5 + max(0.0, 1.5 - min(others, default=2.0))
        return min(FAR, min(own) + max(0.0, min(own) - min(others, default=FAR)))

    def in_order(self, row: Sequence[Token]) -> dict[int, str]:
        """Returns the roles of a row's numbers, by `id`, in the order of the headings. There are none where
        words follow, or where numbers and headings are not as many.
        """
        if any(t.number is None and not t.is_sign and re.search(r"[^\W\d_]{2}", t.text) for t in row[1:]):
            return {}
        named = [c.name for c in self.heads if c.name in (*ROLES, "tax", "discount")]
        numbered = [t for t in row if t.number is not None]
        return dict(zip(map(id, numbered), named, strict=True)) if len(named) == len(numbered) else {}

    def supports(self, role: str) -> bool:
        """True where a heading or a learned column tells where the role stands."""
        return role in self.learned or any(c.name == role for c in self.heads)

    def learn(self, rows: Iterable[Roles]) -> None:
        """Learns columns from the rows that multiply: of each role the edge at which its numbers differ
        least.
        """
        sure = [r for r in rows if r.multiplies]
        for role in ROLES:
            stand = [r.tokens[role] for r in sure if role == "amount" or not _in_words(r)]
            if not stand:
                continue
            spread, edge, at = min(
                (median(abs(_at(t, edge) - middle) for t in stand), edge, middle)
                for edge in ("x1", "x", "x0")
                for middle in [median(_at(t, edge) for t in stand)]
            )
            if spread < self.em:
                self.learned[role] = edge, at


def _in_words(roles: Roles) -> bool:
    """True where quantity and price stand behind words in one phrase: they have no columns."""
    quantity, price = roles.tokens["quantity"], roles.tokens["unit_price"]
    return quantity.cell is price.cell and min(quantity.x0, price.x0) > quantity.cell.x0


def _at(token: Token, edge: str) -> float:
    return token.x0 if edge == "x0" else token.x1 if edge == "x1" else token.x


def away(token: Token, column: TableColumn, em: float) -> float:
    """Returns the line heights between a word and a heading, and a little more for edges that do not meet.
    The page's own lines tell it where they part the columns.
    """
    if column.own or not column.left < token.x < column.right:
        return 0.0 if column.left < token.x < column.right else FAR
    gap = max(0.0, column.x0 - token.x1, token.x0 - column.x1)
    edges = min(abs(token.x0 - column.x0), abs(token.x - column.x), abs(token.x1 - column.x1))
    return (gap + 0.25 * min(edges, 4 * em)) / em


def assign(row: Sequence[Token], columns: Columns) -> Roles:
    """Returns the best roles of a row's numbers. Without headings and columns only a product tells a quantity
    and a price.
    """
    numbered = [t for t in row if t.number is not None]
    known = {role: columns.supports(role) for role in ROLES}
    priced = any(c.name == "unit_price" for c in columns.heads)
    # SUNAT's own portal prints prices and ICBPER alone: only a product is then an amount.
    unprinted = priced and not known["amount"]
    order = columns.in_order(row)
    options = {role: _options(role, numbered, columns, order) for role in ROLES}
    led = row[1] if len(row) > 1 and row[0].text == "@" else None  # `@ 3.50`: the price of one
    options["quantity"] = [o for o in options["quantity"] if o[1] is None or o[1] is not led]
    reach = _PRODUCT + _TIMES_SIGN + 2 * FAR * any(t.factor or t.text in TIMES_SIGNS for t in row)
    best = Roles()
    for chosen in itertools.product(*(options[role] for role in ROLES)):
        picked = [token for _, token in chosen if token is not None]
        if len({id(t) for t in picked}) < len(picked):
            continue
        score = sum(s for s, _ in chosen)
        if score + reach <= best.score:
            continue
        quantity, price, amount = (token for _, token in chosen)
        made = _product(quantity, price, amount, row) if quantity and price and amount else 0.0
        times = price is not None and (
            price is led or (quantity is not None and times_between(row, quantity, price))
        )
        times = times and not (made < 0 and _is_counted(numbered, picked, columns))
        times = times and (made > 0 or price is led or _is_money(price))
        score += _TIMES_SIGN * times
        if made <= 0 and (
            any(t.factor for t in picked)
            or (quantity and quantity.number and quantity.number.value < 0)
            or (
                quantity
                and quantity is row[0]
                and not columns.heads
                and re.fullmatch(r"\d{5,}", quantity.text)
            )
        ):
            # 2x4.00 that makes no amount is a word; a negative quantity counts only where it makes one, and
            # so do five digits that begin a till's row: they may be its code of the item
            continue
        if amount and unprinted and made < _PRODUCT:
            continue
        unknown = [
            token
            for role, token in (("quantity", quantity), ("unit_price", price))
            if token and not token.says and not known[role]
        ]
        # A product but for the IGV, of numbers within a name, shows nothing: Plan 65 (5 líneas) 275.42
        said = made < _CUT_PRODUCT and any(map(_is_said, unknown))
        if unknown and not times and (made <= 0 or said):
            continue  # nothing shows that it is a quantity or a price
        score += made
        if quantity and price:
            score += _pair(quantity, price, row, columns, times=times)
        if amount and not columns.heads and "amount" not in columns.learned:
            score -= 0.6 * sum(t.x0 > amount.x0 for t in numbered)
        if score > best.score:
            told = {role: token for role, (_, token) in zip(ROLES, chosen, strict=True) if token is not None}
            best = Roles(told, score, made == _PRODUCT, made == _CUT_PRODUCT)
    return best


def _is_said(token: Token) -> bool:
    """True where a number stands behind words in one phrase."""
    before = token.cell.text.partition(token.text)[0]
    return re.search(r"[^\W\d_]{3}", before) is not None


def _is_money(price: Token | None) -> bool:
    """True where a price shows cents or a sign of currency: `20 x 15 cm` is a size."""
    return (
        price is not None and price.number is not None and (price.number.decimals > 0 or price.number.money)
    )


def _is_counted(numbered: Sequence[Token], picked: Sequence[Token], columns: Columns) -> bool:
    """True where another number stands in the quantities' column: what a sign joins in the words is then a
    size, `2  TABLETA 850 MG x 30`.
    """
    return columns.supports("quantity") and any(
        columns.distance(token, "quantity") < 1 for token in numbered if token not in picked
    )


def _pair(quantity: Token, price: Token, row: Sequence[Token], columns: Columns, *, times: bool) -> float:
    """Returns what speaks for a quantity and a price besides their places: decimals, order and nearness.
    Where a sign joins them in one phrase a fixed cost replaces their distances: one phrase cannot stand under
    two headings.
    """
    score = 0.0
    if times and quantity.cell is price.cell:
        score += (
            columns.distance(quantity, "quantity")
            + columns.distance(price, "unit_price")
            - 2
            + 0.3 * (quantity.x0 < price.x0)
        )
    if not columns.supports("unit_price") and _decimals(price) < min(2, _decimals(quantity)):
        score -= 2.5  # 4.50 x 2
    if not columns.heads:
        score -= 0.3 * (quantity.x0 > price.x0) + 0.15 * abs(row.index(quantity) - row.index(price))
    return score


def opening(row: Sequence[Token], columns: Columns) -> Token | None:
    """Returns the quantity at the head of a row of words, where it stands in its column; `F30` is a
    pharmacy's fraction of a box.
    """
    if len(row) < 2 or not columns.supports("quantity") or columns.distance(row[0], "quantity") >= 1:
        return None
    found = re.fullmatch(r"[A-Z]?(\d{1,5}(?:[.,]\d{1,3})?)", row[0].folded)
    number = None if found is None else next(iter(amounts(found[1])), None)
    return None if number is None else replace(row[0], number=number)


def _options(
    role: str, numbered: Sequence[Token], columns: Columns, order: dict[int, str]
) -> list[tuple[float, Token | None]]:
    found: list[tuple[float, Token | None]] = [(0.0, None)]
    for token in numbered:
        number = token.number
        assert number is not None
        sum_like = number.decimals >= 2 or bool(number.sign)
        if token.says:
            found += [(_WORTH[role], token)] * (token.says == role)
            continue
        if role == "amount" and not sum_like:
            continue
        if role == "quantity" and (number.sign or len(re.sub(r"\D", "", token.text)) > 8 or not number.value):
            continue
        score = _WORTH[role] - min(
            columns.distance(token, role), _IN_ORDER if order.get(id(token)) == role else FAR
        )
        if role == "unit_price":
            score -= 0.0 if sum_like else 0.5 if number.decimals else 1.0 if columns.supports(role) else 2.0
        elif role == "quantity":
            score -= 0.0 if number.decimals == 0 else 0.2 if number.value == int(number.value) else 0.4
        found.append((score, token))
    return sorted(found, key=lambda f: -f[0])[:6]


def times_between(row: Sequence[Token], one: Token, other: Token) -> bool:
    """True where only a sign of multiplication, or a unit and the sign, stands between two numbers, with or
    without a currency.
    """
    i, j = sorted((row.index(one), row.index(other)))
    if j == i + 1 and row[j].glued and row[j].text[:1] in TIMES_SIGNS:
        return True
    between = [t.text for t in row[i + 1 : j] if t.text in TIMES_SIGNS or not t.is_sign]
    return bool(between) and len(between) < 3 and between[-1] in TIMES_SIGNS


def _decimals(token: Token) -> int:
    return 0 if token.number is None else token.number.decimals


def _product(quantity: Token, price: Token, amount: Token, row: Sequence[Token]) -> float:
    """Returns the score of how well quantity and price make the amount: exactly, less a discount that the row
    prints, or with or without IGV.
    """
    q, p, a = (t.number.value for t in (quantity, price, amount) if t.number is not None)
    if q * p * a < 0:
        return _NO_PRODUCT
    made = q * p
    if near(made, a, q):
        # Zeros multiply with anything.
        return _PRODUCT if a and made else _CUT_PRODUCT / 2 if not a else _NO_PRODUCT
    shares = [Decimal(1)]  # what one percentage after another leaves
    for token in row:
        percent = re.fullmatch(r"(\d{1,2}(?:[.,]\d+)?)\s?%?", token.text)
        if token in (quantity, price, amount):
            continue
        share = value_of(percent[1]) if percent else None
        less = token.number.value if token.number is not None else None
        left = [each * (100 - share) / 100 for each in shares] if share else []
        if any(near(made * each, a, q) for each in left):
            return _CUT_PRODUCT
        if re.search(r"[.,%]", token.text):  # a bare number may count or number something
            shares = (shares + left)[:_SHARES]
        if less and 0 < abs(less) < made and near(made - abs(less), a, q):
            return _CUT_PRODUCT
    if any(near(made * r, a, q) or near(made / r, a, q) for r in RATES):
        return _CUT_PRODUCT / 2
    return _NO_PRODUCT


def near(product: Decimal, amount: Decimal, quantity: Decimal) -> bool:
    """True where a product is the amount but for rounding, of the amount itself or of a price rounded to
    cents.
    """
    return abs(product - amount) <= max(
        Decimal("0.011"), min(abs(quantity) * Decimal("0.0051"), abs(amount) * Decimal("0.006"))
    )

"""Tells which words of an item's row are its unit and its description, in one pass over the headings from
left to right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from functions.extractor.peru.tokens import days
from functions.extractor.peru.units import a_unit
from functions.extractor.reading.cutting import TIMES_SIGNS, Token
from functions.extractor.reading.numbers import FAR, Roles, away
from functions.extractor.reading.table_columns import TableColumn

_MISSING = 3.0
"""The cost of a row without a description where the description has a column."""
_BACK = 6.0
"""The cost of a word that belongs to a heading further left than the word before it, or of a number under
another heading than its own.
"""
_APART = 2.5
"""Line heights beyond which a phrase no longer belongs to the description before it: it is a stamp or another
box.
"""
_CODE = re.compile(r"(?=.*[\d-])[A-Z0-9][A-Z0-9./_-]*")
_TILLS = re.compile(r"\d{3,14}|\d{3,}(?:-\d{2,})+|[A-Z]{1,4}-?\d{2,}")
_SIZE = 4
"""Characters of a size at most."""
_BAR_CODE = re.compile(r"\d{7,14}")
_TAXED = ("(E)", "(G)", "(I)")
"""What tills print behind what is exonerated, taxed or unaffected."""


@dataclass(slots=True)
class Words:
    """An item's words in one row."""

    unit: Token | None = None
    text: list[Token] = field(default_factory=list)
    code: list[Token] = field(default_factory=list)


def joined(tokens: Sequence[Token]) -> str:
    """Returns the words as a text."""
    text = ""
    for token in tokens:
        text += ("" if token.glued or not text else " ") + token.text
    return text.strip(" -|:*")


def has_words(tokens: Sequence[Token]) -> bool:
    """True where the words are more than signs, letters and a day."""
    return sum(c.isalpha() for t in tokens for c in t.text) >= 3 and not any(
        days(t.text) for t in tokens if len(tokens) == 1
    )


def is_measured(tokens: Sequence[Token]) -> bool:
    """True where the only word is a unit."""
    words = [t for t in tokens if t.number is None and not t.is_sign]
    return len(words) == 1 and a_unit(words[0].text) is not None


def split(row: Sequence[Token], roles: Roles, heads: Sequence[TableColumn], em: float) -> Words:
    """Returns the words of a row under headings: the cheapest way to part them from left to right. The row's
    numbers are told already.
    """
    role_of = {id(token): role for role, token in roles.tokens.items()}
    unit = next((t for t in row if t.says == "unit"), None)
    row = [t for i, t in enumerate(row) if not _is_beside(row, i, role_of) and not _is_named(t, role_of)]
    if not row:
        return Words(unit)
    words = [t for t in row if id(t) not in role_of and re.search(r"[^\W\d_]{2}", t.text)]
    told = any(min((away(t, c, em), c.name) for c in heads)[1] != "unit" for t in words)
    at_description = next((i for i, c in enumerate(heads) if c.name == "description"), None) if told else None
    best: list[tuple[float, list[int]]] = []
    for i, token in enumerate(row):
        now: list[tuple[float, list[int]]] = []
        for j in range(len(heads)):
            own = _cost(token, role_of.get(id(token)), heads, j, em)
            if not i:
                skipped = at_description is not None and j > at_description
                now.append((own + _MISSING * skipped, [j]))
                continue
            cost, path = min(
                ((c + _step(row[i - 1], token, heads, p[-1], j, at_description, em), p) for c, p in best),
                key=lambda option: option[0],
            )
            now.append((cost + own, [*path, j]))
        best = now
    _, path = min(
        ((c + _MISSING * (at_description is not None and p[-1] < at_description), p) for c, p in best),
        key=lambda o: o[0],
    )
    found = Words(unit)
    for token, j in zip(row, path, strict=True):
        name = heads[j].name
        if id(token) in role_of:
            continue
        if name == "unit" and found.unit is None and re.search(r"[^\W\d_]", token.text):
            found.unit = token
        elif name == "description":
            found.text.append(token)
        elif name == "code":
            found.code.append(token)
    found.text = in_one_place(found.text, em)
    found.unit = _whole(found, row, role_of)
    return found


def _whole(found: Words, row: Sequence[Token], role_of: dict[int, str]) -> Token | None:
    """Returns the unit with the words that follow it in its cell and belong to nothing else: CAJA x 4 KG."""
    unit = found.unit
    if unit is None or unit not in row:
        return unit
    for token in row[row.index(unit) + 1 :]:
        if token.cell is not unit.cell or id(token) in role_of or token in (*found.text, *found.code):
            break
        unit = replace(unit, text=f"{unit.text} {token.text}", x1=token.x1)
    return unit


def _is_named(token: Token, role_of: dict[int, str]) -> bool:
    """True where the row itself calls a word a unit, a code or a discount, so that it is no part of a
    description.
    """
    return token.says not in ("", "description") and id(token) not in role_of


def _is_beside(row: Sequence[Token], i: int, role_of: dict[int, str]) -> bool:
    """True where a word is only a sign of the number beside it."""
    token = row[i]
    if not (token.is_sign or token.text == "a") or not token.folded:
        return token.is_sign
    after = row[i + 1] if i + 1 < len(row) else None
    if token.folded in ("X", "×", "*", "@", "A"):
        after = next((t for t in row[i + 1 :] if not t.is_sign), None)
        near = after is not None and (
            after.cell is token.cell or after.x0 - token.x1 < 2 * (token.x1 - token.x0)
        )
        return near and id(after) in role_of
    sides = [t for t in (row[i - 1] if i else None, after) if t is not None]
    if token.folded == "S" and after is not None and after.cell is token.cell:
        return id(after) in role_of  # `5 S A 2 MM BROCA`: a word before others
    # S at the end of a phrase may be a size or a currency.
    alone = token.folded != "S" or all(t.cell is not token.cell for t in sides)
    return any(id(t) in role_of and (alone or t.cell is token.cell) for t in sides)


def _cost(token: Token, role: str | None, heads: Sequence[TableColumn], j: int, em: float) -> float:
    """Returns the cost of placing a word under a heading, by its shape and its place."""
    head = heads[j]
    if role is not None:
        return 0.0 if head.name == role else _BACK
    if not head.left < token.x < head.right:
        return _BACK
    if head.own:
        return 0.0
    place = min(FAR, away(token, head, em))
    shape = 0.0
    if head.name == "description":
        left = heads[j - 1].x1 if j else -1e9
        right = heads[j + 1].x0 if j + 1 < len(heads) else 1e9
        place = 0.0 if left < token.x < right else min(FAR, max(left - token.x, token.x - right, 0.0) / em)
        shape = 0.6 if token.number is not None else 0.2
    elif head.name == "unit":
        word = token.number is None and token.text[:1].isalpha()
        shape = (
            0.0
            if a_unit(token.text)
            else 0.9
            if word and len(token.folded) <= 4
            else 1.5
            if word and len(token.folded) <= 9
            else 1.5
            if away(token, head, em) < 1 and token.x0 > token.cell.x0
            else 4.0
        )
    elif head.name == "code":
        whole = token.cell.text == token.text and token.text.isupper() and away(token, head, em) < 1
        shape = 0.0 if whole or _CODE.fullmatch(token.folded) else 1.2
    elif head.name == "order":
        shape = 0.0 if re.fullmatch(r"\d{1,3}", token.folded) else 4.0
    elif head.name == "other":
        shape = 0.1
    else:
        shape = 0.3 if re.fullmatch(r"[\d.,]*\d\s?%?|-", token.text) else 5.0
    return shape + 0.5 * place


def _step(
    last: Token,
    token: Token,
    heads: Sequence[TableColumn],
    i: int,
    j: int,
    at_description: int | None,
    em: float,
) -> float:
    """Returns the cost of going on from a word under one heading to the next under the same or another."""
    same_cell = token.cell is last.cell
    if j < i:
        return _BACK
    if j > i:
        skipped = at_description is not None and i < at_description < j
        torn = (
            0.6
            if same_cell and heads[i].name == "description" and heads[j].name == "other"
            else 0.1 * same_cell
        )
        return _MISSING * skipped + 1.0 * any(c.name == "unit" for c in heads[i + 1 : j]) + torn
    name = heads[i].name
    if name == "description":
        gap = 0.0 if same_cell else (token.x0 - last.x1) / em
        return 0.0 if gap < 1 else 0.3 if gap < _APART else 0.8
    return {
        "other": 0.5,
        "unit": 0.3 if same_cell else 2.5,
        "order": 5.0,
        "code": 1.5 if same_cell else 3.0,
    }.get(name, 3.0)


def in_one_place(text: list[Token], em: float) -> list[Token]:
    """Returns the description's words without those far to the right of the others. A code in a column of its
    own before them is no word.
    """
    begin = 1 if leads_apart(text, em) else 0
    for i in range(begin + 1, len(text)):
        if (
            text[i].cell is not text[i - 1].cell
            and text[i].x0 - text[i - 1].x1 > _APART * em
            and has_words(text[begin:i])
        ):
            return text[:i]
    return text


def leads_apart(text: Sequence[Token], em: float) -> bool:
    """True where a row's words begin with a code in a column of its own."""
    return (
        len(text) > 1
        and text[0].cell is not text[1].cell
        and text[1].x0 - text[0].x1 > _APART * em
        and _is_apart(text[0])
    )


def _is_apart(token: Token) -> bool:
    """True where a word may be a code in a column of its own, and is no size: 1.5L, 20KG."""
    return is_code(token) or (len(token.text) > _SIZE and _CODE.fullmatch(token.folded) is not None)


def bare(row: Sequence[Token], roles: Roles, em: float) -> Words:
    """Returns the words of a row without headings: all that belong to no number."""
    role_of = {id(token): role for role, token in roles.tokens.items()}
    words = [t for t in row if not _is_named(t, role_of)]
    amount = roles.tokens.get("amount")
    rest = [
        t
        for i, t in enumerate(words)
        if id(t) not in role_of and not _is_beside(words, i, role_of) and not _taxes(t, amount)
    ]
    return Words(next((t for t in row if t.says == "unit"), None), in_one_place(rest, em))


def _taxes(token: Token, amount: Token | None) -> bool:
    """True where a letter behind the amount says how it is taxed, as tills print: `22.80 A`."""
    return amount is not None and token.x0 > amount.x0 and re.fullmatch(r"[A-Z*]", token.text) is not None


def is_apart(row: Sequence[Token], unit: Token | None, em: float) -> bool:
    """True where a unit stands in a column of its own, and does not begin the description."""
    at = next((i for i, t in enumerate(row) if t is unit), None)
    if at is None or at + 1 >= len(row):
        return False
    return row[at + 1].cell is not row[at].cell and row[at + 1].x0 - row[at].x1 > em


def beside_quantity(row: Sequence[Token], roles: Roles, *, lone: bool, behind: bool = False) -> Token | None:
    """Returns the word after the quantity where it is the unit: a known unit, a short word before the price,
    or, if `lone`, the only word of the row. `behind`: descriptions end before the quantities, so that none
    begins there.
    """
    quantity = roles.tokens.get("quantity")
    at = next((i for i, t in enumerate(row) if t is quantity), None)
    if (
        quantity is None
        or at is None
        or at + 1 >= len(row)
        or row[at + 1].number is not None
        or row[at + 1].is_sign
    ):
        return None
    after, beyond = row[at + 1], row[at + 2 : at + 4]
    if after.cell.text.endswith((" DE", " de")) or (beyond and beyond[0].folded in ("DE", "DEL")):
        return None  # SERVICIO DE TRANSPORTE, also where it wraps behind DE
    if a_unit(after.text) or after.glued:
        return after
    if is_garments_size(after):
        return None
    short = re.fullmatch(r"[A-Z]{1,8}\d?|[A-Z]/[A-Z]{1,3}", after.folded) is not None
    code = len(after.folded) <= 4 and after.text.isupper()  # CTO, FCO: no name of a thing
    times = is_factor(row, after, roles)
    others = any(t.number is None and not t.is_sign for t in row if t is not after)
    alone = lone and not others
    next_to = beyond[0] if beyond else None
    apart = next_to is not None and after.cell is quantity.cell and next_to.cell is not after.cell
    priced = next_to is not None and next_to is roles.tokens.get("unit_price")
    held = (others or lone) and (priced or apart)  # `142 kWh`, `12 CAJ`
    return (
        after
        if short and (times or behind or (alone and code) or (held and len(after.folded) <= 4))
        else None
    )


def is_garments_size(token: Token) -> bool:
    """True where a word is a garment's size, which no unit is called."""
    return re.fullmatch(r"X+[SL]|\dX?L", token.folded) is not None


def is_factor(row: Sequence[Token], unit: Token | None, roles: Roles) -> bool:
    """True where a word stands between a quantity and the sign of its price: `142 kWh x`."""
    quantity, price = (roles.tokens.get(role) for role in ("quantity", "unit_price"))
    parts = [t for t in row if t is price or t.text in TIMES_SIGNS or not t.is_sign]
    at = next((i for i, t in enumerate(parts) if t is unit), 0)
    return (
        unit is not None
        and 0 < at < len(parts) - 2
        and parts[at - 1] is quantity
        and parts[at + 1].text in TIMES_SIGNS
        and parts[at + 2] is price
    )


def before_quantity(row: Sequence[Token], roles: Roles, em: float) -> Token | None:
    """Returns the unit before the quantity, in a column without a heading: a known unit that stands apart
    from any words.
    """
    at = next((i for i, t in enumerate(row) if t is roles.tokens.get("quantity")), 0)
    unit, before = row[at - 1] if at else None, row[at - 2] if at > 1 else None
    if unit is None or unit.number is not None or a_unit(unit.text) is None:
        return None
    return unit if before is None or (before.cell is not unit.cell and unit.x0 - before.x1 > em) else None


def is_code(token: Token) -> bool:
    """True where a word may be a till's code of an item, or the dash for none."""
    return token.folded == "" or _TILLS.fullmatch(token.folded) is not None


def is_bar_code(token: Token) -> bool:
    """True where a word is a bar code, with which a till begins an item."""
    return _BAR_CODE.fullmatch(token.folded) is not None


def name_of(text: list[Token]) -> list[Token]:
    """Returns a description without the bar code or the day before it, and without what is no part of it
    behind: a day in a cell of its own, the letter of its tax.
    """
    while (
        len(text) > 1 and has_words(text[1:]) and (_BAR_CODE.fullmatch(text[0].folded) or days(text[0].text))
    ):
        text = text[1:]
    while len(text) > 1 and (text[-1].text in _TAXED or _dates(text[-1])):
        text = text[:-1]
    return text


def _dates(token: Token) -> bool:
    """True where a word in a cell of its own is a day, as stamps and lots have one."""
    whole = any(d.end - d.start == len(token.text) for d in days(token.text))
    return whole and token.cell.text == token.text

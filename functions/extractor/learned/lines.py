"""Makes the items of words that the network takes for parts of a line; an item begins where it says so."""

from __future__ import annotations

import re
from decimal import Decimal

from functions.extractor.learned.words import WordPage
from functions.extractor.peru.tokens import an_amount, number
from functions.extractor.reading.reading import Seen

PARTS = ("description", "quantity", "unit", "unit_price", "amount")
_ALL = (*PARTS, "code", "line_discount", "other_amount", "line_number")


def items(page: WordPage) -> list[dict[str, Seen]]:
    """Returns the lines that were sold, from top to bottom. A line without words and without an amount is no
    item; where no line has any number, there are no items.
    """
    groups: list[dict[str, list[int]]] = []
    for word in range(len(page.tokens)):
        chances = {name: page.chances[name][word] for name in _ALL}
        if sum(chances.values()) < 0.5:
            continue
        if not groups or page.starts[word] > 0.5:
            groups.append({})
        role = max(chances, key=chances.__getitem__)
        groups[-1].setdefault(role, []).append(word)
    found = [item for group in groups if {"description", "amount"} & (item := _item(page, group)).keys()]
    return found if any({"quantity", "unit_price", "amount"} & item.keys() for item in found) else []


def _item(page: WordPage, group: dict[str, list[int]]) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    if words := group.get("description"):
        said = re.sub(r"^[\s×|*:-]+|[\s×|/*-]+$", "", " ".join(page.tokens[word].text for word in words))
        if said:
            found["description"] = Seen(said, said, page.box(words[0]))
    if words := group.get("unit"):
        found["unit"] = Seen(page.tokens[words[0]].text, page.tokens[words[0]].text, page.box(words[0]))
    for name in ("quantity", "unit_price", "amount"):
        for word in group.get(name, []):
            value = _value(page.tokens[word].text)
            if value is not None:
                found[name] = Seen(value, page.tokens[word].text, page.box(word))
                break
    if price := _factor(page, group, found):
        found["unit_price"] = price
    return found


def _factor(page: WordPage, group: dict[str, list[int]], item: dict[str, Seen]) -> Seen | None:
    """Returns the price that makes the amount, of a line that shows a price with IGV and one without; None
    where the one that was taken makes it already.
    """
    quantity, taken, amount = (item.get(name) for name in ("quantity", "unit_price", "amount"))
    if quantity is None or amount is None or not quantity.value:
        return None
    near = Decimal("0.006") + abs(quantity.value) * Decimal("0.0051")
    if taken is not None and abs(quantity.value * taken.value - amount.value) <= near:
        return None
    for word in (*group.get("unit_price", []), *group.get("other_amount", [])):
        text = page.tokens[word].text
        value = _value(text)
        if value and abs(quantity.value * value - amount.value) <= near:
            return Seen(value, text, page.box(word))
    return None


def _value(text: str) -> Decimal | None:
    """Returns the number of a word, also where a unit or a sign is glued to it: `2.00UND`, `x15.90`."""
    whole = an_amount(text.strip(":;=*|"))
    if whole is not None:
        return whole
    parts = re.findall(r"-?\d+(?:,\d{3})*(?:[.,]\d+)?", text)
    value = number(parts[-1].lstrip("-")) if parts else None
    return -value if value is not None and parts[-1].startswith("-") else value

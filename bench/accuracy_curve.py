"""The tables over everything shown: what is right, by group and form; by page and field; and what an answer
is worth, verdict by verdict.
"""

from collections.abc import Sequence

from bench.accuracy_report import grid
from bench.accuracy_score import wilson
from bench.accuracy_shown import PARTS, STEPS, Mark, bootstrap, fields, key_rights, other_rights
from functions.extractor.invoice import Invoice
from tests.corpus.grammar import Split

SECRET: Split = "judge"
"""The split of which counts are printed, no field and no name."""

Groups = dict[tuple[str, str], list[Mark]]


def _groups(marks: Sequence[Mark]) -> Groups:
    out: Groups = {}
    for each in marks:
        out.setdefault((each.group, each.form), []).append(each)
    return out


def _rate(right: int, of: int) -> str:
    return f"{100 * right / of:.1f}" if of else "-"


def _between(low: float, high: float) -> str:
    return f"{100 * low:.1f}-{100 * high:.1f}"


def _summary(groups: Groups) -> str:
    head = ["group", "form", "n", "layouts", "keys %", "all 7 %", "95 %", "others %", "items, all parts %",
        "key wrong yet consistent",
            "promised wrong yet proven", "beside the promise wrong or missing", "proven %", "QR proven %",
            "needless second looks %"]  # fmt: skip
    body = []
    for (group, form), marks in groups.items():
        seven = sum(not each.keys for each in marks)
        signed = [each for each in marks if each.qr]
        body.append(
            [
                group,
                form,
                str(len(marks)),
                str(len({each.layout for each in marks})),
                _rate(*key_rights(marks)),
                _rate(seven, len(marks)),
                _between(*wilson(seven, len(marks))),
                _rate(*other_rights(marks)),
                _rate(sum(m.items[0] for m in marks), sum(m.items[1] for m in marks)),
                str(sum(each.verdict == "consistent" and each.key_wrong for each in marks)),
                str(sum(bool(each.broken) for each in marks)),
                str(sum(each.verdict == "proven" and len(each.missed) > len(each.broken) for each in marks)),
                _rate(sum(each.verdict == "proven" for each in marks), len(marks)),
                _rate(sum(each.verdict == "proven" for each in signed), len(signed)),
                _rate(
                    sum(each.again is True for each in marks), sum(each.again is not None for each in marks)
                ),
            ]
        )
    return grid(head, body)


def _curve(groups: Groups) -> str:
    head = [
        "group",
        "form",
        "taken",
        "papers",
        "coverage %",
        "key wrong %",
        "95 %",
        "shown wrong %",
        "95 %",
        "wrong or missing %",
        "95 %",
    ]
    body = []
    for (group, form), marks in groups.items():
        for name, covered in STEPS:
            taken = [each for each in marks if each.verdict in covered]
            row = [group, form, name, str(len(taken)), _rate(len(taken), len(marks))]
            for bad in ("key_wrong", "wrong", "missed"):
                row += [
                    _rate(sum(bool(getattr(each, bad)) for each in taken), len(taken)),
                    _between(*bootstrap(marks, covered, bad)),
                ]
            body.append(row)
    return grid(head, body)


def _by_field(groups: Groups) -> str:
    shown = {key: marks for key, marks in groups.items() if key[0] != SECRET}
    names = [*fields(Invoice()), *(f"items.{part}" for part in PARTS)]
    head = ["field", *(f"{group} {form}" for group, form in shown)]
    body = []
    for name in names:
        cells = [other_rights(marks, name) for marks in shown.values()]
        invented = [
            sum(miss.field == name and miss.want is None for mark in marks for miss in mark.others)
            for marks in shown.values()
        ]
        texts = [
            f"{_rate(*cell)} of {cell[1]}" + (f", {extra} invented" if extra else "")
            for cell, extra in zip(cells, invented, strict=True)
        ]
        body.append([name, *texts])
    return grid(head, body) if shown else ""


def _beside(groups: Groups) -> str:
    """What proven papers show beside their promise and is not as printed, by field: papers where it is wrong,
    or missing.
    """
    shown = {
        key: [each for each in marks if each.verdict == "proven"]
        for key, marks in groups.items()
        if key[0] != SECRET
    }
    names = dict.fromkeys(
        miss.field for marks in shown.values() for each in marks for miss in each.missed if not miss.promised
    )
    body = []
    for name in sorted(names):
        cells = []
        for marks in shown.values():
            misses = [[m for m in each.missed if m.field == name and not m.promised] for each in marks]
            wrong, missing = (
                sum(any((m.got is not None) is given for m in some) for some in misses)
                for given in (True, False)
            )
            cells.append(f"{wrong} wrong, {missing} missing of {len(marks)}")
        body.append([name, *cells])
    return grid(["field", *(f"{group} {form}" for group, form in shown)], body) if body else ""


def _by_page(groups: Groups) -> str:
    """By what stands before the first point of a layout: the grammar's page type, a drawn layout, a maker."""
    body = []
    for (group, form), marks in groups.items():
        pages: dict[str, list[Mark]] = {}
        for each in marks if group != SECRET else ():
            pages.setdefault(each.layout.partition(".")[0], []).append(each)
        for page, some in sorted(pages.items()):
            seven = sum(not each.keys for each in some)
            items = _rate(sum(m.items[0] for m in some), sum(m.items[1] for m in some))
            body.append(
                [
                    group,
                    form,
                    page,
                    str(len(some)),
                    _rate(seven, len(some)),
                    _rate(*other_rights(some)),
                    items,
                ]
            )
    return (
        grid(["group", "form", "page", "n", "all 7 %", "others %", "items, all parts %"], body)
        if body
        else ""
    )


def sections(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """All of it, each table under its title; of `judge` no field and no page."""
    groups = _groups(marks)
    parts = [
        ("Everything shown", _summary(groups)),
        ("Error against coverage (95 % by bootstrap over layouts)", _curve(groups)),
    ]
    by_field = "By field, beside the seven keys (% right of those printed)"
    beside = "Shown by proven papers beside their promise, and not as printed (papers)"
    for title, text in (
        ("By page", _by_page(groups)),
        (by_field, _by_field(groups)),
        (beside, _beside(groups)),
    ):
        if text:
            parts.append((title, text))
    return parts if marks else []


def table(marks: Sequence[Mark]) -> str:
    """All of it, to print."""
    return "\n\n".join(f"{title}\n{text}" for title, text in sections(marks))

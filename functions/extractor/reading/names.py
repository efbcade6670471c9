"""Tells what may be a name, a firm's or a person's, and over which lines it is written."""

from __future__ import annotations

import re

from functions.extractor.page import Box
from functions.extractor.peru.firms import (
    FORM,
    HEADWORDS,
    LINKS,
    TAILWORDS,
    begins_firm,
    is_district,
    is_nobody,
    is_said,
    is_street,
    says_more,
    street_in,
)
from functions.extractor.peru.tokens import days, lettered
from functions.extractor.sheets.rows import Cell, Row, Sheet

Line = tuple[Row, Cell]
_MOST_LINES = 4
"""Lines over which a name is written, at most."""
_LARGE = 1.3
"""Letters this many times as tall as the page's usual ones are those of a heading."""
OWN_LABEL = re.compile(
    r"RAZON\s*SOCIAL(?=\s+[A-Z])|(?:RAZON\s*SOCIAL|EMISOR|EMPRESA|PROVEEDOR|PROMOTORA?|DE|PROP(?:IETARI[OA])?\.?)\s*:"
)
"""The labels of a seller's own name."""


_RUC = re.compile(r"R\W?\s?U\W?\s?C\b")
_AFTER_FORM = re.compile(r"\W*(?:\s[-–]\s[A-Z]{3,}\W*)?")
"""Behind a firm's legal form: nothing, or its short name, `S.A. - CENEX`."""


def bare(text: str) -> str:
    """Returns letters and digits alone, to compare names by."""
    return re.sub(r"\W", "", lettered(text))


def ends_legal(line: str) -> bool:
    """True where a folded phrase ends in a legal form, or in what the firm is called for short behind it: it is
    then a name, whatever its other words are.
    """
    return any(_AFTER_FORM.fullmatch(line, form.end()) for form in FORM.finditer(line))


def is_form(text: str) -> bool:
    """True where a phrase is a legal form and nothing else."""
    line = lettered(text)
    return bool(FORM.search(line)) and not bare(FORM.sub("", line))


def is_address(text: str) -> bool:
    """True where a phrase begins as a street, or is region, province and district."""
    line = lettered(text)
    return is_street(line) or (is_district(line) and not FORM.search(line))


def is_name(text: str) -> bool:
    """True where a phrase without a label can be a name."""
    line = lettered(text)
    letters = sum(c.isalpha() for c in line)
    if (
        text.rstrip().endswith(":")
        or letters < 4
        or letters < 0.6 * len(re.sub(r"[\s.]", "", line))
        or days(text)
    ):
        return False
    if ends_legal(line):
        return not says_more(line) and not (is_street(line) and any(c.isdigit() for c in line))
    return (
        not is_said(line)
        and not is_nobody(line)
        and not is_address(text)
        and not line.rstrip().endswith((",", "-"))
        and "#" not in line
    )


def is_person(text: str, *, least: int = 3) -> bool:
    """True where a phrase reads as a person's surnames and names: `least` to five words of letters, none of
    which begins a firm's name.
    """
    words = [w for w in lettered(text).replace(",", "").split() if w not in LINKS]
    return (
        least <= len(words) <= 5
        and "&" not in text
        and all(w == "VDA." or re.fullmatch(r"[A-Z]+(?:[-'][A-Z]+)*", w) for w in words)
        and not FORM.search(lettered(text))
        and not any(map(begins_firm, lettered(text).split()))
    )


def signature(text: str, *, person: bool = False) -> str:
    """Returns the name in a phrase, without a label before it and without RUC and address behind it, as
    footers have them.
    """
    own = OWN_LABEL.match(lettered(text))
    name = text[own.end() :].lstrip() if own else text
    if re.match(r"de\s(?!l[ao]s?\s)", name) and is_name(name):
        name = name[3:]  # whose shop it is: `Chifa Jing Fu / de GASTRONOMIA WONG LAU E.I.R.L.`
    owner = re.match(r"(?:DE|PROP(?:IETARI[OA])?\.?)\s+", lettered(name))
    if person and owner and not re.match(r"DE\s+L[AO]S?\b", lettered(name)):
        name = name[owner.end() :]
    stop = re.search(r"(?:\s|(?<=\.))[-–—|(·•]?\s*R\.?\s?U\.?\s?C(?![A-Z])", lettered(name))
    name = (name[: stop.start()] if stop else name).strip(" :-*,·•")
    bar = re.search(r"\s[|·•–—]\s", name)
    first = name if bar is None else name[: bar.start()]
    if ends_legal(lettered(first)) or (person and is_person(first)):
        name = first
    end = street_in(lettered(name))
    return (name[:end] if FORM.search(lettered(name[:end])) else name).strip(" :-–—|*")


def phrases(row: Row) -> list[Cell]:
    """Returns the cells of a row, joined where there is no gap between them: engines put the words of one
    name in boxes of their own.
    """
    found: list[Cell] = []
    for cell in row.cells:
        last = found[-1] if found else None
        if (
            last is not None
            and cell.box.conf < 1.0
            and cell.x0 - last.x1 < 0.45 * min(cell.height, last.height)
        ):
            y0, y1 = min(last.box.y0, cell.box.y0), max(last.box.y1, cell.box.y1)
            box = Box(f"{last.text} {cell.text}", last.box.x0, y0, cell.box.x1, y1, cell.box.conf)
            found[-1] = Cell(box.text, last.x0, min(last.y0, cell.y0), cell.x1, max(last.y1, cell.y1), box)
        else:
            found.append(cell)
    return found


def whole(sheet: Sheet, row: Row, cell: Cell, *, person: bool) -> tuple[tuple[Line, ...], str, str | None]:
    """Returns a name with the lines over which it is written, its text, and the text that leaves a doubt: a
    neighbour that may belong to it, or a name whose end is uncertain.
    """
    lines = [(row, cell)]
    text = signature(cell.text, person=person)
    right = next((c for c in row.cells if c.x > cell.x1), None)
    if (
        right is not None
        and is_form(right.text)
        and not FORM.search(lettered(text))
        and right.x0 - cell.x1 < 3 * sheet.em
    ):
        # Engines put the legal form in a box of its own.
        return (
            (*lines, (row, right)),
            f"{text} {right.text}",
            None,
        )
    doubt: str | None = None
    if person:
        below = _neighbour(sheet, row, cell, step=1)
        if below is None or not _is_last_name(sheet, text, *below):
            return tuple(lines), text, None
        return (*lines, below), f"{text} {below[1].text}", None
    while (
        len(lines) < _MOST_LINES
        and (above := _neighbour(sheet, *lines[0], step=-1)) is not None
        and '"' not in above[1].text  # a trade name: BODEGA "EL OLIVAR"
    ):
        bond = _is_torn(above[1].text, text) or _bond(sheet, *above, lines[0][1], text)
        if bond is None:
            doubt = above[1].text if _may_go_on(above[1].text, text) else doubt
            bond = _may_go_on(above[1].text, text) and _is_full(sheet, *above, lines[0][1])
        if not bond:
            break
        lines.insert(0, above)
        text = f"{above[1].text} {text}"
    while len(lines) < _MOST_LINES and (below := _neighbour(sheet, *lines[-1], step=1)) is not None:
        if not (_is_torn(text, below[1].text) or goes_on(text, below[1].text)):
            break
        lines.append(below)
        text = f"{text} {below[1].text}"
        if not ends_legal(lettered(text)):
            doubt = text  # nothing shows where the name ends
    return tuple(lines), text, doubt


def _is_last_name(sheet: Sheet, text: str, row: Row, cell: Cell) -> bool:
    """True where one word in a line of its own is the last of a person's names: it makes a person's name with
    the words above it, and an address follows or its letters are as large as a heading's.
    """
    after = sheet.rows[sheet.rows.index(row) + 1 : sheet.rows.index(row) + 2]
    addressed = any(
        (is_address(c.text) or _RUC.match(lettered(c.text))) and abs(c.x0 - cell.x0) < sheet.em
        for r in after
        for c in r.cells
    )
    large = cell.height > _LARGE * sheet.em
    return (
        len(cell.text.split()) == 1
        and (addressed or large)
        and is_person(text, least=2)
        and is_person(f"{text} {cell.text}")
    )


def _neighbour(sheet: Sheet, row: Row, cell: Cell, *, step: int) -> Line | None:
    """Returns the phrase right above or below, in letters of the same size and in the same column."""
    number = sheet.rows.index(row) + step
    near_rows = (
        sheet.rows[number : number + 2] if step > 0 else sheet.rows[max(0, number - 1) : number + 1][::-1]
    )
    for other in near_rows:
        for near in phrases(other):
            torn = LINKS & {lettered(near.text).split()[-1], lettered(cell.text).split()[0]}
            form = is_form(near.text) or (step > 0 and breaks_form(cell.text, near.text))
            broken = form or (step < 0 and torn)
            alike = abs(near.height - cell.height) < (0.45 if broken else 0.2) * cell.height
            aligned = min(abs(near.x - cell.x) / 6, abs(near.x0 - cell.x0)) < sheet.em
            close = 0 < step * (near.y - cell.y) < 1.8 * cell.height
            if (
                alike
                and aligned
                and close
                and (form or near.text.isupper() == signature(cell.text).isupper())
            ):
                return other, near
        if any(c.x0 < cell.x1 and cell.x0 < c.x1 for c in other.cells):
            return None  # something else stands between
    return None


def breaks_form(upper: str, lower: str) -> bool:
    """True where a legal form is begun above and ends below: `SOCIEDAD ANÓNIMA / CERRADA`."""
    above, below = lettered(upper).strip(), lettered(lower).strip()
    forms = FORM.finditer(f"{above} {below}")
    broken = any(form.start() < len(above) < form.end() - 1 for form in forms)
    return broken and ends_legal(f"{above} {below}")


def goes_on(upper: str, lower: str) -> bool | None:
    """Returns whether a name begun above goes on below, or None where that cannot be told. A trade name over
    the legal name is two names.
    """
    above, below = lettered(upper).strip(), lettered(lower).strip()
    if breaks_form(upper, lower):
        return True
    if ends_legal(above):
        return False
    if is_form(lower) or not is_name(f"{upper} {lower}"):
        return is_form(lower)
    if re.match(r"(?:ASOCIACION|COOPERATIVA)\b", above):
        return is_name(lower) and not any(c.isdigit() for c in below)
    words = above.split()
    rest = FORM.sub("", below).strip(" .-").split()
    tail = bool(words) and words[-1] in LINKS and TAILWORDS.issuperset(rest)  # ZEGARRA, LUNA & / ASOCIADOS
    if not tail and (not ends_legal(below) or not words or set(rest) & set(words) - LINKS):
        return False
    broken = words[-1] in LINKS or (rest and rest[0] in LINKS | TAILWORDS)
    no_name = any((known | LINKS).issuperset(words) for known in (HEADWORDS, TAILWORDS))
    unnamed = no_name and not (rest and rest[0] in HEADWORDS)
    return True if broken or unnamed or (len(rest) <= 1 and begins_firm(words[0])) else None


def _bond(sheet: Sheet, row: Row, upper: Cell, lower: Cell, text: str) -> bool | None:
    """Returns whether a name begun above goes on in a text that begins below, or None where that cannot be
    told. What a firm does (`TRANSPORTES DE CARGA`), in letters of the same size, is no trade name of its own.
    """
    bond = goes_on(upper.text, text)
    first, *rest = lettered(upper.text).split(" ")
    trade = 0 < upper.box.size == lower.box.size and begins_firm(first) and rest[:1] == ["DE"]
    return True if bond is None and (trade or _had_no_room(sheet, row, upper, lower)) else bond


def _had_no_room(sheet: Sheet, row: Row, upper: Cell, lower: Cell) -> bool:
    """True where two lines of one size are wider together than the paper, below a larger heading: the trade
    name is that heading, and the two lines are the legal name.
    """
    cells = [c for r in sheet.rows for c in r.cells]
    width = max(c.x1 for c in cells) - min(c.x0 for c in cells)
    size = upper.box.size
    headed = any(
        c.box.size > 1.02 * size if size else c.height > 1.15 * upper.height
        for c in cells
        if c.y < row.y - 0.5 * upper.height
    )
    return headed and (upper.x1 - upper.x0) + (lower.x1 - lower.x0) > width


def _is_torn(upper: str, lower: str) -> bool:
    """True where a name breaks behind a link: CLUB SOCIAL LAS / GAVIOTAS."""
    return _TORN.search(lettered(upper)) is not None and is_name(lower)


_TORN = re.compile(r"(?:\b(?:DEL?|LA|L[AO]S|Y)|\s&)$")
"""Last words after which a name goes on."""
_BLOCK = 5
"""Rows below a name that show how wide its block is."""


def _is_full(sheet: Sheet, row: Row, upper: Cell, lower: Cell) -> bool:
    """True where a line is one text with the line below it, set alike and close, and the next word had no room:
    together they are wider than any line of their block.
    """
    listed = re.search(r"\s[-–—•|]|[-–—•|]\s|,", upper.text)  # what a firm does, one thing after the other
    if (
        listed
        or upper.box.size != lower.box.size
        or (not upper.box.size and abs(upper.height - lower.height) > 0.1 * lower.height)
    ):
        return False
    number = sheet.rows.index(row)
    flush, em = abs(upper.x0 - lower.x0), sheet.em
    block = [
        c
        for r in sheet.rows[number : number + 2 + _BLOCK]
        for c in r.cells
        if (abs(c.x0 - lower.x0) if flush < 0.5 * em else abs(c.x - lower.x)) < 0.5 * em
    ]
    word = (lower.x1 - lower.x0) * len(lower.text.split()[0]) / len(lower.text)
    return (
        lower.y - upper.y < 1.5 * upper.height
        and len(block) > 2
        and upper.x1 - upper.x0 + word > max(c.x1 - c.x0 for c in block)
    )


def _may_go_on(upper: str, lower: str) -> bool:
    """True where the line above a name is long enough to have been broken, and the line below does not begin
    as a name.
    """
    first = lettered(lower).split()
    return len(upper) >= 0.6 * len(lower) and is_name(upper) and not (first and first[0] in HEADWORDS)

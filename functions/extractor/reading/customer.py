"""Finds the customer's name: labels in all their places, and the value that goes with them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from functions.extractor.peru.firms import LINKS, is_nobody, is_street
from functions.extractor.reading import answers, name_lines, unlabelled
from functions.extractor.reading.form import Form, Piece
from functions.extractor.reading.form_labels import BUYER, GUESTS, is_known
from functions.extractor.reading.identities import STAFF
from functions.extractor.reading.names import (
    ends_legal,
    is_name,
    is_person,
)
from functions.extractor.reading.reading import Seen, place
from functions.extractor.reading.unlabelled import BLOCK, Spot
from functions.extractor.sheets.rows import Sheet

_RULED = 2.5
"""Line heights between a ruled row's text and the edge above it."""
_EDGE = 0.6
"""Line heights within which two labels begin at the same edge."""
_BUYER = re.compile(rf"{BUYER}|FACTURA|VENDIDO|RECIB|EMPRESA")
_GUESTS = (*GUESTS, "TITULAR")
_COURTESY = re.compile(r"(?:SR(?:T?A)?|DRA?)\.?")
_ANYBODY = re.compile(r"VARIOS|GENERAL|FINAL")
"""In words that stand for buyers whom nobody asked for their names: they are what the paper prints."""
_LONG = 5
"""Words from which a phrase is no label."""
_HEADING = re.compile(r"\W*(?:DATOS|INFORMACION)\b.*")
_DASHED, _DASH = re.compile(r"[:\s]\s*[-–—]+\s*$"), re.compile(r"\s*[-–—]+(?:\s|$)")
"""The answer that there is none, in the label's phrase or in the next."""


def labels(pieces: Form) -> list[Piece]:
    """Returns the labels under which a customer may be named; labels that can only name a customer come
    first.
    """
    found = [
        p
        for row in pieces
        for p in row
        if p.role == "name"
        and not re.match(r"DESDE |[\W\d]+$", p.folded)
        and (p.colon or not p.cell.text[:1].islower())  # a sentence's: `cliente declara conocer`
        and not any(q.label.startswith(_GUESTS) and not q.text and q.left < p.left for q in row)
    ]
    if all(p.label.startswith(_GUESTS) for p in found):
        found += _by_place(pieces)
    return sorted(found, key=lambda p: -_strength(p))


def _by_place(pieces: Form) -> list[Piece]:
    """Returns unknown labels that name the owner of an identity: they stand right above or below the
    identity's label, in its column of labels, and are answered with a name.
    """
    ids = [p for row in pieces for p in row if p.role == "id"]
    asked = [
        (p, value, label)
        for label in ids
        for row in pieces[max(0, label.row - 2) : label.row + 3]
        for p, value in itertools.pairwise([*row, None])
        if p is not None
        and p.role == "other"
        and not is_known(p.label)
        and STAFF.first(p.label) is None
        and abs(p.left - label.left) < _EDGE * label.cell.height
        and 0 < abs(p.y - label.y) < BLOCK * label.cell.height
    ]
    found = [
        replace(p, role="name")
        for p, value, label in asked
        if (p.text and label.text and p.colon and is_person(p.text))
        or (
            value is not None
            and label.answered
            and not (p.text or label.text or value.colon)
            and (p.answered or (p.colon and is_person(value.text)))
            and is_name(value.text)
        )
    ]
    return found or [p for label in ids if not label.text for p in _heads_names(pieces, label)]


def _heads_names(pieces: Form, label: Piece) -> Iterator[Piece]:
    """Yields unknown headings beside an identity's in a row of headings, below which a name stands beside the
    number: `RESPONSABLE DE LA MASCOTA | RUC`.
    """
    em = label.cell.height
    number = answers.below(pieces, label, em)
    if number is None or not number.text[:8].isdigit():
        return
    for p in pieces[label.row]:
        value = answers.below(pieces, p, em)
        if (
            p.left < label.left
            and p.role is None
            and STAFF.first(p.folded) is None
            and value is not None
            and value.row == number.row
            and (is_person(value.text) or ends_legal(value.folded) or _goes_on_below(pieces, value))
            and is_name(value.text)
        ):
            yield replace(p, role="name", label=p.folded, text="", at=p.end, x0=p.cell.x0, x1=p.cell.x1)


def _strength(label: Piece) -> float:
    """Returns how surely a label is the customer's. A label that any party may have weighs less, and so does
    one without a colon; least a courtesy in the answer to another label: `Huésped / Sr. …`.
    """
    if label.answered and not label.colon and _COURTESY.fullmatch(label.label):
        return 1.0
    guest = label.label.startswith(_GUESTS)
    who = 1.5 if not _BUYER.search(label.label) else 2.0 if guest else 3.0
    return who - 0.5 * (not label.colon and bool(label.text)) - 1.0 * guest


def closeness(sheet: Sheet, label: Piece, pieces: Form, left: float, y: float) -> float:
    """Returns how surely a number at `left`, `y` belongs to a customer's label: the label's strength times a
    share for nearness, most in the label's column below or above it, less behind it in its row; little above
    the edge of the label's box, unless it stands in a ruled row too.
    """
    em = sheet.em
    if label.text and is_nobody(label.folded):
        return 0.3 if abs(left - label.left) > 1.6 * em else 1.0
    told = list(answers.value(pieces, label, em))
    wraps = [p for first in told[:1] for _, p in name_lines.further(sheet, pieces, label, first)]
    bottom = max(p.y for p in (label, *told, *wraps))
    if abs(left - label.left) < 1.6 * em:
        away = (y - bottom if y > bottom else max(0.0, label.y - y)) / em
        near = next(
            (
                share
                for limit, share in ((1.9, 1.0), (2.9, 0.75), (4.2, 0.5), (6.5, 0.3), (10.0, 0.15))
                if away < limit
            ),
            0.05,
        )
        over = [e.at for e in sheet.rules.level if e.start <= left < e.stop]
        apart = any(y < at < label.y for at in over) and not any(y - _RULED * em < at < y for at in over)
        return _strength(label) * near * (1.0 if y >= label.y else 0.3 if apart else 0.85)
    behind = left > label.left and abs(y - label.y) < 0.8 * em
    return _strength(label) * (0.8 if behind else 0.2 if 0 <= y - label.y < 6 * em else 0.05)


def name(
    sheet: Sheet, pieces: Form, named: Sequence[Piece], buyer: Spot | None, seller: Spot | None
) -> Seen | None:
    """Returns the name behind, below or beside the likeliest label; where there is no label, the name above
    the customer's number, or the firm right below it.
    """
    best: tuple[float, Seen | None] | None = None
    for order, label in enumerate(named):
        found = _value(sheet, pieces, label)
        nobody = any(is_nobody(p.folded) for p in answers.value(pieces, label, sheet.em))
        if found is None and not nobody:
            continue
        score = _strength(label) - 0.1 * order
        if buyer is not None:
            score += 1.0 * closeness(sheet, label, pieces, *buyer)
        if seller is not None and not nobody and not _BUYER.search(label.label):
            score -= 1.5 * closeness(sheet, label, pieces, *seller)
        if score > 0.2 and (best is None or score > best[0]):
            best = (score, found)
    if best is not None:
        return best[1]
    if buyer is None or named:
        return None
    return unlabelled.name(sheet, pieces, buyer, seller)


def _value(sheet: Sheet, pieces: Form, label: Piece) -> Seen | None:
    line = sheet.rows[label.row].text
    dashed = _DASHED.search(line[: label.at]) or (label.colon and _DASH.match(line, label.at))
    if dashed and not label.text:
        return None
    for piece in answers.value(pieces, label, sheet.em):
        text = piece.folded
        if is_nobody(text) and not _ANYBODY.search(text):
            more = (p for row in pieces[piece.row + 1 : piece.row + 2] for p in row)
            rest = next(
                (p for p in more if is_nobody(f"{text} {p.folded}") and _ANYBODY.search(p.folded)), None
            )
            words = None if rest is None else f"{piece.text} {rest.text}"
            return (
                None
                if words is None
                else Seen(words, words, place(sheet, sheet.rows[piece.row], piece.at, piece.end))
            )
        if label.label == "USUARIO" and len(text.split()) < 2:
            return None  # the user who was logged in
        asked = piece is label or (piece.row == label.row and label.cell.text.rstrip().endswith(":"))
        broken = text.rpartition(" ")[2] in LINKS - {"&"}
        if not asked and broken and len(text.split()) < _LONG and not _goes_on_below(pieces, piece):
            continue  # an unknown label
        if (
            sum(c.isalpha() for c in text) < 4
            or (is_street(text) and not is_person(text) and not ends_legal(text))
            or _HEADING.fullmatch(text)
            or name_lines.is_no_name(text)
        ):
            continue
        further = [(label.text, label)] if label.text and piece is not label else []
        last = label if further else piece
        lines = [
            name_lines.trimmed(piece),
            *name_lines.beside(pieces, piece),
            *further,
            *name_lines.further(sheet, pieces, label, last),
        ]
        name = " ".join(text for text, _ in lines)
        spots = [place(sheet, sheet.rows[p.row], p.at, p.at + len(t)) for t, p in lines]
        box = (
            sheet.index,
            min(s[1] for s in spots),
            min(s[2] for s in spots),
            max(s[3] for s in spots),
            max(s[4] for s in spots),
        )
        return Seen(name, name, box)
    return None


def _goes_on_below(pieces: Form, piece: Piece) -> bool:
    """True where a phrase right below another, at its edge, ends in a legal form."""
    return any(
        abs(p.left - piece.left) < _EDGE * piece.cell.height and ends_legal(p.folded)
        for row in pieces[piece.row + 1 : piece.row + 2]
        for p in row
    )

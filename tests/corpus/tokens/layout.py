"""A paper's facts set on a canvas, block by block in random order and place, each word with its role."""

from collections.abc import Callable
from random import Random

from tests.corpus.tokens import details, fields, head, modified, odd, rolls, sums, table, tail
from tests.corpus.tokens.canvas import Canvas, said
from tests.corpus.tokens.facts import SIGNS, Facts
from tests.corpus.tokens.style import Style, chosen

Block = Callable[[Canvas, Facts, Style], None]
_ABROAD = (
    ("RUC", "NIT CUIT RFC VAT CIF RUT NIF ABN TIN Tax-ID R.U.T. R.F.C."),
    ("IGV", "IVA I.V.A. VAT Tax TVA GST IVA MWST"),
    ("I.G.V.", "IVA I.V.A. VAT IVA Tax"),
    ("Total", "Total Amount Importe Balance Total"),
)
"""What other countries write in the place of our words."""


def drawn(rng: Random, facts: Facts) -> Canvas:
    """The whole paper."""
    roll = facts.form == "roll"
    canvas = Canvas(
        rng,
        rng.uniform(17, 34) if roll else rng.uniform(52, 120),
        rng.uniform(0.43, 0.6),
        rng.uniform(1.08, 1.6) if roll else rng.uniform(1.15, 1.9),
    )
    style = chosen(rng, SIGNS[facts.currency])
    if facts.kind is None:
        way = rng.random()
        if way < 0.07:
            odd.listing(canvas, facts, style)
            return canvas
        if way < 0.18:
            canvas.width = rng.uniform(18, 40)
            odd.slip(canvas, facts, style)
            return canvas
        if way < 0.45:
            facts = odd.abroad(rng, facts)
            canvas = _paper(canvas, facts, style)
            _renamed(rng, canvas)
            return canvas
    return _paper(canvas, facts, style)


def _renamed(rng: Random, canvas: Canvas) -> None:
    """Another country's names for numbers and taxes."""
    into = {ours: rng.choice(theirs.split()) for ours, theirs in _ABROAD}
    for phrase in canvas.phrases:
        for at, piece in enumerate(phrase.pieces):
            for ours, theirs in into.items():
                if piece.role in {"other", "supplier_ruc"} and piece.text.upper().startswith(ours.upper()):
                    text = theirs + piece.text[len(ours) :]
                    phrase.pieces[at] = type(piece)(
                        text.upper() if piece.text.isupper() else text, piece.role, piece.item
                    )
                    break


def _paper(canvas: Canvas, facts: Facts, style: Style) -> Canvas:
    rng, roll = canvas.rng, facts.form == "roll"
    if rng.random() < 0.04:
        tail.pages_edge(canvas, facts)
    with_issuer = rng.random() < (0.75 if roll else 0.08)
    blocks: dict[str, Block] = {
        "issuer": lambda c, f, s: head.issuer(c, f, s, numbered=with_issuer),
        "identity": lambda c, f, s: head.identity(c, f, s, numbered=not with_issuer),
        "customer": head.customer,
        "dates": head.dates,
        "modified": modified.modified,
        "items": _items(rng, facts),
        "sums": sums.printed,
        "words": sums.spelled,
        "paid": sums.paid,
        "instalments": tail.instalments,
        "notes": tail.notes,
        "abroad": _foreign,
    }
    upper, lower = _orders(rng, facts)
    if not roll and rng.random() < 0.1:
        _two_columns(canvas, facts, style, blocks, [*upper, "items", *lower])
        return canvas
    middle = ["items"]
    if not roll and rng.random() < (0.3 if facts.form == "bill" else 0.04):
        lower.remove("sums")
        middle.append("sums")
    for names in [*_paired(rng, upper, roll=roll), middle, *_paired(rng, lower, roll=roll)]:
        _beside(canvas, facts, style, [(blocks[name], name) for name in names])
        canvas.next(rng.choice([rng.uniform(0, 0.6), rng.uniform(0.2, 1.6)]))
        if roll and rng.random() < 0.12:
            canvas.rule()
    return canvas


def _items(rng: Random, facts: Facts) -> Block:
    if facts.kind == "02" and rng.random() < 0.8:
        return details.fee
    if facts.form == "bill" and rng.random() < 0.85:
        return rolls.charges
    if facts.form == "roll" and rng.random() < 0.72:
        return rolls.roll
    return table.wide


def _orders(rng: Random, facts: Facts) -> tuple[list[str], list[str]]:
    """The blocks above the lines that were sold, and those below; usual orders more often than others."""
    upper = ["issuer", "identity", "customer", "dates"]
    if rng.random() < 0.42:
        upper = rng.choice(
            [
                ["identity", "issuer", "customer", "dates"],
                ["issuer", "identity", "dates", "customer"],
                ["issuer", "customer", "identity", "dates"],
                ["identity", "dates", "issuer", "customer"],
                ["customer", "identity", "issuer", "dates"],
                ["issuer", "dates", "identity", "customer"],
                ["dates", "issuer", "identity", "customer"],
                ["customer", "identity", "dates", "issuer"],
                ["customer", "identity", "issuer", "dates"],
                ["customer", "dates", "issuer", "identity"],
                ["identity", "customer", "issuer", "dates"],
            ]
        )
    lower = ["words", "sums"] if rng.random() < 0.5 else ["sums", "words"]
    if rng.random() < 0.3 or facts.form == "bill":
        lower.remove("words")
    if facts.modified is not None:
        (upper if rng.random() < 0.85 else lower).insert(rng.choice([2, 3, 4, 4]), "modified")
    if rng.random() < 0.12:
        (upper if rng.random() < 0.3 else lower).append("instalments")
    if rng.random() < (0.3 if facts.form == "roll" else 0.08):
        lower.insert(lower.index("sums") + 1, "paid")
    if rng.random() < 0.06:
        lower.append(upper.pop(upper.index(rng.choice(["customer", "dates"]))))
    if facts.kind is None and rng.random() < 0.15:
        upper.append("abroad")
    lower.insert(rng.choice([len(lower), len(lower), len(lower), 0, 1]), "notes")
    return upper, lower


_BESIDE = {
    ("issuer", "identity"): 0.85,
    ("identity", "issuer"): 0.6,
    ("customer", "dates"): 0.35,
    ("dates", "customer"): 0.35,
    ("words", "sums"): 0.2,
    ("notes", "sums"): 0.3,
    ("sums", "notes"): 0.3,
    ("sums", "words"): 0.2,
    ("customer", "identity"): 0.6,
    ("issuer", "dates"): 0.35,
    ("issuer", "customer"): 0.25,
    ("identity", "customer"): 0.35,
    ("identity", "dates"): 0.4,
    ("instalments", "sums"): 0.5,
}


def _paired(rng: Random, blocks: list[str], *, roll: bool) -> list[list[str]]:
    """The blocks in rows, some of them with two beside each other."""
    rows: list[list[str]] = []
    for name in blocks:
        if rows and len(rows[-1]) == 1 and not roll and rng.random() < _BESIDE.get((rows[-1][0], name), 0.12):
            rows[-1].append(name)
        else:
            rows.append([name])
    return rows


def _beside(canvas: Canvas, facts: Facts, style: Style, blocks: list[tuple[Block, str]]) -> None:
    """One block over the whole width, or two, each in its part of it, either on either side."""
    rng = canvas.rng
    if len(blocks) == 1:
        name = blocks[0][1]
        if name == "sums" and canvas.width > 40:
            left = canvas.width * rng.choice([0.0, rng.uniform(0.35, 0.62)])
            own = canvas.part(left, canvas.width - left)
            blocks[0][0](own, facts, style)
            canvas.y = own.y
        else:
            blocks[0][0](canvas, facts, style)
        return
    first = (
        rng.uniform(0.52, 0.72) if blocks[1][1] in {"identity", "sums", "dates"} else rng.uniform(0.3, 0.66)
    )
    if rng.random() < 0.1:
        blocks, first = blocks[::-1], 1 - first
    gap = rng.uniform(1, 4)
    one, other = (
        canvas.part(0, canvas.width * first - gap),
        canvas.part(canvas.width * first, canvas.width * (1 - first)),
    )
    for (block, _), own in zip(blocks, (one, other), strict=True):
        own.y += rng.choice([0.0, rng.uniform(0, 1.5)])
        block(own, facts, style)
    canvas.y = max(one.y, other.y)


def _two_columns(
    canvas: Canvas, facts: Facts, style: Style, blocks: dict[str, Block], order: list[str]
) -> None:
    """All blocks in two columns, each from top to bottom; the lines that were sold in the wider one."""
    rng = canvas.rng
    first = rng.uniform(0.3, 0.45)
    narrow, broad = (
        canvas.part(0, canvas.width * first - 2),
        canvas.part(canvas.width * first, canvas.width * (1 - first)),
    )
    if rng.random() < 0.4:
        broad, narrow = (
            canvas.part(0, canvas.width * (1 - first) - 2),
            canvas.part(canvas.width * (1 - first), canvas.width * first),
        )
    for name in order:
        own = broad if name == "items" or rng.random() < 0.45 else narrow
        blocks[name](own, facts, style)
        own.next(rng.uniform(0.2, 1.4))
    canvas.y = max(narrow.y, broad.y)


def _foreign(canvas: Canvas, facts: Facts, style: Style) -> None:
    del facts
    fields.put(
        canvas,
        style,
        [
            (said(label), said(value))
            for label, value in (odd.foreign_field(canvas.rng) for _ in range(canvas.rng.randrange(1, 5)))
        ],
    )

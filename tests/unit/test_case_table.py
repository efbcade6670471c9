"""What follows from what was seen and what failed: the whole table, and the way of a file through scripted
readers.
"""

from __future__ import annotations

import itertools
import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import numpy as np
import pytest

from functions.extractor.asking import When
from functions.extractor.case import Case
from functions.extractor.clock import Clock, Limits
from functions.extractor.conclusion import (
    Conclusion,
    Eye,
    Failed,
    Flaw,
    Looks,
    Nothing,
    Outcome,
    Read,
    conclude,
)
from functions.extractor.engine import Extractor
from functions.extractor.engines.gemini_reply import GeminiAnswer, GeminiFailed, Reason
from functions.extractor.engines.ocr import OcrFailed, RasterLines, Size, Turn
from functions.extractor.invoice import Extraction, Invoice, Item, NotInvoice, Source, Supplier, Verdict
from functions.extractor.judging.paper import Paper
from functions.extractor.learned.features import Features
from functions.extractor.learned.network import Network, Sight
from functions.extractor.page import Box, Code, Opened, OpeningFailed, Page, Part, UnreadableFile
from functions.extractor.peru.qr import Qr
from functions.extractor.reading import reader
from functions.extractor.reading.reading import Reading as Words
from functions.extractor.reading.reading import Seen
from functions.extractor.reading.what import Nature
from functions.extractor.sheets import slant
from functions.extractor.sheets.rows import Sheet
from functions.extractor.witness import Heard, Key, State, SunatWord, Witness

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 22)
FACTURA = """
COMERCIAL FICTICIA S.A.C.                          R.U.C. 20512345671
Av. Los Proceres 123 - Lima                        FACTURA ELECTRONICA
Telf.: 01-5550000                                  F001-00000123

Senor(es) : DISTRIBUIDORA INVENTADA E.I.R.L.       Fecha de Emision : 05/11/2026
RUC : 20601234565                                  Moneda : SOLES

CANT.   UM     DESCRIPCION                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
SON: CIENTO DIECIOCHO CON 00/100 SOLES
"""
SHORT = FACTURA.replace("IMPORTE TOTAL  S/   118.00", "IMPORTE TOTAL  S/   113.00")
"""Its total is not what its base and tax make."""
CAPTURE = """
¡Yapeaste!
S/ 50.00
Rosa Fict*
05 nov. 2026 - 10:30
Nro. de operacion  01234567
"""
LITTLE = """
gracias por su visita amigo nuestro
vuelva pronto   S/ 118.00
estacion de servicios en el centro
"""
SYMBOL = "20512345671|01|F001|123|18.00|118.00|2026-11-05|6|20601234565|"
SIX = ("20512345671", "01", "F001", "123", date(2026, 11, 5), Decimal("118.00"))
MODELS = Invoice(
    kind="01", series="F001", number="123", issue_date=date(2026, 11, 5), currency="PEN",
    supplier=Supplier(ruc="20512345671", name="COMERCIAL FICTICIA S.A.C."),
    taxable=Decimal("100.00"), igv=Decimal("18.00"), total=Decimal("118.00"),
)  # fmt: skip

ITEMS = [
    Item(
        description="CEMENTO PORTLAND TIPO I",
        quantity=Decimal("2.00"),
        unit="NIU",
        unit_price=Decimal("50.00"),
        amount=Decimal("100.00"),
    )
]

Came = Literal["read", "nothing", "failed"]
CAME: tuple[Came, ...] = ("read", "nothing", "failed")
EYES: tuple[Eye, ...] = ("text", "tiny", "small", "model")
ABOUT_THE_PAPER = {"not_an_invoice", "unreadable"}


def boxes(drawing: str, conf: float = 0.95) -> list[Box]:
    """The phrases of a drawing, placed as they are drawn."""
    return [
        Box(found[0], found.start() * 9.0, row * 24.0, found.end() * 9.0, row * 24.0 + 16, conf)
        for row, line in enumerate(drawing.strip("\n").splitlines())
        for found in re.finditer(r"\S+(?: \S+)*", line)
    ]


@dataclass
class Eyes:
    """An OCR that sees what its script says, by page and model size, and keeps what it was asked."""

    script: dict[tuple[int, Size], str | None]
    sure: float = 0.95
    asked: list[tuple[int, Size]] = field(default_factory=list)

    def read(
        self, raster: bytes, *, size: Size = "tiny", turn: Turn = 0, part: Part | None = None, seconds: float
    ) -> RasterLines:
        """The drawing of the script; None fails."""
        self.asked.append((int(raster), size))
        drawing = self.script[int(raster), size]
        if drawing is None:
            raise OcrFailed("died")
        return RasterLines(boxes(drawing, self.sure), 900.0, 1000.0, turn)


@dataclass
class Model:
    """A Gemini that answers what it is told, and keeps what it was asked."""

    came: Came
    invoices: tuple[Invoice, ...] = (MODELS,)
    what: NotInvoice | None = None
    asked: list[str] = field(default_factory=list)

    def read(
        self, data: bytes, media_type: str, *, uri: str | None = None, context: str = "", timeout_s: float,
        strong: bool = False
    ) -> GeminiAnswer:  # fmt: skip
        """The answer, or the failure, or an answer of nothing."""
        self.asked.append(context)
        if self.came == "failed":
            raise GeminiFailed("timeout", "scripted")
        if self.came == "nothing":
            raise GeminiFailed("unreadable", "scripted")
        return GeminiAnswer(
            self.invoices, None if self.invoices else self.what, "fake", 100, Decimal("0.001"), 10
        )


class Breaks(Model):
    """A Gemini whose client errs."""

    def read(self, *_: object, **__: object) -> GeminiAnswer:
        """Raises what no caller expects."""
        raise RuntimeError("a slip of ours")


@dataclass
class Sunat:
    """A SUNAT that says one state of everything."""

    state: State

    def ask(self, key: Key, *, seconds: float) -> SunatWord:
        """The state."""
        return SunatWord(self.state, datetime(2026, 11, 22, 17, tzinfo=UTC))


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def _looked_at_once() -> Iterator[None]:
    """What numpy says of the same drawing is computed once: its slant, and what the network sees. Every run
    here shows one of a few drawings.
    """
    slants: dict[bytes, float] = {}
    sights: dict[bytes, Sight] = {}
    rotation: Callable[..., float] = slant._rotation
    sight = Network.__call__

    def turned(*arrays: np.ndarray, hint: float | None) -> float:
        key = pickle.dumps((arrays, hint))
        return slants[key] if key in slants else slants.setdefault(key, rotation(*arrays, hint))

    def look(network: Network, page: Features) -> Sight:
        key = pickle.dumps(page)
        return sights[key] if key in sights else sights.setdefault(key, sight(network, page))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slant, "_rotation", lambda *given: turned(*given[:-1], hint=given[-1]))
        patch.setattr(Network, "__call__", look)
        yield


def scanned(index: int, *, symbol: bool = False) -> Page:
    return Page(
        index, 900, 1000, codes=[Code(SYMBOL)] if symbol else [], raster=str(index).encode(), scanned=True
    )


def digital(index: int, came: Came, drawing: str = FACTURA, *, symbol: bool = False) -> Page:
    """A page with a text layer; `failed`: one on which our own reading breaks."""
    text = {"read": boxes(drawing), "nothing": [], "failed": [Box(None, 0, 0, 9, 9), Box(None, 0, 0, 9, 9)]}[
        came
    ]
    return Page(index, 900, 1000, boxes=text, codes=[Code(SYMBOL)] if symbol else [])


def run(
    pool: ThreadPoolExecutor,
    pages: list[Page],
    eyes: Eyes,
    model: Model | None,
    ask: When = "unproven",
    *,
    seconds: float = 30,
    witness: Witness | None = None,
) -> Extraction:
    opened = Opened("application/pdf", len(pages), pages)
    return Case(
        opened,
        eyes=eyes,
        model=model,
        pool=pool,
        clock=Clock(seconds),
        today=TODAY,
        ask=ask,
        witness=witness,
    ).run()


def said(extraction: Extraction) -> str:
    """The verdict, or `internal`."""
    return "internal" if extraction.error and extraction.error.code == "internal" else extraction.verdict


# --- the table itself ---------------------------------------------------------------------------------------


def a_paper(verdict: Verdict) -> Paper:
    return Paper([], verdict=verdict)


OUTCOMES: dict[Came, Outcome] = {"read": Read(), "nothing": Nothing(), "failed": Failed("late")}
PAPERS: tuple[Verdict | None, ...] = (None, "unreadable", "needs_review", "consistent", "proven")
FLAWS: tuple[Flaw | None, ...] = (None, "dark", "unreadable")
NATURES = (Nature(None), Nature("yape"), Nature("other", shown=False), Nature("photo", shown=False))


@pytest.mark.parametrize("came", list(itertools.product(CAME, repeat=4)), ids="-".join)
def test_every_cell_of_the_table(came: tuple[Came, ...]) -> None:
    """Whatever four eyes came to on a page: what was found is answered, a failure leaves no word about the
    paper, and only then the paper is told of.
    """
    looks: Looks = {(0, eye): OUTCOMES[one] for eye, one in zip(EYES, came, strict=True)}
    for verdict, found, flaw in itertools.product(PAPERS, NATURES, FLAWS):
        papers = [] if verdict is None else [a_paper(verdict)]
        answer = conclude(papers, found, looks, flaw=flaw)
        failed = "failed" in came
        told = answer.error.code if answer.error else None
        if found.what is None and verdict not in (None, "unreadable"):
            assert answer == Conclusion(verdict, tuple(papers), incomplete=failed)
        elif failed:
            assert (answer.verdict, told, answer.incomplete, answer.what) == (
                "unreadable",
                "internal",
                True,
                None,
            )
        elif found.what is None or (flaw and found.what in ("other", "photo")):
            wanted = "unreadable" if found.what is None else flaw
            assert (answer.verdict, told, answer.incomplete) == ("unreadable", wanted, False)
        else:
            assert answer == Conclusion("not_an_invoice", what=found.what)


@pytest.mark.parametrize("first", PAPERS[2:])
@pytest.mark.parametrize("failing", EYES)
def test_a_page_that_failed_beside_one_that_was_read(first: Verdict, failing: Eye) -> None:
    """One page's comprobante is answered though another page's eye failed, and the answer is incomplete."""
    looks: Looks = {(0, "text"): Read(), (1, failing): Failed("died")}
    assert conclude([a_paper(first)], Nature(None), looks) == Conclusion(
        first, (a_paper(first),), incomplete=True
    )


def test_two_papers_are_answered_under_the_worse() -> None:
    """Two comprobantes in one file: the file's verdict is the worse of theirs."""
    papers = [a_paper("proven"), a_paper("needs_review")]
    assert conclude(papers, Nature(None), {}) == Conclusion("needs_review", tuple(papers))


def test_a_paper_without_a_key_field_beside_another_is_to_be_looked_at() -> None:
    """Of two comprobantes one gave no key field: the file is not unreadable, a person looks at it."""
    papers = [a_paper("consistent"), a_paper("unreadable")]
    assert conclude(papers, Nature(None), {}) == Conclusion("needs_review", tuple(papers))


# --- the way through scripted readers -----------------------------------------------------------------------

SHOWS = {"factura": FACTURA, "capture": CAPTURE, "little": LITTLE}


def allowed(shows: str, tiny: Came, small: Came, model: Came | None, *, symbol: bool) -> set[str]:
    """What a scanned page may be answered as, told from the promises and not from the code."""
    # Where the small model saw nothing, there is nothing to look at twice.
    words = tiny == "read" or (tiny == "failed" and small == "read")
    seen = symbol or (shows == "factura" and words) or model == "read"
    if shows == "capture" and tiny == "read" and not symbol:
        return {"not_an_invoice"}  # it shows what it is: nobody else is asked
    if not seen:
        looked = [tiny, *([small] if tiny != "nothing" else []), *([model] if model else [])]
        return {"internal"} if "failed" in looked else ABOUT_THE_PAPER
    if shows == "little" and not symbol and model != "read":
        return {"internal", *ABOUT_THE_PAPER}
    return {"proven", "consistent", "needs_review"}


@pytest.mark.slow("36 runs a case, each reads a page")
@pytest.mark.parametrize("shows", SHOWS)
@pytest.mark.parametrize("symbol", [False, True], ids=["bare", "symbol"])
def test_a_picture_under_every_outcome_of_its_readers(
    pool: ThreadPoolExecutor, shows: str, *, symbol: bool
) -> None:
    """A scanned page, its two OCR looks and the model each read, see nothing or fail: the answer is one that
    the promises allow.
    """
    drawings: dict[Came, str | None] = {"read": SHOWS[shows], "nothing": "", "failed": None}
    for tiny, small, model in itertools.product(CAME, CAME, (None, *CAME)):
        eyes = Eyes({(0, "tiny"): drawings[tiny], (0, "small"): drawings[small]})
        got = run(pool, [scanned(0, symbol=symbol)], eyes, None if model is None else Model(model))
        assert said(got) in allowed(shows, tiny, small, model, symbol=symbol), (tiny, small, model, got.error)
        if "failed" in got.notes or said(got) == "internal":
            assert got.incomplete
        assert got.verdict != "proven" or not got.wants_model


@pytest.mark.parametrize("came", CAME)
@pytest.mark.parametrize("model", [None, *CAME])
@pytest.mark.parametrize("symbol", [False, True], ids=["bare", "symbol"])
def test_a_text_layer_under_every_outcome(
    pool: ThreadPoolExecutor, came: Came, model: Came | None, *, symbol: bool
) -> None:
    """A digital page whose text reads, is empty or breaks our reading, with and without a symbol and a
    model.
    """
    got = run(pool, [digital(0, came, symbol=symbol)], Eyes({}), None if model is None else Model(model))
    if came == "read" or symbol or model == "read":
        assert said(got) in {"proven", "consistent", "needs_review"}
    elif "failed" in (came, model):
        assert (said(got), got.incomplete) == ("internal", True)
    else:
        assert said(got) in ABOUT_THE_PAPER


@pytest.mark.parametrize("tiny", CAME)
@pytest.mark.parametrize("small", CAME)
@pytest.mark.parametrize("model", [None, *CAME])
@pytest.mark.parametrize("first", ["factura", "capture"])
def test_two_pages_with_one_failing(
    pool: ThreadPoolExecutor, first: str, tiny: Came, small: Came, model: Came | None
) -> None:
    """The second page's readers come to anything: the first page's comprobante is answered, and no failure
    ends as a word about the paper.
    """
    drawings: dict[Came, str | None] = {
        "read": "continua en la siguiente pagina, gracias por su preferencia",
        "nothing": "",
        "failed": None,
    }
    eyes = Eyes(
        {
            (0, "tiny"): SHOWS[first],
            (0, "small"): SHOWS[first],
            (1, "tiny"): drawings[tiny],
            (1, "small"): drawings[small],
        }
    )
    got = run(pool, [scanned(0), scanned(1)], eyes, None if model is None else Model(model))
    if first != "capture":
        assert said(got) in {"proven", "consistent", "needs_review"}
        assert got.invoices[0].series == "F001"
    else:
        assert said(got) in {"internal", "not_an_invoice", "needs_review", "consistent"}
        assert said(got) not in ABOUT_THE_PAPER or not [note for note in got.notes if "failed" in note]
    assert got.incomplete == any("failed" in note for note in got.notes)


# --- single promises ----------------------------------------------------------------------------------------


def test_a_symbol_alone_is_an_invoice_to_review(pool: ThreadPoolExecutor) -> None:
    """With the OCR failed, the six fields of the page's own symbol are the answer, to be looked at and read
    anew next time.
    """
    got = run(pool, [scanned(0, symbol=True)], Eyes({(0, "tiny"): None, (0, "small"): None}), None)
    (one,) = got.invoices
    six = (one.supplier.ruc, one.kind, one.series, one.number, one.issue_date, one.total)
    assert (got.verdict, got.engine, six, got.incomplete, got.pages_read) == (
        "needs_review",
        "qr",
        SIX,
        True,
        0,
    )


def test_a_symbol_of_a_failed_page_joins_its_paper(pool: ThreadPoolExecutor) -> None:
    """The symbol stands on a second page that could not be read: it proves the first page's paper and makes
    no second one.
    """
    eyes = Eyes({(1, "tiny"): None, (1, "small"): None})
    got = run(pool, [digital(0, "read"), scanned(1, symbol=True)], eyes, None)
    assert ([one.number for one in got.invoices], got.engine, got.incomplete) == (["123"], "qr+text", True)


def test_a_proven_picture_asks_nobody(pool: ThreadPoolExecutor) -> None:
    """Symbol and small OCR agree on everything: neither the larger model nor Gemini is asked."""
    eyes, model = Eyes({(0, "tiny"): FACTURA}), Model("failed")
    got = run(pool, [scanned(0, symbol=True)], eyes, model)
    assert (got.verdict, eyes.asked, model.asked, got.wants_model, got.incomplete) == (
        "proven",
        [(0, "tiny")],
        [],
        False,
        False,
    )


def test_what_the_larger_model_proves_is_asked_of_nobody(pool: ThreadPoolExecutor) -> None:
    """The first look does not add up and the second proves the paper with its symbol: Gemini is not asked."""
    model = Model("failed")
    got = run(pool, [scanned(0, symbol=True)], Eyes({(0, "tiny"): SHORT, (0, "small"): FACTURA}), model)
    assert (got.verdict, got.incomplete, got.wants_model, model.asked) == ("proven", False, False, [])


def test_one_page_fails_and_the_other_is_looked_at_again(pool: ThreadPoolExecutor) -> None:
    """A second look at a file of which one page was never read keeps the other page's words."""
    eyes = Eyes({(0, "tiny"): SHORT, (0, "small"): FACTURA, (1, "tiny"): None, (1, "small"): None})
    got = run(pool, [scanned(0), scanned(1)], eyes, None)
    assert (got.verdict, got.invoices[0].total, got.incomplete) == ("consistent", Decimal("118.00"), True)


@pytest.mark.parametrize("symbol", [False, True], ids=["consistent", "proven"])
def test_what_only_the_second_look_saw_is_answered(pool: ThreadPoolExecutor, *, symbol: bool) -> None:
    """The small model fails on the second page and the larger one reads a weak comprobante there: it is
    answered beside the sound first one.
    """
    weak = (
        SHORT.replace("00000123", "00000124")
        .replace("R.U.C. 20512345671", "")
        .replace("Fecha de Emision : 05/11/2026", "")
    )
    eyes = Eyes({(0, "tiny"): FACTURA, (0, "small"): FACTURA, (1, "tiny"): None, (1, "small"): weak})
    got = run(pool, [scanned(0, symbol=symbol), scanned(1)], eyes, None)
    assert (got.verdict, [one.number for one in got.invoices], got.pages_read) == (
        "needs_review",
        ["123", "124"],
        2,
    )
    assert ((0, "small") in eyes.asked) is not symbol


def test_what_a_file_is_told_from_the_look_that_read_it(pool: ThreadPoolExecutor) -> None:
    """The small model sees no title and the larger one does: its values are answered, whatever the first look
    resembled.
    """
    got = run(pool, [scanned(0)], Eyes({(0, "tiny"): LITTLE, (0, "small"): FACTURA}), None)
    assert (got.verdict, got.invoices[0].series) == ("consistent", "F001")


def test_too_little_in_a_text_layer_is_asked_of_the_model(pool: ThreadPoolExecutor) -> None:
    """That a digital PDF is no comprobante is our word alone only where it shows what it is."""
    model = Model("read", invoices=(), what="quote")
    got = run(pool, [digital(0, "read", LITTLE)], Eyes({}), model)
    shown = run(pool, [digital(0, "read", CAPTURE)], Eyes({}), unasked := Model("read"))
    assert (got.what, len(model.asked), shown.what, unasked.asked) == ("quote", 1, "yape", [])


def test_the_model_gets_symbol_and_words_as_context(pool: ThreadPoolExecutor) -> None:
    """What our own eyes saw of a picture goes with the question."""
    model = Model("read")
    run(pool, [scanned(0, symbol=True)], Eyes({(0, "tiny"): SHORT, (0, "small"): SHORT}), model)
    assert SYMBOL in model.asked[0]
    assert "FACTURA ELECTRONICA" in model.asked[0]


@pytest.mark.parametrize(("ask", "asked"), [("unproven", 1), ("doubtful", 0)])
def test_who_is_asked_of_a_model(pool: ThreadPoolExecutor, ask: When, asked: int) -> None:
    """A consistent document is asked of the model, unless only the doubtful ones are."""
    model = Model("read")
    run(pool, [digital(0, "read")], Eyes({}), model, ask)
    assert len(model.asked) == asked


def test_a_model_that_sees_no_invoice_in_a_consistent_one_is_not_believed(pool: ThreadPoolExecutor) -> None:
    """Our reading adds up and the model calls the file a photo: a person decides."""
    got = run(pool, [digital(0, "read")], Eyes({}), Model("read", invoices=(), what="photo"))
    assert (got.verdict, got.invoices[0].series) == ("needs_review", "F001")


@pytest.mark.parametrize("first", [LITTLE, CAPTURE])
def test_a_symbol_of_a_failed_page_is_the_comprobante_beside_what_is_none(
    pool: ThreadPoolExecutor, first: str
) -> None:
    """The first page is no comprobante and the second, of which only the symbol is known, is one: it alone is
    answered.
    """
    eyes = Eyes({(0, "tiny"): first, (0, "small"): first, (1, "tiny"): None, (1, "small"): None})
    got = run(pool, [scanned(0), scanned(1, symbol=True)], eyes, None)
    assert (got.verdict, [one.number for one in got.invoices], got.incomplete) == (
        "needs_review",
        ["123"],
        True,
    )


@pytest.mark.parametrize(
    "gap",
    [
        "OP. GRAVADA    S/   100.00",
        "2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00",
    ],
    ids=["base", "items"],
)
@pytest.mark.parametrize("form", ["drawn", "digital"])
def test_what_only_a_model_gives_completes_no_proof(pool: ThreadPoolExecutor, gap: str, form: str) -> None:
    """The page lacks one of the sums that a proof needs, and the model tells it: the paper is consistent,
    never proven.
    """
    drawing, whole = (
        FACTURA.replace(gap, ""),
        MODELS.model_copy(update={"amount_in_words": "CIENTO DIECIOCHO CON 00/100 SOLES", "items": ITEMS}),
    )
    page = scanned(0, symbol=True) if form == "drawn" else digital(0, "read", drawing, symbol=True)
    got = run(pool, [page], Eyes({(0, "tiny"): drawing, (0, "small"): drawing}), Model("read", (whole,)))
    assert (got.verdict, "gemini" in got.engine) == ("consistent", True)


UNSIGNED = FACTURA.replace("S/", "  ").replace("SON: CIENTO DIECIOCHO CON 00/100 SOLES", "")
"""No amount says its currency, which keeps it from its proof."""
LINELESS = FACTURA.replace("2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00", "")


@pytest.mark.parametrize(
    ("drawing", "state", "asked"),
    [(UNSIGNED, "accepted", 0), (UNSIGNED, "not_found", 1), (LINELESS, "accepted", 1)],
    ids=["confirmed", "not confirmed", "without lines"],
)
def test_a_model_is_not_asked_about_what_adds_up_and_sunat_confirmed(
    pool: ThreadPoolExecutor, drawing: str, state: State, asked: int
) -> None:
    """SUNAT has its six fields, its lines and sums are there and fit: a model could prove nothing beside.
    Where SUNAT has it not, or no line was read, it is asked.
    """
    model = Model("read")
    got = run(pool, [digital(0, "read", drawing)], Eyes({}), model, witness=Sunat(state))
    assert (got.verdict, len(model.asked), got.wants_model) == ("consistent", asked, bool(asked))


def test_a_model_does_not_touch_what_is_proven_beside_another(pool: ThreadPoolExecutor) -> None:
    """Of two papers the model is asked about the second, and errs about the proven first: nothing is held
    against that one.
    """
    second = SHORT.replace("00000123", "00000124")
    eyes = Eyes(
        {
            (page, size): drawing
            for page, drawing in enumerate((FACTURA, second))
            for size in ("tiny", "small")
        }
    )
    wrong = MODELS.model_copy(update={"total": Decimal("999.00")})
    got = run(
        pool,
        [scanned(0, symbol=True), scanned(1)],
        eyes,
        Model("read", (wrong, MODELS.model_copy(update={"number": "124"}))),
    )
    assert [one.total for one in got.invoices] == [Decimal("118.00"), Decimal("118.00")]
    assert [(each.invoice, each.disagree) for each in got.evidence if each.disagree] == [
        (1, (("ocr", "113.00"),))
    ]


def test_a_look_without_time_is_a_failure(pool: ThreadPoolExecutor) -> None:
    """The small model found too little and the larger one has no time left: it is not for us to say what the
    paper is.
    """
    eyes = Eyes({(0, "tiny"): LITTLE, (0, "small"): FACTURA})
    got = run(pool, [scanned(0)], eyes, None, seconds=3)
    assert (said(got), got.incomplete, got.notes, eyes.asked) == (
        "internal",
        True,
        ("small failed: late",),
        [(0, "tiny")],
    )


def test_what_breaks_about_a_model_leaves_our_own_reading(pool: ThreadPoolExecutor) -> None:
    """A model's client raises what it should not: what our own eyes saw is answered, and read anew next
    time.
    """
    got = run(pool, [digital(0, "read")], Eyes({}), Breaks("read"))
    assert (got.verdict, got.incomplete, got.notes) == (
        "consistent",
        True,
        ("model failed: crashed: RuntimeError",),
    )


def test_a_model_that_sees_no_invoice_in_a_named_one_is_not_believed(pool: ThreadPoolExecutor) -> None:
    """Ours does not add up, but its issuer, series and number are there: the model's word alone does not end
    it.
    """
    got = run(pool, [digital(0, "read", SHORT)], Eyes({}), Model("read", invoices=(), what="photo"))
    assert (got.verdict, got.invoices[0].number) == ("needs_review", "123")


def test_a_paper_that_the_model_overlooked_stays(pool: ThreadPoolExecutor) -> None:
    """Two facturas on two pages, of which the model tells one: the other is answered too, for a person to
    look at.
    """
    second = FACTURA.replace("F001-00000123", "F001-00000124")
    got = run(pool, [digital(0, "read"), digital(1, "read", second)], Eyes({}), Model("read"))
    assert ([one.number for one in got.invoices], got.verdict) == (["123", "124"], "needs_review")


def test_a_page_that_nobody_read_is_asked_of_the_model(pool: ThreadPoolExecutor) -> None:
    """The first page shows a payment and the second's OCR failed: the model may know what stands there."""
    model = Model("read")
    eyes = Eyes({(0, "tiny"): CAPTURE, (0, "small"): CAPTURE, (1, "tiny"): None, (1, "small"): None})
    got = run(pool, [scanned(0), scanned(1)], eyes, model)
    assert (len(model.asked), got.invoices[0].number) == (1, "123")


@dataclass
class Strong(Model):
    """A model whose first answer does not add up and whose stronger sister fails."""

    def read(
        self,
        data: bytes,
        media_type: str,
        *,
        uri: str | None = None,
        context: str = "",
        timeout_s: float,
        strong: bool = False,
    ) -> GeminiAnswer:
        """The wrong total, then the failure."""
        self.came = "failed" if strong else "read"
        return super().read(data, media_type, uri=uri, context=context, timeout_s=timeout_s, strong=strong)


def test_a_stronger_model_that_failed_leaves_the_answer_incomplete(pool: ThreadPoolExecutor) -> None:
    """What it might have told is not there: the same bytes are to be read anew."""
    wrong = MODELS.model_copy(update={"total": Decimal("811.00")})
    got = run(pool, [digital(0, "read")], Eyes({}), Strong("read", invoices=(wrong,)))
    assert (got.verdict, got.incomplete, got.notes) == ("needs_review", True, ("strong failed: timeout",))


def test_a_second_look_that_only_some_pages_have_time_for_is_no_failure(pool: ThreadPoolExecutor) -> None:
    """The larger model took the time on the first page: what the small one saw of the others stands."""
    case = Case(
        Opened("application/pdf", 2, [scanned(0), scanned(1)]),
        eyes=Eyes({}),
        model=None,
        pool=pool,
        clock=Clock(30),
        today=TODAY,
    )
    case.looks |= {(0, "tiny"): Read(), (1, "tiny"): Read()}
    took = iter([10.0, 10.0, 1.0])

    class Passing(Clock):
        """A clock on which the first look takes the time."""

        def left(self) -> float:
            """As scripted."""
            return next(took, 1.0)

    case.clock, case.eyes = Passing(30), Eyes({(0, "small"): LITTLE, (1, "small"): LITTLE})
    case._look_at_pixels("small", case.scanned)
    assert ([key for key in case.looks if key[1] == "small"], isinstance(case.looks[0, "small"], Read)) == (
        [(0, "small")],
        True,
    )


@pytest.mark.parametrize(
    ("size", "left", "begun"),
    [("tiny", 1.0, True), ("tiny", 0.9, False), ("small", 3.5, True), ("small", 3.4, False)],
)
def test_a_page_is_begun_with_just_the_time_that_it_needs(
    pool: ThreadPoolExecutor, size: Size, left: float, *, begun: bool
) -> None:
    """A second for the first look and three and a half for the larger one; with less it is late at once."""

    class Still(Clock):
        """A clock that stands."""

        def left(self) -> float:
            """As scripted."""
            return left

    eyes = Eyes({(0, size): FACTURA})
    opened = Opened("image/jpeg", 1, [scanned(0)])
    case = Case(opened, eyes=eyes, model=None, pool=pool, clock=Still(30), today=TODAY)
    case._look_at_pixels(size, case.scanned)
    assert (bool(eyes.asked), case.looks[0, size] == Failed("late")) == (begun, not begun)


@pytest.mark.parametrize(("seconds", "asked", "notes"), [(2.0, 1, ()), (1.9, 0, ("model failed: late",))])
def test_a_model_is_asked_with_two_seconds_or_more(
    pool: ThreadPoolExecutor, seconds: float, asked: int, notes: tuple[str, ...]
) -> None:
    """With fewer its answer could not come, and the file is read anew next time."""
    model = Model("read")
    got = Case(
        Opened("application/pdf", 1, [digital(0, "read")]),
        eyes=Eyes({}),
        model=model,
        pool=pool,
        clock=Clock(30),
        today=TODAY,
        limits=Limits(model_s=seconds),
    ).run()
    assert (len(model.asked), got.notes, got.incomplete) == (asked, notes, not asked)


def test_only_pictures_of_pages_without_text_are_looked_at(pool: ThreadPoolExecutor) -> None:
    """Neither a page whose text suffices nor one of which no picture could be made is shown to the OCR."""
    pages = [
        Page(0, 900, 1000, boxes=boxes(FACTURA), raster=b"0"),
        Page(1, 900, 1000, scanned=True),
    ]
    got = run(pool, pages, eyes := Eyes({}), None)
    assert (got.verdict, eyes.asked, got.notes) == ("consistent", [], ())


def test_two_looks_complete_one_another(pool: ThreadPoolExecutor) -> None:
    """The first look lost the day and the second the number: the answer has both."""
    first = FACTURA.replace("Fecha de Emision : 05/11/2026", "")
    second = FACTURA.replace("F001-00000123", "")
    (one,) = run(pool, [scanned(0)], Eyes({(0, "tiny"): first, (0, "small"): second}), None).invoices
    assert (one.number, one.issue_date) == ("123", date(2026, 11, 5))


@dataclass
class Fails(Model):
    """A Gemini that fails for the reason that it is given."""

    reason: Reason = "timeout"

    def read(self, *_: object, **__: object) -> GeminiAnswer:
        """Raises the failure."""
        raise GeminiFailed(self.reason, "scripted")


@pytest.mark.parametrize(("reason", "level"), [("auth", "ERROR"), ("throttled", "WARNING")])
def test_a_model_that_does_not_know_us_is_an_error(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture, reason: Reason, level: str
) -> None:
    """Only a key or an identity that is refused needs an operator; what passes by itself is a warning."""
    run(pool, [digital(0, "read")], Eyes({}), Fails("failed", reason=reason))
    assert [(each.levelname, each.message) for each in caplog.records] == [(level, "gemini_failed")]


def test_a_model_is_believed_about_what_we_hardly_read(pool: ThreadPoolExecutor) -> None:
    """Our own reading has neither issuer nor sums that hold: a model that calls it a quote is right."""
    nameless = SHORT.replace("R.U.C. 20512345671", "")
    eyes = Eyes({(0, "tiny"): nameless, (0, "small"): nameless})
    ours = run(pool, [scanned(0)], eyes, None)
    got = run(pool, [scanned(0)], eyes, Model("read", invoices=(), what="quote"))
    assert (ours.verdict, got.verdict, got.what) == ("needs_review", "not_an_invoice", "quote")


@pytest.mark.parametrize("totals", ["read by us", "read by the model"])
def test_sunats_word_is_told_of_the_values_that_are_told(pool: ThreadPoolExecutor, totals: str) -> None:
    """What it said of a total that a model has put right since is about another paper."""
    drawing = FACTURA if totals == "read by us" else SHORT
    eyes = Eyes({(0, "tiny"): drawing, (0, "small"): drawing})
    got = run(pool, [scanned(0)], eyes, Model("read"), witness=Sunat("not_found"))
    word = SunatWord("not_found", datetime(2026, 11, 22, 17, tzinfo=UTC))
    told = (Heard(0, Key(*SIX), word),) if totals == "read by us" else ()
    assert (got.invoices[0].total, got.heard) == (Decimal("118.00"), told)


def test_words_that_break_our_reading_are_our_failure(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in our own reading is a failure to be tried again, and the page's symbol still speaks."""

    def crash(*_: object, **__: object) -> None:
        raise OverflowError("a number of the paper")

    monkeypatch.setattr("functions.extractor.reading.reader.read", crash)
    bare = run(pool, [digital(0, "read")], Eyes({}), None)
    marked = run(pool, [digital(0, "read", symbol=True)], Eyes({}), None)
    assert (said(bare), marked.verdict, marked.engine, marked.incomplete) == (
        "internal",
        "needs_review",
        "qr",
        True,
    )


def test_a_page_that_breaks_our_reading_takes_no_other_with_it(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three pages one breaks our reading: the comprobantes of the two others are answered, and the file is
    read anew next time.
    """
    whole = reader.read

    def crash(sheets: Sequence[Sheet], source: Source, *, qr: Qr | None = None) -> Words:
        if any("F001-00000125" in sheet.text for sheet in sheets):
            raise OverflowError("a number of the paper")
        return whole(sheets, source, qr=qr)

    monkeypatch.setattr(reader, "read", crash)
    pages = [digital(index, "read", FACTURA.replace("00000123", f"0000012{3 + index}")) for index in range(3)]
    got = run(pool, pages, Eyes({}), None)
    assert (got.verdict, [one.number for one in got.invoices], got.incomplete) == (
        "consistent",
        ["123", "124"],
        True,
    )


# --- the engine around a case -------------------------------------------------------------------------------


@dataclass
class Opens:
    """An opener that gives what its script says."""

    found: Opened | Exception

    def open(self, data: bytes, media_type: str, *, seconds: float) -> Opened:
        """Raises the script's exception."""
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.mark.parametrize(
    ("found", "code", "incomplete"),
    [
        (OpeningFailed("killed"), "internal", True),
        (OpeningFailed("no_server"), "internal", True),
        (RuntimeError("a slip of ours"), "internal", True),
        (UnreadableFile("encrypted", "needs a password"), "encrypted", False),
        (UnreadableFile("too_complex", "two children crashed"), "too_complex", False),
    ],
)
def test_what_opening_came_to_is_told_apart(found: Exception, code: str, *, incomplete: bool) -> None:
    """An opener that failed is our failure, to be tried again; what is wrong with a file has its own code and
    is final.
    """
    got = Extractor(opener=Opens(found), ocr=Eyes({})).extract(b"%PDF-1.7")
    assert (got.verdict, got.error and got.error.code, got.incomplete) == ("unreadable", code, incomplete)


def test_an_extractor_reads_with_the_readers_that_it_is_given() -> None:
    """Opener and OCR are scripted as a model is."""
    eyes = Eyes({(0, "tiny"): FACTURA})
    opened = Opened("image/jpeg", 1, [scanned(0, symbol=True)])
    assert (
        Extractor(opener=Opens(opened), ocr=eyes, today=lambda: TODAY).extract(b"\xff\xd8\xff").verdict
        == "proven"
    )


def test_blank_pages_are_read_and_pages_beyond_are_named(pool: ThreadPoolExecutor) -> None:
    """A page with nothing on it counts as read; one that nobody looked at is not among the pages seen."""
    eyes = Eyes({(0, "tiny"): FACTURA, (0, "small"): FACTURA, (3, "tiny"): "", (3, "small"): ""})
    pages = [Page(number, 900.0, 1000.0, raster=str(number).encode(), scanned=True) for number in (0, 3)]
    opened = Opened("application/pdf", 9, pages, blank=[1, 2])
    got = Case(opened, eyes=eyes, model=None, pool=pool, clock=Clock(30.0), today=TODAY).run()
    assert (got.pages_seen, got.pages_read, got.pages) == ((0, 1, 2, 3), 4, 9)


def test_a_picture_without_light_is_told_as_dark(pool: ThreadPoolExecutor) -> None:
    """Where nothing was found on a black picture the answer says so, and not that it shows no comprobante."""
    page = Page(0, 900.0, 1000.0, raster=b"0", scanned=True, dark=True)
    eyes = Eyes({(0, "tiny"): "", (0, "small"): ""})
    got = Case(
        Opened("image/jpeg", 1, [page]), eyes=eyes, model=None, pool=pool, clock=Clock(30.0), today=TODAY
    ).run()
    assert (got.verdict, got.error.code if got.error else None) == ("unreadable", "dark")


@pytest.mark.parametrize(
    ("soft", "sure", "code"), [(False, 0.95, None), (True, 0.95, "unreadable"), (False, 0.5, "unreadable")]
)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside text"])
def test_a_faint_picture_is_told_as_unreadable(
    pool: ThreadPoolExecutor, sure: float, code: str | None, *, soft: bool, beside: bool
) -> None:
    """Out of focus, or words of which the engine was hardly sure: what shows nothing else may be a
    comprobante that nobody can read, however clear the text on another page is.
    """
    pages = [Page(0, 900.0, 1000.0, raster=b"0", scanned=True, soft=soft)]
    if beside:
        pages.append(Page(1, 900.0, 1000.0, boxes=boxes(LITTLE, 1.0)))
    eyes = Eyes({(0, "tiny"): LITTLE, (0, "small"): LITTLE}, sure=sure)
    got = run(pool, pages, eyes, None)
    assert (got.error and got.error.code, got.what) == (code, None if code else "other")


@pytest.mark.parametrize(
    ("letters", "sure", "code"),
    [(60, 0.71, "unreadable"), (59, 0.71, None), (60, 0.72, None)],
    ids=["faint", "too few", "sure enough"],
)
def test_words_are_faint_where_there_are_some(
    pool: ThreadPoolExecutor, letters: int, sure: float, code: str | None
) -> None:
    """Of a few letters nobody can tell how sure the engine is of a page."""
    words = "gracias por su visita amigo nuestro vuelva pronto a la estacion"[:letters]
    got = run(pool, [scanned(0)], Eyes({(0, "tiny"): words, (0, "small"): words}, sure=sure), None)
    assert (got.error and got.error.code, got.what) == (code, None if code else "other")


@pytest.mark.parametrize(("letters", "looks"), [(39, ["tiny"]), (40, ["tiny", "small"])])
def test_a_picture_with_hardly_a_word_is_looked_at_once(
    pool: ThreadPoolExecutor, letters: int, looks: list[str]
) -> None:
    """The larger model finds no paper in a picture of a wall or a face: from forty letters on it looks."""
    words = "gracias por su visita amigo nuestro vuelva"[:letters]
    eyes = Eyes({(0, "tiny"): words, (0, "small"): words})
    run(pool, [scanned(0)], eyes, None)
    assert [size for _, size in eyes.asked] == looks


def test_a_guide_is_known_by_its_symbol_alone(pool: ThreadPoolExecutor) -> None:
    """The words of one page say nothing, and the symbol on a page without words says that it is a delivery
    guide.
    """
    pages = [digital(0, "read", LITTLE), Page(1, 900, 1000, codes=[Code("20512345671|09|T001|77|")])]
    got = run(pool, pages, Eyes({}), None)
    assert (got.verdict, got.what) == ("not_an_invoice", "delivery_guide")


def test_several_papers_of_which_none_is_a_comprobante_are_told_as_the_first(
    pool: ThreadPoolExecutor,
) -> None:
    """Two papers in one file, each with its number, that say that they are no comprobantes are not looked at
    as such.
    """
    disowned = FACTURA + "ESTE DOCUMENTO NO ES COMPROBANTE DE PAGO"
    pages = [digital(at, "read", disowned.replace("00000123", f"0000012{at}")) for at in (3, 4)]
    got = run(pool, pages, Eyes({}), None)
    assert (got.verdict, got.what, got.invoices) == ("not_an_invoice", "other", ())


LATER = FACTURA[FACTURA.index("CANT.") :]
"""A factura's second page: its lines and sums without title, issuer and number."""


@pytest.mark.parametrize("model", [None, "sums", "issuer", "series", "whole"])
def test_a_later_page_alone_is_registered_by_nobody(pool: ThreadPoolExecutor, model: str | None) -> None:
    """A picture of sums alone is a continuation, also where a model reads the same sums; one that reads whose
    they are, or under what series they stand, is believed.
    """
    nobodys = MODELS.model_copy(update={"supplier": Supplier(), "series": None, "number": None})
    answers = {
        None: None,
        "sums": Model("read", (nobodys,)),
        "issuer": Model("read", (nobodys.model_copy(update={"supplier": MODELS.supplier}),)),
        "series": Model("read", (nobodys.model_copy(update={"series": "F001"}),)),
        "whole": Model("read"),
    }
    eyes = Eyes({(0, "tiny"): LATER, (0, "small"): LATER})
    page = Page(0, 900.0, 1000.0, raster=b"0", scanned=True)
    got = Case(
        Opened("image/jpeg", 1, [page]),
        eyes=eyes,
        model=answers[model],
        pool=pool,
        clock=Clock(30.0),
        today=TODAY,
    ).run()
    unread = model in (None, "sums")
    assert (got.what, len(got.invoices)) == (("continuation", 0) if unread else (None, 1))


# --- the learned reader -------------------------------------------------------------------------------------


def test_a_learned_reader_that_fails_costs_no_answer(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules' reading stands, nothing is incomplete, no evidence names the reader, and the notes say that
    it failed.
    """

    def breaks(_: Sequence[Sheet]) -> Words:
        raise RuntimeError("a slip of ours")

    eyes = {(0, "tiny"): FACTURA, (0, "small"): FACTURA}
    whole = run(pool, [scanned(0)], Eyes(eyes), None)
    monkeypatch.setattr("functions.extractor.case.learned.read", breaks)
    got = run(pool, [scanned(0)], Eyes(eyes), None)
    assert (got.invoices, got.verdict, got.incomplete) == (whole.invoices, whole.verdict, False)
    assert not any("net" in (each.source, *each.agree) for each in got.evidence)
    assert got.notes == ("net failed: RuntimeError",)
    assert any("net" in each.agree for each in whole.evidence)


def test_a_learned_reader_is_not_asked_about_what_a_symbol_proves(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can prove nothing more, and costs time."""

    def asked(_: Sequence[Sheet]) -> Words:
        raise AssertionError("not to be asked")

    monkeypatch.setattr("functions.extractor.case.learned.read", asked)
    got = run(pool, [scanned(0, symbol=True)], Eyes({(0, "tiny"): FACTURA}), None)
    assert (got.verdict, got.notes) == ("proven", ())


def test_a_paper_that_only_the_learned_reader_read_whole_is_for_a_person(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules found too little to call it a comprobante, and nothing shows that it is something else: its
    values are told, to be looked at.
    """
    bare = FACTURA.replace("FACTURA ELECTRONICA", "").replace("F001-00000123", "")
    script = {(0, "tiny"): bare, (0, "small"): bare}
    fields = {
        "supplier.ruc": "20512345671", "kind": "01", "series": "F001", "number": "123",
        "issue_date": date(2026, 11, 5), "total": Decimal("118.00"),
    }  # fmt: skip
    whole = Words("net", {path: Seen(value, str(value)) for path, value in fields.items()})
    assert run(pool, [scanned(0)], Eyes(script), None).verdict == "not_an_invoice"
    monkeypatch.setattr("functions.extractor.case.learned.read", lambda _: whole)
    got = run(pool, [scanned(0)], Eyes(script), None)
    assert (got.verdict, got.invoices[0].series, got.invoices[0].number) == ("needs_review", "F001", "123")


def test_a_learned_reader_opens_no_door_to_what_shows_that_it_is_something_else(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wallet's capture stays one, whatever the network makes of it."""
    fields = {
        "supplier.ruc": "20512345671", "kind": "01", "series": "F001", "number": "123",
        "issue_date": date(2026, 11, 5), "total": Decimal("50.00"),
    }  # fmt: skip
    monkeypatch.setattr(
        "functions.extractor.case.learned.read",
        lambda _: Words("net", {path: Seen(value, str(value)) for path, value in fields.items()}),
    )
    got = run(pool, [scanned(0)], Eyes({(0, "tiny"): CAPTURE, (0, "small"): CAPTURE}), None)
    assert (got.verdict, got.what) == ("not_an_invoice", "yape")

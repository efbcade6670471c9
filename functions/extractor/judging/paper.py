"""One comprobante on its way to an answer: what each source says of it, and the invoice and verdict that
follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from functions.extractor.invoice import Check, Evidence, Invoice, Rival, Verdict
from functions.extractor.judging import checks, merge, verdict
from functions.extractor.judging.arithmetic import CENT, TOLERANCE
from functions.extractor.page import Code
from functions.extractor.peru import qr
from functions.extractor.peru.qr import Qr
from functions.extractor.peru.tokens import valid_ruc
from functions.extractor.reading import reader, what
from functions.extractor.reading.reading import Place, Reading
from functions.extractor.sheets.rows import Sheet
from functions.extractor.witness import Heard

Symbol = tuple[Qr, Place]
"""A SUNAT symbol and where it stands."""


@dataclass(slots=True)
class Paper:
    """Readings of one comprobante, the sheets that they came from, its symbols; then the invoice, its
    evidence, checks and verdict.

    `second` is the learned reader's reading of the same sheets, where it was asked; `other` the reading of
    another look at the same pixels; `heard` what SUNAT said of it.
    """

    readings: list[Reading]
    sheets: list[Sheet] = field(default_factory=list)
    codes: list[Qr] = field(default_factory=list)
    second: Reading | None = None
    other: Reading | None = None
    heard: Heard | None = None
    invoice: Invoice = field(default_factory=Invoice)
    evidence: list[Evidence] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    verdict: Verdict = "unreadable"

    def judge(self, index: int, today: date) -> None:
        """Merge the readings and judge the invoice, which is the file's number `index` from 0."""
        voices = self.readings if self.second is None else [*self.readings, self.second]
        self.invoice, self.evidence = merge.merge(voices, index)
        drawn = any(e.field == "taxable" and e.source == "ocr" for e in self.evidence)
        self.checks = checks.run(
            self.invoice,
            index,
            today=today,
            side=merge.side(self.readings),
            slack=CENT if drawn else TOLERANCE,  # a misread digit would pass for a rounding
        )
        self.verdict = verdict.verdict(self.invoice, self.evidence, self.checks, readings=self.readings)
        if (
            self.verdict == "proven"
            and len({(c.ruc, c.series, c.number) for c in self.codes if c.is_invoice}) > 1
        ):
            self.verdict = "consistent"  # words of two papers in one reading: some may be the other's
        if self.verdict == "proven" and self.heard is not None and self.heard.lone:
            self.verdict = (
                "consistent"  # the page speaks for another value, and SUNAT's word alone is not two witnesses
            )
        self.evidence = verdict.trusted(self.invoice, self.evidence, self.verdict, readings=self.readings)

    def rivals(self, index: int) -> Iterator[Rival]:
        """Yields the candidates that its readers weighed, of the file's invoice number `index` from 0."""
        return (replace(rival, invoice=index) for reading in self.readings for rival in reading.rivals)

    @property
    def unsettled(self) -> bool:
        """True where a second look may tell more: a guess between look-alikes is settled by no other source,
        or there are no items.
        """
        settled = {e.field for e in self.evidence if e.agree}
        confirmed = {e.field for e in self.evidence if set(e.agree) - {"net"}}
        guessed = any(
            seen.alt is not None
            and path not in (confirmed if path == "series" and verdict.may_be_zero(seen) else settled)
            for r in self.readings
            for path, seen in r.fields.items()
        )
        return guessed or not self.invoice.items

    @property
    def is_confirmed(self) -> bool:
        """True where it adds up, lines and all, and SUNAT has its six fields as they were read: the rest
        could not be proven by anybody.
        """
        heard = self.heard
        accepted = heard is not None and heard.word.state == "accepted" and not heard.lone
        return self.verdict == "consistent" and accepted and not self.unsettled

    @property
    def is_told(self) -> bool:
        """True where it is a comprobante by our own word: complete, or with its issuer, series and number."""
        one = self.invoice
        return self.verdict in ("proven", "consistent") or None not in (
            one.supplier.ruc,
            one.series,
            one.number,
        )

    @property
    def wants_second(self) -> bool:
        """True where a second opinion on its words may tell more: it has words of its own, and its symbol did
        not prove it.
        """
        return self.verdict != "proven" and any(r.source in ("text", "ocr") for r in self.readings)

    @property
    def second_is_whole(self) -> bool:
        """True where the learned reader found all that identifies and values a comprobante, with a RUC whose
        check digit holds.
        """
        if self.second is None or not valid_ruc(self.second.get("supplier.ruc") or ""):
            return False
        return all(
            self.second.get(path) is not None for path in ("kind", "series", "number", "issue_date", "total")
        )

    @property
    def has_symbol(self) -> bool:
        """True where a SUNAT symbol of an invoice is on it."""
        return any(code.is_invoice for code in self.codes)


def numbered(papers: Sequence[Paper], today: date) -> list[Paper]:
    """Returns the papers, judged anew under their places in the file."""
    for index, paper in enumerate(papers):
        paper.judge(index, today)
    return list(papers)


def read(
    sheets: Sequence[Sheet], bare: Sequence[tuple[int, Sequence[Code]]], drawn: frozenset[int], today: date
) -> list[Paper]:
    """Returns the comprobantes on the sheets, each with its symbol. Where there is any, papers that are none
    are left out.

    `drawn` are the pages that were read off pixels; `bare` the symbols of pages whose words nobody could
    read, by page: each of them is a comprobante known from its symbol alone, or joins the paper of that
    series and number.
    """
    papers: list[Paper] = []
    for group in reader.group(sheets):
        found = _symbols([(sheet.index, sheet.codes) for sheet in group])
        paper = Paper([], sheets=group, codes=[code for code, _ in found])
        invoices = [(code, place) for code, place in found if code.is_invoice]
        hint = invoices[0][0] if invoices else None
        for source, part in (
            ("text", [s for s in group if s.index not in drawn]),
            ("ocr", [s for s in group if s.index in drawn]),
        ):
            if part:
                paper.readings.append(reader.read(part, source, qr=hint))  # type: ignore[arg-type]  # the two literals above
        serial = (paper.readings[0].get("series"), paper.readings[0].get("number"))
        match = next(
            ((c, p) for c, p in invoices if (c.series, c.number) == serial), invoices[0] if invoices else None
        )
        if match is not None:
            paper.readings.insert(0, merge.from_qr(*match))
        paper.judge(len(papers), today)
        papers.append(paper)
    papers += _second_symbols(papers, drawn, today)
    papers = _with_bare_symbols(papers, _symbols(bare), today)
    good = [p for p in papers if what.judge(p.sheets, p.readings[-1], p.codes) is None]
    return numbered(good, today) if good and len(good) < len(papers) else papers


def _symbols(pages: Sequence[tuple[int, Sequence[Code]]]) -> list[Symbol]:
    """Returns the different SUNAT symbols of the pages, each once."""
    found: list[Symbol] = []
    for page, codes in pages:
        for code in codes:
            parsed = qr.parse(code.text)
            if parsed is not None and all(parsed != other for other, _ in found):
                found.append((parsed, (page, *code.box)))
    return found


def _second_symbols(papers: Sequence[Paper], drawn: frozenset[int], today: date) -> list[Paper]:
    """Returns a paper for each further symbol in a picture, also where its words could not be told from its
    neighbour's.

    A text layer has lost no words: there a symbol without a title of its own belongs to nothing that is on
    the page.
    """
    told = {_key(paper.invoice) for paper in papers}
    found: list[Paper] = []
    for paper in papers:
        for code, place in _symbols([(s.index, s.codes) for s in paper.sheets if s.index in drawn]):
            key = (code.ruc, code.series, code.number)
            if code.is_invoice and code.series and code.number and key not in told:
                told.add(key)
                found.append(Paper([merge.from_qr(code, place)], sheets=paper.sheets, codes=[code]))
                found[-1].judge(len(papers) + len(found) - 1, today)
    return found


def _with_bare_symbols(papers: list[Paper], symbols: Sequence[Symbol], today: date) -> list[Paper]:
    """Returns the papers and what the symbols of pages without words add to them."""
    for code, place in symbols:
        if not code.is_invoice or (code.ruc, code.series, code.number) in {
            _key(paper.invoice) for paper in papers if paper.has_symbol
        }:
            continue
        serial = code.series, code.number
        same = (
            i
            for i, p in enumerate(papers)
            if not p.has_symbol and (p.invoice.series, p.invoice.number) == serial
        )
        at = len(papers) if None in serial else next(same, len(papers))
        papers = papers if at < len(papers) else [*papers, Paper([])]
        papers[at].readings.insert(0, merge.from_qr(code, place))
        papers[at].codes.append(code)
        papers[at].judge(at, today)
    return papers


def _key(invoice: Invoice) -> tuple[str | None, str | None, str | None]:
    return invoice.supplier.ruc, invoice.series, invoice.number


def better(first: Sequence[Paper], second: Sequence[Paper], today: date) -> list[Paper]:
    """Returns what two looks at the same pages tell together: of each paper the better reading, completed by
    the other. Where they found different numbers of papers, it is the better look alone.
    """
    if len(first) != len(second):
        return list(second if _mean_quality(second) >= _mean_quality(first) else first)
    return [_completed(a, b, index, today) for index, (a, b) in enumerate(zip(first, second, strict=True))]


def _mean_quality(papers: Sequence[Paper]) -> float:
    return sum(verdict.quality(p.invoice, p.checks)[0] for p in papers) / max(1, len(papers))


def _completed(first: Paper, second: Paper, index: int, today: date) -> Paper:
    second_wins = verdict.quality(second.invoice, second.checks) >= verdict.quality(
        first.invoice, first.checks
    )
    best, other = (second, first) if second_wins else (first, second)
    kept = next((r for r in best.readings if r.source == "ocr"), None)
    spare = next((r for r in other.readings if r.source == "ocr"), None)
    if kept is not None and spare is not None:
        for path, seen in spare.fields.items():
            if path not in kept.fields or (
                kept.fields[path].alt is not None and kept.fields[path].alt == seen.value
            ):
                kept.fields[path] = seen
        if not kept.items:
            kept.items = spare.items
        best.other = spare
    best.judge(index, today)
    return best


def with_model(invoices: Sequence[Invoice], papers: Sequence[Paper], today: date) -> list[Paper]:
    """Returns the model's invoices joined with our papers: by series and number, else in order. A paper that
    we proved stays as it is.

    A paper that the model overlooked stays where it has a symbol; where it is complete without a symbol, a
    person decides.
    """
    left = list(papers)
    found: list[Paper] = []
    for index, invoice in enumerate(invoices):
        ours = next(
            (p for p in left if (p.invoice.series, p.invoice.number) == (invoice.series, invoice.number)),
            None,
        )
        if ours is None and len(invoices) == len(papers):
            ours = papers[index] if papers[index] in left else None
        if ours is not None:
            left.remove(ours)
        if ours is not None and ours.verdict == "proven":
            found.append(ours)
            continue
        readings = [r for r in ours.readings if r.source != "gemini"] if ours else []
        sheets, codes, second, heard = (
            (ours.sheets, ours.codes, ours.second, ours.heard) if ours else ([], [], None, None)
        )
        found.append(
            Paper(
                [*readings, merge.from_invoice(invoice, "gemini")],
                sheets=sheets,
                codes=codes,
                second=second,
                heard=heard,
            )
        )
    overlooked = [paper for paper in left if paper.has_symbol or paper.verdict == "consistent"]
    joined = numbered([*found, *overlooked], today)
    for paper in overlooked:
        if not paper.has_symbol:
            paper.verdict = "needs_review"
    return joined


def sounder(first: Sequence[Paper], second: Sequence[Paper]) -> list[Paper]:
    """Returns that of two models' answers whose values fit better and are disputed less; the second where
    both are alike.
    """

    def worth(papers: Sequence[Paper]) -> int:
        return sum(
            verdict.quality(p.invoice, p.checks)[0] - 2 * sum(bool(e.disagree) for e in p.evidence)
            for p in papers
        )

    return list(second if worth(second) >= worth(first) else first)

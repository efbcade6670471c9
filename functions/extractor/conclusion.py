"""The one table that decides a file's answer, from the outcome of each eye on each page and from the papers
that were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from functions.extractor.invoice import ExtractionError, NotInvoice, Verdict
from functions.extractor.judging.paper import Paper
from functions.extractor.reading.what import Nature
from functions.extractor.sheets.rows import Sheet

Eye = Literal["text", "tiny", "small", "model", "strong"]
"""The readers that look at a page: the text layer, our OCR's small and larger models, Gemini and its stronger
model.
"""
Flaw = Literal["dark", "unreadable"]

WORST: tuple[Verdict, ...] = ("unreadable", "needs_review", "consistent", "proven")
"""The verdicts from the least to the most sure."""


@dataclass(frozen=True, slots=True)
class Read:
    """An eye saw words; those of a model are in its answer."""

    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """An eye looked and there was nothing to see."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An eye could not look. It says nothing about the page."""

    reason: str


Outcome = Read | Nothing | Failed
Looks = dict[tuple[int, Eye], Outcome]
"""The outcome of each eye on each page; an eye that was not needed is absent."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A file's answer, before it is written down."""

    verdict: Verdict
    papers: tuple[Paper, ...] = ()
    what: NotInvoice | None = None
    error: ExtractionError | None = None
    incomplete: bool = False


def conclude(
    papers: Sequence[Paper],
    found: Nature,
    looks: Mapping[tuple[int, Eye], Outcome],
    *,
    flaw: Flaw | None = None,
) -> Conclusion:
    """Decides the answer from what was seen and what failed. The whole table:

    | a comprobante, by words or symbol | the pages show | an eye failed | the answer |
    |---|---|---|---|
    | yes | - | no | its papers, under their worst verdict; `needs_review` where one has no key field |
    | yes | - | yes | the same, `incomplete`: the same bytes are to be read anew |
    | no | anything or nothing | yes | `internal`, `incomplete`: our failure, tried again; no word about it |
    | no | something else, or no words in a sharp picture | no | `not_an_invoice`, and what it is |
    | no | words or shapes too faint to tell, or no light | no | `unreadable`, or `dark` |
    | no | no key field in what should be a comprobante | no | `unreadable` |
    """
    failures = [
        f"{eye} on page {page + 1}: {look.reason}"
        for (page, eye), look in looks.items()
        if isinstance(look, Failed)
    ]
    if found.what is None and any(p.verdict != "unreadable" for p in papers):
        verdicts: list[Verdict] = [p.verdict for p in papers]
        worst = max((min(verdicts, key=WORST.index), "needs_review"), key=WORST.index)
        return Conclusion(worst, tuple(papers), incomplete=bool(failures))
    if failures:
        return Conclusion(
            "unreadable", error=ExtractionError("internal", "; ".join(failures)[:300]), incomplete=True
        )
    if found.what in ("other", "photo") and flaw is not None:
        return Conclusion("unreadable", error=ExtractionError(flaw, "too faint or too dark to read"))
    if found.what is not None:
        return Conclusion("not_an_invoice", what=found.what)
    return Conclusion("unreadable", error=ExtractionError("unreadable", "no key field could be read"))

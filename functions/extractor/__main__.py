"""`python -m functions.extractor FILE… [--explain]`: one JSON line a file, in order."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.extractor.engine import Extractor
from functions.extractor.invoice import Extraction, ExtractionError, Rival
from functions.extractor.opening.document import MAX_BYTES

if TYPE_CHECKING:
    from functions.extractor.engines.gemini import Gemini


def main(arguments: list[str] | None = None) -> int:
    """Prints one line a file; returns 0 when every file got its line."""
    parser = argparse.ArgumentParser(
        prog="python -m functions.extractor", description="Read invoices: one JSON line a file."
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="after each line, the whole evidence, what was weighed, and every check, for people",
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.CRITICAL)
    extractor = Extractor(gemini=_gemini())
    try:
        for name in options.files:
            extraction = _extract(extractor, name)
            print(json.dumps({"file": name, **extraction.to_json()}, ensure_ascii=False), flush=True)
            if options.explain:
                print(explain(extraction), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        extractor.close()
    return 0


def _extract(extractor: Extractor, name: str) -> Extraction:
    try:
        path = Path(name)
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            return Extraction(
                "unreadable", "", error=ExtractionError("too_large", f"{path.stat().st_size} bytes")
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        return Extraction(
            "unreadable",
            "",
            error=ExtractionError("unreadable", f"{type(error).__name__}: the file cannot be read"),
        )
    return extractor.extract(data)


def _gemini() -> Gemini | None:
    """Returns the model that GEMINI_API_KEY opens, named as for the worker, its thinking at Google's
    defaults; None without a key.
    """
    key = os.environ.get("GEMINI_API_KEY")
    if not key or os.environ.get("GEMINI", "key") == "off":
        return None
    from functions.extractor.engines.gemini import Gemini  # loaded only where there is a key

    models: dict[str, Any] = {
        name: value
        for name, variable in (("model", "GEMINI_MODEL"), ("strong_model", "GEMINI_STRONG_MODEL"))
        if (value := os.environ.get(variable))
    }
    return Gemini(api_key=key, base_url=os.environ.get("GEMINI_URL") or None, **models)


def explain(extraction: Extraction) -> str:
    """Returns the evidence, the candidates that were weighed, and the checks as a table for people."""
    lines = [
        (
            f"  {extraction.media_type or '?'}, {extraction.pages_read} of {extraction.pages} pages, "
            f"{extraction.steps} ms"
        )
    ]
    for each in extraction.evidence:
        agree = f"  = {', '.join(each.agree)}" if each.agree else ""
        disagree = "".join(f"  ≠ {source}: {value}" for source, value in each.disagree)
        repaired = f"  (read {each.repaired})" if each.repaired else ""
        lines.append(
            f"  [{each.invoice}] {each.field:22} {each.value}  <{each.source}>{agree}{disagree}{repaired}"
        )
    lines += [
        f"  [{r.invoice}] ? {r.field:20} {r.score:6.2f}  {r.value}  ({_said(r)})" for r in extraction.rivals
    ]
    marks = {True: "✓", False: "✗", None: "·"}
    lines += [f"  [{c.invoice}] {marks[c.ok]} {c.name}: {c.detail}" for c in extraction.checks]
    lines += [f"  note: {note}" for note in extraction.notes]
    return "\n".join(lines)


def _said(rival: Rival) -> str:
    """Returns what spoke for a candidate, with how far it holds where that is not simply yes."""
    return ", ".join(name if value == 1 else f"{name} {value:.2g}" for name, value in rival.reasons)


if __name__ == "__main__":
    sys.exit(main())

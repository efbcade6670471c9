"""The remarks on what a person should look at in a paper, in the Spanish of the month's workbook: the checks
that failed and the fields that were doubtful.
"""

from __future__ import annotations

from functions.books.filed import Filed
from functions.whatsapp.result import CHECKS, FIELDS


def told(paper: Filed) -> list[str]:
    """Return a phrase for each thing to look at; none for a paper that somebody has corrected since."""
    failed = [CHECKS[name].fails for name in paper.failed if name in CHECKS]
    doubted = [FIELDS.get(path) or FIELDS.get(path.partition(".")[0]) for path in paper.doubted]
    seen = list(dict.fromkeys(field for field in doubted if field))
    return [*failed, *([f"no es seguro: {', '.join(seen)}"] if seen else [])]

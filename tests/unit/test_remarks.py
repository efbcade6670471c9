from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from functions.books.entry import Entry
from functions.books.filed import Filed
from functions.whatsapp.remarks import told
from tests.builders import an_invoice

pytestmark = pytest.mark.unit


def test_what_to_look_at_is_told_once_and_in_words() -> None:
    """A failed check has its sentence, doubtful fields are named together, two lines of a paper as its items;
    a sound paper has nothing.
    """
    entry = Entry(UUID(int=1), datetime(2026, 11, 21, tzinfo=UTC), "needs_review", an_invoice())
    paper = Filed(
        entry,
        UUID(int=1),
        date(2026, 11, 1),
        failed=("sum", "unheard_of"),
        doubted=("total", "items.0.amount", "items.1.amount"),
    )
    assert told(paper) == ["la base y los impuestos no suman el total", "no es seguro: el total, los ítems"]
    assert told(Filed(entry, UUID(int=1), date(2026, 11, 1))) == []

"""What the pages of the repository point at is there: links, chapters, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "functions", "infra", "tests", "bench", "terraform")
PAGES = [
    *ROOT.glob("*.md"),
    *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md") if "vendor" not in page.parts),
]
LINK = re.compile(r"\]\((?!\w+://)([^)#\s]*)(?:#([^)\s]+))?\)")


def _chapters(page: Path) -> set[str]:
    """The names by which a page's headings are linked, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _lost(page: Path, text: str) -> list[str]:
    """Links of a page that lead nowhere."""
    lost = []
    for link, chapter in LINK.findall(text):
        target = page.parent / link if link else page
        if not target.exists() or (chapter and chapter not in _chapters(target)):
            lost.append(f"{page.relative_to(ROOT)}: {link}{'#' + chapter if chapter else ''}")
    return lost


def test_every_link_leads_somewhere() -> None:
    """A file that a page links to is there, and so is the chapter."""
    assert [lost for page in PAGES for lost in _lost(page, page.read_text("utf-8"))] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    """A file and a chapter that do not exist are told; an address on the web is nobody's here."""
    said = (
        "[a](docs/nothing.md) [b](docs/deploy.md#nothing) [c](https://example.com/x.md) "
        "[d](docs/deploy.md#restoring)"
    )
    assert _lost(ROOT / "README.md", said) == [
        "README.md: docs/nothing.md",
        "README.md: docs/deploy.md#nothing",
    ]


def test_every_page_of_the_docs_is_linked_to() -> None:
    """No page lies where nobody finds it."""
    linked = {
        (page.parent / link).resolve()
        for page in PAGES
        for link, _ in LINK.findall(page.read_text("utf-8"))
        if link
    }
    assert [
        str(page.relative_to(ROOT)) for page in PAGES if "docs" in page.parts and page.resolve() not in linked
    ] == []


def test_every_command_of_make_is_a_target() -> None:
    """What a page says to type after `make` can be made, and the list of `make help` has all that the
    README's has.
    """
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = {
        page.relative_to(ROOT).as_posix(): set(
            re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
        )
        for page in PAGES
    }
    assert {name: commands - targets for name, commands in told.items() if commands - targets} == {}
    assert set(re.findall(r"^([a-z-]+):.* ## ", makefile, re.MULTILINE)) == targets == told["README.md"]

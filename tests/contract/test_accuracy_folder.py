"""Anybody's own papers, read by the real extractor against labels on disk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.accuracy_folder import label_of, score, write_labels
from functions.extractor.engine import Extractor
from tests.corpus import generate

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    extractor = Extractor(slots=1)
    yield extractor
    extractor.close()


def test_a_label_is_written_corrected_and_scored(tmp_path: Path, extractor: Extractor) -> None:
    """A label comes from what is read, counts once a person has checked it, and is never written over."""
    sample = generate("clasica", 1, "digital")
    file = tmp_path / "own" / "factura.pdf"
    file.parent.mkdir()
    file.write_bytes(sample.data)
    (tmp_path / "notes.json").write_text("{}")
    list(write_labels([file], extractor.extract))
    assert [score(tmp_path, extractor.extract).left_out] == [[f"{label_of(file)}: not checked"]]
    label = json.loads(label_of(file).read_text())
    corrected = label | {
        "checked": True,
        "maker": "own",
        "invoices": [sample.truth[0].model_dump(mode="json")],
    }
    label_of(file).write_text(json.dumps(corrected))
    found = score(tmp_path, extractor.extract)
    assert [(mark.group, mark.form, mark.layout, mark.keys) for mark in found.marks] == [
        ("folder", "PDF", "own", ())
    ]
    assert (found.missed, found.left_out, found.extra) == ([], [], 0)
    corrected["invoices"][0]["number"] = "999"
    label_of(file).write_text(json.dumps(corrected))
    assert [line.partition("number: ")[2] for line in score(tmp_path, extractor.extract).missed] == [
        f"wanted 999, got {sample.truth[0].number}"
    ]
    assert list(write_labels([file], extractor.extract)) == [
        f"{label_of(file)}: is there already, left as it is"
    ]
    assert json.loads(label_of(file).read_text()) == corrected
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "factura.pdf",
        "factura.pdf.json",
        "notes.json",
    ]


def test_a_wrong_label_is_named_and_left_out(tmp_path: Path, extractor: Extractor) -> None:
    """A label with a field that does not exist says so, and its file is not scored."""
    file = tmp_path / "foto.jpg"
    file.write_bytes(b"")
    label_of(file).write_text('{"checked": true, "totl": 1}')
    found = score(tmp_path, extractor.extract)
    assert found.marks == []
    assert "totl" in found.left_out[0]

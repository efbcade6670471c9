"""The accountant's workbooks in another program: LibreOffice opens them, computes their sums anew, and finds
dates, numbers and codes.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from functions.books import proposal, workbook
from functions.books.filed import Register
from functions.books.purchases import month_of, sheets
from tests.papers import NAMES, NOVEMBER, OWN, RATES, a_month
from tests.scale import only_long

pytestmark = pytest.mark.contract


def without_results(data: bytes) -> bytes:
    """The workbook with its formulas' results taken out, so that whoever opens it has to compute them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name,
                re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part) if name.startswith("xl/worksheets/") else part,
            )
    return out.getvalue()


def opened(data: bytes, folder: Path) -> Any:
    """What LibreOffice made of the workbook when it opened and saved it."""
    program = shutil.which("soffice")
    if program is None:
        lacking = "LibreOffice (Debian's libreoffice-calc-nogui) is not here"
        if os.environ.get("CUADRA_REQUIRE_ALL") == "1":
            pytest.fail(lacking)
        pytest.skip(lacking)
    (folder / "mes.xlsx").write_bytes(data)
    (folder / "out").mkdir()
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [
        program,
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "out"),
        str(folder / "mes.xlsx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return openpyxl.load_workbook(folder / "out" / "mes.xlsx", data_only=True)


def test_libreoffice_computes_our_sums_and_sees_our_dates(tmp_path: Path) -> None:
    """Recalculated totals are those that were written and the papers' own; dates are dates, amounts numbers,
    codes and strangers' formulas texts.
    """
    placed = month_of(Register(a_month(11, 300)), OWN, NOVEMBER, RATES)
    data = workbook.written(sheets(placed, [], lambda _: [], lambda _: "https://x.pe/a"))[0]
    written, read = (
        openpyxl.load_workbook(io.BytesIO(data), data_only=True),
        opened(without_results(data), tmp_path),
    )
    assert read.sheetnames == written.sheetnames
    for name in ("Compras", "Por revisar", "Sin crédito", "Otros meses"):
        ours, theirs = written[name], read[name]
        assert theirs.auto_filter.ref == ours.auto_filter.ref
        last = ours.max_row
        papers = list(theirs.iter_rows(min_row=2, max_row=last - 2))
        for at in range(15, 26):
            total: Any = theirs.cell(last, at).value
            kept: Any = ours.cell(last, at).value
            assert (
                round(total, 2) == round(kept, 2) == round(sum(row[at - 1].value or 0 for row in papers), 2)
            )
        worth = [
            one.row[24]
            for one in placed
            if {
                "purchases": "Compras",
                "review": "Por revisar",
                "no_credit": "Sin crédito",
                "other_month": "Otros meses",
            }.get(one.place)
            == name
        ]
        assert round(Decimal(theirs.cell(last, 25).value), 2) == sum(
            (value for value in worth if isinstance(value, Decimal)), Decimal(0)
        )
        assert all(row[4].is_date for row in papers if row[4].value is not None)
        assert all(
            isinstance(row[at].value, str)
            for row in papers
            for at in (0, 7, 9, 12)
            if row[at].value is not None
        )
        assert {row[13].value for row in papers} <= {workbook.clean(said) for said in NAMES}
        assert all(row[13].data_type == "s" for row in papers if row[13].value)


@only_long("LibreOffice starts once more; that it computes and shows a month of ours is held in every run")
def test_libreoffice_opens_the_three_lists(tmp_path: Path) -> None:
    """A comparison of nothing is three empty lists that open."""
    assert opened(workbook.written(proposal.sheets(proposal.Comparison()))[0], tmp_path).sheetnames == [
        "Solo en SUNAT",
        "Solo aquí",
        "Diferentes",
    ]

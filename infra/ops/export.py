"""A month of a tenant's purchases as a table: the columns of SUNAT's RCE, what an accountant checks, and the originals' names.

The columns are those of the "reemplazar propuesta" file of the Registro de Compras Electrónico (RS 112-2021 and its anexo 11): dates
DD/MM/AAAA, dots as decimals, nothing filled in that was not read. It is a working paper, not the file for SUNAT: what the tax credit
is, and which rows belong, is the accountant's to say. Receipts for fees (02) and what is no comprobante do not belong in the RCE.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from functions.lima import LIMA
from infra import database
from infra.ops.desk import Desk

RCE = (
    "RUC", "Apellidos y nombres o razón social", "Periodo", "CAR SUNAT", "Fecha de emisión", "Fecha de vencimiento", "Tipo CP", "Serie del CP",
    "Año de emisión DUA", "Número del CP", "Número final", "Tipo doc. identidad proveedor", "Número doc. identidad proveedor",
    "Nombre del proveedor", "BI gravado DG", "IGV DG", "BI gravado DGNG", "IGV DGNG", "BI gravado DNG", "IGV DNG", "Valor no gravado", "ISC",
    "ICBPER", "Otros tributos o cargos", "Total CP", "Moneda", "Tipo de cambio", "Fecha emisión doc. modificado", "Tipo CP modificado",
    "Serie CP modificado", "Código dependencia aduanera", "Número CP modificado", "Clasificación de bienes", "Proyecto", "Porcentaje participación",
    "IMB", "CAR original", "Detracción", "Tipo de nota", "Estado", "Inconsistencias",
)  # fmt: skip
OURS = ("Veredicto", "Observaciones", "Archivo original", "Objeto guardado", "Documento")
_NOT_IN_RCE = ("02",)
_FORMULA = re.compile(r"^[=+\-@\t\r]")

_ROWS = text("""
select e.*, d.filename, d.storage_uri, d.received_at, exists (
    select from extractor.extractions first join documents.documents fd on fd.id = first.document_id
    where first.tenant_id = e.tenant_id and first.supplier_ruc = e.supplier_ruc and first.kind = e.kind and first.series = e.series
      and first.number = e.number and fd.status = 'done' and (fd.received_at, fd.id, first.ordinal) < (d.received_at, d.id, e.ordinal)
) as repeated
from extractor.extractions e join documents.documents d on d.id = e.document_id
where e.tenant_id = :tenant and d.status = 'done'
  and (e.issue_date >= :first and e.issue_date < :next
       or e.issue_date is null and d.received_at >= :first_at and d.received_at < :next_at)
order by e.issue_date nulls last, e.series, e.number, d.received_at, e.ordinal
""")


def export(desk: Desk, tenant: UUID, month: str, *, ruc: str = "", name: str = "") -> tuple[str, list[str]]:
    """(the CSV with its header, what was left out as sentences). `month` is YYYY-MM; `ruc` and `name` are the register's holder.

    Raises ValueError for another month.
    """
    first = datetime.strptime(f"{month}-01", "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar month has no zone
    after = (first + timedelta(days=31)).replace(day=1)
    values = {"tenant": tenant, "first": first, "next": after, "first_at": _lima(first), "next_at": _lima(after)}
    with desk.sql() as sql:
        database.without_limits(sql)  # a month of a large tenant is more than a request's ten seconds
        rows = sql.execute(_ROWS, values).all()
    kept = [row for row in rows if row.kind not in _NOT_IN_RCE and not row.repeated]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*RCE, *OURS))
    writer.writerows([_safe(value) for value in _row(row, f"{first:%Y%m}", ruc, name)] for row in kept)
    left = {
        "sent twice (the first one is in the table)": sum(row.repeated for row in rows),
        "receipts for fees, which the RCE does not take": sum(row.kind in _NOT_IN_RCE and not row.repeated for row in rows),
    }
    return out.getvalue(), [f"{count} left out: {why}" for why, count in left.items() if count]


def _row(row: Any, period: str, ruc: str, name: str) -> tuple[str, ...]:
    data = row.data
    customer, modifies = data.get("customer") or {}, data.get("modifies") or {}
    own = customer if customer.get("id_type") == "6" else {}
    untaxed = _sum(data.get("exempt"), data.get("unaffected"))
    rce = (
        ruc or own.get("id"), name or own.get("name"), period, "", _date(row.issue_date), _date(_parsed(data.get("due_date"))), row.kind,
        row.series, "", row.number, "", "6" if row.supplier_ruc else "", row.supplier_ruc, row.supplier_name, data.get("taxable"), row.igv, "", "",
        "", "", untaxed, data.get("isc"), data.get("icbper"), data.get("other_charges"), row.total, row.currency, "", "", modifies.get("kind"),
        modifies.get("series"), "", modifies.get("number"), "", "", "", "", "", "", "", "", "",
    )  # fmt: skip
    ours = (row.verdict, "; ".join(_remarks(row, ruc)), row.filename, row.storage_uri, str(row.document_id))
    return tuple("" if value is None else str(value) for value in (*rce, *ours))


def _remarks(row: Any, ruc: str) -> list[str]:
    customer = (row.data.get("customer") or {}).get("id")
    found = {
        "sin fecha de emisión legible: va en el mes en que llegó": row.issue_date is None,
        "boleta: no da derecho a crédito fiscal": row.kind == "03",
        "nota de crédito: resta": row.kind == "07",
        "tipo de comprobante no leído": row.kind is None,
        "moneda extranjera: falta el tipo de cambio": row.currency not in (None, "PEN"),
        "con detracción": row.data.get("detraction") is not None,
        "con percepción": row.data.get("perception") is not None,
        "emitido a otro RUC": bool(ruc and customer and customer != ruc),
    }
    failed = sorted({check["name"] for check in row.checks if check.get("ok") is False})
    return [remark for remark, true in found.items() if true] + ([f"no cuadra: {', '.join(failed)}"] if failed else [])


def _safe(value: str) -> str:
    """A text that a spreadsheet would run as a formula, made harmless: suppliers' names come from strangers' files."""
    return f"'{value}" if _FORMULA.match(value) and not re.fullmatch(r"-?\d+(\.\d+)?", value) else value


def _sum(*values: str | None) -> str | None:
    read = [Decimal(value) for value in values if value is not None]
    return str(sum(read, Decimal(0))) if read else None


def _parsed(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _date(value: date | None) -> str:
    return value.strftime("%d/%m/%Y") if value else ""


def _lima(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LIMA)

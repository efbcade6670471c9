"""All that is kept of a person and the business, as a workbook that the person receives: `mis datos`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from functions.books.entry import own
from functions.books.everything import Everything, KeptPaper, SentFile
from functions.books.workbook import Column, Value, Worksheet, written
from functions.lima import LIMA
from functions.whatsapp import people
from functions.whatsapp.format import clean, day, document_number, heading
from functions.whatsapp.memberships import Place
from functions.whatsapp.model import XLSX, Made, Said

LINKS_FOR = timedelta(days=1)
"""How long the links to originals open."""
MOST = 10_000
"""The most papers, the most files and the most answers of one workbook: what one request reads and writes in
its time.
"""

Link = Callable[[str | None], str | None]
"""The address that opens the file stored at a place; None where there is none."""

_PAPERS = (
    Column("Recibido", "date"), Column("Emisión", "date"), Column("Tipo", width=18), Column("Serie", width=8),
    Column("Número", width=12), Column("RUC proveedor", width=13), Column("Proveedor", width=34),
    Column("Documento del cliente", width=14), Column("Cliente", width=30), Column("Moneda", width=8),
    Column("IGV", "money"), Column("Total", "money"), Column("¿A tu RUC?", width=10),
    Column("Nota", width=26), Column("Sacado de tus cuentas", "date", 14), Column("Archivo", width=26),
    Column("Original (un día)", "link", 14),
)  # fmt: skip
_ITEMS = (
    Column("Comprobante", width=20), Column("RUC proveedor", width=13), Column("Descripción", width=50),
    Column("Cantidad", "quantity", 10), Column("Unidad", width=8), Column("Precio unitario", "quantity"),
    Column("Importe", "money"), Column("Moneda", width=8),
)  # fmt: skip
_FILES = (
    Column("Recibido", "date"), Column("Archivo", width=34), Column("Tipo", width=18),
    Column("Bytes", "quantity"), Column("Comprobantes", "quantity"),
    Column("Original (un día)", "link", 14),
)  # fmt: skip
_CHANGES = (
    Column("Fecha", "date"), Column("Comprobante", width=20), Column("Dato", width=16),
    Column("Antes", width=24), Column("Después", width=24),
)  # fmt: skip
_ANSWERS = (Column("Fecha", "date"), Column("Lo que te respondí", width=100))
_PLACES = (
    Column("Negocio", width=34), Column("RUC", width=13), Column("Eres", width=12), Column("Desde", "date"),
)  # fmt: skip
_SELF = (Column("Dato", width=28), Column("Valor", width=40))
_OWN = {"yes": "sí", "no": "no", "unread": "no se lee", "unknown": ""}


def said(kept: Everything, link: Link, now: datetime, contact: str, places: Sequence[Place] = ()) -> Said:
    """Return the workbook with its caption; `places` are told where the person is in several businesses."""
    ruc = kept.person.ruc
    data, _ = written(
        [
            Worksheet("Tus datos", _SELF, _self(kept)),
            Worksheet("Comprobantes", _PAPERS, [_paper(one, ruc, link) for one in kept.papers]),
            Worksheet("Ítems", _ITEMS, _items(kept.papers)),
            Worksheet("Archivos", _FILES, [_file(one, link) for one in kept.files]),
            Worksheet(
                "Correcciones",
                _CHANGES,
                [(_day(one.at), one.serial, one.field, one.old, one.new) for one in kept.changes],
            ),
            Worksheet("Respuestas", _ANSWERS, [(_day(one.at), one.text) for one in kept.answers]),
            *(
                [Worksheet("Negocios", _PLACES, [_place(one, places) for one in places])]
                if len(places) > 1
                else []
            ),
        ]
    )
    name = f"Mis_datos_{now.astimezone(LIMA):%Y-%m-%d}.xlsx"
    return Said(_caption(kept, now, contact), made=Made(name, XLSX, data))


def _caption(kept: Everything, now: datetime, contact: str) -> str:
    papers, files, answers = kept.counts
    lines = [
        (
            f"📦 Todo lo que guardo de ti y de tu negocio, al {day(now)}: {papers} comprobantes, {files} "
            f"archivos y {answers} respuestas mías."
        ),
        (
            "Los enlaces a tus archivos funcionan un día. Quien tenga este Excel puede abrirlos: no lo "
            "compartas."
        ),
    ]
    if kept.left_out:
        rest = f" Para lo demás, escribe a {contact}." if contact else ""
        lines.append(
            f"⚠️ Es demasiado para un solo archivo: van los {MOST:,} más recientes de cada hoja.{rest}"
        )
    return "\n".join(lines)


def _self(kept: Everything) -> Iterator[Sequence[Value]]:
    who = kept.person
    told = (
        ("Tu número de WhatsApp", who.phone),
        ("Tu código en WhatsApp", who.bsuid),
        ("Registrado el", day(who.since)),
        ("Último mensaje tuyo", day(who.last_wrote_at) if who.last_wrote_at else None),
        ("RUC de tu negocio", who.ruc),
        ("Nombre de tu negocio", who.name),
    )
    yield from ((name, value) for name, value in told if value)


def _place(one: Place, among: Sequence[Place]) -> Sequence[Value]:
    """Return a business, the role that the person has there, and since when; for the person's own business
    `Tus datos` says since when.
    """
    return people.called(one, among), one.ruc, people.AS[one.role], _day(one.since)


def _paper(one: KeptPaper, ruc: str | None, link: Link) -> Sequence[Value]:
    entry, invoice = one.entry, one.entry.invoice
    return (
        _day(entry.received_at),
        invoice.issue_date,
        heading(invoice.kind) if invoice.kind else None,
        invoice.series,
        invoice.number,
        invoice.supplier.ruc,
        invoice.supplier.name,
        invoice.customer.id,
        invoice.customer.name,
        invoice.currency,
        invoice.igv,
        invoice.total,
        _OWN[own(invoice.customer, ruc)],
        entry.note,
        _day(one.taken_out_at),
        one.filename,
        link(one.uri),
    )


def _items(papers: Sequence[KeptPaper]) -> Iterator[Sequence[Value]]:
    for one in papers:
        invoice = one.entry.invoice
        for item in invoice.items:
            serial = document_number(invoice.series, invoice.number)
            yield (
                serial, invoice.supplier.ruc, item.description, item.quantity, item.unit, item.unit_price,
                item.amount, invoice.currency,
            )  # fmt: skip


def _file(one: SentFile, link: Link) -> Sequence[Value]:
    return (
        _day(one.received_at),
        clean(one.filename, 200),
        one.media_type,
        one.size,
        one.papers,
        link(one.uri),
    )


def _day(at: datetime | None) -> Value:
    return at.astimezone(LIMA).date() if at else None

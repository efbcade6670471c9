"""The books in the real Postgres, as the worker's own role, and what the clerk makes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.books import figures
from functions.books.ask import understand
from functions.books.correcting import Correction
from functions.books.ports import MOST, Author, Business
from functions.extractor.invoice import Customer, Extraction, Invoice, Item, Supplier, Verdict
from functions.whatsapp import accounts
from functions.whatsapp.clerk import Clerk
from functions.whatsapp.ledger import Claim
from functions.whatsapp.model import Tenant
from infra.books import PostgresBooks
from infra.records import PostgresRecords
from tests.builders import a_task, a_tenant, alike, an_extraction, an_invoice, month_of
from tests.conftest import Database

pytestmark = pytest.mark.contract

TODAY = date(2026, 11, 26)
NOVEMBER = date(2026, 11, 1)
RUC = "20512345671"


@pytest.fixture
def books(postgres: Database) -> PostgresBooks:
    return PostgresBooks(postgres.app)


def keep(
    postgres: Database, tenant: Tenant, extraction: Extraction, seq: int = 1, caption: str | None = None
) -> None:
    """One file of the tenant, read."""
    records, task = PostgresRecords(postgres.app), a_task(tenant, seq, text=caption)
    records.open(task, "hola")
    claim = records.claim(task, 75)
    assert isinstance(claim, Claim)
    assert records.attempt(claim, storage_uri="gs://b/x", sha256=f"{seq}{tenant.id}", size=1)
    assert records.finish(claim, task, title="t", body="b", extraction=extraction, failure=None)


def test_what_was_read_is_entered_with_its_note(postgres: Database, books: PostgresBooks) -> None:
    """Each invoice of a finished file is in the books of its month, once, with the words that came with the
    file.
    """
    tenant = a_tenant()
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice("1"), an_invoice("2", issue_date=date(2026, 10, 2))),
        caption="para la obra",
    )
    found = month_of(books, tenant.id, NOVEMBER)
    assert [(e.invoice, e.note, e.repeated, e.verdict) for e in found] == [
        (an_invoice("1"), "para la obra", False, "consistent")
    ]
    assert [e.invoice.number for e in books.latest(tenant.id, 6).entries] == ["1", "2"]


def test_a_second_reading_of_the_same_paper_is_repeated(postgres: Database, books: PostgresBooks) -> None:
    """Of two papers with one issuer, kind, series and number the later is repeated, in whatever file it
    came.
    """
    tenant = a_tenant()
    for seq in (1, 2):
        keep(postgres, tenant, an_extraction(), seq)
    assert [e.repeated for e in month_of(books, tenant.id, NOVEMBER)] == [False, True]


_AMOUNTS = (
    st.none()
    | st.decimals(min_value=0, max_value=100_000, places=2)
    | st.decimals(min_value=-100, max_value=100, places=4)
)
_PAPERS = st.builds(
    an_invoice,
    number=st.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"]),
    issue_date=st.sampled_from([None, NOVEMBER, date(2026, 11, 30), date(2026, 10, 31)]),
    kind=st.sampled_from([None, "01", "03", "07", "08"]),
    currency=st.sampled_from([None, "PEN", "USD"]),
    total=_AMOUNTS, igv=_AMOUNTS, detraction=_AMOUNTS,
    supplier=st.builds(Supplier, ruc=st.sampled_from([None, "20123456786", "20609173425"]),
        name=st.sampled_from([None, "A", "«B»"])),
    customer=st.builds(Customer, id_type=st.sampled_from([None, "1", "6"]),
        id=st.sampled_from([None, RUC, "20512345677", "45781234"]), name=st.just("C")),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    months=st.lists(
        st.tuples(st.lists(_PAPERS, max_size=12), st.sampled_from(["proven", "consistent", "needs_review"])),
        max_size=3,
    ),
    out=st.integers(0, 4),
)
def test_a_months_figures_are_those_of_its_papers(
    postgres: Database, months: list[tuple[list[Invoice], Verdict]], out: int
) -> None:
    """Whatever a month holds, what Postgres adds up gives the figures that its papers give one by one; what
    was taken out is in neither.
    """
    tenant, books = a_tenant(), PostgresBooks(postgres.app)
    for seq, (papers, verdict) in enumerate(months, 1):
        if papers:
            keep(postgres, tenant, an_extraction(*papers, verdict=verdict), seq)
    for n, entry in enumerate(month_of(books, tenant.id, NOVEMBER)[:out]):
        books.change(
            Author(tenant.id, tenant.user_id, f"w{n}"),
            entry.id,
            entry.invoice,
            entry.verdict,
            [Correction("deleted", None, "yes")],
            seen=0,
        )
    added, plain = books.month(tenant.id, NOVEMBER), alike(month_of(books, tenant.id, NOVEMBER))
    assert figures.summary(added, RUC) == figures.summary(plain, RUC)
    assert figures.suppliers(added) == figures.suppliers(plain)
    assert figures.igv(added, RUC, date(2026, 12, 1)) == figures.igv(plain, RUC, date(2026, 12, 1))


def test_a_large_month_is_few_groups(postgres: Database, books: PostgresBooks) -> None:
    """Papers that differ in what no figure depends on are one group, so that a month costs what its kinds
    do.
    """
    tenant = a_tenant()
    keep(
        postgres,
        tenant,
        an_extraction(
            *(an_invoice(str(n), total=Decimal(n), due_date=date(2026, 12, n)) for n in range(1, 31))
        ),
    )
    assert [(group.papers, group.total) for group in books.month(tenant.id, NOVEMBER)] == [(30, Decimal(465))]


def test_a_search_counts_so_far_and_no_further(postgres: Database, books: PostgresBooks) -> None:
    """A word of very many papers finds the newest and says that there are many; a paper that was taken out is
    not among them.
    """
    tenant = a_tenant()
    keep(postgres, tenant, an_extraction(*(an_invoice(str(n)) for n in range(1, MOST + 2))))
    found = books.search(tenant.id, ["EJEMPLO"], 6)
    assert (len(found.entries), found.found) == (6, MOST)
    assert accounts.papers("x", found).endswith("Hay muchos más; escribe algo más preciso.")
    one = books.by_number(tenant.id, "F001", "7", 6).entries[0]
    books.change(
        Author(tenant.id, tenant.user_id, "w"),
        one.id,
        one.invoice,
        one.verdict,
        [Correction("deleted", None, "yes")],
        seen=0,
    )
    assert books.by_number(tenant.id, "F001", "7", 6).entries == ()


def test_nobody_sees_anothers_books(postgres: Database, books: PostgresBooks) -> None:
    """Another business finds nothing of it by month, word, RUC or number."""
    tenant, other = a_tenant(), a_tenant()
    keep(postgres, tenant, an_extraction())
    keep(
        postgres,
        other,
        an_extraction(
            an_invoice(
                "9", issue_date=date(2026, 1, 2), supplier=Supplier(ruc="20609173425", name="Otra SAC")
            )
        ),
    )
    assert [
        month_of(books, other.id, NOVEMBER),
        books.search(other.id, ["EJEMPLO"], 6).entries,
        books.by_ruc(other.id, "20123456786", 6).entries,
        books.by_number(other.id, "F001", "123", 6).entries,
    ] == [(), (), (), ()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["EJEM"], 1),
        (["PRODUCTO"], 1),
        (["OBRA"], 1),
        (["PRODUCTO", "EJEMPLO"], 1),
        (["CEMENTO"], 0),
        (["'|!&("], 0),
    ],
)
def test_papers_are_found_by_the_beginnings_of_their_words(
    postgres: Database, books: PostgresBooks, words: list[str], found: int
) -> None:
    """Issuer, items and note are searched without accents; signs that a query language knows are only
    signs.
    """
    tenant = a_tenant()
    keep(postgres, tenant, an_extraction(), caption="Óbra norte")
    assert books.search(tenant.id, words, 6).found == found


def test_what_a_business_says_of_itself_is_kept(postgres: Database, books: PostgresBooks) -> None:
    """Its RUC and its name are told one by one, and the last word stands."""
    tenant = a_tenant()
    keep(postgres, tenant, an_extraction())
    books.name_business(tenant.id, ruc="20609173425")
    books.name_business(tenant.id, name="Bodega Luz")
    books.name_business(tenant.id, ruc="20512345671")
    assert books.business(tenant.id) == Business("20512345671", "Bodega Luz")


def test_the_clerk_answers_over_the_books(postgres: Database, books: PostgresBooks) -> None:
    """A month, its suppliers, a search, a product's prices, the IGV and the last papers are told as a person
    asks for them.
    """
    tenant, clerk = a_tenant(), Clerk(books)
    cement = Item(
        description="CEMENTO SOL 42.5 KG",
        quantity=Decimal(10),
        unit="BOL",
        unit_price=Decimal("28.50"),
        amount=Decimal("285.00"),
    )
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice(customer=Customer(id_type="6", id="20512345671"), items=[cement])),
        caption="obra",
    )
    keep(
        postgres,
        tenant,
        an_extraction(an_invoice("7", kind="03", series="B001", total=Decimal("20.00"), igv=None)),
        2,
    )

    def said(text: str) -> str | None:
        ask = understand(text, TODAY)
        assert ask is not None
        answer = clerk.answer(ask, tenant.id, TODAY)
        return answer.text if answer else None

    assert (
        said("igv")
        == "🤔 Para separar lo tuyo necesito tu RUC. Escríbeme *mi ruc* y los 11 dígitos, por ejemplo: mi ruc "
        "20123456789"
    )
    assert (
        said("mi ruc 2051234567")
        == "🤔 Un RUC tiene 11 dígitos y empieza con 10, 15, 16, 17 o 20; 2051234567 no lo es. Revísalo y "
        "escríbelo otra vez."
    )
    assert (
        said("mi ruc 20512345671")
        == "👍 Anotado: tu RUC es 20512345671. Desde ahora te digo qué comprobantes están a tu RUC y cuáles "
        "no."
    )
    assert said("resumen") == (
        "📒 *Resumen de noviembre 2026*\nTotal: *S/ 470.00* en 2 comprobantes. IGV: S/ 68.64\n1 factura, 1 "
        "boleta"
    )
    assert (
        said("proveedores")
        == "📒 *Proveedores de noviembre 2026*\n1. Ejemplo SAC – S/ 470.00 (2 comprobantes)"
    )
    assert said("igv noviembre") == (
        "🧾 IGV que figura en tus facturas de noviembre 2026 con tu RUC 20512345671: *S/ 68.64* (1 "
        "comprobante).\n"
        "No suma: 1 boleta, recibo o ticket.\nEs una suma de lo leído; lo que puedes usar lo determina tu "
        "contador."
    )
    assert (
        said("precios cemento")
        == "🏷️ *Precios de cemento*\n• 20/11/2026 · S/ 28.50 x BOL · CEMENTO SOL 42.5 KG · Ejemplo SAC"
    )
    assert said("buscar F001-123") == (
        "🔎 *Comprobantes con «F001-123»*\n• 20/11/2026 · Ejemplo SAC · Factura F001-123 · S/ 450.00 📝 obra"
    )
    assert said("resumen enero") == "📒 *Enero 2026*\nNo tengo comprobantes de ese mes."
    assert (
        said("resumen 13/2026")
        == "🤔 Ese mes no existe. Escríbelo así: *resumen octubre* o *resumen 10/2026*."
    )

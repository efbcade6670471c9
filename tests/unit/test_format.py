from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.provisional import domains, get_top_level_domains, urls

from functions.whatsapp.format import Part, clean, combine, cut, lay_out, money, size
from tests.scale import draws

pytestmark = pytest.mark.unit

NASTY = st.text(
    st.one_of(
        st.sampled_from("*_~`>\n\r\t\u202e\u200b\u2066\u0000 😀ñ.:/wpe1\u0301\u0336\u3164"), st.characters()
    ),
    max_size=60,
)

TLDS = sorted(get_top_level_domains(), key=len, reverse=True)
LINK = re.compile(
    rf"://\S|\bwww\.\S|[^\s.]\.(?:{'|'.join(TLDS)})(?![^\W_])|(?<!\d)(?:\d{{1,3}}\.){{3}}\d", re.IGNORECASE
)
"""What phones make links of, said in another way than the program says it."""

OCTETS = st.lists(st.integers(0, 255), min_size=4, max_size=4).map(lambda four: ".".join(map(str, four)))
CASE = st.sampled_from([str, str.upper, str.title])
HOST = st.builds(
    lambda prefix, host, case: case(prefix + host),
    st.sampled_from(["", "www.", "ventas@", "S.A.C."]),
    domains() | OCTETS,
    CASE,
)
LINKED = st.one_of(
    urls(),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "https://", "HTTP://", "Paga en ", "(", "RUC:"]),
        HOST,
        st.sampled_from(["", "/x?y=1", ":80", ".", ")", "-x", " ya"]),
    ),
    st.just("wa.me/51999888777"),
)
"""Links as a paper may print them."""

ORDINARY = st.one_of(
    st.sampled_from(
        [
            "S.A.C.",
            "E.I.R.L.",
            "S.R.L.",
            "S.A.",
            "C.I.A.",
            "INC.SAC",
            "Av.Lima",
            "Jr.Unión",
            "P.U.",
            "N.º",
            "N.°",
            "Nro.",
            "www",
            "http",
            "c/u",
            "1.5",
            "a.m.",
            "24/7",
            "Ñuñoa.",
            "D'Onofrio",
            "x12",
        ]
    ),
    st.decimals(0, 10**9, places=2).map("{:,.2f}".format),
    st.decimals(0, 1000, places=3).map(str),
)
"""What papers print with dots and slashes that is no link."""


@pytest.mark.parametrize(
    ("amount", "currency", "short", "text"),
    [
        ("1450", "PEN", False, "S/ 1,450.00"),
        ("200.00", "PEN", True, "S/ 200"),
        ("200.50", "PEN", True, "S/ 200.50"),
        ("-3", "EUR", False, "-€ 3.00"),
        ("1E3", "USD", False, "US$ 1,000.00"),
        ("5", None, False, "5.00"),
        ("5", "CLP", False, "CLP 5.00"),
        ("NaN", "PEN", False, "no se lee"),
        ("1E40", "PEN", False, "no se lee"),
    ],
)
def test_money(amount: str, currency: str | None, short: bool, text: str) -> None:
    """Totals have two decimals and thousands separators; item amounts drop `.00`; what is no amount is
    unread.
    """
    assert money(Decimal(amount), currency, short=short) == text


def test_too_many_items_are_counted() -> None:
    """A long invoice is cut between items, and a line counts those left out."""
    items = [f"{n}. {'x' * 50} - S/ 1" for n in range(1, 201)]
    text = lay_out("cabeza", items, "✅ fin", 1000)
    shown = sum(line in items for line in text.split("\n"))
    assert size(text) <= 1000
    assert f"… y {200 - shown} ítems más que no entran aquí.\n\n✅ fin" in text


@pytest.mark.long
@settings(max_examples=draws(40, 150), deadline=None)
@given(NASTY, st.integers(2, 80))
@example(">0", 2)
@example("- 5", 9)
def test_nothing_from_a_document_formats_a_message(text: str, limit: int) -> None:
    """Cleaned text holds no WhatsApp marker, line end, control, bidirectional or zero-width character, and
    keeps its limit.
    """
    cleaned = clean(text, limit)
    assert not set(cleaned) & set("*~`\n\r")
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", cleaned), "a _ stands between letters or digits"
    assert not any(
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in cleaned
    )
    assert not cleaned.startswith((">", " "))
    assert size(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned


@pytest.mark.long
@settings(max_examples=draws(40, 150), deadline=None)
@given(st.lists(LINKED, min_size=1, max_size=3).map(" ".join), st.integers(2, 200))
@example("foo.pension", 7)  # no domain before it is cut
@example("https://www.0.0.0.0 https://www.0.0.0.0", 37)
def test_nothing_from_a_document_becomes_a_link(text: str, limit: int) -> None:
    """No address survives, wherever the text is cut, and nothing but blanks is added to break it."""
    cleaned = clean(text, limit)
    assert LINK.search(cleaned) is None
    assert clean(cleaned, limit) == cleaned
    assert clean(text, 4000).replace(" ", "") == clean(
        text.replace(".", "·").replace(":", ";"), 4000
    ).replace(" ", "").replace("·", ".").replace(";", ":")


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("SUNAT-CLAVESOL.PE/LOGIN EIRL", "SUNAT-CLAVESOL. PE/LOGIN EIRL"),
        ("Paga en https://pago-facil.top/x ya", "Paga en https: //pago-facil. top/x ya"),
        ("www.clave-sol.pe", "www. clave-sol. pe"),
        ("wa.me/51999888777", "wa. me/51999888777"),
        ("ventas@ferre.com.pe", "ventas@ferre. com. pe"),
        ("pago\u200b.\u200btop", "pago. top"),
        ("pago．top", "pago． top"),
        ("президент.рф", "президент. рф"),
        ("http://10.0.0.1/x", "http: //10.0.0. 1/x"),
    ],
)
def test_links_are_broken_where_a_person_still_reads_them(printed: str, shown: str) -> None:
    """A blank after the dot, or after the scheme's colon, is all that changes."""
    assert clean(printed) == shown


@pytest.mark.long
@settings(max_examples=draws(40, 200), deadline=None)
@given(st.lists(ORDINARY, min_size=1, max_size=8).map(" ".join))
def test_ordinary_words_and_amounts_stay_as_printed(text: str) -> None:
    """Legal forms, abbreviations, decimals and amounts are not touched."""
    assert clean(text, 400) == text


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Z" + "\u0336" * 120 + "ALGO", "Z\u0336\u0336ALGO"),
        ("José Ñandú", "José Ñandú"),
        ("e\u0301" + "\u0336" * 3, "é\u0336\u0336"),
        ("\u3164\u2800\u115f\u17b4", ""),
        ("\u0301\u0336", ""),
        ("Bodega\u3164Rosita \u0336", "Bodega Rosita"),
    ],
)
def test_marks_are_few_and_a_name_without_ink_is_none(printed: str, shown: str) -> None:
    """A letter keeps two marks beside its own accent; letters that show nothing are blanks, and a mark
    without its letter is nothing.
    """
    assert clean(printed) == shown


def test_combined_replies_stand_under_what_they_answer() -> None:
    """Several replies in one message stand each under its place and name; what is said to several of them is
    told once, at the first.
    """
    text = combine(
        [
            Part("Boleta B001-4 · S/ 118.00", "uno"),
            Part("a.jpg", "dos"),
            Part("", "tres"),
            Part("b.jpg", "dos"),
        ]
    )
    assert (
        text
        == "*1 de 4 · Boleta B001-4 · S/\u00a0118.00*\nuno\n\n*2 y 4 de 4 · a.jpg y b.jpg*\ndos\n\n*3 de 4 · "
        "Mensaje*\ntres"
    )


def test_what_was_verified_of_several_is_told_once() -> None:
    """A long line of trust that an earlier part has too names that part; another one, a short one and a
    warning are told in full.
    """
    long, other, short, warning = (
        f"{mark} {word * 40}."
        for mark, word in (("✅", "todo "), ("✅", "nada "), ("✅", "x"), ("⚠️", "todo "))
    )
    text = combine(
        [
            Part(f"Boleta B001-{n} · S/ 118.00", f"{n}\n\n{line}")
            for n, line in enumerate([long, short, long, other, short, warning, warning], 1)
        ]
    )
    assert [part.split("\n\n")[1] for part in re.split(r"\n\n(?=\*)", text)] == [
        long,
        short,
        "✅ Lo mismo que en Boleta B001-1 (1 de 7).",
        other,
        short,
        warning,
        warning,
    ]


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["", "\n\n✅ Comprobado: 1. todo."]))
def test_an_invoice_among_others_has_eight_items_at_most(count: int, fitting: int, tail: str) -> None:
    """Of more the rest is counted, what was left out before included; what follows the items stays."""
    items = [f"{n}. cosa - S/ {n}" for n in range(1, count + 1)]
    whole = lay_out("cabeza", items, tail.strip(), 70 + 17 * fitting)
    shown = (
        combine([Part("a", whole), Part("b", "dos")])
        .removeprefix("*1 de 2 · a*\n")
        .removesuffix("\n\n*2 de 2 · b*\ndos")
    )
    kept = [line for line in shown.splitlines() if line in items]
    more = re.search(r"^… y (\d+) ítems? más", shown, re.MULTILINE)
    assert kept == items[: min(8, len([line for line in whole.splitlines() if line in items]))]
    assert len(kept) + int(more[1] if more else 0) == count
    assert shown.endswith(tail)


def test_an_oversized_text_is_cut_at_a_line() -> None:
    """A single reply over the limit is cut at a line and says so."""
    assert cut("aaaa\nbbbb\ncccc", 12) == "aaaa\nbbbb\n…"

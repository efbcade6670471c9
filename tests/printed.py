"""Whether a paper prints what its truth says."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

import pypdfium2

from functions.extractor.invoice import Invoice


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def flat(text: str) -> str:
    return re.sub(r"[^0-9A-ZÑ]", "", unicodedata.normalize("NFC", text).upper())


def money_forms(amount: Decimal) -> set[str]:
    text = f"{abs(amount):,.2f}"
    return {
        text,
        text.replace(",", ""),
        text.replace(",", " "),
        text.replace(",", "_").replace(".", ",").replace("_", "."),
    }


def date_forms(day: date) -> set[str]:
    month = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ][day.month - 1]
    return {
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d-%m-%Y}",
        f"{day:%d}-{month[:3]}-{day:%Y}",
        f"{day:%d} de {month.capitalize()} del {day:%Y}",
        f"{day:%d.%m.%Y}",
    }


def unprinted(invoice: Invoice, text: str) -> list[str]:
    """The truth's values that are not on the paper."""
    squeezed = flat(text)
    wanted = {
        "supplier.ruc": invoice.supplier.ruc,
        "series": invoice.series,
        "number": invoice.number,
        "customer.id": invoice.customer.id,
    }
    missing = [name for name, value in wanted.items() if value is not None and flat(value) not in squeezed]
    for name in ("supplier", "customer"):
        value = getattr(invoice, name).name or ""
        missing += [f"{name}.name ({word})" for word in value.split() if flat(word) not in squeezed]
    amounts = (
        "taxable",
        "exempt",
        "unaffected",
        "free",
        "discounts",
        "igv",
        "isc",
        "icbper",
        "other_charges",
        "rounding",
        "total",
        "detraction",
        "perception",
    )
    for name in (*amounts, "net_payable"):
        value = getattr(invoice, name)
        if value is not None and not any(form in text for form in money_forms(value)):
            missing.append(name)
    for name in ("issue_date", "due_date"):
        day = getattr(invoice, name)
        if day is not None and not any(flat(form) in squeezed for form in date_forms(day)):
            missing.append(name)
    missing += _unprinted_lines(invoice, text, squeezed)
    return missing


def _unprinted_lines(invoice: Invoice, text: str, squeezed: str) -> list[str]:
    missing: list[str] = []
    for index, item in enumerate(invoice.items):
        if item.amount is not None and not any(form in text for form in money_forms(item.amount)):
            missing.append(f"items.{index}.amount")
        if item.quantity is not None and f"{item.quantity.normalize():f}" not in text.replace(",", ""):
            missing.append(f"items.{index}.quantity")
        missing += [
            f"items.{index}.description ({word})"
            for word in (item.description or "").split()
            if flat(word) and flat(word) not in squeezed
        ]
    return missing

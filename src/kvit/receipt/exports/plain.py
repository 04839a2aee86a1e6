"""What leaves the house about a receipt: its data as plain JSON values.

Sums are decimal strings in the currency's own digits, quantities decimal strings without idle zeros, unknown is null. The
shape is the one the command line, the API and the webhooks share.
"""

from __future__ import annotations

from kvit.receipt.model import Line, Payment, Reading, Tax

Plain = dict[str, object]


def decimal(amount: int | None, digits: int) -> str | None:
    """Write a sum of smallest coins (``digits`` behind the point) as a decimal string."""
    if amount is None:
        return None
    sign, amount = "-" if amount < 0 else "", abs(amount)
    if digits == 0:
        return f"{sign}{amount}"
    whole, coins = divmod(amount, 10**digits)
    return f"{sign}{whole}.{coins:0{digits}d}"


def thousandths(quantity: int | None) -> str | None:
    """Write a quantity in thousandths as a decimal string: ``2``, ``0.355``."""
    text = decimal(quantity, 3)
    return text if text is None else text.rstrip("0").rstrip(".")


def rate(hundredths: int | None) -> str | None:
    """Write a tax rate in hundredths of a percent as a decimal string: ``12``, ``5.5``."""
    text = decimal(hundredths, 2)
    return text if text is None else text.rstrip("0").rstrip(".")


def plain(reading: Reading) -> Plain:
    """Return the reading as JSON values."""
    digits = reading.decimals
    return {
        "kind": reading.kind.value,
        "shop": reading.shop,
        "tax_id": reading.tax_id,
        "number": reading.number,
        "time": reading.time,
        "currency": reading.currency,
        "items": [_line(line, digits) for line in reading.items],
        "subtotal": decimal(reading.subtotal, digits),
        "taxes": [_tax(tax, digits) for tax in reading.taxes],
        "total": decimal(reading.total, digits),
        "payments": [_payment(payment, digits) for payment in reading.payments],
        "change": decimal(reading.change, digits),
        "verified": reading.verified,
        "confidence": reading.confidence,
    }


def _line(line: Line, digits: int) -> Plain:
    return {
        "name": line.name,
        "quantity": thousandths(line.quantity),
        "price": decimal(line.price, digits),
        "total": decimal(line.total, digits),
    }


def _tax(tax: Tax, digits: int) -> Plain:
    return {"rate": rate(tax.rate), "amount": decimal(tax.amount, digits)}


def _payment(payment: Payment, digits: int) -> Plain:
    return {"kind": payment.kind, "amount": decimal(payment.amount, digits)}

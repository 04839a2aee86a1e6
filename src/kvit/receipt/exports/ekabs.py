"""EKaBS, the German trade's JSON of a receipt (Elektronischer Kassenbeleg-Standard, DFKA, version 1.0.0).

Built from the public description of its parts (version, type, cash_register, head, data, security, misc). The published
schema was not at hand: the names are those that public programs send, and no validator of the standard has seen our
files. Sums are JSON numbers with the currency's digits.

Left out: ``security`` (the seal of a German TSE is not on a foreign till's paper in a form that can be proven) and
``misc``. A field nobody read is left out, never filled with a guess. Made only of sales and refunds that have a currency
and a total.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

import msgspec

from kvit.i18n.alpha3 import alpha3
from kvit.receipt.exports.source import Group, Source
from kvit.receipt.model import Kind, Line, Payment
from kvit.refusal import Refusal

VERSION = "1.0.0"
MADE_OF = (Kind.SALE, Kind.REFUND, Kind.COPY)
PAID_BY = {"cash": "CASH"}
"""Everything that is no cash is ``NON_CASH``."""

Plain = dict[str, object]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def ekabs(source: Source) -> bytes | Refusal:
    """Give the receipt as EKaBS JSON, UTF-8. Refused: ``receipt.no_export`` where it is no sale or has no total."""
    reading = source.reading
    if reading.kind not in MADE_OF or reading.total is None or reading.currency is None:
        return Refusal("receipt.no_export", {"form": "EKaBS"})
    document = {
        "version": VERSION,
        "type": "INVOICE",
        "cash_register": {"serial_number": source.receipt.summary.till},
        "head": _head(source),
        "data": {
            "currency": reading.currency,
            "full_amount_incl_vat": _sum(reading.total, reading.decimals),
            "payment_types": [_payment(payment, reading.decimals) for payment in source.paid],
            "vat_amounts": [_vat(group, reading.decimals) for group in source.groups],
            "lines": [_line(line, reading.decimals) for line in reading.items],
        },
    }
    return msgspec.json.format(_ENCODER.encode(document))


def _head(source: Source) -> Plain:
    seller: Plain = {"name": source.seller, "address": {"country_code": alpha3(source.shop.country)}}
    if source.reading.tax_id:
        seller["tax_number"] = source.reading.tax_id
    date = source.moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": source.receipt.summary.id, "number": source.number, "date": date, "seller": seller}


def _payment(payment: Payment, digits: int) -> Plain:
    return {"name": PAID_BY.get(payment.kind, "NON_CASH"), "amount": _sum(payment.amount, digits)}


def _vat(group: Group, digits: int) -> Plain:
    return {
        "percentage": _sum(group.rate, 2),
        "incl_vat": _sum(group.gross, digits),
        "excl_vat": _sum(group.net, digits),
        "vat": _sum(group.tax, digits),
    }


def _line(line: Line, digits: int) -> Plain:
    item: Plain = {"quantity": _sum(line.quantity, 3) if line.quantity is not None else Decimal(1)}
    if line.price is not None:
        item["price_per_unit"] = _sum(line.price, digits)
    if line.total is not None:
        item["full_amount"] = _sum(line.total, digits)
    return {"text": line.name, "item": item}


def _sum(amount: int, digits: int) -> Decimal:
    return Decimal(amount).scaleb(-digits)

"""UBL 2.1 of a receipt, by the elements EN 16931-8 (e-receipts and simplified invoices) has in common with EN 16931-1.

A sale is an ``Invoice`` of type 380, a refund a ``CreditNote`` of type 381. The syntax binding of part 8 was being written
when this was made and could not be read, so the file names no ``CustomizationID``: it is UBL that carries what was read,
and no claim to have passed the standard's rules (docs/protocols/exports.md has the row of each element).

Lines of an invoice are without tax. Where one rate holds for the whole receipt each line's net is counted from it, the
last line takes the coins that rounding leaves over, and what was taken off or put on the whole is an allowance or a
charge. Where several rates were printed nobody can tell which line bears which: then the lines of the file are the groups
of tax, and the goods stand as notes, as they were printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from kvit.receipt.exports.plain import decimal, thousandths
from kvit.receipt.exports.source import PERCENT, Group, Source
from kvit.receipt.model import Kind, Line
from kvit.refusal import Refusal

MADE_OF = (Kind.SALE, Kind.REFUND, Kind.COPY)
UNIT = "C62"
"""UN/ECE Recommendation 20: one piece, the unit of what is counted; a receipt seldom says another."""
MEANS = {"cash": "10", "card": "48", "mobile": "68", "credit": "97", "points": "ZZZ", "other": "1"}
"""UNTDID 4461: cash, bank card, online payment service, clearing between partners, agreed, undefined."""
_SPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True)
class _Goods:
    """The lines of a file, and what they come to."""

    lines: str
    net: int


class _Words:
    """The words in which an invoice and a credit note differ."""

    def __init__(self, *, refund: bool) -> None:
        self.root = "CreditNote" if refund else "Invoice"
        self.type = "381" if refund else "380"
        self.quantity = "CreditedQuantity" if refund else "InvoicedQuantity"


def ubl(source: Source) -> bytes | Refusal:
    """Give the receipt as UBL 2.1 XML, UTF-8. Refused: ``receipt.no_export`` where it is no sale or has no total."""
    reading = source.reading
    if reading.kind not in MADE_OF or reading.total is None or reading.currency is None:
        return Refusal("receipt.no_export", {"form": "UBL"})
    words = _Words(refund=reading.kind is Kind.REFUND)
    space = f'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{words.root}-2"'
    goods = _goods(source, words)
    body = "".join((
        _head(source, words), _seller(source), _buyer(), _means(source), _sums(source, goods), goods.lines,
    ))  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{words.root} {space} {_SPACES}>\n{body}</{words.root}>\n'.encode()


def _head(source: Source, words: _Words) -> str:
    several = len(source.groups) > 1
    notes = [_said(line, source) for line in source.reading.items] if several else []
    return "".join((
        _basic("ID", source.number),
        _basic("IssueDate", source.moment.date().isoformat()),
        _basic("IssueTime", source.moment.strftime("%H:%M:%S")),
        _basic(f"{words.root}TypeCode", words.type),
        *(_basic("Note", note) for note in notes),
        _basic("DocumentCurrencyCode", source.reading.currency or ""),
    ))  # fmt: skip


def _seller(source: Source) -> str:
    tax = ""
    if source.reading.tax_id:
        scheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
        tax = f"<cac:PartyTaxScheme>{_basic('CompanyID', source.reading.tax_id)}{scheme}</cac:PartyTaxScheme>"
    country = f"<cac:Country>{_basic('IdentificationCode', source.shop.country)}</cac:Country>"
    return (
        "<cac:AccountingSupplierParty><cac:Party>"
        f"<cac:PartyName>{_basic('Name', source.seller)}</cac:PartyName>"
        f"<cac:PostalAddress>{country}</cac:PostalAddress>{tax}"
        f"<cac:PartyLegalEntity>{_basic('RegistrationName', source.seller)}</cac:PartyLegalEntity>"
        "</cac:Party></cac:AccountingSupplierParty>\n"
    )


def _buyer() -> str:
    """UBL wants the element; a receipt knows no buyer."""
    return "<cac:AccountingCustomerParty/>\n"


def _means(source: Source) -> str:
    codes = dict.fromkeys(MEANS.get(payment.kind, "1") for payment in source.paid)
    return "".join(f"<cac:PaymentMeans>{_basic('PaymentMeansCode', code)}</cac:PaymentMeans>\n" for code in codes)


def _sums(source: Source, goods: _Goods) -> str:
    total, tax = source.reading.total or 0, sum(group.tax for group in source.groups)
    net = total - tax
    off = net - goods.net
    rate = source.groups[0].rate if source.groups else 0
    changed = _amount("AllowanceTotalAmount" if off < 0 else "ChargeTotalAmount", abs(off), source) if off else ""
    return (
        f"{_allowance(source, off, rate) if off else ''}"
        f"<cac:TaxTotal>{_amount('TaxAmount', tax, source)}"
        f"{''.join(_subtotal(source, group) for group in source.groups)}</cac:TaxTotal>\n"
        f"<cac:LegalMonetaryTotal>{_amount('LineExtensionAmount', goods.net, source)}"
        f"{_amount('TaxExclusiveAmount', net, source)}{_amount('TaxInclusiveAmount', total, source)}{changed}"
        f"{_amount('PrepaidAmount', total, source)}{_amount('PayableAmount', 0, source)}</cac:LegalMonetaryTotal>\n"
    )


def _allowance(source: Source, off: int, rate: int) -> str:
    return (
        f"<cac:AllowanceCharge>{_basic('ChargeIndicator', 'false' if off < 0 else 'true')}"
        f"{_basic('AllowanceChargeReasonCode', '95' if off < 0 else 'ZZZ')}{_amount('Amount', abs(off), source)}"
        f"<cac:TaxCategory>{_category(rate)}</cac:TaxCategory></cac:AllowanceCharge>\n"
    )


def _subtotal(source: Source, group: Group) -> str:
    return (
        f"<cac:TaxSubtotal>{_amount('TaxableAmount', group.net, source)}{_amount('TaxAmount', group.tax, source)}"
        f"<cac:TaxCategory>{_category(group.rate)}</cac:TaxCategory></cac:TaxSubtotal>"
    )


def _category(rate: int) -> str:
    """``S`` standard, ``Z`` zero (UNCL 5305)."""
    scheme = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
    return f"{_basic('ID', 'S' if rate else 'Z')}{_basic('Percent', str(Decimal(rate).scaleb(-2)))}{scheme}"


def _goods(source: Source, words: _Words) -> _Goods:
    """What stands on the lines, without tax."""
    groups, items = source.groups, source.reading.items
    if len(groups) > 1 or not items or any(line.total is None for line in items):
        return _of_groups(source, words)
    rate = groups[0].rate if groups else 0
    nets = [_without(line.total or 0, rate) for line in items]
    rounding = (source.reading.total or 0) - sum(group.tax for group in groups) - sum(nets)
    if abs(rounding) <= len(nets):
        nets[-1] += rounding
    lines = (
        _line(source, words, number, line.quantity, net, line.name, rate)
        for number, (line, net) in enumerate(zip(items, nets, strict=True), 1)
    )
    return _Goods("".join(lines), sum(nets))


def _of_groups(source: Source, words: _Words) -> _Goods:
    """One line a rate; what bears no printed tax is a line of its own."""
    groups = list(source.groups)
    rest = (source.reading.total or 0) - sum(group.gross for group in groups)
    if rest or not groups:
        groups.append(Group(0, rest, 0))
    lines = (
        _line(source, words, number, None, group.net, f"{Decimal(group.rate).scaleb(-2).normalize():f} %", group.rate)
        for number, group in enumerate(groups, 1)
    )
    return _Goods("".join(lines), sum(group.net for group in groups))


def _without(gross: int, rate: int) -> int:
    """Take the tax out of a sum, to the nearest coin."""
    sign = -1 if gross < 0 else 1
    return sign * ((2 * abs(gross) * PERCENT + PERCENT + rate) // (2 * (PERCENT + rate)))


def _line(source: Source, words: _Words, number: int, quantity: int | None, net: int, name: str, rate: int) -> str:
    count = thousandths(quantity) or "1"
    price = Decimal(net).scaleb(-source.reading.decimals) / (Decimal(count) or 1)
    tax = f"<cac:ClassifiedTaxCategory>{_category(rate)}</cac:ClassifiedTaxCategory>"
    return (
        f"<cac:{words.root}Line>{_basic('ID', str(number))}"
        f'<cbc:{words.quantity} unitCode="{UNIT}">{count}</cbc:{words.quantity}>'
        f"{_amount('LineExtensionAmount', net, source)}"
        f"<cac:Item>{_basic('Name', name)}{tax}</cac:Item>"
        f'<cac:Price><cbc:PriceAmount currencyID="{escape(source.reading.currency or "")}">'
        f"{price.quantize(Decimal('0.0001')).normalize():f}</cbc:PriceAmount></cac:Price>"
        f"</cac:{words.root}Line>\n"
    )


def _said(line: Line, source: Source) -> str:
    """A line as it was printed."""
    count, total = thousandths(line.quantity), decimal(line.total, source.reading.decimals)
    return " ".join(part for part in (f"{count} ×" if count else "", line.name, total or "") if part)


def _amount(name: str, amount: int, source: Source) -> str:
    text = decimal(amount, source.reading.decimals)
    return f'<cbc:{name} currencyID="{escape(source.reading.currency or "")}">{text}</cbc:{name}>'


def _basic(name: str, text: str) -> str:
    kept = "".join(letter for letter in text if letter.isprintable() or letter == " ")
    return f"<cbc:{name}>{escape(kept)}</cbc:{name}>\n"

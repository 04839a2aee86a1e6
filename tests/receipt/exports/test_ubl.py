"""UBL: elements in the order of the schema, sums that add up, data that can not become markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.exports.ubl import ubl
from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.refusal import Refusal
from tests.receipt.exports.sources import changed, source

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
ORDER = {
    "Invoice": "ID IssueDate IssueTime InvoiceTypeCode Note DocumentCurrencyCode AccountingSupplierParty"
    " AccountingCustomerParty PaymentMeans AllowanceCharge TaxTotal LegalMonetaryTotal InvoiceLine",
    "CreditNote": "ID IssueDate IssueTime CreditNoteTypeCode Note DocumentCurrencyCode AccountingSupplierParty"
    " AccountingCustomerParty PaymentMeans AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine",
}
"""The sequence of the two schemas of UBL 2.1, as far as we use it."""


def parsed(reading: Reading) -> ET.Element:
    made = ubl(source(reading))
    assert isinstance(made, bytes)
    return ET.fromstring(made)


def amount(root: ET.Element, path: str) -> Decimal:
    text = root.findtext(
        "/".join(CAC + part if part[0].isupper() and part in AGGREGATES else CBC + part for part in path.split("/"))
    )
    assert text is not None, path
    return Decimal(text)


AGGREGATES = {"TaxTotal", "LegalMonetaryTotal", "AllowanceCharge", "InvoiceLine"}
TWO_RATES = changed(taxes=(Tax(1900, 38), Tax(700, 28)), total=666)
READINGS = {
    "a sale": changed(),
    "a refund": changed(kind=Kind.REFUND),
    "a discount on the whole": changed(total=585, taxes=(Tax(700, 38),), adjustments=(-65,)),
    "two rates": TWO_RATES,
    "no tax": changed(taxes=()),
    "a line without its sum": changed(items=(Line("Brot"), Line("Brezel", 3000, 90, 270))),
    "no lines": changed(items=()),
    "won": changed(currency="KRW", decimals=0, taxes=(Tax(1000, 59),)),
    "cards and cash": changed(payments=(Payment("card", 300), Payment("cash", 350)), change=None),
}


@pytest.mark.parametrize("name", READINGS)
def test_the_order_of_the_schema(name: str) -> None:
    root = parsed(READINGS[name])
    kind = root.tag.partition("}")[2]
    places = [ORDER[kind].split().index(child.tag.partition("}")[2]) for child in root]
    assert places == sorted(places)


@pytest.mark.parametrize("name", READINGS)
def test_the_sums_add_up(name: str) -> None:
    reading = READINGS[name]
    root = parsed(reading)
    total = Decimal(reading.total or 0).scaleb(-reading.decimals)
    net, tax = amount(root, "LegalMonetaryTotal/TaxExclusiveAmount"), amount(root, "TaxTotal/TaxAmount")
    assert net + tax == amount(root, "LegalMonetaryTotal/TaxInclusiveAmount") == total
    lines = sum(Decimal(one.text or "") for one in root.iter(f"{CBC}LineExtensionAmount")) - amount(
        root, "LegalMonetaryTotal/LineExtensionAmount"
    )
    assert lines == amount(root, "LegalMonetaryTotal/LineExtensionAmount")
    off = root.findtext(f"{CAC}AllowanceCharge/{CBC}Amount")
    sign = -1 if root.findtext(f"{CAC}AllowanceCharge/{CBC}ChargeIndicator") == "false" else 1
    assert lines + sign * Decimal(off or 0) == net


def test_a_discount_is_an_allowance_and_no_price() -> None:
    root = parsed(READINGS["a discount on the whole"])
    assert root.findtext(f"{CAC}AllowanceCharge/{CBC}Amount") == "0.60"
    assert [one.text for one in root.iter(f"{CBC}PriceAmount")] == ["3.55", "0.84"]


def test_with_several_rates_the_goods_are_notes() -> None:
    root = parsed(TWO_RATES)
    assert [note.text for note in root.iter(f"{CBC}Note")] == ["1 × Brot 3.80", "3 × Brezel 2.70"]
    assert [name.text for name in root.iter(f"{CBC}Name")] == ["Bäckerei Süß", "19 %", "7 %"]


@pytest.mark.parametrize("values", [{"kind": Kind.X_REPORT}, {"total": None}, {"currency": None}])
def test_nothing_is_made_of_what_is_no_sale(values: dict[str, object]) -> None:
    assert ubl(source(changed(**values))) == Refusal("receipt.no_export", {"form": "UBL"})


@given(st.text(), st.text(), st.integers(0, 10**9), st.integers(0, 3000), st.integers(-5000, 5000))
def test_no_data_is_markup(name: str, shop: str, total: int, rate: int, quantity: int) -> None:
    reading = changed(
        items=(Line(name, quantity, total, total), Line("b]]>", None, None, 5)), shop=shop or None, total=total + 5,
        taxes=(Tax(rate, total * rate // (10_000 + rate)),),
    )  # fmt: skip
    root = parsed(reading)
    said = root.findtext(f"{CAC}InvoiceLine/{CAC}Item/{CBC}Name") or ""
    assert said == re.sub(
        r"\s",
        lambda blank: blank.group() if blank.group().isprintable() else "",
        "".join(x for x in name if x.isprintable()),
    )

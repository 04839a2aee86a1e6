"""The rules table: who wins, and what paper can not be left out."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest

from kvit.access.customers.model import Wish
from kvit.counter.routing import Route, Said, Slip, may_be_claimed, route
from kvit.counter.settings import RoutingSettings
from kvit.receipt.model import Kind

USUAL = RoutingSettings()
KNOWN = Said(known=True)
NOBODY = Said()
SALE = Slip(Kind.SALE)
P, E, B = Wish.PAPER, Wish.ELECTRONIC, Wish.BOTH


def wish(wished: Wish) -> Said:
    return Said(known=True, wish=wished)


CASES = [
    # rules, slip, said, paper, electronic, why
    (USUAL, SALE, NOBODY, True, False, "wait"),
    (USUAL, Slip(Kind.SALE, waits=False), NOBODY, True, False, "unclaimed"),
    (RoutingSettings(unknown="paper"), SALE, NOBODY, True, False, "unclaimed"),
    (USUAL, SALE, KNOWN, False, True, "known"),
    (RoutingSettings(known="paper"), SALE, KNOWN, True, False, "known"),
    (RoutingSettings(known="both"), SALE, KNOWN, True, True, "known"),
    (USUAL, SALE, wish(P), True, False, "wish"),
    (USUAL, SALE, wish(E), False, True, "wish"),
    (USUAL, SALE, wish(B), True, True, "wish"),
    (RoutingSettings(known="paper"), SALE, wish(E), False, True, "wish"),
    # out already: paper all the same
    (USUAL, Slip(Kind.SALE, waits=False), wish(E), True, True, "wish"),
    (USUAL, Slip(Kind.SALE, waits=False), Said(key=E), True, True, "key"),
    # kinds
    (USUAL, Slip(Kind.REFUND), wish(E), False, True, "wish"),
    (USUAL, Slip(Kind.COPY), wish(E), False, True, "wish"),
    (RoutingSettings(kinds=("sale",)), Slip(Kind.COPY), wish(E), True, False, "kind"),
    (USUAL, Slip(Kind.Z_REPORT), wish(E), True, False, "kind"),
    (USUAL, Slip(Kind.X_REPORT), wish(B), True, False, "kind"),
    (USUAL, Slip(Kind.KITCHEN), KNOWN, True, False, "kind"),
    (USUAL, Slip(Kind.KITCHEN), NOBODY, True, False, "kind"),
    # unreadable
    (USUAL, Slip(Kind.OTHER, readable=False), wish(E), True, False, "unreadable"),
    (USUAL, Slip(Kind.OTHER, readable=False), NOBODY, True, False, "unreadable"),
    # card slips
    (USUAL, Slip(Kind.CARD_SLIP), wish(E), True, False, "card_slip"),
    (RoutingSettings(card_slips=True), Slip(Kind.CARD_SLIP), wish(E), False, True, "wish"),
    # fiscal slips: the paper stays, the phone gets it too
    (USUAL, Slip(Kind.SALE, fiscal=True), wish(E), True, True, "fiscal"),
    (USUAL, Slip(Kind.SALE, fiscal=True), KNOWN, True, True, "fiscal"),
    (USUAL, Slip(Kind.SALE, fiscal=True), wish(P), True, False, "wish"),
    (RoutingSettings(fiscal_slips=True), Slip(Kind.SALE, fiscal=True), wish(E), False, True, "wish"),
    # the cashier's key beats all
    (USUAL, SALE, Said(key=P, known=True, wish=E), True, False, "key"),
    (USUAL, SALE, Said(key=E), False, True, "key"),
    (USUAL, SALE, Said(key=B), True, True, "key"),
    (USUAL, Slip(Kind.OTHER, readable=False), Said(key=E), False, True, "key"),
    (USUAL, Slip(Kind.CARD_SLIP), Said(key=E), False, True, "key"),
    (USUAL, Slip(Kind.SALE, fiscal=True), Said(key=E), False, True, "key"),
]


@pytest.mark.parametrize(("rules", "slip", "said", "paper", "electronic", "why"), CASES)
def test_rules(rules: RoutingSettings, slip: Slip, said: Said, paper: bool, electronic: bool, why: str) -> None:
    assert route(rules, slip, said) == Route(paper, electronic, why)


def every_case() -> list[tuple[RoutingSettings, Slip, Said]]:
    waits: tuple[Literal["wait", "paper"], ...] = ("wait", "paper")
    flags = (False, True)
    shops = [RoutingSettings(card_slips=c, fiscal_slips=f, unknown=u) for c in flags for f in flags for u in waits]
    slips = [Slip(k, r, f, w) for k in Kind for r in (False, True) for f in (False, True) for w in (False, True)]
    said = [Said(k, known, w) for k in Wish for known in (False, True) for w in (Wish if known else (Wish.UNSAID,))]
    return list(itertools.product(shops, slips, said))


def test_no_case_loses_a_receipt() -> None:
    """On paper or with somebody, always; without paper only where a person said so or a rule allows it."""
    for rules, slip, said in every_case():
        found = route(rules, slip, said)
        assert found.paper or found.electronic
        if not slip.waits:
            assert found.paper
        if not found.paper and not said.key.value.startswith("e"):
            assert said.known
            assert slip.readable
            assert not slip.fiscal or rules.fiscal_slips
            assert slip.kind in (Kind.SALE, Kind.REFUND, Kind.COPY) or (
                rules.card_slips and slip.kind is Kind.CARD_SLIP
            )
            assert said.wish is not Wish.PAPER
        assert found.is_open <= (slip.waits and not said.known and rules.unknown == "wait")


@pytest.mark.parametrize(
    ("slip", "claimable"),
    [
        (SALE, True),
        (Slip(Kind.SALE, fiscal=True), True),
        (Slip(Kind.SALE, waits=False), True),
        (Slip(Kind.Z_REPORT), False),
        (Slip(Kind.CARD_SLIP), False),
        (Slip(Kind.OTHER, readable=False), False),
    ],
)
def test_what_somebody_may_claim_later(slip: Slip, claimable: bool) -> None:
    assert may_be_claimed(USUAL, slip) is claimable

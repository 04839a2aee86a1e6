"""What an export is made of: moments with their zone, groups of tax, what was really paid."""

from __future__ import annotations

import pytest

from kvit.receipt.exports.source import Group
from kvit.receipt.model import Payment, Tax
from tests.receipt.exports.sources import changed, source


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        ("2026-11-21T14:05:00", "2026-11-21T14:05:00+01:00"),
        ("2026-07-01T00:00", "2026-07-01T00:00:00+02:00"),
        ("2026-11-21", "2026-11-21T14:05:00+01:00"),
        (None, "2026-11-21T14:05:00+01:00"),
    ],
)
def test_moment(time: str | None, wanted: str) -> None:
    assert source(changed(time=time)).moment.isoformat() == wanted


@pytest.mark.parametrize(
    ("taxes", "total", "wanted"),
    [
        ((Tax(700, 43),), 650, (Group(700, 607, 43),)),
        ((Tax(None, 104),), 650, (Group(1900, 546, 104),)),
        ((Tax(1900, 38), Tax(700, 28)), 666, (Group(1900, 200, 38), Group(700, 400, 28))),
        ((Tax(1900, 38), Tax(None, 28)), 666, (Group(1900, 200, 38),)),
        ((Tax(700, -43),), -650, (Group(700, -607, -43),)),
        ((), 650, ()),
        ((Tax(1000, 0),), 0, (Group(1000, 0, 0),)),
    ],
)
def test_groups(taxes: tuple[Tax, ...], total: int, wanted: tuple[Group, ...]) -> None:
    assert source(changed(taxes=taxes, total=total)).groups == wanted


@pytest.mark.parametrize(
    ("payments", "change", "wanted"),
    [
        ((Payment("cash", 1000),), 350, (Payment("cash", 650),)),
        ((Payment("card", 300), Payment("cash", 500)), 150, (Payment("card", 300), Payment("cash", 350))),
        ((Payment("card", 650),), 350, (Payment("card", 650),)),
        ((Payment("card", 650),), None, (Payment("card", 650),)),
    ],
)
def test_paid(payments: tuple[Payment, ...], change: int | None, wanted: tuple[Payment, ...]) -> None:
    assert source(changed(payments=payments, change=change)).paid == wanted


def test_the_paper_goes_before_the_settings() -> None:
    assert (source().seller, source().number) == ("Bäckerei Süß", "4711")
    silent = source(changed(shop=None, number=None))
    assert (silent.seller, silent.number) == ("Kiosk am Eck", "rcpt-1")
    assert source(None).reading.total is None

"""The balance: which equations hold between a basket, the figures below it and a printed total.

    lines       pieces x price = sum of the line
    basket      sum of lines - discounts + markups (+ taxes outside) = total
    payment     paid - change = total
    tax         the tax is its rate of the total (or of its printed base), or the table's sums with tax give the total
    fiscal      the fiscal QR code names the same total

An equation that can not be tested neither holds nor fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec

from kvit.receipt.model import Payment
from kvit.receipt.reading.basket import Basket
from kvit.receipt.reading.figures import Figures, Told, is_tax
from kvit.receipt.reading.notation import Notation

SUBSETS_MAX = 5
"""Payments or discounts of which every choice is tried; longer lists only whole, for chance grows with every choice."""


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One way to read the paper, and how well its equations hold."""

    notation: Notation
    basket: Basket
    figures: Figures
    total: Told | None
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    payments: tuple[Payment, ...] = ()
    """Those that make up the total; all of them where none do."""
    adjustments: tuple[int, ...] = ()
    """What lies between the lines and the total, signed."""
    settled: bool = True
    """Nothing below the total speaks of another sum to pay."""
    signs: tuple[str, ...] = ()
    """The currency signs printed with sums."""

    @property
    def score(self) -> float:
        """Equations count most, then lines that multiply out, then lines at all."""
        return (
            10 * len(self.holds)
            - 6 * len(self.fails)
            + 2 * self.basket.proven
            - 2 * self.basket.contradicted
            + (8 if self.total else 0)
            + self.settled
            + 0.1 * len(self.basket.lines)
        )


def weigh(notation: Notation, above: Basket, below: Figures, total: Told | None, fiscal: int | None) -> Attempt:
    """Test every equation with this candidate as total."""
    if total is None:
        return Attempt(notation, above, below, total, payments=tuple(below.payments))
    value = total.sums[-1]
    adjustments = bridge(above, below, value) if above.lines else None
    if adjustments is None and above.total in below.subtotals:
        adjustments = _with_strangers(above, below, total)
    paid = payments(below, value)
    results = (
        ("basket", adjustments is not None if above.lines else None),
        ("payment", paid is not None if below.payments else None),
        ("tax", tax_holds(below, value)),
        ("fiscal", fiscal == abs(value) if fiscal is not None else None),
    )
    return Attempt(
        notation,
        above,
        below,
        total,
        holds=tuple([name for name, result in results if result]),
        fails=tuple([name for name, result in results if result is False]),
        payments=paid or tuple(below.payments),
        adjustments=adjustments or (),
        settled=_settled(below, total),
    )


def bridge(above: Basket, below: Figures, total: int) -> tuple[int, ...] | None:
    """Return the printed discounts, markups and outside taxes that lead from the lines to the total, or None."""
    lines = above.total
    if lines == total:
        return ()
    taxes = tuple(tax.amount for tax in below.taxes)
    for less in _choices(above.discounts, [row.sums[-1] for row in below.discounts]):
        for more in _choices(above.markups, [row.sums[-1] for row in below.markups]):
            for outside in ((), taxes) if taxes else ((),):
                signed = (*(-abs(value) for value in less), *more, *outside)
                if lines + sum(signed) == total:
                    return signed
                if lines < 0 and lines + sum(map(abs, less)) + sum(more) + sum(outside) == total:
                    return (*map(abs, less), *more, *outside)  # a refund gives the discount back
                if lines - sum(map(abs, less)) + sum(more) + sum(map(abs, outside)) == -total:
                    return (*(-abs(value) for value in less), *more, *map(abs, outside))  # a refund of unsigned goods
    return None


def _with_strangers(above: Basket, below: Figures, total: Told) -> tuple[int, ...] | None:
    """The same where the lines make the printed subtotal, and sums of unknown words stand between it and the total.

    A tip has many names; that it is put on is said by its place and by arithmetic.
    """
    odd = tuple([row.sums[-1] for row in below.strangers if row.index < total.index])
    if not 0 < len(odd) < STRANGERS_MAX:
        return None
    found = bridge(above, below, total.sums[-1] - sum(odd))
    return None if found is None else (*found, *odd)


STRANGERS_MAX = 3


def _choices(above: Sequence[int], below: Sequence[int]) -> Iterator[Sequence[int]]:
    """None, all, those of one side, then any."""
    both = [*above, *below]
    yield ()
    if both:
        yield both
    if above and below:
        yield above
        yield below
    if len(both) <= SUBSETS_MAX:
        for size in range(1, len(both)):
            yield from combinations(both, size)


def payments(below: Figures, total: int) -> tuple[Payment, ...] | None:
    """Return the payments that make up the total (less the change), or None."""
    change, wanted = below.change or 0, abs(total)
    found = [payment for payment in below.payments if payment.amount]
    if len(found) > SUBSETS_MAX:
        return tuple(found) if abs(sum(p.amount for p in found)) - change == wanted else None
    for size in range(len(found), 0, -1):
        for chosen in combinations(found, size):
            if abs(sum(payment.amount for payment in chosen)) - change == wanted:
                return chosen
    return next(((payment,) for payment in found if abs(payment.amount) == wanted), None)


def tax_holds(below: Figures, total: int) -> bool | None:
    """True when the taxes fit the total; None where that can not be told."""
    if below.gross and sum(below.gross) == total:
        return True
    rated = [tax for tax in below.taxes if tax.rate]
    if len(rated) != 1 or len(below.taxes) != 1 or rated[0].rate is None:
        return None
    return any(is_tax(rated[0].amount, base, rated[0].rate) for base in (total, *below.subtotals)) or None


def _settled(below: Figures, total: Told) -> bool:
    """Below the total stands no further discount, and no larger print of another sum."""
    later = any(row.index > total.index for row in (*below.discounts, *below.markups))
    louder = any(
        row.index > total.index and row.row.size > total.row.size and total.sums[-1] not in row.sums
        for row in below.strangers
    )
    return not later and not louder

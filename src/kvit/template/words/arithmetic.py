"""``add subtract multiply divide round sum count``: exact, or not at all.

No binary fraction takes part (`kvit.template.words.exact`): ``{{add 0.1 0.2}}`` is 0.3. Only ``divide`` and ``round``
round, to the digits they are told, a half away from zero. A sum of money should come with the data: what the till
printed is what counts.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.values import find
from kvit.template.words.exact import CONTEXT, number, rounded, tidy, whole

DIGITS_MAX = 12
ITEMS_MAX = 10_000
"""Of a list that is summed up."""


def _folded(fold: Callable[[Decimal, Decimal], Decimal]) -> Helper:
    def helper(call: Call, *values: Any) -> int | Decimal:
        if len(values) < 2:
            raise ValueError("two numbers are wanted")
        with _exactly():
            total = number(values[0])
            for value in values[1:]:
                total = fold(total, number(value))
            return tidy(total)

    return helper


class _exactly:  # noqa: N801 - reads as a word: with _exactly()
    """Count in our context; what would not come out exactly is an error."""

    def __enter__(self) -> None:
        self._held = decimal.localcontext(CONTEXT)
        self._held.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        self._held.__exit__(kind, error, trace)
        if isinstance(error, decimal.DecimalException):
            raise ValueError("the result has too many digits") from None


def divide(call: Call, value: Any = None, by: Any = None) -> int | Decimal:
    """``{{divide total people digits=2}}``."""
    digits = whole(call.hash.get("digits", 2), 0, DIGITS_MAX)
    divisor = number(by)
    if not divisor:
        raise ValueError("divided by zero")
    with decimal.localcontext(decimal.Context(prec=100)):
        return tidy(rounded(number(value) / divisor, digits))


def round_(call: Call, value: Any = None) -> int | Decimal:
    """``{{round value digits=1}}``."""
    with decimal.localcontext(decimal.Context(prec=100)):
        return tidy(rounded(number(value), whole(call.hash.get("digits", 0), 0, DIGITS_MAX)))


def sum_(call: Call, values: Any = None, name: Any = None) -> int | Decimal:
    """``{{sum items "total"}}`` or ``{{sum numbers}}``: all of a list, 0 for none. What lacks the name counts nothing."""
    items = values if isinstance(values, list | tuple) else []
    if len(items) > ITEMS_MAX:
        raise ValueError(f"a list of more than {ITEMS_MAX}")
    call.scope.run.steps -= len(items)
    found = [item if name is None else find(item, str(name)) for item in items]
    with _exactly():
        return tidy(sum((number(each) for each in found if each is not None), Decimal(0)))


def count(call: Call, values: Any = None) -> int:
    """How many items a list, or names an object has."""
    return len(values) if isinstance(values, list | tuple | dict) else 0


WORDS: dict[str, Helper] = {
    "add": _folded(lambda one, two: one + two),
    "subtract": _folded(lambda one, two: one - two),
    "multiply": _folded(lambda one, two: one * two),
    "divide": divide,
    "round": round_,
    "sum": sum_,
    "count": count,
}

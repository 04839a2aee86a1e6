"""``eq ne lt le gt ge and or not``: conditions for ``{{#if (gt total 1000)}}``.

Numbers are compared by value, exactly; texts letter by letter. Things of two kinds are never equal, and asking which is
less is an error, as is comparing lists: a template that does so means something else.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.values import is_true
from kvit.template.words.exact import number

_NUMBERS = (int, float, Decimal)


def equal(call: Call, one: Any = None, two: Any = None) -> bool:
    """Same kind and same value."""
    if _is_number(one) and _is_number(two):
        return number(one) == number(two)
    if isinstance(one, list | tuple | dict) or isinstance(two, list | tuple | dict):
        raise ValueError("lists and objects are not compared")
    return _kind(one) is _kind(two) and bool(one == two)


def _kind(value: Any) -> type:
    return str if isinstance(value, str) else type(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def _order(one: Any, two: Any) -> int:
    """-1, 0 or 1."""
    if _is_number(one) and _is_number(two):
        first, second = number(one), number(two)
        return (first > second) - (first < second)
    if isinstance(one, str) and isinstance(two, str):
        return (one > two) - (one < two)
    raise ValueError("two numbers or two texts are wanted")


def both(call: Call, *values: Any) -> Any:
    """The first that is not true, else the last."""
    return next((value for value in values if not is_true(value)), values[-1] if values else None)


def either(call: Call, *values: Any) -> Any:
    """The first that is true, else the last."""
    return next((value for value in values if is_true(value)), values[-1] if values else None)


WORDS: dict[str, Helper] = {
    "eq": equal,
    "ne": lambda call, one=None, two=None: not equal(call, one, two),
    "lt": lambda call, one=None, two=None: _order(one, two) < 0,
    "le": lambda call, one=None, two=None: _order(one, two) <= 0,
    "gt": lambda call, one=None, two=None: _order(one, two) > 0,
    "ge": lambda call, one=None, two=None: _order(one, two) >= 0,
    "and": both,
    "or": either,
    "not": lambda call, value=None: not is_true(value),
}

"""Values as templates see them: what a name finds, what counts as true, how a value is written.

Nothing but data can be reached: a dictionary's own keys, a list's places and ``length``, a text's ``length``. No
attribute of any object is ever read, so ``__class__``, ``constructor`` and ``__proto__`` are names like others and find
nothing.

Values are written as JavaScript writes them, since that is what templates were made for: ``true``, ``1`` for 1.0,
``1,2`` for a list, nothing for null. A `Decimal` is written with all its digits. There is one null: JSON has no
"undefined". What none of these is (an object of the program's) can not be written: `TypeError`, which the caller turns
into a `DataShapeError`.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

LIST_DEPTH = 20
"""Lists in lists that are written; also ends a list that holds itself."""
DIGITS_MAX = 4_000
"""Of a number that is written: Python itself refuses to write longer ones."""


class SafeString(str):
    """Text that is already in the form of its output, and so is not escaped again. Only helpers make it, never data."""

    __slots__ = ()


class Hole:
    """A place of a list that holds nothing, not even null. JSON has none; ``each`` passes over it."""


HOLE = Hole()


def find(value: Any, name: str) -> Any:
    """Give what a value holds under a name; None when it holds nothing."""
    if isinstance(value, dict):
        return dict.get(value, name)
    if isinstance(value, list | tuple | str):
        if name == "length":
            return len(value)
        if name.isascii() and name.isdigit() and len(name) < 10 and int(name) < len(value):
            return value[int(name)]
    return None


def has(value: Any, name: str) -> bool:
    """Say whether a value holds a name at all, be it null."""
    return name in value if isinstance(value, dict) else find(value, name) is not None


def is_true(value: Any) -> bool:
    """What ``if`` means: not null, false, 0, an empty text or an empty list. An empty dictionary is true."""
    if isinstance(value, dict):
        return True
    return bool(value) and not (type(value) is float and value != value)


def write(value: Any, depth: int = 0) -> str:
    """Give the letters of a value, not escaped."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return str(writer(value))
    if isinstance(value, list | tuple):
        if depth == LIST_DEPTH:
            raise TypeError("lists lie too deep in each other")
        return ",".join([write(each, depth + 1) for each in value])
    if isinstance(value, dict):
        return "[object Object]"
    raise TypeError(f"a value of the kind {type(value).__name__} can not be written")


def _float(value: float) -> str:
    """As ECMAScript's Number::toString writes it."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    if -7 < int(exponent) < 0:
        return format(Decimal(repr(value)), "f")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+}"


def _decimal(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > DIGITS_MAX:
        raise TypeError("a number that can not be written")
    return format(value, "f")


def _integer(value: int) -> str:
    if value.bit_length() > DIGITS_MAX * 3:
        raise TypeError("a number that can not be written")
    return str(value)


_WRITERS: dict[type, Any] = {
    int: _integer,
    float: _float,
    Decimal: _decimal,
    datetime.date: datetime.date.isoformat,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
    Hole: lambda _: "",
}

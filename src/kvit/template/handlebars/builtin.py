"""The blocks of the language (``if unless each with`` and the plain ``{{#name}}``) as closures, and the helpers
``lookup`` and ``log``.

These are what nearly every block of a receipt is, so they are compiled without making a `Call`: a body for which
nothing is declared is filled in the scope it stands in, and ``each`` moves one scope from item to item.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kvit.template.handlebars.block import Block, Call, Compiled, Filler
from kvit.template.handlebars.expressions import Getter
from kvit.template.handlebars.run import Scope, framed, go_down, under
from kvit.template.handlebars.values import HOLE, find, is_true, write


def lookup(call: Call, value: Any = None, name: Any = None) -> Any:
    """``{{lookup list index}}``: a name that is itself a value. Nothing is found in null, false, 0 and the empty text."""
    if not is_true(value) and not isinstance(value, list | tuple):
        return value
    return find(value, write(name)) if isinstance(name, str | int) else None


def log(call: Call, *parts: Any) -> None:
    """``{{log …}}``: a line for whoever listens; prints nothing. ``level=`` is handed on."""
    text = " ".join(map(write, parts))
    call.scope.run.letters -= len(text)
    call.log(write(call.hash.get("level", "info")), text)


def enter(program: Compiled) -> Filler:
    """Fill a program in the context it stands in."""
    if program.plain:
        return program.fill

    def fill(scope: Scope) -> str:
        return Block(program, scope)(scope.context)

    return fill


def choose(get: Getter, first: Compiled, second: Compiled, zero: Getter | None) -> Filler:
    """``if``, and with the programs changed over ``unless``; ``zero`` is ``includeZero=``."""
    yes, no = enter(first), enter(second)

    def fill(scope: Scope) -> str:
        return yes(scope) if is_true(get(scope)) else no(scope)

    def fill_with_zero(scope: Scope) -> str:
        value = get(scope)
        return yes(scope) if is_true(value) or (_is_zero(value) and is_true(zero(scope))) else no(scope)  # type: ignore[misc]

    return fill if zero is None else fill_with_zero


def _is_zero(value: Any) -> bool:
    return value is not False and value == 0


def with_(get: Getter, body: Compiled, other: Compiled) -> Filler:
    """``with``: another context, unless it is empty. 0 is not empty here."""
    no = enter(other)

    def fill(scope: Scope) -> str:
        value = get(scope)
        if is_true(value) or _is_zero(value):
            return Block(body, scope)(value, None, (value,))
        return no(scope)

    return fill


def section(get: Getter, body: Compiled, other: Compiled) -> Filler:
    """``{{#name}}`` where the name is a value: as often as a list has items, once for anything but null and false."""
    yes, no = enter(body), enter(other)
    each = repeat(get, body, other)

    def fill(scope: Scope) -> str:
        value = get(scope)
        if value is True:
            return yes(scope)
        if value is None or value is False:
            return no(scope)
        if isinstance(value, list | tuple):
            return each(scope, value)
        return Block(body, scope)(value)

    return fill


class repeat:  # noqa: N801 - a closure with a second entrance
    """``each``: the body for every item of a list or value of a dictionary, in order."""

    __slots__ = ("body", "get", "other")

    def __init__(self, get: Getter, body: Compiled, other: Compiled) -> None:
        self.get, self.body, self.other = get, body, enter(other)

    def __call__(self, scope: Scope, value: Any = None) -> str:
        """Fill it; ``value`` when it is known already."""
        value = self.get(scope) if value is None else value
        if not value or not isinstance(value, list | tuple | dict):
            return self.other(scope)
        data = framed(scope.data)
        texts = self._declared(scope, value, data) if self.body.decorators else self._moved(scope, value, data)
        return "".join(texts)

    def _moved(self, scope: Scope, value: Any, data: dict[Any, Any]) -> list[str]:
        body = self.body
        go_down(scope.run, body.source, body.at)
        outer, outer_params, fill, names = scope.depths, scope.params, body.fill, body.names
        inner = Scope(None, None, data, outer_params, scope.partials, scope.run)
        texts = []
        for key, item in items(value, data):
            inner.context = item
            inner.depths = under(item, outer)
            if names:
                inner.params = ((item, key), outer_params)
            texts.append(fill(inner))
        scope.run.depth += 1
        return texts

    def _declared(self, scope: Scope, value: Any, data: dict[Any, Any]) -> list[str]:
        block = Block(self.body, scope)
        return [block(item, data, (item, key)) for key, item in items(value, data)]


def items(value: Any, data: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Keys and items, the data variables set for each."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    last = len(value) - 1
    for index, (key, item) in enumerate(pairs):
        if item is not HOLE:
            data["index"], data["key"], data["first"], data["last"] = index, key, index == 0, index == last
            yield key, item

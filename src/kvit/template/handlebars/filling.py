"""Several templates filled as one: one budget, one set of data, and a place in the data that moves.

A receipt is many small templates: each content of each line is one, and is filled by itself. They share a `Filling`, so
that what one of them uses up the others do not have. `Expression` is a template's expression without its braces (``gt
total 0``), asked for its value instead of its letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kvit.template.handlebars.block import Block, Compiled, Filler
from kvit.template.handlebars.builtin import items
from kvit.template.handlebars.errors import BudgetError, Source, TemplateError
from kvit.template.handlebars.expressions import Getter
from kvit.template.handlebars.run import Run, Scope, framed, spent, under
from kvit.template.handlebars.values import is_true


class Expression:
    """A compiled expression."""

    def __init__(self, get: Getter, source: Source, cost: int) -> None:
        self.get, self.source, self.cost = get, source, cost


class Filling:
    """One filling. What goes wrong is a `TemplateError`, or, but for `text`, a `RecursionError` (`too_deep`)."""

    def __init__(self, run: Run, context: Any, variables: Mapping[str, Any] | None = None) -> None:
        data: dict[Any, Any] = {"root": context, **(variables or {})}
        self.run = run
        self.before = Scope(None, None, data, None, {}, run)
        """The place around the outermost context: what a whole template is a block of."""
        self.top = Scope(context, (context, None), data, None, {}, run)

    def text(self, program: Compiled) -> str:
        """Fill a template with the data as they are."""
        try:
            return Block(program, self.before)(self.top.context) if program.decorators else program.fill(self.top)
        except RecursionError:
            raise too_deep(program.source) from None

    def value(self, expression: Expression, scope: Scope | None = None) -> Any:
        """Ask an expression for its value."""
        self.run.steps -= expression.cost
        if self.run.steps < 0:
            raise spent("steps", expression.source, 0)
        return expression.get(scope or self.top)

    def holds(self, expression: Expression, scope: Scope | None = None) -> bool:
        """Say whether an expression is true, as ``if`` means it."""
        return is_true(self.value(expression, scope))

    def each(self, expression: Expression) -> Iterator[Scope]:
        """Go through a list or dictionary as ``{{#each}}`` does: one place an item; none for anything else."""
        value = self.value(expression)
        if not value or not isinstance(value, list | tuple | dict):
            return
        top, data = self.top, framed(self.top.data)
        for _, item in items(value, data):
            yield Scope(item, under(item, top.depths), data, None, {}, self.run)


def filler(program: Compiled) -> Filler:
    """Give what fills a template at a place of `Filling.each`, or at `Filling.top`."""
    if not program.decorators:
        return program.fill
    return lambda scope: Block(program, scope)(scope.context)


def too_deep(source: Source) -> TemplateError:
    """Make the error of a template that went deeper than Python goes."""
    return source.error(BudgetError, "the template takes more levels than it may", 0)

"""One filling of a template: what it may use up, and where in the data it stands.

A budget counts, and never looks at a clock: the same template and data give the same answer on every machine. Three
things are counted. **Steps**: every statement, parameter and name in a path, each time it is come by. **Depth**:
programs and partials in each other. **Letters**: of every piece of text made, once more for each level it is handed up
through. A receipt of 50 lines takes some 350 steps (a thousand where helpers write its sums), 4 levels and 1,500 letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from kvit.template.handlebars.errors import BudgetError, Source

PARENT = object()
"""Under this key a frame of data variables keeps the frame it was made from. No name in a template can be it."""


class Budget(Struct, frozen=True):
    """What one filling may use up."""

    steps: int = 200_000
    """Two hundred times a receipt; a fifth of a second, with costly helpers a second."""
    depth: int = 80
    """Blocks and partials in each other. Each takes some 4 of the 1,000 calls Python goes deep."""
    letters: int = 4_000_000
    """Handed on at most; the output itself may have half of them."""


class Run:
    """What is left of a budget, and who hears ``{{log}}``."""

    __slots__ = ("depth", "letters", "log", "steps")

    def __init__(self, budget: Budget, log: Callable[[str, str], None]) -> None:
        self.steps, self.depth, self.letters, self.log = budget.steps, budget.depth, budget.letters, log


Depths = tuple[Any, Any]
"""A context and those around it, the nearest first: ``(context, (outer, (outermost, None)))``."""


class Scope:
    """Where in the data a program stands."""

    __slots__ = ("context", "data", "depths", "params", "partials", "run")

    def __init__(
        self,
        context: Any,
        depths: Depths | None,
        data: dict[Any, Any],
        params: tuple[Any, Any] | None,
        partials: Mapping[str, Any],
        run: Run,
    ) -> None:
        self.context = context
        self.depths = depths
        self.data = data
        self.params = params
        """What blocks hand in by ``as |…|``, the innermost block's first."""
        self.partials = partials
        """Inline partials in sight."""
        self.run = run


_SIMPLE = frozenset((bool, int, float, Decimal, str))
"""Values that are the same when they are equal."""


def framed(data: dict[Any, Any]) -> dict[Any, Any]:
    """Give a new frame of data variables that shows those of the outer one until they are set anew."""
    return {**data, PARENT: data}


def under(context: Any, depths: Depths | None) -> Depths:
    """Put a context before the others, unless it is the same as the nearest: then ``..`` does not count it."""
    if depths is not None:
        nearest = depths[0]
        if nearest is context or (type(context) in _SIMPLE and nearest == context):
            return depths
    return (context, depths)


def go_down(run: Run, source: Source, at: int) -> None:
    """Pay for one level; whoever comes up again gives it back (``run.depth += 1``)."""
    run.depth -= 1
    if run.depth < 0:
        raise spent("levels", source, at)


def spent(what: str, source: Source, at: int) -> BudgetError:
    """Make the error of a budget used up."""
    error = source.error(BudgetError, f"the template takes more {what} than it may", at)
    assert isinstance(error, BudgetError)
    return error

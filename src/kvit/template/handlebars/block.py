"""What a helper is given: the call with its hash and data, and the blocks it may fill as often as it likes.

A helper is a function ``helper(call, *params)`` and gives back a value: text, a number, a list, a `SafeString`. It is
never handed the engine, and what it gives back is data, so it can not cause anything to be compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from kvit.template.handlebars.errors import Source
from kvit.template.handlebars.run import Scope, framed, go_down, under
from kvit.template.handlebars.values import find

Filler: TypeAlias = Callable[[Scope], str]
Helper: TypeAlias = Callable[..., Any]
Decorator: TypeAlias = Callable[..., Any]


class Compiled:
    """A program as closures, and the names its block hands in."""

    __slots__ = ("at", "decorators", "fill", "names", "source")

    def __init__(self, fill: Filler, names: tuple[str, ...], source: Source, at: int) -> None:
        self.fill, self.names, self.source, self.at = fill, names, source, at
        self.decorators: list[Callable[[Block], None]] = []

    @property
    def plain(self) -> bool:
        """Whether it can be filled in the scope it stands in: nothing is declared for it."""
        return not self.names and not self.decorators


class Block:
    """A program waiting for a context: ``block(context)`` gives its text."""

    __slots__ = ("beside", "partials", "program", "props", "scope")

    def __init__(self, program: Compiled, scope: Scope) -> None:
        self.program = program
        self.scope = scope
        self.props: dict[str, Any] = {}
        """Whatever decorators have to say to the helper."""
        self.partials: dict[str, Any] = {}
        """Inline partials declared in it."""
        self.beside: dict[str, Any] = {}
        """For an inline partial: those declared in the same program, itself among them."""
        for decorate in program.decorators:
            decorate(self)

    @property
    def block_params(self) -> int:
        """How many names ``as |…|`` asks for."""
        return len(self.program.names)

    def __call__(self, context: Any = None, data: dict[Any, Any] | None = None, params: Sequence[Any] = ()) -> str:
        """Fill it. ``data`` are the data variables (`framed`), ``params`` what ``as |…|`` names."""
        scope, program = self.scope, self.program
        go_down(scope.run, program.source, program.at)
        inner = Scope(
            context,
            under(context, scope.depths),
            scope.data if data is None else data,
            (params, scope.params) if program.names else scope.params,
            {**scope.partials, **self.beside, **self.partials} if self.beside or self.partials else scope.partials,
            scope.run,
        )
        text = program.fill(inner)
        scope.run.depth += 1
        return text


class PartialBody:
    """What stands between ``{{#> name}}`` and ``{{/name}}``: inside of it ``@partial-block`` is that of the place it
    was written.
    """

    __slots__ = ("block", "outer")

    def __init__(self, block: Block, outer: Any) -> None:
        self.block, self.outer = block, outer

    def __call__(self, context: Any, data: dict[Any, Any]) -> str:
        """Fill it."""
        return self.block(context, {**framed(data), "partial-block": self.outer})


class Call:
    """One call of a helper."""

    __slots__ = ("block", "context", "data", "fn", "hash", "hash_types", "inverse", "name", "scope", "types")

    def __init__(
        self, name: str, scope: Scope, pairs: Mapping[str, Any], fn: Block, inverse: Block, block: bool
    ) -> None:
        self.name = name
        self.scope = scope
        self.context = scope.context
        """What ``this`` is."""
        self.hash = pairs
        """``key=value``."""
        self.data = scope.data
        """Data variables: ``@root``, ``@index`` …"""
        self.fn = fn
        self.inverse = inverse
        """What stands behind ``{{else}}``."""
        self.block = block
        """Whether it was called with ``#``."""
        self.types: tuple[str, ...] = ()
        self.hash_types: dict[str, str] = {}

    @staticmethod
    def find(value: Any, name: str) -> Any:
        """Look a name up as a path does."""
        return find(value, name)

    def frame(self) -> dict[Any, Any]:
        """Give a new frame of data variables to set some in."""
        return framed(self.data)

    def log(self, level: str, text: str) -> None:
        """Hand a line to whoever listens to ``{{log}}``."""
        self.scope.run.log(level, text)

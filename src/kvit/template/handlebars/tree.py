"""A template as a tree: what the parser makes, whitespace control trims, and the compiler turns into closures.

``at`` is the place of the first letter in the source. Only `Text.value` and the marks beside it change after parsing,
and `Partial.indent`: they are what whitespace control works on.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Strip(Struct, frozen=True, gc=False):
    """Tildes: ``{{~`` takes the whitespace before the braces, ``~}}`` that behind them."""

    open: bool = False
    close: bool = False


NO_STRIP = Strip()


class Path(Struct):
    """``../a.b``, ``@index``, ``this``: names to look up one after another."""

    parts: tuple[str, ...]
    depth: int
    """How many contexts up: the number of ``..``."""
    data: bool
    """Begins with ``@``."""
    original: str
    scoped: bool
    """Begins with ``.``, ``..`` or ``this``: means the context and never a helper or block parameter."""
    at: int

    @property
    def simple(self) -> bool:
        """One name alone: it may be a helper's."""
        return len(self.parts) == 1 and not self.scoped and not self.depth


class Literal(Struct):
    """A text, number, ``true``, ``false``, ``null`` or ``undefined``. ``original`` is how it looks as a name."""

    value: str | int | Decimal | bool | None
    original: str
    at: int
    kind: str


class Sub(Struct):
    """``(helper param key=value)`` as a parameter."""

    path: Path | Literal
    params: list[Expression]
    hash: list[tuple[str, Expression]]
    at: int


Expression = Path | Literal | Sub


class Text(Struct):
    """Letters outside of braces; ``original`` is what they were before whitespace was taken."""

    value: str
    original: str
    at: int
    left_stripped: bool = False
    right_stripped: bool = False


class Comment(Struct):
    """``{{! … }}``."""

    value: str
    strip: Strip
    at: int


class Mustache(Struct):
    """``{{path param key=value}}``; a decorator when it begins with ``{{*``."""

    path: Path | Literal
    params: list[Expression]
    hash: list[tuple[str, Expression]]
    escaped: bool
    decorator: bool
    strip: Strip
    at: int


class Block(Struct):
    """``{{#path …}} program {{else}} inverse {{/path}}``; a decorator when it begins with ``{{#*``."""

    path: Path | Literal
    params: list[Expression]
    hash: list[tuple[str, Expression]]
    program: Program | None
    inverse: Program | None
    decorator: bool
    open_strip: Strip
    inverse_strip: Strip
    close_strip: Strip
    at: int


class Partial(Struct):
    """``{{> name context key=value}}``, or ``{{#> name}} program {{/name}}``."""

    name: Expression
    params: list[Expression]
    hash: list[tuple[str, Expression]]
    program: Program | None
    strip: Strip
    close_strip: Strip
    at: int
    indent: str = ""
    """Blanks before a partial that stands alone on its line: put before each of its lines."""


class Program(Struct):
    """Statements in order, and the names ``as |…|`` gives to what its block passes in."""

    body: list[Statement]
    at: int
    block_params: tuple[str, ...] = ()
    chained: bool = False
    """Made from ``{{else name}}``: holds one block, closed together with the outer one."""


Statement = Text | Comment | Mustache | Block | Partial

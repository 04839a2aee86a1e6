"""Tokens to a tree: the Handlebars 4.7 grammar by recursive descent, one function a rule.

Deeper than `DEPTH_MAX` blocks, ``{{else name}}`` or brackets in each other is refused: no person writes that, and the
parser, the whitespace pass and the compiler go down as deep as the template does. A text longer than `LETTERS_MAX` is
not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct

from kvit.template.handlebars.errors import Source, TemplateSyntaxError
from kvit.template.handlebars.lexer import Token, tokenise
from kvit.template.handlebars.tree import (
    NO_STRIP,
    Block,
    Comment,
    Expression,
    Literal,
    Mustache,
    Partial,
    Path,
    Program,
    Statement,
    Strip,
    Sub,
    Text,
)

DEPTH_MAX = 50
"""Blocks in blocks, and brackets in brackets. Receipts need five."""
LETTERS_MAX = 250_000
"""Of one template: a hundred times the largest receipt's."""
PARTS_MAX = 50
"""Names in one path."""
DIGITS_MAX = 100
"""Of one number: more is no number anybody means, and turning digits into a number is not linear."""

_LITERALS = frozenset(("STRING", "NUMBER", "BOOLEAN", "UNDEFINED", "NULL"))
_PARAMS = _LITERALS | {"ID", "DATA", "OPEN_SEXPR"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
_UP = ("..", ".", "this")


class _Opened(Struct, frozen=True):
    """What stands in the braces that open a block."""

    path: Path | Literal
    params: list[Expression]
    hash: list[tuple[str, Expression]]
    block_params: tuple[str, ...]
    strip: Strip
    sign: str
    at: int


def parse(source: Source) -> Program:
    """Make the tree of a template. Raises `TemplateSyntaxError` with the place."""
    if len(source.text) > LETTERS_MAX:
        raise source.error(TemplateSyntaxError, f"more than {LETTERS_MAX} letters", LETTERS_MAX)
    parser = _Parser(source)
    program = parser.program(0)
    if parser.kind != "EOF":
        raise parser.unexpected()
    return program


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokenise(source)
        self.tokens.append(Token("EOF", "", len(source.text)))
        self.at = 0
        self.kind = self.tokens[0].kind

    # -- moving on

    def take(self, kind: str) -> Token:
        """The next token, which must be of a kind."""
        if self.kind != kind:
            raise self.unexpected()
        token = self.tokens[self.at]
        self.at += 1
        self.kind = self.tokens[self.at].kind
        return token

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def unexpected(self) -> Exception:
        if self.kind == "EOF":
            return self.fail("the template ends too early", self.token.at)
        return self.fail(f"{self.token.text!r} does not belong here", self.token.at)

    def fail(self, reason: str, at: int) -> Exception:
        return self.source.error(TemplateSyntaxError, reason, at)

    def deeper(self, depth: int) -> int:
        if depth >= DEPTH_MAX:
            raise self.fail(f"nested more than {DEPTH_MAX} deep", self.token.at)
        return depth + 1

    # -- statements

    def program(self, depth: int, block_params: tuple[str, ...] = ()) -> Program:
        """Statements up to a token that can begin none."""
        body: list[Statement] = []
        program = Program(body, self.token.at, block_params)
        while (rule := _STATEMENTS.get(self.kind)) is not None:
            body.append(rule(self, depth))
        return program

    def text(self, depth: int) -> Text:
        token = self.take("CONTENT")
        return Text(token.text, token.text, token.at)

    def comment(self, depth: int) -> Comment:
        token = self.take("COMMENT")
        strip = _strip(token, token)
        inner = token.text[3 + strip.open : -2 - (token.text[-3] == "~")]
        return Comment(_without(inner, "--"), strip, token.at)

    def mustache(self, depth: int) -> Mustache:
        opened = self.take(self.kind)
        path, params, pairs = self.call(depth)
        closed = self.take("CLOSE_UNESCAPED" if opened.kind == "OPEN_UNESCAPED" else "CLOSE")
        escaped = opened.kind == "OPEN" and opened.text[-1] != "&"
        return Mustache(path, params, pairs, escaped, opened.text[-1] == "*", _strip(opened, closed), opened.at)

    def block(self, depth: int) -> Block:
        inverted = self.kind == "OPEN_INVERSE"
        opened = self.opened(self.kind, depth)
        program = self.program(self.deeper(depth), opened.block_params)
        inverse, strip = None, NO_STRIP
        if self.kind == "INVERSE" or (self.kind == "OPEN_INVERSE_CHAIN" and not inverted):
            at = self.token.at
            inverse, strip = self.otherwise(self.deeper(depth))
            if opened.sign.endswith("*"):
                raise self.fail("a decorator has no {{else}}", at)
        closed = self.close(opened)
        _close_chain(inverse, closed)
        first, second = (inverse, program) if inverted else (program, inverse)
        return Block(
            opened.path, opened.params, opened.hash, first, second, opened.sign.endswith("*"),
            opened.strip, strip, closed, opened.at,
        )  # fmt: skip

    def otherwise(self, depth: int) -> tuple[Program, Strip]:
        """``{{else}} …``, or ``{{else name}} … {{else}} …`` as a program of one block."""
        if self.kind == "INVERSE":
            token = self.take("INVERSE")
            return self.program(depth), _strip(token, token)
        opened = self.opened("OPEN_INVERSE_CHAIN", depth)
        program = self.program(depth, opened.block_params)
        inverse, strip = None, NO_STRIP
        if self.kind in ("INVERSE", "OPEN_INVERSE_CHAIN"):
            inverse, strip = self.otherwise(self.deeper(depth))
        _close_chain(inverse, strip)
        block = Block(
            opened.path, opened.params, opened.hash, program, inverse, False, opened.strip, strip, strip, opened.at
        )
        return Program([block], program.at, chained=True), opened.strip

    def opened(self, kind: str, depth: int) -> _Opened:
        token = self.take(kind)
        path, params, pairs = self.call(depth)
        names = []
        if self.kind == "OPEN_BLOCK_PARAMS":
            self.take("OPEN_BLOCK_PARAMS")
            names = [self.take("ID").text]
            while self.kind == "ID":
                names.append(self.take("ID").text)
            self.take("CLOSE_BLOCK_PARAMS")
        return _Opened(
            path, params, pairs, tuple(map(_plain, names)), _strip(token, self.take("CLOSE")), token.text, token.at
        )

    def close(self, opened: _Opened) -> Strip:
        token = self.take("OPEN_ENDBLOCK")
        name = self.name()
        if name.original != opened.path.original:
            raise self.fail(f"{opened.path.original!r} is closed by {name.original!r}", opened.at)
        return _strip(token, self.take("CLOSE"))

    def raw(self, depth: int) -> Block:
        token = self.take("OPEN_RAW_BLOCK")
        path, params, pairs = self.call(depth)
        self.take("CLOSE_RAW_BLOCK")
        body: list[Statement] = []
        program = Program(body, self.token.at)
        while self.kind == "CONTENT":
            body.append(self.text(depth))
        closed = self.take("END_RAW_BLOCK")
        if closed.text != path.original:
            raise self.fail(f"{path.original!r} is closed by {closed.text!r}", token.at)
        return Block(path, params, pairs, program, None, False, NO_STRIP, NO_STRIP, NO_STRIP, token.at)

    def partial(self, depth: int) -> Partial:
        opened = self.take("OPEN_PARTIAL")
        name = self.sub(depth) if self.kind == "OPEN_SEXPR" else self.name()
        params, pairs = self.arguments(depth)
        self.one_context(params, opened.at)
        return Partial(name, params, pairs, None, _strip(opened, self.take("CLOSE")), NO_STRIP, opened.at)

    def partial_block(self, depth: int) -> Partial:
        opened = self.take("OPEN_PARTIAL_BLOCK")
        name = self.sub(depth) if self.kind == "OPEN_SEXPR" else self.name()
        params, pairs = self.arguments(depth)
        self.one_context(params, opened.at)
        strip = _strip(opened, self.take("CLOSE"))
        program = self.program(self.deeper(depth))
        path = name.path if isinstance(name, Sub) else name
        closed = self.close(_Opened(path, [], [], (), strip, opened.text, opened.at))
        return Partial(name, params, pairs, program, strip, closed, opened.at)

    def one_context(self, params: list[Expression], at: int) -> None:
        if len(params) > 1:
            raise self.fail(f"a partial takes one context, not {len(params)}", at)

    # -- expressions

    def call(self, depth: int) -> tuple[Path | Literal, list[Expression], list[tuple[str, Expression]]]:
        name = self.name()
        return name, *self.arguments(depth)

    def arguments(self, depth: int) -> tuple[list[Expression], list[tuple[str, Expression]]]:
        params: list[Expression] = []
        pairs: list[tuple[str, Expression]] = []
        while self.kind in _PARAMS and not self.key_ahead():
            params.append(self.param(depth))
        while self.key_ahead():
            key = _plain(self.take("ID").text)
            self.take("EQUALS")
            pairs.append((key, self.param(depth)))
        return params, pairs

    def key_ahead(self) -> bool:
        return self.kind == "ID" and self.tokens[self.at + 1].kind == "EQUALS"

    def param(self, depth: int) -> Expression:
        return self.sub(depth) if self.kind == "OPEN_SEXPR" else self.name()

    def sub(self, depth: int) -> Sub:
        opened = self.take("OPEN_SEXPR")
        path, params, pairs = self.call(self.deeper(depth))
        self.take("CLOSE_SEXPR")
        return Sub(path, params, pairs, opened.at)

    def name(self) -> Path | Literal:
        if self.kind in _LITERALS:
            return self.literal(self.take(self.kind))
        return self.path()

    def literal(self, token: Token) -> Literal:
        text = token.text
        if token.kind == "STRING":
            return Literal(text, text, token.at, "StringLiteral")
        if token.kind != "NUMBER":
            return Literal(_WORDS[text], text, token.at, f"{token.kind.title()}Literal")
        if len(text) > DIGITS_MAX:
            raise self.fail(f"a number of more than {DIGITS_MAX} digits", token.at)
        return Literal(Decimal(text) if "." in text else int(text), text, token.at, "NumberLiteral")

    def path(self) -> Path:
        at = self.token.at
        data = self.kind == "DATA"
        if data:
            self.take("DATA")
        parts: list[str] = []
        depth, original, separator, scoped = 0, "@" if data else "", "", False
        while True:
            token = self.take("ID")
            part = _plain(token.text)
            original += separator + part
            if token.text in _UP:
                if parts:
                    raise self.fail(f"{original!r} is no path: {part!r} goes first", at)
                depth += part == ".."
                scoped = True
            else:
                parts.append(part)
            if len(parts) > PARTS_MAX or depth > PARTS_MAX:
                raise self.fail(f"a path of more than {PARTS_MAX} names", at)
            if self.kind != "SEP":
                return Path(tuple(parts), depth, data, original, scoped, at)
            separator = self.take("SEP").text


def _plain(name: str) -> str:
    return name[1:-1] if name.startswith("[") and name.endswith("]") else name


def _without(text: str, sign: str) -> str:
    return text.removeprefix(sign).removesuffix(sign)


def _strip(opened: Token, closed: Token) -> Strip:
    return Strip(opened.text[2:3] == "~", closed.text[-3:-2] == "~")


def _close_chain(inverse: Program | None, closed: Strip) -> None:
    """A block behind ``{{else name}}`` ends where what closes it stands."""
    if inverse is not None and inverse.chained:
        block = inverse.body[0]
        assert isinstance(block, Block)
        block.close_strip = closed


_STATEMENTS: dict[str, Callable[[_Parser, int], Statement]] = {
    "CONTENT": _Parser.text,
    "COMMENT": _Parser.comment,
    "OPEN": _Parser.mustache,
    "OPEN_UNESCAPED": _Parser.mustache,
    "OPEN_BLOCK": _Parser.block,
    "OPEN_INVERSE": _Parser.block,
    "OPEN_RAW_BLOCK": _Parser.raw,
    "OPEN_PARTIAL": _Parser.partial,
    "OPEN_PARTIAL_BLOCK": _Parser.partial_block,
}

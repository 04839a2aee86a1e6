"""A tree to closures: each program becomes one function from a scope to text.

A program keeps its text and fills the gaps between: a list of pieces is copied, each statement's closure puts its piece
in its place, and the pieces are joined. Steps are paid when a program begins, for all its statements at once; letters
when it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kvit.template.handlebars import builtin
from kvit.template.handlebars.block import Block, Call, Compiled, Filler, PartialBody
from kvit.template.handlebars.errors import Source, TemplateSyntaxError
from kvit.template.handlebars.escape import Escape, paper
from kvit.template.handlebars.expressions import SHORT, Expressions, Getter, charge, text_of
from kvit.template.handlebars.partials import partial
from kvit.template.handlebars.run import Scope, spent
from kvit.template.handlebars.setting import Setting
from kvit.template.handlebars.tree import Block as BlockNode
from kvit.template.handlebars.tree import Comment, Literal, Mustache, Partial, Path, Program, Statement, Text
from kvit.template.handlebars.values import SafeString, write


def compile_program(program: Program, source: Source, setting: Setting) -> Compiled:
    """Compile a whole template."""
    return _Compiler(source, setting).program(program)


def compile_expression(node: Mustache, source: Source, setting: Setting) -> tuple[Getter, Source, int]:
    """Compile what stands in braces: a value is wanted, not its letters."""
    made = Expressions(source, setting)
    get = made.call(node.path, node.params, node.hash) if node.params or node.hash else _value(node, made)
    return get, source, 1 + made.cost


def _value(node: Mustache, made: Expressions) -> Getter:
    if isinstance(node.path, Literal):
        return made.param(node.path)
    return made.simple(node.path)


class _Compiler:
    def __init__(self, source: Source, setting: Setting) -> None:
        self.source, self.setting = source, setting
        self.expressions = Expressions(source, setting)
        self.decorators: list[Callable[[Block], None]] = []

    # -- programs

    def program(self, node: Program | None) -> Compiled:
        """One program; its decorators are run each time a block of it is made, before it is filled."""
        if node is None:
            return self.expressions.empty
        names = self.expressions.names
        outer, self.decorators = self.decorators, []
        cost, self.expressions.cost = self.expressions.cost, 1 + len(node.body)
        if node.block_params:
            names.append(node.block_params)
        pieces, gaps = self.pieces(node)
        compiled = Compiled(
            _filler(pieces, gaps, self.expressions.cost, self.source, node.at), node.block_params, self.source, node.at
        )
        compiled.decorators = self.decorators
        if node.block_params:
            names.pop()
        self.decorators, self.expressions.cost = outer, cost
        return compiled

    def pieces(self, node: Program) -> tuple[list[str], list[tuple[int, Filler]]]:
        """The text of a program, with the places between that closures fill."""
        pieces: list[str] = []
        gaps: list[tuple[int, Filler]] = []
        for statement in node.body:
            if isinstance(statement, Partial) and statement.indent and self.setting.options.prevent_indent:
                pieces.append(statement.indent)
            made = self.statement(statement)
            if isinstance(made, str):
                pieces.append(made)
            elif made is not None:
                gaps.append((len(pieces), made))
                pieces.append("")
        return pieces, gaps

    def statement(self, node: Statement) -> Filler | str | None:
        if isinstance(node, Text):
            return node.value or None
        if isinstance(node, Comment):
            return None
        if isinstance(node, Partial):
            return partial(node, None if node.program is None else self.program(node.program), self.expressions)
        if node.decorator:
            self.decorators.append(self.decorator(node))
            return None
        return self.mustache(node) if isinstance(node, Mustache) else self.block(node)

    # -- mustaches

    def mustache(self, node: Mustache) -> Filler:
        made = self.expressions
        path = made.as_path(node.path)
        self.refuse_block_name(path, node.path)
        get = made.call(node.path, node.params, node.hash) if node.params or node.hash else made.simple(path)
        return _shown(get, self.escape(node), self.source, node.at)

    def escape(self, node: Mustache) -> Escape | None:
        """What is done to a mustache's letters; None: nothing."""
        escape = self.setting.escape
        return escape if escape is not paper and (node.escaped or not self.setting.options.raw) else None

    def refuse_block_name(self, path: Path, node: Path | Literal) -> None:
        name = path.original
        if name in _BLOCKS and _BLOCKS[name] is self.expressions.helper(path, called=False):
            raise self.source.error(
                TemplateSyntaxError, f"{name!r} is a block: {{{{#{name} …}}}} … {{{{/{name}}}}}", node.at
            )

    # -- blocks

    def block(self, node: BlockNode) -> Filler:
        made = self.expressions
        path = made.as_path(node.path)
        helper = made.helper(path, called=False)
        body, other = self.program(node.program), self.program(node.inverse)
        if helper is not None and helper is _BLOCKS.get(path.original):
            return self.built_in(path.original, node, body, other)
        if node.params or node.hash:
            called = made.call(node.path, node.params, node.hash, body, other)
            return _shown(called, None, self.source, node.at)
        if helper is not None:
            return _shown(made.invoke(path, lambda _: helper, [], [], body, other), None, self.source, node.at)
        return self.section(path, node, body, other)

    def section(self, path: Path, node: BlockNode, body: Compiled, other: Compiled) -> Filler:
        made = self.expressions
        missing = self.setting.helpers.get("blockHelperMissing")
        get = made.path(path, True)
        if self.setting.options.lambdas:
            get = _called_with_blocks(get, made, path, body, other)
        if missing is None:
            return builtin.section(get, body, other)
        return _shown(_handed_on(missing, get, path, body, other), None, self.source, node.at)

    def built_in(self, name: str, node: BlockNode, body: Compiled, other: Compiled) -> Filler:
        if len(node.params) != 1:
            reason = f"#{name} requires exactly one argument, not {len(node.params)}"
            raise self.source.error(TemplateSyntaxError, reason, node.at)
        made = self.expressions
        get = made.param(node.params[0])
        pairs = {key: made.param(value) for key, value in node.hash}
        if self.setting.options.lambdas:
            get = made.called(get, made.as_path(Literal("", name, node.at, "StringLiteral")))
        if name == "each":
            return builtin.repeat(get, body, other)
        if name == "with":
            return builtin.with_(get, body, other)
        first, second = (body, other) if name == "if" else (other, body)
        return builtin.choose(get, first, second, pairs.get("includeZero"))

    # -- decorators

    def decorator(self, node: Mustache | BlockNode) -> Callable[[Block], None]:
        """What is done to each block of the program a decorator stands in."""
        made = self.expressions
        name = node.path.original
        body = self.program(node.program) if isinstance(node, BlockNode) else made.empty
        decorate = self.setting.decorators.get(name)
        if decorate is None:
            raise self.source.error(TemplateSyntaxError, f"there is no decorator {name!r}", node.at)
        path = made.as_path(node.path)

        def run(block: Block) -> None:
            call = made.invoke(
                path, lambda _: lambda call, *params: decorate(block, call, *params), node.params, node.hash, body
            )
            call(block.scope)

        return run


def inline(block: Block, call: Call, name: Any = None) -> None:
    """``{{#*inline "name"}}``: a partial that is in sight of the program it is declared in, and of its siblings."""
    call.fn.beside = block.partials
    block.partials[write(name)] = call.fn


def _block_only(call: Call, *params: Any) -> Any:
    raise TypeError("a block of the language, compiled as such")


_BLOCKS = {name: (lambda call, *params: _block_only(call, *params)) for name in ("if", "unless", "each", "with")}
BUILT_IN = {**_BLOCKS, "lookup": builtin.lookup, "log": builtin.log}
"""The helpers of the language; an engine may put others in their places."""


def _filler(pieces: list[str], gaps: list[tuple[int, Filler]], cost: int, source: Source, at: int) -> Filler:
    text, size = "".join(pieces), sum(map(len, pieces))

    def fill(scope: Scope) -> str:
        run = scope.run
        run.steps -= cost
        if run.steps < 0:
            raise spent("steps", source, at)
        made = pieces.copy()
        for place, gap in gaps:
            made[place] = gap(scope)
        text = "".join(made)
        run.letters -= len(text)
        if run.letters < 0:
            raise spent("letters", source, at)
        return text

    def constant(scope: Scope) -> str:
        run = scope.run
        run.steps -= cost
        run.letters -= size
        if run.steps < 0 or run.letters < 0:
            raise spent("steps" if run.steps < 0 else "letters", source, at)
        return text

    def single(scope: Scope) -> str:
        run = scope.run
        run.steps -= cost
        if run.steps < 0:
            raise spent("steps", source, at)
        made = only(scope)
        run.letters -= len(made)
        if run.letters < 0:
            raise spent("letters", source, at)
        return made

    only = gaps[0][1] if gaps else constant
    if len(pieces) == 1 and gaps:
        return single
    return fill if gaps else constant


def _shown(get: Getter, escape: Escape | None, source: Source, at: int) -> Filler:
    """A value as letters, escaped unless it says it is safe."""

    def shown(scope: Scope) -> str:
        value = get(scope)
        if type(value) is str:
            text = value if escape is None else escape(value)
        elif value is None:
            return ""
        elif isinstance(value, SafeString):
            text = value
        else:
            text = text_of(value, source, at)
            text = text if escape is None else escape(text)
        if len(text) > SHORT:
            charge(scope, text, source, at)
        return text

    return shown


def _called_with_blocks(get: Getter, made: Expressions, path: Path, body: Compiled, other: Compiled) -> Getter:
    """In tests only: a function among the data gets the blocks, and its answer goes on as a value."""
    call = made.invoke(path, get, [], [], body, other)

    def value(scope: Scope) -> Any:
        found = get(scope)
        return call(scope) if callable(found) and not isinstance(found, Block | PartialBody) else found

    return value


def _handed_on(missing: Any, get: Getter, path: Path, body: Compiled, other: Compiled) -> Getter:
    """A shop's own blockHelperMissing."""

    def value(scope: Scope) -> Any:
        call = Call(path.original, scope, {}, Block(body, scope), Block(other, scope), True)
        return missing(call, get(scope))

    return value

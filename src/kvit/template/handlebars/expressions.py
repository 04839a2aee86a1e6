"""Paths, literals and calls to closures of one argument, the scope.

A name alone (``{{total}}``) is a helper where one has it, else a value; with parameters it is a helper, or nothing. The
choice is made when compiling, since helpers do not change afterwards. Which closure a path gets depends on its shape
only, so that filling does no more than look up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kvit.template.handlebars.block import Block, Call, Compiled, Helper, PartialBody
from kvit.template.handlebars.errors import (
    DataShapeError,
    MissingHelperError,
    MissingValueError,
    Source,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.handlebars.run import PARENT, Scope, spent
from kvit.template.handlebars.setting import Setting
from kvit.template.handlebars.tree import Expression, Literal, Path, Sub
from kvit.template.handlebars.values import find, has, write

Getter: TypeAlias = Callable[[Scope], Any]
Pairs: TypeAlias = list[tuple[str, Expression]]

SHORT = 256
"""Letters of one value that are not counted by themselves: a program of a thousand of them is counted when it ends."""
VERB_STEPS = 10
"""A sum or date written by a country's habits takes as long as ten names looked up, and more."""
MISSING = ("helperMissing", "blockHelperMissing")
BUILT_IN = ("if", "unless", "each", "with", "lookup", "log", *MISSING)


def nothing(scope: Scope) -> Any:
    """The value of what is not there."""
    return None


class Expressions:
    """Compiles expressions of one template. ``cost`` counts the steps that filling them takes."""

    def __init__(self, source: Source, setting: Setting) -> None:
        self.source, self.setting, self.options = source, setting, setting.options
        self.names: list[tuple[str, ...]] = []
        """Block parameters in sight, the innermost last."""
        self.cost = 0
        self.empty = Compiled(lambda scope: "", (), source, 0)

    # -- what is called, and what is looked up

    def helper(self, path: Path, called: bool) -> Helper | None:
        """The helper a path may name, None when it can only be a value. ``called``: it is given arguments, or in
        brackets.
        """
        name = path.parts[0] if path.simple else ""
        if not name or path.data or self.block_param(path) is not None:
            return None
        if self.options.known_only and name not in self.options.known and name not in BUILT_IN:
            return None
        helper = self.setting.helpers.get(name)
        return self.setting.verbs.get(name) if helper is None and called else helper

    def as_path(self, name: Path | Literal) -> Path:
        """A literal in the place of a name is a name: ``{{12.5}}``, ``{{"two words"}}``."""
        return name if isinstance(name, Path) else Path((name.original,), 0, False, name.original, False, name.at)

    def simple(self, path: Path, required: bool = True) -> Getter:
        """A name or path without parameters: a helper's answer, else a value, else what helperMissing says."""
        helper = self.helper(path, called=False)
        if helper is not None:
            return self.invoke(path, lambda _: helper, [], [])
        get = self.path(path, required)
        missing = self.setting.helpers.get("helperMissing") if path.simple and not self.options.known_only else None
        if missing is None:
            return self.called(get, path) if self.options.lambdas else get
        answer = self.invoke(path, lambda _: missing, [], [])
        get = self.called(get, path) if self.options.lambdas else get

        def found(scope: Scope) -> Any:
            value = get(scope)
            return answer(scope) if value is None else value

        return found

    def called(self, get: Getter, path: Path) -> Getter:
        """In tests only: a function among the data is called."""
        call = self.invoke(path, get, [], [])

        def value(scope: Scope) -> Any:
            found = get(scope)
            return call(scope) if callable(found) and not isinstance(found, Block | PartialBody) else found

        return value

    def call(
        self,
        name: Path | Literal,
        params: list[Expression],
        pairs: Pairs,
        program: Compiled | None = None,
        inverse: Compiled | None = None,
    ) -> Getter:
        """A helper with parameters, or in brackets, or with a block."""
        path = self.as_path(name)
        helper = self.helper(path, called=True)
        if helper is not None:
            return self.invoke(path, lambda _: helper, params, pairs, program, inverse)
        if self.options.known_only and path.simple:
            raise self.source.error(TemplateSyntaxError, f"{path.original!r} is no known helper", path.at)
        value = self.path(path, True) if self.options.lambdas or self.options.strict else nothing
        missing = self.setting.helpers.get("helperMissing")

        def choose(scope: Scope) -> Helper:
            found = value(scope)
            if found is not None and callable(found):
                return found  # type: ignore[no-any-return]
            if missing is None or self.options.strict:
                raise self.source.error(MissingHelperError, f"there is no helper {path.original!r}", path.at)
            return missing

        return self.invoke(path, choose, params, pairs, program, inverse)

    def invoke(
        self,
        path: Path,
        choose: Callable[[Scope], Helper],
        params: list[Expression],
        pairs: Pairs,
        program: Compiled | None = None,
        inverse: Compiled | None = None,
    ) -> Getter:
        """Call what ``choose`` gives. Whatever a helper throws becomes a `DataShapeError` with the helper's name."""
        name, source, at = path.original, self.source, path.at
        getters = [self.param(each) for each in params]
        hashed = [(key, self.param(value)) for key, value in pairs]
        block = program is not None or inverse is not None
        body, other = program or self.empty, inverse or self.empty
        types = tuple(_type(each) for each in params) if self.options.string_params else ()
        hash_types = {key: _type(value) for key, value in pairs} if self.options.string_params else {}
        self.cost += VERB_STEPS if name in self.setting.verbs else 2

        def call(scope: Scope) -> Any:
            helper = choose(scope)
            arguments = [get(scope) for get in getters]
            for value in arguments:
                if type(value) is str and len(value) > SHORT:
                    charge(scope, value, source, at)
            made = Call(
                name, scope, {key: get(scope) for key, get in hashed}, Block(body, scope), Block(other, scope), block
            )
            if types or hash_types:
                made.types, made.hash_types = types, hash_types
            try:
                value = helper(made, *arguments)
                if isinstance(value, str) and len(value) > SHORT:
                    charge(scope, value, source, at)
                return value
            except (TemplateError, RecursionError, MemoryError, AssertionError):
                raise
            except Exception as error:
                raise source.error(DataShapeError, f"{name!r}: {error}", at) from error

        return call

    # -- parameters

    def param(self, node: Expression) -> Getter:
        """The value of a parameter."""
        if isinstance(node, Sub):
            return self.call(node.path, node.params, node.hash)
        self.cost += 1
        if self.options.string_params:
            text = _name_of(node)
            return lambda scope: text
        if isinstance(node, Literal):
            constant = node.value
            return lambda scope: constant
        return self.path(node, False)

    # -- paths

    def block_param(self, path: Path) -> tuple[int, int] | None:
        """How many blocks out, and as which of its names, a block hands a path's first name in."""
        if path.depth or path.scoped or path.data or not path.parts:
            return None
        for level, names in enumerate(reversed(self.names)):
            if path.parts[0] in names:
                return level, names.index(path.parts[0])
        return None

    def path(self, path: Path, required: bool) -> Getter:
        """A closure that looks a path up. ``required``: strict mode wants the last name to be there."""
        self.cost += len(path.parts)
        handed = self.block_param(path)
        if handed is not None:
            return self.along(_handed(*handed), path.parts[1:], path, False)
        if not path.parts:
            return _context(path.depth)
        if path.data:
            return self.along(_frame(path.depth), path.parts, path, required)
        if self.options.compat and not path.scoped and not path.depth:
            return self.along(_climbing(path.parts[0]), path.parts[1:], path, required)
        if len(path.parts) == 1 and not path.depth and not self.options.strict and not self.options.assume_objects:
            return _field(path.parts[0])
        return self.along(_context(path.depth), path.parts, path, required)

    def along(self, begin: Getter, parts: tuple[str, ...], path: Path, required: bool) -> Getter:
        """Look names up one after another."""
        strict = self.options.strict and required
        if strict or self.options.strict or self.options.assume_objects:
            return self.along_strictly(begin, parts, path, strict)
        if not parts:
            return begin

        def value(scope: Scope) -> Any:
            found = begin(scope)
            for part in parts:
                found = found.get(part) if type(found) is dict else find(found, part)
            return found

        return value

    def along_strictly(self, begin: Getter, parts: tuple[str, ...], path: Path, strict: bool) -> Getter:
        """The same, where something is missing being an error."""
        source, last = self.source, len(parts) - 1

        def value(scope: Scope) -> Any:
            found = begin(scope)
            for place, part in enumerate(parts):
                if found is None or (strict and place == last and not has(found, part)):
                    raise source.error(MissingValueError, f"there is no {part!r} in the data", path.at)
                found = find(found, part)
            return found

        return value


def charge(scope: Scope, text: str, source: Source, at: int) -> None:
    """Pay for a long text before it is written: a helper may read and make one again and again and show none."""
    scope.run.letters -= len(text)
    if scope.run.letters < 0:
        raise spent("letters", source, at)


def text_of(value: Any, source: Source, at: int) -> str:
    """The letters of a value; a `DataShapeError` where it has none."""
    try:
        return write(value)
    except TypeError as error:
        raise source.error(DataShapeError, str(error), at) from error


def _type(node: Expression) -> str:
    if isinstance(node, Literal):
        return node.kind
    return "SubExpression" if isinstance(node, Sub) else "PathExpression"


def _name_of(node: Path | Literal) -> Any:
    if isinstance(node, Literal):
        return node.value if node.kind != "NullLiteral" else node.original
    text = node.original
    while text.startswith(("../", "./")):
        text = text.partition("/")[2]
    return text.replace("/", ".")


def _field(name: str) -> Getter:
    def value(scope: Scope) -> Any:
        context = scope.context
        return context.get(name) if type(context) is dict else find(context, name)

    return value


def _context(depth: int) -> Getter:
    if not depth:
        return lambda scope: scope.context

    def value(scope: Scope) -> Any:
        depths = scope.depths
        for _ in range(depth):
            if depths is None:
                return None
            depths = depths[1]
        return None if depths is None else depths[0]

    return value


def _frame(depth: int) -> Getter:
    if not depth:
        return lambda scope: scope.data

    def value(scope: Scope) -> Any:
        data: Any = scope.data
        for _ in range(depth):
            data = None if data is None else data.get(PARENT)
        return data

    return value


def _handed(level: int, place: int) -> Getter:
    def value(scope: Scope) -> Any:
        params: Any = scope.params
        for _ in range(level):
            params = params[1]
        values = params[0]
        return values[place] if place < len(values) else None

    return value


def _climbing(name: str) -> Getter:
    def value(scope: Scope) -> Any:
        depths = scope.depths
        while depths is not None:
            found = find(depths[0], name)
            if found is not None:
                return found
            depths = depths[1]
        return None

    return value

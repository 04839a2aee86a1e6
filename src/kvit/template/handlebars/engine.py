"""The engine: compiles templates and fills them.

    engine = Engine(escape.paper, verbs=words(place), partials={"items": "…"})
    engine.compile("Total {{money total}}").render({"total": 123450})

A partial is a template's text, or a function of the program that is given the context.

An engine does not change once it is made, and may be used by many threads: its partials are compiled when they are
first asked for and kept. Only text that was handed to `Engine` or `Engine.compile` ever becomes a template; data never
do.

What is Handlebars 4.7 here and what is not stands in docs/protocols/handlebars.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kvit.template.handlebars.block import Compiled, Decorator, Helper
from kvit.template.handlebars.compiler import BUILT_IN, compile_expression, compile_program, inline
from kvit.template.handlebars.errors import Source, TemplateSyntaxError
from kvit.template.handlebars.escape import Escape
from kvit.template.handlebars.filling import Expression, Filling
from kvit.template.handlebars.parser import parse
from kvit.template.handlebars.run import Budget, Run
from kvit.template.handlebars.setting import Options, Setting
from kvit.template.handlebars.tree import Mustache
from kvit.template.handlebars.whitespace import control


def _unheard(level: str, text: str) -> None:
    """Nobody listens: what a template logs may be a customer's name."""


class Template:
    """A compiled template."""

    def __init__(self, program: Compiled, budget: Budget, log: Callable[[str, str], None]) -> None:
        self.program = program
        self._budget, self._log = budget, log

    @property
    def name(self) -> str:
        """The name it was compiled under."""
        return self.program.source.name

    def render(self, context: Any, variables: Mapping[str, Any] | None = None) -> str:
        """Fill the template.

        ``context`` is what JSON can hold, and dates and decimals. ``variables`` are read as ``@name``; ``@root`` is the
        context unless it is among them. Raises `TemplateError` with line and column, and nothing else.
        """
        return Filling(Run(self._budget, self._log), context, variables).text(self.program)


class Engine:
    """Helpers, partials, the output's escape and the modes: what templates are compiled for.

    A helper goes before a value of its name, as the language has it. ``verbs`` are helpers that do so only where they
    are given arguments: with a verb ``date``, ``{{date at}}`` calls it and ``{{date}}`` is the value.
    """

    def __init__(
        self,
        escape: Escape,
        *,
        helpers: Mapping[str, Helper] | None = None,
        verbs: Mapping[str, Helper] | None = None,
        partials: Mapping[str, str | Callable[[Any], str]] | None = None,
        decorators: Mapping[str, Decorator] | None = None,
        options: Options | None = None,
        budget: Budget | None = None,
        log: Callable[[str, str], None] = _unheard,
    ) -> None:
        self._setting = Setting(
            {**BUILT_IN, **(helpers or {})},
            dict(verbs or {}),
            {"inline": inline, **(decorators or {})},
            self._partial,
            escape,
            options or Options(),
        )
        self._sources = dict(partials or {})
        self._compiled: dict[str, Compiled] = {}
        self._budget, self._log = budget or Budget(), log

    def compile(self, text: str, name: str = "") -> Template:
        """Compile a template; ``name`` is for errors. Raises `TemplateSyntaxError`."""
        return Template(self._compile(Source(text, name)), self._budget, self._log)

    def expression(self, text: str, name: str = "") -> Expression:
        """Compile what would stand in braces (``gt total 0``). Raises `TemplateSyntaxError`; columns count two braces."""
        source = Source("{{" + text + "}}", name)
        body = parse(source).body
        if len(body) != 1 or not isinstance(body[0], Mustache) or not body[0].escaped or body[0].decorator:
            raise source.error(TemplateSyntaxError, "this is no expression", 0)
        return Expression(*compile_expression(body[0], source, self._setting))

    def filling(self, context: Any, variables: Mapping[str, Any] | None = None) -> Filling:
        """Begin to fill several templates as one."""
        return Filling(Run(self._budget, self._log), context, variables)

    def _compile(self, source: Source) -> Compiled:
        program = control(parse(source), not self._setting.options.ignore_standalone)
        return compile_program(program, source, self._setting)

    def _partial(self, name: str) -> Compiled | None:
        found = self._compiled.get(name)
        if found is None and name in self._sources:
            found = self._compiled[name] = self._made(name, self._sources[name])
        return found

    def _made(self, name: str, partial: str | Callable[[Any], str]) -> Compiled:
        if isinstance(partial, str):
            return self._compile(Source(partial, name))
        return Compiled(lambda scope: partial(scope.context), (), Source("", name), 0)

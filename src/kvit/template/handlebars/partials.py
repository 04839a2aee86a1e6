"""Partials: finding them by name, what they see, their block, their indent.

A name is looked for among the inline partials in sight, then among the engine's. It may come from the data (``{{>
(lookup . "kind")}}``): then it chooses among what is registered, and nothing else: text out of the data is never
compiled.
"""

from __future__ import annotations

from typing import Any

from kvit.template.handlebars.block import Block, Compiled, Filler, PartialBody
from kvit.template.handlebars.errors import MissingPartialError
from kvit.template.handlebars.expressions import Expressions, Getter
from kvit.template.handlebars.run import Scope, framed
from kvit.template.handlebars.tree import Partial, Path, Sub
from kvit.template.handlebars.values import write

BODY = "partial-block"
"""The data variable ``@partial-block``: what the caller wrote between ``{{#> name}}`` and ``{{/name}}``."""


def partial(node: Partial, program: Compiled | None, made: Expressions) -> Filler:
    """Compile ``{{> name}}`` or ``{{#> name}}``."""
    name, context, pairs = _name(node, made), _context(node, made), _hash(node, made)
    options, known = made.options, made.setting.partial
    source, at, compat = made.source, node.at, options.compat
    indent = "" if options.prevent_indent else node.indent
    made.cost += 5

    def fill(scope: Scope) -> str:
        value = _merged(context(scope), {key: get(scope) for key, get in pairs})
        wanted = write(name(scope))
        data, partials = scope.data, scope.partials
        found = data.get(BODY) if wanted == "@" + BODY else partials.get(wanted)
        if program is not None:
            body = Block(program, scope)
            data = {**framed(data), BODY: PartialBody(body, data.get(BODY))}
            partials = {**partials, **body.partials} if body.partials else partials
        if found is None:
            compiled = known(wanted)
            if compiled is not None:
                depths = scope.depths if compat else None
                found = Block(compiled, Scope(None, depths, data, None, partials, scope.run))
        if found is None:
            found = data.get(BODY) if program is not None else None
        if not isinstance(found, Block | PartialBody):
            raise source.error(MissingPartialError, f"there is no partial {wanted[:60]!r}", at)
        text = found(value, data)
        return _indented(text, indent) if indent else text

    return fill


def _name(node: Partial, made: Expressions) -> Getter:
    if isinstance(node.name, Sub):
        return made.param(node.name)
    original = node.name.original
    return lambda scope: original


def _context(node: Partial, made: Expressions) -> Getter:
    if node.params:
        return made.param(node.params[0])
    if made.options.explicit_partial_context:
        return lambda scope: None
    return made.path(Path((), 0, False, "", True, node.at), False)


def _hash(node: Partial, made: Expressions) -> list[tuple[str, Getter]]:
    return [(key, made.param(value)) for key, value in node.hash]


def _merged(context: Any, pairs: dict[str, Any]) -> Any:
    """A context with the partial's own values laid over it; a text or number has no room for them and gives way."""
    if not pairs:
        return context
    return {**context, **pairs} if isinstance(context, dict) else pairs


def _indented(text: str, indent: str) -> str:
    """Every line moved in, but not the nothing behind the last line's end."""
    lines = text.split("\n")
    last = len(lines) - 1
    return "\n".join([indent + line if line or place < last else line for place, line in enumerate(lines)])

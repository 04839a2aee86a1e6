"""What a template is compiled for: helpers, partials, the output's escape, and the modes of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from kvit.template.handlebars.block import Compiled, Decorator, Helper
from kvit.template.handlebars.escape import Escape


class Options(Struct, frozen=True):
    """Modes; the names of handlebars.js are in brackets."""

    strict: bool = False
    """A name that is not there is an error (strict)."""
    assume_objects: bool = False
    """Every name but the last of a path must be there (assumeObjects)."""
    compat: bool = False
    """A name that is not there is looked for in the outer contexts, as Mustache does (compat)."""
    known: frozenset[str] = frozenset()
    """Helpers that are called even where the name alone could be a value (knownHelpers)."""
    known_only: bool = False
    """Only those and the built-in ones are called (knownHelpersOnly)."""
    prevent_indent: bool = False
    """Lines of a partial that stands alone are not indented (preventIndent)."""
    ignore_standalone: bool = False
    """Tags alone on a line leave the line (ignoreStandalone)."""
    explicit_partial_context: bool = False
    """A partial without a context gets none (explicitPartialContext)."""
    raw: bool = True
    """Whether ``{{{…}}}`` and ``{{&…}}`` pass the escape by; False: everything out of the data is escaped."""
    string_params: bool = False
    """Helpers get names instead of values (stringParams). Kept for the specification's sake."""
    lambdas: bool = False
    """Functions in the data are called. Only for tests: our data come from JSON, and data are never code."""


class Setting(Struct, frozen=True):
    """All a compiler needs to know."""

    helpers: Mapping[str, Helper]
    verbs: Mapping[str, Helper]
    """Helpers that are nothing without an argument: their name alone is a value."""
    decorators: Mapping[str, Decorator]
    partial: Callable[[str], Compiled | None]
    """Gives a partial by name, compiled."""
    escape: Escape
    options: Options

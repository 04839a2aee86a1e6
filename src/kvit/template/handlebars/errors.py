"""What may go wrong with a template: one class a kind, each with its line and column.

All are `TemplateError`. A syntax error is told when a template is compiled, the others while it is filled. Lines and
columns count from 1, columns in letters; ``name`` is the template (or partial) the place is in. The reason is English,
for logs and integrators; people get the sentence of ``code`` (`kvit.i18n.say`) by `TemplateError.refusal`.

No error holds a value out of the data: names, phones and sums stay out of logs.
"""

from __future__ import annotations

from msgspec import Struct

from kvit.refusal import Refusal

REASON_LETTERS = 200
"""Of a reason, letters kept: names out of a template may be as long as the template."""


class TemplateError(ValueError):
    """A template that can not be read or filled."""

    code = "template.failed"

    def __init__(self, reason: str, name: str, line: int, column: int) -> None:
        self.reason = reason[:REASON_LETTERS]
        self.name = name
        self.line = line
        self.column = column
        super().__init__(reason, name, line, column)

    def __str__(self) -> str:
        return f"{self.reason} ({self.name or 'template'}, line {self.line}, column {self.column})"

    def refusal(self) -> Refusal:
        """The same as an expected "no"."""
        values: dict[str, str | int] = {"name": self.name, "line": self.line, "column": self.column}
        return Refusal(self.code, values | {"reason": self.reason})


class TemplateSyntaxError(TemplateError):
    """The text is no template, or larger or deeper than templates may be."""

    code = "template.syntax"


class MissingHelperError(TemplateError):
    """Something is called that nobody has registered."""

    code = "template.missing_helper"


class MissingPartialError(TemplateError):
    """A partial is asked for that does not exist."""

    code = "template.missing_partial"


class MissingValueError(TemplateError):
    """In strict mode: the data have no such value."""

    code = "template.missing_value"


class DataShapeError(TemplateError):
    """A value is of a kind that can not be written, or a helper was given what it can not take."""

    code = "template.data_shape"


class BudgetError(TemplateError):
    """The template takes more steps, depth or letters than it may; which one stands in the reason."""

    code = "template.budget"


class Source(Struct, frozen=True):
    """A template's text and name: turns a place into line and column."""

    text: str
    name: str = ""

    def place(self, at: int) -> tuple[int, int]:
        """Give line and column, from 1, of the letter at ``at`` (0 to the text's length)."""
        return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)

    def error(self, kind: type[TemplateError], reason: str, at: int) -> TemplateError:
        """Make an error that points at a letter."""
        return kind(reason, self.name, *self.place(at))

"""Handlebars 4.7 in Python: compiled to closures, nothing evaluated, nothing reached but the data."""

from kvit.template.handlebars.block import Block, Call
from kvit.template.handlebars.engine import Engine, Template
from kvit.template.handlebars.errors import (
    BudgetError,
    DataShapeError,
    MissingHelperError,
    MissingPartialError,
    MissingValueError,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.handlebars.run import Budget
from kvit.template.handlebars.setting import Options
from kvit.template.handlebars.values import SafeString

__all__ = [
    "Block",
    "Budget",
    "BudgetError",
    "Call",
    "DataShapeError",
    "Engine",
    "MissingHelperError",
    "MissingPartialError",
    "MissingValueError",
    "Options",
    "SafeString",
    "Template",
    "TemplateError",
    "TemplateSyntaxError",
]

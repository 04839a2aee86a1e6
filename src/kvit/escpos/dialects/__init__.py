"""The dialects: families of printers that differ in what bytes mean, each a data file beside this one."""

from kvit.escpos.dialects.loader import EPSON, UnknownDialectError, display_grammar, grammar, names

__all__ = ["EPSON", "UnknownDialectError", "display_grammar", "grammar", "names"]

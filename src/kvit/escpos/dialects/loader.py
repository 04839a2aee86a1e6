"""Find a dialect by name and build its grammar.

``epson`` is the table in Python (``grammar_*.py``). Every other dialect is a file ``<name>.toml``::

    inherits = "epson"        # or "" for a family that shares nothing but the control bytes
    notes = "..."             # what is known, from which manual
    drop = ["ESC F"]          # inherited commands this family does not have
    [[command]]
    name = "ESC F"
    prefix = "1B 46"
    layout = ""
    says = "bold off"

A command takes the place of everything inherited that begins with its bytes, whatever its name.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kvit.escpos.grammar import Grammar
from kvit.escpos.grammar_control import CONTROLS, REALTIME
from kvit.escpos.grammar_display import DISPLAY
from kvit.escpos.grammar_esc import ESC
from kvit.escpos.grammar_fs import FS
from kvit.escpos.grammar_functions import FUNCTIONS
from kvit.escpos.grammar_gs import BARCODES, GS
from kvit.escpos.grammar_private import GIVEAWAYS, PRIVATE, US_SETUP
from kvit.escpos.row import Row

EPSON = "epson"

FS_2_BYTES = 72
"""Data bytes of ``FS 2`` where no profile tells: a 24x24 cell."""

TABLE = CONTROLS + REALTIME + ESC + FS + GS + BARCODES + FUNCTIONS + PRIVATE + US_SETUP
"""The rows of the Epson family, vendors' harmless additions included."""


class UnknownDialectError(LookupError):
    """No dialect of that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no printer dialect is called {name!r}; there are: {', '.join(names())}")


def names() -> list[str]:
    """Give the names `grammar` takes, sorted."""
    found = (entry.name for entry in files(__package__).iterdir())
    return sorted({EPSON, *(name[:-5] for name in found if name.endswith(".toml"))})


def notes(name: str) -> str:
    """Give what the file says about a dialect: models, manuals, what is unproven."""
    return "" if name == EPSON else str(_file(name).get("notes", ""))


def own_rows(name: str) -> tuple[Row, ...]:
    """Give the rows a dialect adds to the one it inherits from, or has instead of its."""
    return () if name == EPSON else _layers(name)[-1]


@lru_cache(maxsize=64)
def grammar(name: str | None = None, fs_2_bytes: int = FS_2_BYTES) -> Grammar:
    """Build the grammar of a dialect; None is Epson's with the bytes that give other families away.

    ``fs_2_bytes`` is the model's size of a user-defined multibyte letter. Raises `UnknownDialectError`.
    """
    layers = [TABLE, GIVEAWAYS] if name is None else _layers(name)
    sized = [[_sized(row, fs_2_bytes) for row in layer] for layer in layers]
    return Grammar(name or EPSON, sized)


@lru_cache(maxsize=1)
def display_grammar() -> Grammar:
    """Build the grammar of the customer display, the printer's realtime commands included."""
    return Grammar("display", [DISPLAY + REALTIME])


def _sized(row: Row, fs_2_bytes: int) -> Row:
    return replace(row, layout=f"c1 c2 d[{fs_2_bytes}]") if row.name == "FS 2" else row


@lru_cache(maxsize=64)
def _file(name: str | None) -> dict[str, Any]:
    if name not in names():
        raise UnknownDialectError(str(name))
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


def _layers(name: str) -> list[tuple[Row, ...]]:
    """Collect the rows of a dialect and of those it inherits from, the farthest first."""
    if name == EPSON:
        return [TABLE]
    table = _file(name)
    base = table.get("inherits", EPSON)
    dropped = frozenset(table.get("drop", ()))
    below = _layers(base) if base else [CONTROLS]
    kept = [tuple(row for row in layer if row.name not in dropped) for layer in below]
    return [*kept, tuple(Row(**command) for command in table.get("command", ()))]

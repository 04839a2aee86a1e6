"""What a command says about where a receipt ends: one table, by the names the parser gives.

``mark``   something lands on paper            ``cut``    the paper is cut
``feed``   blank paper                         ``init``   the printer is reset: most tills begin so
``ask``    a status question in turn           ``poll``   a realtime question: no part of any printout
``pulse``  the drawer                          ``off``    ``ESC =`` without the printer: an end mark of some tills
``page``   a page is printed (FF, page mode)   ``set``    everything else

A command no table knows is ``set``: it may print, but nobody can tell.

Names differ by dialect: ``ESC d`` feeds an Epson and cuts a Star.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kvit.escpos import Command

_COMMON: Final = {
    "text": "mark",
    "payload": "mark",
    "ESC *": "mark",
    "GS v 0": "mark",
    "GS k": "mark",
    "GS /": "mark",
    "GS Q 0": "mark",
    "FS p": "mark",
    "GS c": "mark",
    "GS ^": "mark",
    "LF": "feed",
    "CR": "feed",
    "ESC J": "feed",
    "ESC d": "feed",
    "ESC K": "feed",
    "ESC e": "feed",
    "GS V": "cut",
    "ESC i": "cut",
    "ESC m": "cut",
    "ESC @": "init",
    "GS r": "ask",
    "GS I": "ask",
    "ESC u": "ask",
    "ESC v": "ask",
    "GS ( H": "ask",
    "DLE EOT": "poll",
    "DLE ENQ": "poll",
    "GS a": "poll",
    "NUL": "poll",
    "ESC p": "pulse",
    "BEL": "pulse",
}
_STAR: Final = {
    **dict.fromkeys(
        ("b", "k", "ESC K", "ESC L", "ESC X", "ESC b", "ESC FS p", "ESC GS S", "ESC GS x P", "ESC GS y P"), "mark"
    ),
    **dict.fromkeys(("ESC d", "ESC FF", "ESC * r B"), "cut"),
    **dict.fromkeys(("FS", "SUB", "BEL"), "pulse"),
    **dict.fromkeys(("ESC i", "ESC m", "ESC v"), "set"),
}
_BY_DIALECT: Final[dict[str, dict[str, str]]] = {
    "star": _STAR,
    "starprnt": _STAR,
    "star-raster": _STAR,
    "bematech": {"ESC w": "cut", "ESC v": "pulse", "ESC 80h": "pulse", "ENQ": "poll", "ESC d": "set"},
    "elgin": {"ESC w": "cut"},
    "daruma": {"ESC b": "mark", "ESC 81h": "mark", "ESC p": "pulse", "BEL": "pulse", "ENQ": "poll"},
    "diebold": {
        "ESC |": "mark",
        "ESC k": "mark",
        "ESC w": "cut",
        "ESC #": "cut",
        "ESC &": "pulse",
        "ESC r": "init",
        "ENQ": "poll",
    },
    "escp": {"FF": "page", "ESC d": "set", "ESC i": "set", "ESC m": "set"},
}
_GRAPHICS_PRINT: Final = frozenset((2, 50, 65, 69, 81, 85))
"""Functions of ``GS ( L``/``GS 8 L`` that put dots on paper: 2 and 50 the buffer, 69 a stored key, 85 a downloaded one."""
_SYMBOL_PRINT: Final = 81


def classify(command: Command, dialect: str) -> str:
    """Give the word of the table for a command. Looks into operands only where the name does not decide."""
    name = command.name
    word = words(dialect).get(name, "set")
    if word == OPERAND:
        return _BY_OPERAND[name](command.raw)
    return "feed" if name == "text" and not command.raw.strip(b" ") else word


def words(dialect: str) -> Mapping[str, str]:
    """Give the words of all names that have one in this dialect; `OPERAND` where `classify` must look into the command."""
    return _WORDS.get(dialect, _PLAIN)


def _graphics(raw: bytes) -> str:
    at = 6 if raw[1:2] == b"(" else 8
    return "mark" if len(raw) > at and raw[at] in _GRAPHICS_PRINT else "set"


def _symbol(raw: bytes) -> str:
    return "mark" if len(raw) > 6 and raw[6] == _SYMBOL_PRINT else "set"


def _realtime(raw: bytes) -> str:
    return "pulse" if raw[2:3] == b"\x01" else "poll"


def _peripheral(raw: bytes) -> str:
    return "set" if len(raw) > 2 and raw[2] & 1 else "off"


_BY_OPERAND: Final = {
    "GS ( L": _graphics,
    "GS 8 L": _graphics,
    "GS ( k": _symbol,
    "DLE DC4": _realtime,
    "ESC =": _peripheral,
}
OPERAND: Final = "operand"
_PLAIN: Final = {**dict.fromkeys(_BY_OPERAND, OPERAND), **_COMMON}
_WORDS: Final = {dialect: {**_PLAIN, **own} for dialect, own in _BY_DIALECT.items()}

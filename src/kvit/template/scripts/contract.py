"""What goes over the wall between Kvit and a script, and what comes back. Pure.

The source's executor (sources/retail-receipt-printing.ru.txt, 3.2) loads a named script, calls a function, reads a
property, and hands exceptions to a handler. All four are here; values cross as JSON and nothing else does. A request
names its script by the hash of its text, and carries the text only where the other side has not got it.
"""

from __future__ import annotations

import enum
import hashlib
from typing import Any, Final

import msgspec

SOURCE_BYTES_MAX: Final = 1 << 20
"""A whole Handlebars library is 90 kB."""
VALUE_BYTES_MAX: Final = 1 << 20
"""Of arguments and of answers: a receipt's data are some kilobytes."""


class Trouble(enum.StrEnum):
    """Why a script gave no value."""

    UNKNOWN = "unknown"
    """The process has not got this script: asked again with its text, it has."""
    SYNTAX = "syntax"
    """It can not be read, or threw while it was loaded."""
    MISSING = "missing"
    """It has no such function or property."""
    THREW = "threw"
    TIME = "time"
    """It ran for too long."""
    MEMORY = "memory"
    DEPTH = "depth"
    """It called itself too deeply."""
    VALUE = "value"
    """What it gave is no JSON, or too large."""
    CRASH = "crash"
    """Its process died, or had to be killed."""


class Request(msgspec.Struct, frozen=True):
    """One call (``arguments`` is a JSON list) or, with ``arguments`` None, one reading of a property."""

    sha256: str
    name: str
    """The function or property."""
    arguments: bytes | None = None
    source: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """A value as JSON, or what went wrong with the script's own words and place."""

    value: bytes = b"null"
    trouble: Trouble | None = None
    message: str = ""
    line: int = 0
    """From 1; 0 where it is not known."""


class ScriptError(Exception):
    """A script gave no value."""

    def __init__(self, script: str, answer: Answer) -> None:
        assert answer.trouble is not None
        place = f" (line {answer.line})" if answer.line else ""
        super().__init__(f"{script}: {answer.trouble}{place}: {answer.message}")
        self.script = script
        self.trouble: Trouble = answer.trouble
        self.message = answer.message
        self.line = answer.line


def sha256_of(source: str) -> str:
    """What a script's text is called."""
    return hashlib.sha256(source.encode()).hexdigest()


def json_of(arguments: list[Any]) -> bytes:
    """Arguments as they cross. Raises ValueError for what is no JSON or too large."""
    try:
        data = msgspec.json.encode(arguments)
    except (TypeError, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if len(data) > VALUE_BYTES_MAX:
        raise ValueError(f"{len(data)} bytes of arguments; at most {VALUE_BYTES_MAX}")
    return data

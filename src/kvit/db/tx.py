"""What a verb is handed: `Tx`, the five words every store speaks.

A verb is a plain ``def verb(tx, …) -> value | Refusal``: no async, no clock, no network, and nothing kept from ``tx``
after it returns. It may be run again (PostgreSQL's serialisation failures, a disk that had to be reopened), so it
changes nothing but the data base.

Rows are plain tuples in the order of the SELECT list: unpack them, or hand them to a Struct with ``Thing(*row)``.

One SQL text serves both engines: values are ``$1``, ``$2`` …, may stand in any order and be used twice. Values are
``None``, ``int`` (64 bit), ``float``, ``str`` (without NUL), ``bytes``; a ``bool`` is stored as 0 or 1. Columns are
therefore INTEGER (SQLite) / BIGINT (PostgreSQL), REAL / DOUBLE PRECISION, TEXT, BLOB / BYTEA; times are integers,
JSON is text. ``sum()`` of integers is an integer on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

Value = None | bool | int | float | str | bytes
Row = tuple[Any, ...]

TOPIC_LIMIT = 64
KEY_LIMIT = 1000
"""Letters of a topic and of a key: together well inside the 8,000 bytes PostgreSQL allows a notification."""


class Tx(Protocol):
    """One transaction, as a verb sees it."""

    def one(self, sql: str, /, *values: Value) -> Row | None:
        """Give the first row, or None when there is none. Statements with RETURNING are run to their end."""

    def all(self, sql: str, /, *values: Value) -> list[Row]:
        """Give every row."""

    def run(self, sql: str, /, *values: Value) -> int:
        """Run a statement; give the number of rows it inserted, changed or deleted."""

    def many(self, sql: str, rows: Iterable[Sequence[Value]], /) -> None:
        """Run a statement once for each row of values."""

    def tell(self, topic: str, key: str = "", /) -> None:
        """After COMMIT, wake whoever listens to ``topic``; ``key`` says what changed. An undone verb tells nothing."""


_PLACES = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$(\d+)""", re.DOTALL)


def question_marks(sql: str) -> str:
    """Turn ``$n`` into ``?n``: SQLite's own ``$n`` is a name, counted by first appearance. Strings stay as they are."""
    return _PLACES.sub(lambda found: found[0] if found[1] is None else f"?{found[1]}", sql)


def check_notice(topic: str, key: str) -> None:
    """Assert that a topic and a key keep their limits."""
    assert 0 < len(topic) <= TOPIC_LIMIT, f"topic of {len(topic)} letters"
    assert len(key) <= KEY_LIMIT, f"key of {len(key)} letters"
    assert "\0" not in topic + key

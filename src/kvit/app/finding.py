"""A finding of ``kvit doctor``: one thing seen, and how it stands."""

from __future__ import annotations

from typing import NamedTuple

GOOD, NOTE, BAD = "good", "note", "bad"


class Finding(NamedTuple):
    """One thing seen: how it stands (``good note bad``), the sentence's code, its values."""

    level: str
    code: str
    values: dict[str, str | int]

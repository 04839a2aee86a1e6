"""How long the body of a request may be, by its method and path, before anything of it is read.

    limits = BodyLimits([("PUT", "/api/v1/templates/{business}/draft", 1 << 20)])
    limits.of("PUT", "/api/v1/templates/kitchen/draft")     1 MiB; of anything else a form's 64 KiB

What stands before the routes knows them by their paths alone. A path without names is looked up; one with names is matched
piece by piece, a name being any one piece. The wider limit holds for the route's own method and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

BODY_BYTES_MAX: Final = 64 << 10
"""No form is longer; a route that takes documents says its own limit."""
NAMED_BYTES_MAX: Final = 1 << 20
"""The widest limit of a path with names in it."""


class BodyLimits:
    """The limits of one application's routes."""

    def __init__(self, routes: Iterable[tuple[str, str, int]] = ()) -> None:
        """Take method, path and limit of the routes that have one of their own."""
        self._whole: dict[tuple[str, str], int] = {}
        self._named: dict[tuple[str, int], list[tuple[list[str], int]]] = {}
        for method, path, bytes_max in routes:
            if "{" not in path:
                self._whole[method, path] = bytes_max
                continue
            assert bytes_max <= NAMED_BYTES_MAX, f"{path} takes no more than {NAMED_BYTES_MAX} bytes"
            pieces = path.split("/")
            self._named.setdefault((method, len(pieces)), []).append((pieces, bytes_max))

    def of(self, method: str, path: str) -> int:
        """Give the most bytes the body of a request may have."""
        found = self._whole.get((method, path))
        if found is not None:
            return found
        pieces = path.split("/")
        for wanted, bytes_max in self._named.get((method, len(pieces)), ()):
            if all(each[:1] == "{" or each == given for each, given in zip(wanted, pieces, strict=True)):
                return bytes_max
        return BODY_BYTES_MAX

"""Which stations have gone silent. Pure: told what was last seen of each and the monotonic clock's second.

Counted is when *this* process noticed a station speaking, by a clock that never jumps: a wall clock set forward rings no
alarm, one set back hides none. After a start every station has its full time to speak.
"""

from __future__ import annotations

from collections.abc import Mapping


class Silence:
    """Looks at stations again and again."""

    def __init__(self, silent_s: float) -> None:
        self._silent_s = silent_s
        self._noticed: dict[str, tuple[int | None, float]] = {}
        self.silent: frozenset[str] = frozenset()

    def look(self, seen: Mapping[str, int | None], now_s: float) -> tuple[frozenset[str], frozenset[str]]:
        """Take when each was last seen (None: never yet, which is no silence); give who went silent and who is back."""
        for id_ in self._noticed.keys() - seen.keys():
            del self._noticed[id_]
        for id_, seen_ms in seen.items():
            if id_ not in self._noticed or self._noticed[id_][0] != seen_ms:
                self._noticed[id_] = (seen_ms, now_s)
        before = self.silent
        self.silent = frozenset(
            id_
            for id_, (seen_ms, noticed_s) in self._noticed.items()
            if seen_ms is not None and now_s - noticed_s > self._silent_s
        )
        return self.silent - before, before - self.silent

"""Which code page each narrow letter is sent from, with the fewest switches.

A page stays in force as long as it has the letters; which one it is, is chosen when it no longer has. All switches cost the
same, so going on as long as any page goes on is the best there is.
"""

from __future__ import annotations

from collections.abc import Iterable

from kvit.escpos.repertoire import Repertoire
from kvit.paper.sheet import Run
from kvit.paper.width import clusters

Parts = list[tuple[str, int]]
"""Letters, and the number of the page in ``Repertoire.pages`` they are sent from."""


class PagePlan:
    """The plan for the runs of a sheet, in their order. ``known`` is the mask of pages in force before the first letter."""

    def __init__(self, repertoire: Repertoire, runs: Iterable[Run], known: int = 0) -> None:
        self._repertoire = repertoire
        self._stretches = [known]
        self._parts: dict[int, Parts] = {}
        for run in runs:
            if not run.text.isascii() and repertoire.mask(run.text[0]):
                self._parts[id(run)] = self._planned(run.text)

    def _planned(self, text: str) -> Parts:
        """Parts of a text, each with the number of its stretch."""
        if self._goes_on(self._repertoire.mask(text)):
            return [(text, len(self._stretches) - 1)]
        parts: Parts = []
        for cluster in clusters(text):
            mask = self._repertoire.mask(cluster)
            if not self._goes_on(mask):
                self._stretches.append(mask)
            stretch = len(self._stretches) - 1
            if parts and parts[-1][1] == stretch:
                parts[-1] = parts[-1][0] + cluster, stretch
            else:
                parts.append((cluster, stretch))
        return parts

    def _goes_on(self, mask: int) -> bool:
        both = self._stretches[-1] & mask
        if both:
            self._stretches[-1] = both
        return bool(both)

    def of(self, run: Run) -> Parts:
        """The parts of a run that has letters beyond ASCII."""
        return [(text, _lowest(self._stretches[stretch])) for text, stretch in self._parts[id(run)]]


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1

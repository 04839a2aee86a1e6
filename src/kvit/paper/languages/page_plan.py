"""Which code page each narrow letter is sent from, with the fewest switches.

A page stays in force as long as it has the letters; which one it is, is chosen when it no longer has. All switches cost the
same, so going on as long as any page goes on is the best there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kvit.escpos.repertoire import Repertoire
from kvit.paper.sheet import Run
from kvit.paper.typeset import clean_text
from kvit.paper.width import clusters

Parts = list[tuple[str, int]]
"""Letters, and the number of the page in ``Repertoire.pages`` they are sent from."""


class PagePlan:
    """The plan for the runs of a sheet, in their order, stripped of what is no letter.

    ``known`` is the mask of pages in force before the first letter.
    """

    def __init__(self, repertoire: Repertoire, runs: Iterable[Run], known: int = 0) -> None:
        self._repertoire = repertoire
        self._stretches = [known]
        self._parts: dict[int, Parts] = {}
        for run in runs:
            text = run.text if run.text.isprintable() else clean_text(run.text)
            if not text.isascii() and repertoire.mask(text[0]):
                self._parts[id(run)] = self._planned(text)

    def _planned(self, text: str) -> Parts:
        """Parts of a text, each with the number of its stretch."""
        if self._goes_on(self._repertoire.mask(text)):
            return [(text, len(self._stretches) - 1)]
        parts: Parts = []
        for unit, mask in self._units(text):
            if not self._goes_on(mask):
                self._stretches.append(mask)
            stretch = len(self._stretches) - 1
            if parts and parts[-1][1] == stretch:
                parts[-1] = parts[-1][0] + unit, stretch
            else:
                parts.append((unit, stretch))
        return parts

    def _units(self, text: str) -> Iterator[tuple[str, int]]:
        """What goes from one page with the pages that have it: letters with their marks, one by one where no page has
        both; a letter of no page is left out."""
        for cluster in clusters(text):
            whole = self._repertoire.mask(cluster)
            units = [(cluster, whole)] if whole else [(each, self._repertoire.mask(each)) for each in cluster]
            yield from ((unit, mask) for unit, mask in units if mask)

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

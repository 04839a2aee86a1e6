"""A figure and how it is taken: contenders in turn, round by round, so that a noisy machine disturbs all alike.

Ratios between neighbours of one run travel to other machines; absolute figures do not.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

KVIT = "Kvit"


@dataclass(frozen=True)
class Figure:
    """The median of some rounds, the lowest and the highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{spell(self.median)} ({spell(self.low)}–{spell(self.high)})"


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, in which unit, what is wanted, what came out."""

    what: str
    unit: str
    figures: Mapping[str, Figure]
    """By contender; Kvit's is under ``KVIT``."""
    goal: float | None = None
    at_most: bool = False
    """True where the goal is a ceiling."""
    notes: Sequence[str] = field(default=())

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the goal; None where there is none."""
        if self.goal is None:
            return None
        ours = self.figures[KVIT].median
        return ours <= self.goal if self.at_most else ours >= self.goal


def figure(values: Sequence[float]) -> Figure:
    """Sum up some rounds."""
    return Figure(statistics.median(values), min(values), max(values))


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Figure]:
    """Run each contender once a round, in an order that turns; each call gives its figure of that round."""
    names = list(contenders)
    values: dict[str, list[float]] = {name: [] for name in names}
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            values[name].append(contenders[name]())
    return {name: figure(found) for name, found in values.items()}


def spell(value: float) -> str:
    """Three digits that mean something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def table(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table, peers with their share of Kvit's figure."""
    out = [
        "| what | unit | wanted | Kvit: median (min–max) | | peers in the same rounds |",
        "|---|---|---:|---:|---|---|",
    ]
    for row in rows:
        ours = row.figures[KVIT]
        wanted = "" if row.goal is None else f"{'≤' if row.at_most else '≥'} {row.goal:,g}"
        word = {True: "met", False: "**missed**", None: ""}[row.met]
        peers = "; ".join(_peer(name, found, ours) for name, found in row.figures.items() if name != KVIT) or "-"
        out.append(f"| {row.what} | {row.unit} | {wanted} | {ours} | {word} | {peers} |")
    return "\n".join(out)


def _peer(name: str, found: Figure, ours: Figure) -> str:
    times = f", Kvit is {spell(ours.median / found.median)} of it" if found.median > 0 else ""
    return f"{name} {found}{times}"

"""Charts of a wallet, drawn here as SVG: no script, nothing from elsewhere, and a table beside each for who can not see it.

Colours come from the style sheet by class, so both themes keep their contrast. A month below zero (more brought back than
bought) has no bar; its sum stands in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 360, 170
LEFT, TOP, FLOOR = 4, 18, 142
"""A line of text above the highest bar, one below the floor."""
GAP = 6


@dataclass(frozen=True)
class Bar:
    """One month: what stands below it, its sum as a number and as text, where it leads, whether it is the one shown."""

    label: str
    name: str
    amount: int
    text: str
    href: str
    chosen: bool


def bars_svg(bars: Sequence[Bar], title: str) -> Markup:
    """Draw months side by side."""
    most = max([1, *(bar.amount for bar in bars)])
    step = (WIDTH - 2 * LEFT) / max(1, len(bars))
    drawn = Markup("").join(_bar(bar, LEFT + at * step, step, most) for at, bar in enumerate(bars))
    return Markup(
        '<svg class="chart" role="group" aria-label="{title}" viewBox="0 0 {w} {h}">'
        '<path class="floor" d="M{left} {floor}H{right}"/>{drawn}</svg>'
    ).format(title=title, w=WIDTH, h=HEIGHT, left=LEFT, floor=FLOOR, right=WIDTH - LEFT, drawn=drawn)


def _bar(bar: Bar, x: float, step: float, most: int) -> Markup:
    tall = max(0, bar.amount) * (FLOOR - TOP) / most
    wide = step - GAP
    middle = x + step / 2
    kind = "bar-of chosen" if bar.chosen else "bar-of"
    current = Markup(' aria-current="true"') if bar.chosen else ""
    return Markup(
        '<a href="{href}" class="{kind}"{current} aria-label="{label}, {name}: {text}">'
        '<rect class="reach" x="{x:.1f}" y="0" width="{step:.1f}" height="{height}"/>'
        '<rect class="tall" x="{bx:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2"/>'
        '<text x="{middle:.1f}" y="{below}" text-anchor="middle">{label}</text></a>'
    ).format(
        href=bar.href, kind=kind, current=current, name=bar.name, text=bar.text, x=x, step=step, height=HEIGHT,
        bx=x + GAP / 2, y=FLOOR - tall, wide=wide, tall=tall, middle=middle, below=FLOOR + 18, label=bar.label,
    )  # fmt: skip

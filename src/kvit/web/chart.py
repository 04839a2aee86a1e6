"""Charts as SVG, drawn here: stacked bars, one a day. No script, no third party, the page's own colours by class.

Whoever does not see the picture has its title; the figures themselves stand in a table beside every chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from markupsafe import Markup

WIDTH, HEIGHT, FOOT = 720, 200, 22
"""Units of the picture; it is scaled to the page."""
GAP = 0.2
"""Of a bar's share of the width."""
LABELS_MAX = 16
"""More labels than this would touch each other on a phone."""


@dataclass(frozen=True)
class Bar:
    """One bar: what stands below it, what it is called, and its parts from the ground up."""

    label: str
    title: str
    parts: tuple[int, ...]


def bars(title: str, names: Sequence[str], shown: Sequence[Bar]) -> Markup:
    """Draw stacked bars; part ``n`` of each has the class ``part-n`` and the name ``names[n]``."""
    most = max((sum(bar.parts) for bar in shown), default=0) or 1
    share = WIDTH / max(1, len(shown))
    every = -(-len(shown) // LABELS_MAX) or 1
    pieces = [_bar(bar, names, most, share, number, labelled=number % every == 0) for number, bar in enumerate(shown)]
    scale = f'<text class="scale" x="2" y="12">{most}</text><line x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}"/>'
    return Markup(  # noqa: S704 - everything that came from elsewhere is escaped
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT + FOOT}"><title>{escape(title)}</title>'
        f"{scale}{''.join(pieces)}</svg>"
    )


def _bar(bar: Bar, names: Sequence[str], most: int, share: float, number: int, *, labelled: bool) -> str:
    left, width, top = number * share + share * GAP / 2, share * (1 - GAP), float(HEIGHT)
    pieces = []
    for part, count in enumerate(bar.parts):
        height = (HEIGHT - 16) * count / most
        top -= height
        if count:
            pieces.append(
                f'<rect class="part-{part}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
            )
    said = f"{bar.title}: " + ", ".join(f"{name} {count}" for name, count in zip(names, bar.parts, strict=True))
    label = (
        f'<text x="{left + width / 2:.1f}" y="{HEIGHT + 16}" text-anchor="middle">{escape(bar.label)}</text>'
        if labelled
        else ""
    )
    return f"<g><title>{escape(said)}</title>{''.join(pieces)}{label}</g>"

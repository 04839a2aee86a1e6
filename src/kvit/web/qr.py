"""A link as a QR code to be shown on a screen: an SVG of one path, dark on light in every theme.

The modules are those of ``kvit.paper.symbol``, which draws the codes on receipts, too.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from kvit.paper.symbol import matrix_of

QUIET = 4
"""Modules of white around the code, as ISO/IEC 18004 asks."""


def qr_svg(text: str, title: str) -> Markup:
    """Draw a text (up to 2,331 bytes) as QR code, error correction M."""
    matrix = matrix_of("qr", text.encode(), "M", ())
    assert matrix is not None, "the text is too long for a QR code"
    rows = matrix.tolist()
    side = len(rows) + 2 * QUIET
    path = "".join(f"M{x} {y + QUIET}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return Markup(
        '<svg class="qr" role="img" viewBox="0 0 {0} {0}" shape-rendering="crispEdges"><title>{1}</title>'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>'
    ).format(side, escape(title), path)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark stretches begin (the quiet zone counted) and how long they are."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and x and row[x - 1]:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x + QUIET, 1))
    return found

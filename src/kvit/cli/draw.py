"""``kvit draw``: the drawing worker; started by the shop, not by people."""

from __future__ import annotations

import sys

import click


@click.command("draw", hidden=True)
def command() -> None:
    """Answer drawing jobs on standard input until it ends."""
    from kvit.app.drawing import draw
    from kvit.worker import serve

    serve(draw, sys.stdin.buffer, sys.stdout.buffer)

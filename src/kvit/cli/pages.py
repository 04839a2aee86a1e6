"""``kvit pages``: the worker that reads what desktops send; started by the shop, not by people."""

from __future__ import annotations

import sys

import click


@click.command("pages", hidden=True)
def command() -> None:
    """Answer page jobs on standard input until it ends."""
    from kvit.app.pages import answer
    from kvit.worker import serve

    serve(answer, sys.stdin.buffer, sys.stdout.buffer)

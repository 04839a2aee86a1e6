"""``kvit press``: the pressing worker; started by the shop, not by people."""

from __future__ import annotations

import sys

import click


@click.command("press", hidden=True)
def command() -> None:
    """Answer pressing jobs on standard input until it ends."""
    from kvit.app.pressing import answer
    from kvit.worker import serve

    serve(answer, sys.stdin.buffer, sys.stdout.buffer)

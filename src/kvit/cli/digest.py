"""``kvit digest``: takes printouts apart; started by the shop under load, not by people."""

from __future__ import annotations

import sys

import click


@click.command("digest", hidden=True)
def command() -> None:
    """Answer batches of printouts on standard input until it ends."""
    from kvit.app.digest import digest_all
    from kvit.worker import serve

    serve(digest_all, sys.stdin.buffer, sys.stdout.buffer)

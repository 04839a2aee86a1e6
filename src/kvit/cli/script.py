"""``kvit script``: the process that runs delivered scripts; started by the shop, not by people."""

from __future__ import annotations

import sys

import click


@click.command("script", hidden=True)
def command() -> None:
    """Answer script calls on standard input until it ends."""
    from kvit.app.scripting import serve_scripts
    from kvit.worker import serve

    serve(serve_scripts(), sys.stdin.buffer, sys.stdout.buffer)

"""``kvit receipts``: the stored receipts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kvit.cli.config import config_option
from kvit.cli.printers import ask, json_option
from kvit.cli.words import words


@click.group("receipts", help="The stored receipts.", epilog="Example: kvit receipts reread")
def command() -> None:
    """Group of the verbs about receipts."""


@command.command("reread", epilog="Example: kvit receipts reread --all")
@click.option("--all", "all_", is_flag=True, help="Also those this very reader read.")
@json_option
@config_option
def reread(all_: bool, as_json: bool, config_path: Path | None) -> None:
    """Read again, from the stored bytes, what an older reader read; what people corrected stays."""
    found = ask(config_path, "reread", all=all_)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(words("chain.reread", count=found["reread"], failed=found["failed"]))

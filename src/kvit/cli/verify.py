"""``kvit verify``: prove the chained books from their entries alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kvit.app import control
from kvit.app.settings import Settings
from kvit.cli.config import config_option, configured


@click.command(
    "verify",
    epilog="Example: kvit verify",
    help="Prove every chained book from its entries alone; leave with 1 where one breaks.",
)
@config_option
def command(config_path: Path | None) -> None:
    """Verify."""
    settings = configured(config_path)
    try:
        found = control.ask(settings.folder, "verify")
    except control.NotRunning:
        found = _by_ourselves(settings)
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    for book, said in found.items():
        click.echo(f"{book}: {said}")
    sys.exit(1 if any("breaks" in str(said) for said in found.values()) else 0)


def _by_ourselves(settings: Settings) -> dict[str, str]:
    from kvit.app.books import verify
    from kvit.app.rooms import MIGRATIONS
    from kvit.db import DatabaseError, open_database

    if isinstance(settings.database, Path) and not settings.database.exists():
        raise click.ClickException(f"there is no data base at {settings.database} yet; `kvit up` makes it")
    try:
        with open_database(settings.database, MIGRATIONS) as db:
            return db.read_now(verify, settings.shop.id)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from None

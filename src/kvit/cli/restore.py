"""``kvit restore``: put a backup back in place."""

from __future__ import annotations

from pathlib import Path

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words
from kvit.db import BackupError, DatabaseError, restore


@click.command(
    "restore",
    epilog="Example: kvit restore /mnt/stick/kvit-monday.db",
    help="Put the backup SAVED in the place of the data base. The shop must be stopped; what it had is kept aside.",
)
@click.argument("saved", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def command(saved: Path, yes: bool, config_path: Path | None) -> None:
    """Restore a backup."""
    settings = configured(config_path)
    if not isinstance(settings.database, Path):
        raise no("restore_postgres")
    if not yes:
        click.confirm(words("restore_sure", place=str(settings.database), saved=str(saved)), abort=True)
    try:
        aside = restore(saved, settings.database)
    except (BackupError, DatabaseError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(words("restored", place=str(settings.database), saved=str(saved)))
    if aside:
        click.echo(words("restored_aside", aside=str(aside)))

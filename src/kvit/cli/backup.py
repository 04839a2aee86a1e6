"""``kvit backup``: copy the books while the shop runs."""

from __future__ import annotations

from pathlib import Path

import click

from kvit.app import control
from kvit.app.settings import Settings
from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words
from kvit.db import BackupError, DatabaseError

KEYS = ("customers.key", "notify.key", "push.key")
"""Files that belong in no copy of the books and without which parts of them can not be read."""


@click.command(
    "backup",
    epilog="Example: kvit backup /mnt/stick/kvit-monday.db",
    help="Copy the data base to the new file TARGET, checked and flushed, while the shop goes on working.",
)
@click.argument("target", type=click.Path(path_type=Path))
@config_option
def command(target: Path, config_path: Path | None) -> None:
    """Make a backup."""
    settings = configured(config_path)
    target = target.resolve()
    try:
        size = _through_the_shop(settings, target)
    except control.NotRunning:
        size = _by_ourselves(settings, target)
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    click.echo(words("backup_made", target=str(target), mb=f"{size / 1e6:.1f}"))
    kept = [str(file) for file in (settings.folder / name for name in KEYS) if file.exists()]
    if kept:
        click.echo(words("backup_keys", files=", ".join(kept)), err=True)


def _through_the_shop(settings: Settings, target: Path) -> int:
    return int(control.ask(settings.folder, "backup", target=str(target))["bytes"])


def _by_ourselves(settings: Settings, target: Path) -> int:
    from kvit.app.rooms import MIGRATIONS
    from kvit.db import open_database

    if isinstance(settings.database, Path) and not settings.database.exists():
        raise no("no_books_yet", place=str(settings.database))
    try:
        with open_database(settings.database, MIGRATIONS) as db:
            return db.backup(target, _shown)
    except (BackupError, DatabaseError) as error:
        raise click.ClickException(str(error)) from None


def _shown(done: int, of: int) -> None:
    click.echo(f"\r{done * 100 // max(of, 1)} %", nl=done >= of, err=True)

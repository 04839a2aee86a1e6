"""``kvit access code``: a way in when nobody can log in; whoever may run commands here may use it."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

import click

from kvit.app import control
from kvit.app.settings import Settings
from kvit.cli.config import config_option, configured
from kvit.cli.words import words


@click.group("access", help="Who may come in.", epilog="Example: kvit access code")
def command() -> None:
    """Group of the verbs about access."""


@command.command("code", epilog="Example: kvit access code", help="Make a fresh one-time code for the staff pages.")
@config_option
def code(config_path: Path | None) -> None:
    """Print a code that makes an owner's account."""
    settings = configured(config_path)
    try:
        made = str(control.ask(settings.folder, "first_code")["code"])
    except control.NotRunning:
        made = _by_ourselves(settings)
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    click.echo(words("code_made", code=made, place=settings.staff_url))


def _by_ourselves(settings: Settings) -> str:
    from kvit.access import service
    from kvit.access.code import fresh_code
    from kvit.app.rooms import MIGRATIONS
    from kvit.db import DatabaseError, open_database

    made = fresh_code(secrets.token_bytes)
    try:
        with open_database(settings.database, MIGRATIONS) as db:
            db.write_now(service.first_code, settings.shop.id, made, int(time.time()), True)
    except DatabaseError as error:
        raise click.ClickException(str(error)) from None
    return made

"""``kvit config show``: the effective settings and where each came from."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import click

from kvit.app.settings import Settings, read
from kvit.config import ConfigError
from kvit.relay.settings import check


def configured(path: Path | None) -> Settings:
    """Read the configuration; a mistake in it becomes the command's own error. So do lines that exclude each other."""
    try:
        settings = read(path)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    wrong = check(settings.relay)
    if wrong is not None:
        from kvit.i18n import from_environment, say

        raise click.ClickException(f"{settings.path}: {say(from_environment(os.environ), wrong.code, **wrong.values)}")
    return settings


config_option = click.option(
    "--config", "config_path", type=click.Path(dir_okay=False, path_type=Path), default=None, help="kvit.toml to read."
)


@click.group("config", help="The configuration.", epilog="Example: kvit config show")
def command() -> None:
    """Group of the verbs about configuration."""


@command.command("show", epilog="Example: kvit config show --json", help="Show every setting and where it came from.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def show(config_path: Path | None, as_json: bool) -> None:
    """Print the effective settings."""
    settings = configured(config_path)
    rows = settings.config.show()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    click.echo(f"# {settings.path or 'no kvit.toml: defaults and the environment'}")
    wide = max(len(f"{row.key} = {row.value}") for row in rows)
    for row in rows:
        click.echo(f"{f'{row.key} = {row.value}':<{min(wide, 60)}}  # {row.origin}")
    for line in settings.relay.line if not settings.config["relay"].line else ():
        click.echo(f"# relay.line (demonstration): {line.name}  {line.till}  ->  {line.printer}")

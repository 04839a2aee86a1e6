"""``kvit station``: this machine as a station of a server."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

import click

from kvit.app import control
from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

json_option = click.option("--json", "as_json", is_flag=True, help="Machine output.")


@click.group("station", help="This machine as a station of a server.", epilog="Example: kvit station show")
def command() -> None:
    """Group of the verbs about the station."""


@command.command("pair", epilog="Example: kvit station pair https://kvit.example.com 7QWK2-MXD9R")
@click.argument("url")
@click.argument("code")
@config_option
def pair(url: str, code: str, config_path: Path | None) -> None:
    """Pair this station with the server at URL by the CODE its page "Stations" shows."""
    folder = configured(config_path).folder
    try:
        made = control.ask(folder, "station_pair", url=url, code=code)
    except control.NotRunning:
        made = _pair_now(folder, url, code)
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    if "refusal" in made:
        raise no(made["refusal"], **made["values"])
    click.echo(words("chain.paired", name=made["name"], shop=made["shop_name"], station=made["station"]))


@command.command("show", epilog="Example: kvit station show --json")
@json_option
@config_option
def show(as_json: bool, config_path: Path | None) -> None:
    """How this station stands with its server: last contact, what waits, what the server did not want."""
    try:
        found = control.ask(configured(config_path).folder, "station")
    except control.NotRunning:
        raise no("print_not_running") from None
    if "refusal" in found:
        raise no(found["refusal"], **found["values"])
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not found["station"]:
        click.echo(words("chain.not_paired"))
    else:
        click.echo(words("chain.standing", name=found["name"], shop=found["shop_name"], server=found["server"]))
    click.echo(words("chain.standing_backlog", count=found["backlog"], refused=found["refused"]))
    if found["trouble"]:
        click.echo(words("chain.standing_trouble", trouble=found["trouble"]))


def _pair_now(folder: Path, url: str, code: str) -> dict[str, Any]:
    """Pair while nothing runs: the next start finds the pairing."""
    from kvit.app.pairing import paired
    from kvit.net.exchange import ask
    from kvit.refusal import Refusal

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = asyncio.run(paired(folder, url, code, lambda wanted, limits: ask(wanted, limits), secrets.token_bytes))
    if isinstance(made, Refusal):
        return {"refusal": made.code, "values": made.values}
    return {"station": made.station, "name": made.name, "shop": made.shop, "shop_name": made.shop_name}

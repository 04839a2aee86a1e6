"""``kvit shops``: the shops this installation keeps books for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kvit.cli.config import config_option
from kvit.cli.printers import ask, json_option
from kvit.cli.words import words


@click.group("shops", help="The shops this installation keeps books for.", epilog="Example: kvit shops list")
def command() -> None:
    """Group of the verbs about shops."""


@command.command("list", epilog="Example: kvit shops list --json")
@json_option
@config_option
def list_shops(as_json: bool, config_path: Path | None) -> None:
    """All shops, the installation's own first."""
    found = ask(config_path, "shops")["shops"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for shop in found:
        click.echo(f"{shop['id']:<32} {shop['name']}  {shop['country']} {shop['language']} {shop['time_zone']}")


@command.command("add", epilog="Example: kvit shops add harbour --name Harbour --country KZ --language ru")
@click.argument("id_", metavar="ID")
@click.option("--name", required=True, help="As customers and staff read it.")
@click.option("--country", default=None, help="Two letters; else the installation's own.")
@click.option("--language", default=None, help="en, ko, ru, kk or zh.")
@click.option("--time-zone", default=None, help="As in Asia/Almaty; else the country's.")
@config_option
def add(
    id_: str, name: str, country: str | None, language: str | None, time_zone: str | None, config_path: Path | None
) -> None:
    """Make the shop ID; shown is the one-time code its owner signs up with."""
    shop = {"id": id_, "name": name, "country": country, "language": language, "time_zone": time_zone or ""}
    made = ask(config_path, "shop_add", shop=shop)["shop"]
    code = ask(config_path, "shop_code", id=id_)["code"]
    click.echo(words("chain.shop_made", name=made["name"], shop=id_, code=code))


@command.command("change", epilog="Example: kvit shops change harbour --name Harbour-2")
@click.argument("id_", metavar="ID")
@click.option("--name", default=None)
@click.option("--country", default=None)
@click.option("--language", default=None)
@click.option("--time-zone", default=None)
@config_option
def change(
    id_: str,
    name: str | None,
    country: str | None,
    language: str | None,
    time_zone: str | None,
    config_path: Path | None,
) -> None:
    """Change what is written down of the shop ID."""
    shop = {"id": id_, "name": name, "country": country, "language": language, "time_zone": time_zone}
    made = ask(config_path, "shop_change", shop=shop)["shop"]
    click.echo(f"{made['id']:<32} {made['name']}  {made['country']} {made['language']} {made['time_zone']}")


@command.command("code", epilog="Example: kvit shops code harbour")
@click.argument("id_", metavar="ID")
@config_option
def code(id_: str, config_path: Path | None) -> None:
    """Another one-time code for the shop ID, when nobody there can log in."""
    made = ask(config_path, "shop_code", id=id_, recover=True)["code"]
    click.echo(words("chain.shop_code", shop=id_, code=made))

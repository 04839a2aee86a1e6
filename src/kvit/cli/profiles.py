"""``kvit profiles``: the printer models Kvit knows, what it knows of one, and what a printer says of itself."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvit.cli.words import no, words

if TYPE_CHECKING:
    from kvit.escpos import Profile

LATER = {"probe": "kvit.cli.profile_probe", "test": "kvit.cli.profile_test"}
"""Verbs in files of their own, loaded when asked for."""
OWN = ".toml"
"""A name that ends so is a file of the shop's own."""
FEW = 12
"""Items of a list shown on one line; more go on lines of their own."""


class Profiles(click.Group):
    """``kvit profiles`` alone lists, ``kvit profiles NAME`` shows: what people type most needs no second verb."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb that was left out in front."""
        if "--help" not in args and (not args or args[0] not in self.list_commands(ctx)):
            bare = [
                word for place, word in enumerate(args) if not word.startswith("-") and args[place - 1] != "--search"
            ]
            args = [("show" if bare else "list"), *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the verbs, those in other files too."""
        return [*self.commands, *LATER]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a verb, loading its file when needed."""
        if cmd_name in LATER:
            made: click.Command = import_module(LATER[cmd_name]).command
            return made
        return super().get_command(ctx, cmd_name)


@click.group(
    "profiles",
    cls=Profiles,
    epilog="Example: kvit profiles show TM-T88V",
    help="Printer profiles: all of them; with NAME instead of a verb, what is known of that one.",
)
def command() -> None:
    """Group of the verbs about profiles."""


as_json_option = click.option("--json", "as_json", is_flag=True, help="Machine output.")


@command.command("list", epilog="Example: kvit profiles list --search rongta", help="List the profiles.")
@click.option("--search", default="", metavar="WORD", help="Only names, vendors and models with this word.")
@as_json_option
def list_all(search: str, as_json: bool) -> None:
    """List them all, or those with a word."""
    _print_list(search, as_json)


@command.command("search", epilog="Example: kvit profiles search rongta", help="List the profiles with WORD in them.")
@click.argument("word")
@as_json_option
def search(word: str, as_json: bool) -> None:
    """List those with a word."""
    _print_list(word, as_json)


@command.command("show", epilog="Example: kvit profiles show TM-T88V --json", help="Show NAME, or a file of your own.")
@click.argument("name")
@as_json_option
def show(name: str, as_json: bool) -> None:
    """Show one profile; fields nobody has proven are marked."""
    import msgspec

    profile = known(name)
    facts = msgspec.to_builtins(profile)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=sorted))
        return
    mark = words("profiles.unproven")
    for key, value in facts.items():
        click.echo("\n".join(_lines(key, value, f"  ({mark})" if key in profile.unproven else "")))


def known(name: str) -> Profile:
    """The profile of a name, or of a file FILE.toml; what is neither ends the command."""
    from kvit.escpos.profiles import UnknownProfileError, load, load_file

    try:
        return load_file(Path(name)) if name.endswith(OWN) else load(name)
    except ValueError as error:
        raise no("profiles.bad_file", file=name, problem=str(error)) from None
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None


def _print_list(word: str, as_json: bool) -> None:
    from kvit.escpos.profiles import load, names

    found = [profile for profile in map(load, names()) if _has(profile, word.casefold())]
    if as_json:
        rows = [
            {"name": each.name, "vendor": each.vendor, "model": each.model, "language": each.language,
             "paper_mm": each.paper_mm, "width_dots": each.width_dots}
            for each in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not found:
        raise no("no_such_profile", word=word)
    for profile in found:
        size = f"{profile.paper_mm:>3} mm {profile.width_dots:>4} dots"
        spoken = profile.language if profile.language != "escpos" else profile.dialect or "open"
        made = f"{profile.vendor} {profile.model}".strip()
        click.echo(f"{profile.name:<22} {size}  {spoken:<9} {made}".rstrip())


def _has(profile: Profile, word: str) -> bool:
    return word in f"{profile.name} {profile.vendor} {profile.model} {profile.language}".casefold()


def _lines(key: str, value: Any, mark: str) -> list[str]:
    """A field as lines for people."""
    if isinstance(value, dict):
        return [f"{key}:{mark}", *(f"    {inner}: {_plain(one)}" for inner, one in value.items())]
    if key == "notes":
        return [f"{key}:", *(f"    {line}" for line in str(value).splitlines())]
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(map(str, value))
        return [f"{key}: {', '.join(items[place : place + FEW])}{mark}" for place in range(0, len(items) or 1, FEW)]
    return [f"{key}: {value}{mark}"]


def _plain(value: Any) -> str:
    return ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else str(value)

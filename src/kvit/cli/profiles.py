"""``kvit profiles``: the printer models Kvit knows, and what it knows of one."""

from __future__ import annotations

import json

import click
import msgspec

from kvit.cli.words import no


@click.command(
    "profiles",
    epilog="Example: kvit profiles TM-T88V",
    help="List the printer profiles, or show one. Letters' case does not matter.",
)
@click.argument("name", required=False)
@click.option("--search", default="", metavar="WORD", help="Only names, vendors and models with this word.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def command(name: str | None, search: str, as_json: bool) -> None:
    """List or show profiles."""
    from kvit.escpos.profiles import UnknownProfileError, load

    if name is None:
        _list(search, as_json)
        return
    try:
        profile = load(name)
    except UnknownProfileError as error:
        raise no("unknown_profile", name=error.name, nearest=", ".join(error.nearest) or "-") from None
    facts = msgspec.to_builtins(profile)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=sorted))
    else:
        _show(facts)


def _list(search: str, as_json: bool) -> None:
    from kvit.escpos.profiles import load, names

    found = [load(name) for name in names()]
    word = search.casefold()
    found = [profile for profile in found if word in f"{profile.name} {profile.vendor} {profile.model}".casefold()]
    if as_json:
        rows = [{"name": p.name, "vendor": p.vendor, "model": p.model, "width_dots": p.width_dots} for p in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not found:
        raise no("no_such_profile", word=search)
    for profile in found:
        size = f"{profile.paper_mm:>3} mm {profile.width_dots:>4} dots"
        made = f"{profile.vendor} {profile.model}".strip()
        click.echo(f"{profile.name:<22} {size}  {profile.dialect or 'open':<9} {made}".rstrip())


def _show(facts: dict[str, object]) -> None:
    for key, value in facts.items():
        if isinstance(value, dict):
            click.echo(f"{key}:")
            for inner, one in value.items():
                click.echo(f"    {inner}: {one}")
        else:
            shown = ", ".join(map(str, sorted(value))) if isinstance(value, (list, tuple, set, frozenset)) else value
            click.echo(f"{key}: {shown}")

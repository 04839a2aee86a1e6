"""``kvit profiles test``: a print of everything a profile claims, to a printer, or to the picture to compare it with."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvit.cli.config import config_option
from kvit.cli.profile_probe import ask, given_of, ports_of, state_of
from kvit.cli.profiles import known
from kvit.cli.render import BINARY, FORMS, PAPERS_MM
from kvit.cli.words import no, words
from kvit.i18n import from_environment

if TYPE_CHECKING:
    from kvit.device.adapters.address import PrinterAddress
    from kvit.device.address import Address
    from kvit.escpos import Profile
    from kvit.paper.specimen import Specimen

SECTIONS = ("columns", "looks", "sizes", "places", "pages", "scripts", "table", "areas", "pictures", "symbols", "lacks")


@click.command(
    "test",
    epilog="Example: kvit profiles test TM-T88V --paper 80 --to png -o test.png",
    help="Print all a profile claims: rulers, looks, sizes, every code page under its number, scripts, a table, pictures, "
    "every symbol, the cut. With --address it goes to that printer, which is asked who it is when no NAME is given; "
    "with --to it becomes a file or text. Where paper and picture differ, the profile is wrong.",
)
@click.argument("name", required=False)
@click.option("--address", default=None, metavar="A", help="The printer to print on.")
@click.option("--paper", type=click.Choice(PAPERS_MM), default=None, help="Paper in mm; else the printer's own.")
@click.option("--to", "form", type=click.Choice(FORMS), default=None, help="Make this of it instead of printing.")
@click.option("--only", default="", metavar="PARTS", help=f"Some parts, with commas: {' '.join(SECTIONS)}.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write to a file.")
@config_option
def command(
    name: str | None,
    address: str | None,
    paper: str | None,
    form: str | None,
    only: str,
    output: Path | None,
    config_path: Path | None,
) -> None:
    """Make one test print; what the head lacks is told on standard error."""
    given = given_of(address, config_path) if address else None
    profile = _profile(name, given, paper, config_path)
    made = _made(profile, _sections(only))
    for sentence in made.lacks:
        click.echo(sentence, err=True)
    if given is not None and form is None:
        _print(made, given.transport, config_path)
    else:
        _show(made, profile, form or "text", output)


def _profile(name: str | None, given: PrinterAddress | None, paper: str | None, config_path: Path | None) -> Profile:
    """The profile by its name, as the address has it, or the nearest to what the printer says."""
    from kvit.paper.layout import on_paper

    if name is None and given is None:
        raise no("profiles.name_or_address")
    if name is not None or given is None:
        profile = known(name or "")
    else:
        profile = _addressed(given) or known(_nearest(given.transport, config_path))
    return on_paper(profile, int(paper)) if paper else profile


def _addressed(given: PrinterAddress) -> Profile | None:
    """The profile an address names by its adapter or its options; None where it only says where the printer is."""
    from kvit.device.adapters.adapter import adapter_at
    from kvit.device.adapters.address import PLAIN
    from kvit.refusal import Refusal

    if given.adapter == PLAIN and not given.profile:
        return None
    found = adapter_at(given)
    if isinstance(found, Refusal):
        raise no(found.code, **found.values)
    return found.profile


def _nearest(where: Address, config_path: Path | None) -> str:
    """Ask the printer who it is; one that prints nothing now ends the command."""
    from kvit.device.suggestion import suggest

    found = ask(where, config_path)
    if found.offline:
        raise no("profiles.not_ready", address=str(where), state=state_of(found))
    name = suggest(found)[0].name
    click.echo(words("profiles.taken", name=name), err=True)
    return name


def _sections(only: str) -> tuple[str, ...]:
    wanted = tuple(word.strip() for word in only.split(",") if word.strip()) or SECTIONS
    unknown = [word for word in wanted if word not in SECTIONS]
    if unknown:
        raise no("profiles.no_part", part=unknown[0], known=", ".join(SECTIONS))
    return wanted


def _made(profile: Profile, sections: tuple[str, ...]) -> Specimen:
    from kvit.paper.languages.registry import NoWriterError
    from kvit.paper.specimen import specimen

    try:
        return specimen(profile, from_environment(os.environ), sections)
    except NoWriterError as error:
        raise no("device.adapter_unknown", name=profile.name, known=", ".join(error.known)) from None


def _print(made: Specimen, where: Address, config_path: Path | None) -> None:
    from kvit.device.sender import send

    refused = asyncio.run(send(where, made.data, ports_of(where, config_path)))
    if refused is not None:
        raise no(refused.code, **refused.values)
    click.echo(words("profiles.sent", n=len(made.data), address=str(where)), err=True)


def _show(made: Specimen, profile: Profile, form: str, output: Path | None) -> None:
    if output is None and form in BINARY and sys.stdout.isatty():
        raise no("fills_screen", form=form.upper(), suffix=form)
    data = _formed(made.data, profile, form)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise no("not_written", file=str(output), problem=error.strerror or "-") from None


def _formed(data: bytes, profile: Profile, form: str) -> bytes:
    """The bytes, or a look at the paper they make."""
    if form == "bytes":
        return data
    if form == "hex":
        return data.hex(" ").encode() + b"\n"
    from kvit.paper.languages.registry import play
    from kvit.paper.render import RENDERERS

    return RENDERERS[form](play(data, profile))

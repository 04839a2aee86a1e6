"""``kvit profiles probe``: ask the printer at an address who it is, and make a profile of its answers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

if TYPE_CHECKING:
    from kvit.device.adapters.address import PrinterAddress
    from kvit.device.address import Address
    from kvit.device.probe import Findings
    from kvit.device.suggestion import Suggestion

TROUBLES = ("cover_open", "paper_end", "paper_near_end", "feeding", "cutter_error", "mechanical_error", "fatal_error",
            "passing_error", "waiting")  # fmt: skip
"""Flags of the status a person should see to, each with its word."""


@click.command(
    "probe",
    epilog="Example: kvit profiles probe 192.168.1.50 -o ~/profiles/till-7.toml",
    help="Ask the printer at ADDRESS (tcp://HOST:9100, serial:///dev/ttyUSB0?baud=9600, /dev/usb/lp0, or a name of "
    "kvit.toml) what it is. Nothing is printed and nothing is changed. Suggests the nearest profile; -o writes one that "
    "inherits it.",
)
@click.argument("address")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write a profile.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
@config_option
def command(address: str, output: Path | None, as_json: bool, config_path: Path | None) -> None:
    """Ask one printer."""
    from kvit.device.suggestion import suggest

    where = given_of(address, config_path).transport
    found = ask(where, config_path)
    near = suggest(found)
    if as_json:
        click.echo(json.dumps(_facts(where, found, near), ensure_ascii=False, indent=2))
    else:
        for line in told(where, found, near):
            click.echo(line)
    if output is not None:
        _write(output, found, near[0].name, str(where))


def given_of(text: str, config_path: Path | None) -> PrinterAddress:
    """The address of a printer, or of one named in kvit.toml; what is neither ends the command."""
    from kvit.device.adapters.address import parse
    from kvit.device.address import NAME
    from kvit.refusal import Refusal

    named = configured(config_path).printer.named if NAME.fullmatch(text) else {}
    given = parse(named[text].address if text in named else text)
    if isinstance(given, Refusal):
        raise no(given.code, **given.values)
    return given


def ports_of(address: Address, config_path: Path | None) -> Path:
    """The folder of virtual ports; only addresses of virtual ports need one."""
    return configured(config_path).folder / "ports" if address.kind == "pty" else Path()


def ask(address: Address, config_path: Path | None) -> Findings:
    """Interview the printer; whoever is none ends the command with a sentence."""
    from kvit.device.interview import interview
    from kvit.refusal import Refusal

    found = asyncio.run(interview(address, ports_of(address, config_path)))
    if isinstance(found, Refusal):
        raise no(found.code, **found.values)
    return found


def told(where: Address, found: Findings, near: list[Suggestion]) -> list[str]:
    """What the printer said, for people."""
    asked = len(found.answered) + len(found.unanswered)
    lines = [words("profiles.answered", address=str(where), n=len(found.answered), of=asked)]
    lines += [f"  {words(f'profiles.{key}')}: {text}" for key, text in found.texts.items() if text]
    lines += [f"  {words(f'profiles.{key}')}: {value:02X}" for key, value in found.ids.items()]
    lines.append(f"  {words('profiles.state')}: {state_of(found)}")
    if found.reports:
        lines.append("  " + words("profiles.reports", n=found.reports))
    lines.append("  " + words(f"profiles.status_{found.status}"))
    lines.append(words("profiles.nearest", name=near[0].name, reasons=_reasons(near[0])))
    lines += [f"  {each.name}: {_reasons(each)}" for each in near[1:]]
    lines.append(words("profiles.next", name=near[0].name, address=str(where)))
    return lines


def state_of(found: Findings) -> str:
    """Ready, or what a person should see to."""
    wrong = [words(f"profiles.{flag}") for flag in TROUBLES if found.state.get(flag)]
    if found.offline:
        return ", ".join([words("profiles.offline"), *wrong])
    return ", ".join(wrong) or words("profiles.ready")


def _reasons(near: Suggestion) -> str:
    return "; ".join(words(each.code, **each.values) for each in near.reasons) or "-"


def _facts(where: Address, found: Findings, near: list[Suggestion]) -> dict[str, object]:
    import msgspec

    facts = {**msgspec.to_builtins(found), "status": found.status}
    return {"address": str(where), "said": facts, "nearest": msgspec.to_builtins(near)}


def _write(output: Path, found: Findings, base: str, address: str) -> None:
    from kvit.device.profile_file import write
    from kvit.escpos.profiles import load

    try:
        output.write_text(write(found, load(base), address), "utf-8")
    except OSError as error:
        raise no("not_written", file=str(output), problem=error.strerror or "-") from None
    click.echo(words("profiles.written", file=str(output), address=address), err=True)

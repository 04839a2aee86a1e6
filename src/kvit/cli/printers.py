"""``kvit printers``: the shop's printers, as the page of that name has them. The running shop is asked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from kvit.app import control
from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words
from kvit.i18n import codes, from_environment

json_option = click.option("--json", "as_json", is_flag=True, help="Machine output.")


@click.group(
    "printers",
    invoke_without_command=True,
    help="The shop's printers: how they stand, adding and removing, stopping, test prints.",
    epilog="Example: kvit printers add kitchen escpos+tcp://192.168.1.51:9100",
)
@json_option
@config_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, config_path: Path | None) -> None:
    """List the printers where nothing else is asked for; ``--config`` in front of a verb is the verb's."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_printers, as_json=as_json, config_path=config_path)
    elif config_path is not None:
        ctx.default_map = {ctx.invoked_subcommand: {"config_path": str(config_path)}}


@command.command("list", epilog="Example: kvit printers list --json")
@json_option
@config_option
def list_printers(as_json: bool, config_path: Path | None) -> None:
    """How each printer stands: light, paper, queue, class, last paper."""
    found = ask(config_path, "printers")["printers"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        last = each["last"]
        told = f"{last['title'] or last['id'][:8]}: {words('printing.state_' + last['state'])}" if last else "-"
        click.echo(
            f"{each['name']:<16} {light(each):<24} {words('printing.queue')} {each['queue']['length']:<4} "
            f"{each['able'] or '-'}  {told}"
        )
        click.echo(f"{'':<16} {each['address']}")
    if not found:
        click.echo(words("printing.no_printers"))


@command.command("add", epilog="Example: kvit printers add bar starprnt+cloudprnt://001162aabbcc")
@click.argument("name")
@click.argument("address")
@config_option
def add(name: str, address: str, config_path: Path | None) -> None:
    """Add the printer NAME at ADDRESS; of one that calls in, say the address to type into it."""
    _say_url(ask(config_path, "printer_add", name=name, address=address))


@command.command("remove", epilog="Example: kvit printers remove bar")
@click.argument("name")
@config_option
def remove(name: str, config_path: Path | None) -> None:
    """Forget the printer NAME; its jobs and their histories stay."""
    click.echo(words("cli.printer_done", name=ask(config_path, "printer_remove", name=name)["name"]))


@command.command("hold", epilog="Example: kvit printers hold kitchen")
@click.argument("name")
@config_option
def hold(name: str, config_path: Path | None) -> None:
    """Stop the printer NAME: its jobs wait."""
    click.echo(words("cli.printer_done", name=ask(config_path, "printer_hold", name=name, held=True)["name"]))


@command.command("release", epilog="Example: kvit printers release kitchen")
@click.argument("name")
@config_option
def release(name: str, config_path: Path | None) -> None:
    """Let the printer NAME go on."""
    click.echo(words("cli.printer_done", name=ask(config_path, "printer_hold", name=name, held=False)["name"]))


@command.command("test", epilog="Example: kvit printers test kitchen")
@click.argument("name")
@json_option
@config_option
def test(name: str, as_json: bool, config_path: Path | None) -> None:
    """Print a test paper on NAME; how it ended, `kvit jobs show` says."""
    job = ask(config_path, "printer_test", name=name, language=from_environment(os.environ))
    _tell(job, as_json, words("print_queued", id=job["id"], printer=job["printer"]))


@command.command("probe", epilog="Example: kvit printers probe kitchen")
@click.argument("name")
@json_option
@config_option
def probe(name: str, as_json: bool, config_path: Path | None) -> None:
    """Ask the printer NAME what it can prove."""
    row = ask(config_path, "printer_probe", name=name)
    _tell(row, as_json, f"{row['name']}: {words('printing.class_' + (row['able'] or 'none').lower())}")


@command.command("find", epilog="Example: kvit printers find")
@json_option
@config_option
def find(as_json: bool, config_path: Path | None) -> None:
    """Look for printers that could be added: USB, serial ports, paired Bluetooth."""
    found = ask(config_path, "printer_find")["found"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(f"{each['address']:<40} {_printable(each['label'])}")
    if not found:
        click.echo(words("printing.found_none"))


@command.command("token", epilog="Example: kvit printers token bar")
@click.argument("name")
@config_option
def token(name: str, config_path: Path | None) -> None:
    """Give NAME, a printer that calls in, a new address; the one before is void."""
    _say_url(ask(config_path, "printer_word", name=name))


def light(each: dict[str, Any]) -> str:
    """How a printer stands, in a word."""
    if each["trouble"]:
        code = f"printing.trouble_{each['trouble']}"
        return words(code) if code in codes() else str(each["trouble"])
    if each["held"]:
        return words("printing.held")
    if each["busy"]:
        return words("printing.busy")
    return words("printing.ready" if each["link"] == "up" else "printing.unseen")


def ask(config_path: Path | None, verb: str, **values: object) -> dict[str, Any]:
    """Ask the running shop; its no ends the command."""
    try:
        found = control.ask(configured(config_path).folder, verb, **values)
    except control.NotRunning:
        raise no("print_not_running") from None
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None
    if "refusal" in found:
        raise no(found["refusal"], **found["values"])
    return found


def _say_url(found: dict[str, Any]) -> None:
    if not found["url"]:
        click.echo(words("cli.printer_done", name=found["name"]))
        return
    click.echo(found["url"])
    click.echo(words("printing.url_once"), err=True)


def _tell(found: dict[str, Any], as_json: bool, line: str) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else line)


def _printable(text: str) -> str:
    """What a stranger's device calls itself, without anything a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\u00b7" for letter in text)

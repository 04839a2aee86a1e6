"""``kvit relay``: tills, printers and virtual serial pairs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words
from kvit.refusal import Refusal

SETUPC_WITHIN_S = 60
"""com0com's driver installation asks Windows for a while."""
PRINTER_STATES = {
    "down": "ready (the printer is connected to when something is printed)",
    "up": "connected to the printer",
    "dialling": "connecting to the printer",
    "away": "the printer is away",
    "closing": "letting go of the printer",
}
"""What a link's state means to a person; ``--json`` gives the word itself."""


@click.group("relay", help="Tills, printers and virtual serial pairs.", epilog="Example: kvit relay pair create till1")
def command() -> None:
    """Group of the verbs about the relay."""


@command.command("run", epilog="Example: kvit relay run --config station.toml")
@config_option
def run(config_path: Path | None) -> None:
    """Run the lines alone: a station, or a Windows service (docs/howto/windows-com-ports.md)."""
    from kvit.relay.line import run_line

    settings = configured(config_path)
    if not settings.config["relay"].line:
        raise no("no_line")
    refused = run_line(lambda: configured(config_path).relay, settings.folder)
    if refused is not None:
        _refuse(refused)


@command.command("status", epilog="Example: kvit relay status --json")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def status(config_path: Path | None, as_json: bool) -> None:
    """Show each line: its ends, what waits, what passed."""
    answer = _ask(config_path, do="state")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for line in answer["lines"]:
        said = line.get("problem") or line.get("reason") or PRINTER_STATES.get(line["printer"], line["printer"])
        click.echo(f"{line['name']:<16} {line['till']} -> {line['printer_address']}")
        passed = words("line_passed", state=said, bytes=line.get("till_bytes", 0), waiting=line["queued_bytes"])
        click.echo(f"{'':<16} {passed}")
        if line.get("hold_s"):
            counts = {name: line[name] for name in ("held", "released", "withheld")}
            click.echo(f"{'':<16} {words('line_holds', **counts)}")
    if not answer["lines"]:
        click.echo(words("no_lines"))


@command.command("reload", epilog="Example: kvit relay reload")
@config_option
def reload(config_path: Path | None) -> None:
    """Make the running lines what kvit.toml says now; lines that did not change are not touched."""
    settings = configured(config_path)  # a mistake in the file is told here, before anything is asked
    _ask(config_path, do="reload")
    if sys.platform != "win32":
        _tell_shop(settings.folder)
    click.echo(words("lines_reloaded"))


@command.command("record", epilog="Example: kvit relay record till1")
@click.argument("line")
@config_option
def record(line: str, config_path: Path | None) -> None:
    """Ask the printer of LINE anew what it answers; for lines that may withhold paper (hold_s)."""
    _ask(config_path, do="record", line=line)
    click.echo(words("printer_is_asked", line=line))


@command.command("stop", epilog="Example: kvit relay stop")
@click.option("--for-good", is_flag=True, help="Hang up the tills too; else their ports are kept for the next start.")
@config_option
def stop(for_good: bool, config_path: Path | None) -> None:
    """End the line process."""
    _ask(config_path, do="stop", for_good=for_good)
    click.echo(words("lines_stopped_for_good" if for_good else "lines_stopped"))


@command.group("pair", epilog="Example: kvit relay pair list")
def pair() -> None:
    """Virtual serial pairs: the till prints to one end, Kvit reads at the other."""


@pair.command("create", epilog="Example: kvit relay pair create till1    (Windows: kvit relay pair create COM3 COM2)")
@click.argument("name")
@click.argument("ours", required=False)
@config_option
def create(name: str, ours: str | None, config_path: Path | None) -> None:
    """Make a pair NAME; on Windows NAME is the till's COM port and OURS the one Kvit opens."""
    if sys.platform == "win32":
        from kvit.device.com0com import install

        click.echo(_setupc(install(name, ours or "")))
        return
    answer = _ask(config_path, do="pair", name=name)
    click.echo(words("pair_made", path=answer["path"], device=answer["device"]))


@pair.command("list", epilog="Example: kvit relay pair list --json")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def list_pairs(config_path: Path | None, as_json: bool) -> None:
    """List the pairs."""
    found = _windows_pairs() if sys.platform == "win32" else _ask(config_path, do="state")["pairs"]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one['name']:<16} {one['path']}  {one['device']}")
    if not found:
        click.echo(words("no_pairs"))


@pair.command("test", epilog="Example: kvit relay pair test till1")
@click.argument("name")
@config_option
def test(name: str, config_path: Path | None) -> None:
    """Send bytes through a pair, both ways; one in use by a line is only looked at."""
    answer = _ask(config_path, do="test", name=name)
    click.echo(words("pair_passes" if answer.get("moved_bytes") else "pair_stands"))


@pair.command("remove", epilog="Example: kvit relay pair remove till1")
@click.argument("name")
@config_option
def remove(name: str, config_path: Path | None) -> None:
    """Remove a pair; on Windows NAME is the pair's number."""
    if sys.platform == "win32":
        from kvit.device import com0com

        click.echo(_setupc(com0com.remove(int(name))))
        return
    _ask(config_path, do="unpair", name=name)
    click.echo(words("pair_gone", name=name))


def _tell_shop(folder: Path) -> None:
    """The shop follows new lines too; a station has no shop beside it."""
    from kvit.app import control

    with contextlib.suppress(control.NotRunning):
        control.ask(folder, "reload")


def _ask(config_path: Path | None, **question: Any) -> dict[str, Any]:
    from kvit.relay.control import ask

    try:
        answer = ask(configured(config_path).folder / "run", question)
    except (OSError, ValueError):
        _refuse(Refusal("app.doctor_line_down"))
    if not answer.get("ok"):
        _refuse(Refusal(str(answer.get("code")), dict(answer.get("values", {}))))
    return answer


def _refuse(refusal: Refusal) -> NoReturn:
    raise no(refusal.code, **refusal.values)


def _windows_pairs() -> list[dict[str, str]]:
    from kvit.device import com0com

    found = com0com.read_listing(_setupc(com0com.listing()))
    return [{"name": str(one.number), "path": one.till, "device": one.ours} for one in found]


def _setupc(arguments: list[str] | Refusal, runner: Callable[..., Any] = subprocess.run) -> str:
    """Run com0com's console program; it must be called from its own folder, as administrator."""
    if isinstance(arguments, Refusal):
        _refuse(arguments)
    folder = Path(os.environ.get("COM0COM", r"C:\Program Files (x86)\com0com"))
    if not (folder / "setupc.exe").exists():
        raise no("com0com_missing", folder=str(folder))
    done = runner([str(folder / "setupc.exe"), *arguments], cwd=folder, capture_output=True, text=True,
                  timeout=SETUPC_WITHIN_S, check=False)  # fmt: skip
    if done.returncode != 0:
        raise no("com0com_said", said=(done.stderr or done.stdout).strip())
    return str(done.stdout)

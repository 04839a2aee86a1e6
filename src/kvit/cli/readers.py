"""``kvit readers``: the scanners and card readers of the shop, what else is plugged in, and what they read just now."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvit.cli.config import config_option, configured
from kvit.cli.words import no, words

if TYPE_CHECKING:
    from kvit.app.settings import Settings

SCANNERS = ("serial", "bluetooth", "keyboard")
"""Kinds of what is plugged in that may be a scanner."""


@click.command(
    "readers",
    epilog="Example: kvit readers --watch",
    help="Show the readers of kvit.toml and how they are, and what else is plugged in; with --watch, what they read, for "
    "setting them up. Without a running shop the readers are opened by this command itself.",
)
@config_option
@click.option("--watch", is_flag=True, help="Show what is read, until Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def command(config_path: Path | None, watch: bool, as_json: bool) -> None:
    """List or watch."""
    settings = configured(config_path)
    if watch:
        if not settings.reader.named:
            raise no("readers_none")
        with contextlib.suppress(KeyboardInterrupt):
            _watch(settings, as_json)
        return
    lights, found = _lights(settings), _found(settings)
    if as_json:
        click.echo(json.dumps({"readers": lights, "found": found}, ensure_ascii=False, indent=2))
        return
    for light in lights:
        click.echo(f"{light['reader']:<16} {light['link']:<8} {light['address']}")
        click.echo(f"{'':<16} {_trouble(light['trouble']) or _counts(light)}")
    if not lights:
        click.echo(words("readers_none"))
    if found:
        click.echo(words("readers_found"))
    for each in found:
        click.echo(f"  {each['address']}  {each['name']}".rstrip())


def _lights(settings: Settings) -> list[dict[str, Any]]:
    """How the readers are: as the running shop says, or as they are written."""
    from kvit.app import control

    with contextlib.suppress(control.NotRunning, control.ControlError):
        known: list[dict[str, Any]] = control.ask(settings.folder, "readers")["readers"]
        return known
    plain = {"link": "unknown", "trouble": None, "read": 0, "refused": 0, "repeated": 0, "seen_ms": 0}
    return [{"reader": name, "address": each.address, **plain} for name, each in sorted(settings.reader.named.items())]


def _found(settings: Settings) -> list[dict[str, Any]]:
    """What is plugged in and stands in no table of kvit.toml."""
    from kvit.device.transports.found import find

    known = {each.address for each in settings.reader.named.values()}
    there = [each for each in find().found if each.kind in SCANNERS and not known & {each.address, *each.also}]
    found = [{"kind": each.kind, "address": each.address, "name": each.name, "denied": each.denied} for each in there]
    covered = any(address.startswith("nfc://") for address in known)
    return found if covered else [*found, *_card_readers()]


def _card_readers() -> list[dict[str, Any]]:
    from kvit.device.reader.address import ReaderAddress
    from kvit.device.reader.sources.pcsc import connect

    try:
        service = connect()
        names = service.readers()
        service.close()
    except OSError:  # no pyscard or no service: then there are none to be shown
        return []
    return [
        {"kind": "nfc", "address": str(ReaderAddress("nfc", name)), "name": name, "denied": False} for name in names
    ]


def _watch(settings: Settings, as_json: bool) -> None:
    from kvit.app import control

    click.echo(words("readers_watch"), err=True)
    last: int | None = None
    try:
        while True:
            asked = {} if last is None else {"after": last}
            answer = control.ask(settings.folder, "readings", **asked)
            last = answer["last"]
            for reading in answer["readings"]:
                _show(reading, as_json)
    except control.NotRunning:
        asyncio.run(_watch_here(settings, as_json))
    except control.ControlError as error:
        raise click.ClickException(str(error)) from None


async def _watch_here(settings: Settings, as_json: bool) -> None:
    import msgspec

    from kvit.device.reader.readings import Readings
    from kvit.device.reader.worker import Readers

    readings = Readings(time.time, time.monotonic)

    def log(event: str, values: dict[str, object]) -> None:
        light = readings.light(str(values["reader"]))
        trouble = words(light.trouble.code, **light.trouble.values) if light.trouble and event == "reader_down" else ""
        click.echo(f"{light.reader}: {trouble or words('reader_open')}", err=True)

    readers = Readers(settings.reader.named, readings, settings.folder / "ports", log)
    readers.start()
    last = 0
    try:
        with readings.listen() as heard:
            async for _ in heard:
                for reading in readings.since(last):
                    last = reading.number
                    _show(msgspec.to_builtins(reading), as_json)
    finally:
        await readers.stop()


def _show(reading: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(reading, ensure_ascii=False))
        return
    identity = reading["identity"]
    if identity is None:
        click.echo(f"{reading['reader']}: {_trouble(reading['refusal'])}")
        return
    at = datetime.fromtimestamp(identity["at_ms"] / 1000).astimezone().strftime("%H:%M:%S")
    kind = (
        identity["kind"]
        if identity["symbology"] in ("", identity["kind"])
        else f"{identity['kind']}/{identity['symbology']}"
    )
    click.echo(f"{at}  {reading['reader']}  {kind}  {identity['value'].replace(chr(0x1D), '<GS>')}")


def _trouble(refusal: dict[str, Any] | None) -> str:
    return words(refusal["code"], **refusal["values"]) if refusal else ""


def _counts(light: dict[str, Any]) -> str:
    return words("readers_counts", read=light["read"], refused=light["refused"], repeated=light["repeated"])
